"""Which upload of a student counts, how late it is, and what that costs; only a platform's own times are believed.

A cost in percent becomes points in `gradebook/effective.py`, where the assignment's points are known.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from assay.gradebook.records import key_of
from assay.intake.result import Refused
from assay.report.exporters.sheets import StudentRow, by_name, rows_of
from assay.report.roster import names_of, rows_of_student

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from assay.course.deadlines import Deadlines
    from assay.gradebook.records import Key
    from assay.gradebook.store import Gradebook
    from assay.intake.result import Intake, Upload
    from assay.model import Submission

__all__ = ["Lateness", "Rules", "Settled", "deduct", "settle"]

_DAY = timedelta(days=1)


class Lateness(NamedTuple):
    """The moment at which a submission was handed in, as far as it is known.

    Args:
        key: whose it is, and for which assignment.
        amount: what is deducted, in `unit`s: `points` or `percent`.
        text: when it was handed in, and what follows, or that there is no deadline; "" if the platform wrote no time.
        marked: whether the platform marks it as late, without a time.
    """

    key: Key
    amount: float = 0.0
    unit: str = "points"
    text: str = ""
    marked: bool = False


class Settled(NamedTuple):
    """The upload of each student that counts, what is refused, also for the cap, and how late the submissions are."""

    submissions: list[Submission]
    refused: list[Refused]
    lateness: list[Lateness]


class Rules:
    """The deadlines of a class.

    Args:
        deadlines: the course's.
        people: the roster, by which an extension may name a student otherwise than the submission does.
        students: the names of all submissions.
        times: when the students of the roster handed in, by the number of their rows, as far as the platform says so.

    Attributes:
        doubts: sentences about extensions that belong to nobody or to several students; these count for nobody.
    """

    def __init__(
        self,
        deadlines: Deadlines,
        people: Sequence[StudentRow],
        students: Iterable[str],
        times: Mapping[int, datetime],
    ) -> None:
        self.deadlines = deadlines
        self.doubts: list[str] = []
        self._extended: dict[Key, datetime] = {}
        index = by_name(people)
        rows = {student: rows_of_student(student, index) for student in students}
        self._times = {student: times.get(min(own).number) for student, own in rows.items() if len(own) == 1}
        named = by_name(
            [StudentRow(number, student, frozenset(names_of(student))) for number, student in enumerate(rows)]
        )
        for assignment, until in deadlines.extensions.items():
            for name, time in until.items():
                own = rows_of([name], index)
                same = {row.name for row in rows_of([name], named)}
                found = [each for each in rows if each in same or (len(own) == 1 and own == rows[each])]
                exact = [student for student in found if student == name] or found
                if len(exact) == 1:
                    self._extended[exact[0], assignment] = time
                elif exact or not own:
                    whose = f"is of several students: {', '.join(exact)}" if exact else "is of nobody in the class"
                    self.doubts.append(f"the extension of {name} {whose}")

    def due(self, key: Key) -> datetime | None:
        """Return when a student must hand in an assignment, or None if there is no deadline."""
        time = self._extended.get(key, self.deadlines.deadlines.get(key[1]))
        return None if time is None else self.deadlines.moment(time)

    def are_timed(self, uploads: Sequence[Upload]) -> bool:
        """Return whether the time of each upload is known; the roster tells that of an only one."""
        return all(upload.export and upload.export.time for upload in uploads) or (
            len(uploads) == 1 and self._written(uploads[0]) is not None
        )

    def counting(self, uploads: Sequence[Upload], due: datetime) -> Upload | None:
        """Return the last upload in time or, if there is none, the last one within the cap."""
        in_time = [upload for upload in uploads if self._time(upload) <= due + self.deadlines.grace]
        cap = self.deadlines.late.cap_days
        counted = in_time or [upload for upload in uploads if cap is None or self._time(upload) - due <= cap * _DAY]
        return counted[-1] if counted else None

    def lateness(self, key: Key, upload: Upload, due: datetime) -> Lateness:
        """Return how late an upload is, and what that costs."""
        time, policy = self._time(upload), self.deadlines.late
        handed_in = f"handed in {self.deadlines.local(time)}"
        if time <= due + self.deadlines.grace:
            return Lateness(key, text=f"{handed_in}, in time for {self.deadlines.local(due)}")
        days = math.ceil((time - due) / _DAY)
        unit, each = ("percent", policy.percent_a_day) if policy.percent_a_day else ("points", policy.points_a_day)
        amount = min(each * days, 100.0) if unit == "percent" else each * days
        text = f"{handed_in}, {self.span(time, due)} after {self.deadlines.local(due)}; {unit} for each day: {each:g}"
        return Lateness(key, amount, unit, text)

    def refusal(self, uploads: Sequence[Upload], due: datetime) -> Refused:
        """Return the refusal of a student whose every upload came after the cap."""
        last = uploads[-1]
        text = f"handed in {self.span(self._time(last), due)} after {self.deadlines.local(due)}"
        return Refused(
            last.submission.info,
            last.submission.assignment,
            f"{text}, and nothing counts after {self.deadlines.late.cap_days:g} days",
        )

    @staticmethod
    def span(time: datetime, due: datetime) -> str:
        """Return the time between two moments in words, in minutes that have begun."""
        minutes = math.ceil((time - due) / timedelta(minutes=1))
        parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
        return " ".join(f"{count} {unit}" for count, unit in parts if count)

    def _time(self, upload: Upload) -> datetime:
        time = upload.export.time if upload.export and upload.export.time else self._written(upload)
        assert time is not None  # because the caller looked
        return self.deadlines.moment(time)

    def _written(self, upload: Upload) -> datetime | None:
        return self._times.get(upload.submission.info.name)


def settle(intake: Intake, rules: Rules | None, choose: Callable[[Sequence[Upload]], Upload]) -> Settled:
    """Choose the upload of each student that counts.

    Args:
        intake: the class.
        rules: its deadlines, or None.
        choose: chooses if no deadline decides, because there is none or a time is not known.
    """
    found = Settled([], [refused for refused in intake.refused if refused not in intake.unread], [])
    unread = [refused for refused in intake.refused if refused in intake.unread]
    for uploads in (*intake.uploads, *(intake.unread[refused] for refused in unread)):
        submission = uploads[-1].submission
        key = submission.info.name, submission.assignment
        due = rules.due(key) if rules else None
        if rules is None or due is None:
            chosen = choose(uploads)
            late = Lateness(key, text="there is no deadline")  # one that was removed costs nothing
        elif not rules.are_timed(uploads):
            chosen = choose(uploads)
            late = Lateness(key, marked=bool(chosen.export and chosen.export.late))
        elif (counting := rules.counting(uploads, due)) is None:
            found.refused.append(rules.refusal(uploads, due))
            continue
        else:
            chosen, late = counting, rules.lateness(key, counting, due)
        refusals = [refused for refused in unread if refused.info is chosen.submission.info]
        if refusals:  # the upload that counts cannot be read
            found.refused.extend(refusals)
        else:
            found.submissions.append(chosen.submission)
            found.lateness.append(late)
    return found


def deduct(book: Gradebook, lateness: Iterable[Lateness]) -> list[tuple[int, Lateness]]:
    """Store what lateness costs as decisions; return the new ones with their numbers.

    A decision is new if it differs from the latest one of its kind, also from one that a person has withdrawn: what was
    withdrawn stays so until the time, the deadline or the policy changes. Without a time the decision before stays.
    """
    graded = {key_of(entry.report) for entry in book.current()}
    before = {(each.student, each.assignment): each for each in book.decisions() if each.kind == "late"}
    made = []
    for late in lateness:
        last = before.get(late.key)
        same = last is not None and (last.points, last.about, last.text) == (late.amount, late.unit, late.text)
        if late.key not in graded or not late.text or same or (last is None and not late.amount):
            continue
        number = book.decide("late", *late.key, "", points=late.amount, text=late.text, about=late.unit)
        made.append((number, late))
    return made

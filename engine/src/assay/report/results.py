"""A student's result for an assignment: the record that every export is made from.

Its texts are inert: no character steers a terminal or turns the direction of a text, and a name is one line. Its points
are rounded, so that what is shown adds up to the total that is shown.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from assay.errors import ExportError
from assay.model import MAX_POINTS, Message
from assay.report.decided import Decided, decide, numbers_in
from assay.report.visibility import for_student
from assay.text import MAX_LINE_CHARS, MAX_NAME_CHARS, MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from assay.model import ExerciseResult, Report, Status, Verdict, Visibility
    from assay.report.decided import Deduction

__all__ = [
    "ROUNDING",
    "Result",
    "Row",
    "RowStatus",
    "State",
    "inert_lines",
    "inert_name",
    "labelled",
    "number",
    "result_of",
]

ROUNDING: Final = (
    "points have two decimals: the highest points of the checks are rounded so that they add up to the rounded sum, a"
    " score is rounded half up in proportion, and a total is the sum of what is shown"
)

RowStatus: TypeAlias = "Status | Literal['scored', 'late']"
"""A check's status, `scored` for a written answer that a person gave points for, or `late` for a deduction."""

State: TypeAlias = Literal["graded", "open", "ungraded", "absent", "excused"]
"""How far a grade is; `open` if the points are known and a person must still decide."""

_CENT: Final = Decimal("0.01")
_LABEL: Final = 10


class Row(msgspec.Struct, frozen=True):
    """A check of a result, a written answer that has points, or what lateness costs.

    Args:
        exercise: the number of its exercise.
        title: the title of its exercise.
        check: its id; `hidden-1` if it is not shown, `answer` for a written answer, `late` for a deduction.
        description: the sentence that a student reads.
        status: as in the report.
        score: its points, or None if they are not known.
        max_score: its highest points; 0 for a written answer or a deduction.
        visibility: who may see it, and when.
        text: the message as lines, or "".
        duration: in seconds.
        line: where the file defines the function that the check asked last, if this is known.
    """

    exercise: str
    title: str
    check: str
    description: str
    status: RowStatus
    score: Decimal | None
    max_score: Decimal
    visibility: Visibility
    text: str
    duration: float
    line: int | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether the submission is the reason why the check did not pass."""
        return self.status not in {"passed", "scored", "late", "ungraded"}


class Result(msgspec.Struct, frozen=True):
    """A student's result for an assignment.

    Args:
        student: the name, or a pseudonym.
        assignment: the assignment; "" if the submission could not be taken in and nobody knows.
        file: the submission's path, from the root of its repository if that is known; "" if it is not a relative one.
        rows: the checks and written answers that count, by exercise.
        doubt: why the points are not known, or "".
        pending: what a person must decide before the points are final, as the student may read it, or "".
        open: the same for the instructor; it may name a hidden check.
        excused: whether the whole assignment is excused, and has no rows; also if all of its exercises are.
        excused_exercises: the numbers of the excused exercises.
        notes: what was found about the files, what lateness costs, and which exercises are excused.
        report: the report as the student may see it, with these notes and with the points of the rows.
    """

    student: str
    assignment: str
    file: str
    rows: tuple[Row, ...]
    doubt: str
    pending: str
    open: str
    excused: bool
    excused_exercises: tuple[str, ...]
    notes: tuple[str, ...]
    report: Report

    @property
    def score(self) -> Decimal | None:
        """The points of all rows, or None if some are not known."""
        known = [row.score for row in self.rows if row.score is not None]
        return None if self.doubt or len(known) < len(self.rows) else sum(known, Decimal(0))

    @property
    def max_score(self) -> Decimal:
        """The highest points of all rows."""
        return sum((row.max_score for row in self.rows), Decimal(0))

    @property
    def state(self) -> State:
        """How far the grade is."""
        if self.excused:
            return "excused"
        if self.report.cause == "absent":
            return "absent"
        if self.score is None:
            return "ungraded"
        return "open" if self.pending else "graded"


def result_of(report: Report, decided: Decided, *, published: bool, root: Path | None = None) -> Result:
    """Return what a student gets.

    Args:
        report: as the judge made it.
        decided: what persons decided beside it.
        published: whether checks may be shown that wait for the due date or the publication.
        root: the root of the student's repository, if it is known.

    Raises:
        ExportError: there are points above a million, as in a report of an earlier version.
    """
    _require_points(report, decided)
    seen = for_student(decide(report, decided), published=published)
    path = PurePath(report.submission.path)
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    checks = list(_rows(seen.exercises, report.exercises, decided))
    rows = [*checks, *_answers(seen, decided)]
    late = _late(decided.late, rows)
    rows += late
    excused = tuple(each for each in numbers_in(report) if each in decided.excused)
    notes = [f"{number(row.score or Decimal(0))} points: {row.text}" for row in late]
    notes += [] if decided.whole else [f"exercise {each} is excused" for each in excused]
    seen = _as_shown(seen, checks, rows, (*seen.handed_in.notes, *notes))
    order = list(dict.fromkeys(row.exercise for row in rows))
    return Result(
        student=inert_name(report.submission.name),
        assignment=inert_name(report.assignment),
        file="" if path.is_absolute() or ".." in path.parts or not path.parts else escape(str(path), MAX_PATH_CHARS),
        rows=tuple(sorted(rows, key=lambda row: order.index(row.exercise))),
        doubt=inert_lines(_doubt(seen, decided)),
        pending=inert_lines("; ".join(decided.told)),
        open=inert_lines("; ".join(decided.open)),
        excused=decided.whole,
        excused_exercises=excused,
        notes=tuple(map(inert_lines, seen.handed_in.notes)),
        report=seen,
    )


def number(points: Decimal) -> int | float:
    """Return points as a number for JSON: whole points without decimals."""
    return int(points) if points == points.to_integral_value() else float(points)


def _require_points(report: Report, decided: Decided) -> None:
    """Raise ExportError for points that cannot be rounded to two decimals, or are a slip of the hand."""
    checks = [check for exercise in report.exercises for check in exercise.checks]
    found = [check.max_score for check in checks]
    found += [*(check.score for check in checks), *decided.corrections.values()]
    found += [given.points for given in decided.answers.values()]
    if any(not points <= MAX_POINTS for points in found):
        who = ", ".join(map(inert_name, (report.submission.name, report.assignment)))
        msg = f"{who}: {max(found):g} points are above {MAX_POINTS:,}, the most of a check or an answer"
        raise ExportError(msg)


def _doubt(seen: Report, decided: Decided) -> str:
    if decided.whole:
        return "the assignment is excused"
    return seen.reason or "it could not be graded" if seen.status == "ungraded" else ""


def _rows(seen: Sequence[ExerciseResult], judged: Sequence[ExerciseResult], decided: Decided) -> Iterator[Row]:
    """Yield the rows of checks: as they are seen, and unknown if the judge could not tell and no person did."""
    checks = [
        (shown, check, (own.id, verdict.id) in decided.corrections)
        for shown, own in zip(seen, judged, strict=True)
        if own.id not in decided.excused
        for check, verdict in zip(shown.checks, own.checks, strict=True)
    ]
    highest = _rounded([check.max_score for _, check, _ in checks])
    for (exercise, check, corrected), points in zip(checks, highest, strict=True):
        yield Row(
            exercise=inert_name(exercise.id),
            title=inert_name(exercise.title),
            check=inert_name(check.id),
            description=escape(check.description, MAX_LINE_CHARS) or inert_name(check.id),
            status=check.status,
            score=None if check.status == "ungraded" and not corrected else _share(check, points),
            max_score=points,
            visibility=check.visibility,
            text=_message(check),
            duration=check.duration,
            line=check.where.line if check.where is not None else None,
        )


def _answers(seen: Report, decided: Decided) -> Iterator[Row]:
    titles = {exercise.id: exercise.title for exercise in seen.exercises}
    for answer in seen.answers:
        if answer.score is not None and answer.exercise not in decided.excused:
            yield Row(
                exercise=inert_name(answer.exercise),
                title=inert_name(titles.get(answer.exercise, "")),
                check="answer",
                description="written answer",
                status="scored",
                score=Decimal(repr(answer.score)).quantize(_CENT, ROUND_HALF_UP),
                max_score=Decimal(0),
                visibility="visible",
                text=inert_lines(answer.comment or ""),
                duration=0.0,
            )


def _late(late: Deduction | None, rows: Sequence[Row]) -> list[Row]:
    """Return the row of a deduction: never more than the points of all other rows."""
    if late is None or not rows:
        return []
    points = Decimal(repr(late.points)).quantize(_CENT, ROUND_HALF_UP)
    return [
        Row(
            exercise="late",
            title="deduction",
            check="late",
            description="handed in late",
            status="late",
            score=-min(points, sum((row.score or Decimal(0) for row in rows), Decimal(0))),
            max_score=Decimal(0),
            visibility="visible",
            text=inert_lines(late.text),
            duration=0.0,
        )
    ]


def _as_shown(seen: Report, checks: Sequence[Row], rows: Sequence[Row], notes: tuple[str, ...]) -> Report:
    """Return the report with the points of the rows, so that a text of it has the points of every other document."""
    left, counted = iter(checks), {row.exercise for row in checks}
    exercises = []
    for exercise in seen.exercises:
        if inert_name(exercise.id) not in counted:
            exercises.append(exercise)
            continue
        own = list(zip(exercise.checks, left))  # noqa: B905 - the rows of all exercises follow each other
        exercises.append(
            replace(
                exercise,
                score=_total(row.score for _, row in own),
                max_score=_total(row.max_score for _, row in own),
                checks=tuple(
                    replace(check, score=float(row.score or 0), max_score=float(row.max_score)) for check, row in own
                ),
            )
        )
    return replace(
        seen,
        score=_total(row.score for row in rows),
        max_score=_total(row.max_score for row in rows),
        exercises=tuple(exercises),
        handed_in=replace(seen.handed_in, notes=notes),
    )


def _total(points: Iterable[Decimal | None]) -> float:
    return float(sum((each or Decimal(0) for each in points), Decimal(0)))


def _rounded(points: Sequence[float]) -> Iterator[Decimal]:
    """Round points by their running sum, so that they add up to the rounded sum."""
    total = before = Decimal(0)
    for value in points:
        total += Decimal(repr(value))
        rounded = total.quantize(_CENT, ROUND_HALF_UP)
        yield rounded - before
        before = rounded


def _share(check: Verdict, highest: Decimal) -> Decimal:
    score, whole = Decimal(repr(check.score)), Decimal(repr(check.max_score))
    return (highest * score / whole if whole else score).quantize(_CENT, ROUND_HALF_UP)


def labelled(check: Verdict) -> list[tuple[str, str]]:
    """Return the texts of a check's message and the diagnosis, each with its label, in the order of reading."""
    message = check.message or Message()
    texts = {
        "input": message.input,
        "yours": message.yours,
        "expected": message.expected,
        "related": check.diagnosis,
        "help": message.help,
    }
    return [(label, text) for label, text in texts.items() if text]


def _message(check: Verdict) -> str:
    lines = []
    for label, text in labelled(check):
        first, *rest = inert_lines(text).split("\n")
        lines += [f"{label:<{_LABEL}}{first}", *(f"{'':<{_LABEL}}{line}" for line in rest)]
    return "\n".join(lines)


def inert_lines(text: str, limit: int = MAX_LINE_CHARS) -> str:
    """Return a text of several lines, each escaped and at most so long."""
    return "\n".join(escape(line, limit) for line in text.expandtabs(4).split("\n"))


def inert_name(text: str) -> str:
    """Return a name, escaped, on one line."""
    return escape(text, MAX_NAME_CHARS)

"""A class whose reports a gradebook keeps: only what is new or has changed is graded."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from msgspec.structs import replace

from assay.course.environment import environment
from assay.course.parts import parts_of
from assay.errors import GradebookError
from assay.gradebook.conditions import Conditions, changes
from assay.gradebook.records import key_of
from assay.report.packed import PackedReports, packed
from assay.text import MAX_NAME_CHARS, MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.course.parts import Parts
    from assay.course.read import Course
    from assay.gradebook.records import Entry, Key, Origin
    from assay.gradebook.store import Gradebook
    from assay.intake.result import Refused
    from assay.model import Report, Submission, SubmissionInfo

__all__ = ["Keeper", "conditions_of", "require_one_each"]

NEW = "new"
UNGRADED = "could not be graded before"


class Keeper:
    """The gradebook's side of one run: what is left to grade and why, and the sink for the reports.

    Args:
        book: the gradebook; no other run has it.
        submissions: the class; no two have the same name and assignment.
        conditions: what the report of each submission depends on now.
        origin: this run.

    Attributes:
        kept: the reports that still hold, packed.
        left: the submissions to grade.
        why: for each of these, the reason: NEW, UNGRADED, or what has changed.
    """

    def __init__(
        self, book: Gradebook, submissions: Sequence[Submission], conditions: Sequence[Conditions], origin: Origin
    ) -> None:
        self.kept: dict[Key, bytes] = {}
        self.left: list[Submission] = []
        self.why: list[tuple[str, ...]] = []
        self._book = book
        self._origin = origin
        self._conditions: dict[Key, Conditions] = {}
        self._tried: set[Key] = set()
        index_of = {(each.info.name, each.assignment): index for index, each in enumerate(submissions)}
        whys: dict[Key, tuple[str, ...]] = {}
        for entry in book.current():
            key = key_of(entry.report)
            if key not in index_of:
                continue
            whys[key] = _why(entry, conditions[index_of[key]])
            if not whys[key]:
                self.kept[key] = packed(entry.report)
        for key, index in index_of.items():
            if key not in self.kept:
                self.left.append(submissions[index])
                self.why.append(whys.get(key, (NEW,)))
                self._conditions[key] = conditions[index]

    def keep(self, report: Report) -> None:
        """Store a report: the sink of a run, which hands over a report once more if an interrupt came meanwhile."""
        key = key_of(report)
        if key in self._tried and any(entry.report == report for entry in self._book.history(key[0])):
            return
        self._tried.add(key)
        self._book.add(report, self._conditions[key], self._origin)

    def skipped(self, submissions: Iterable[Submission]) -> set[int]:
        """Return the places of the submissions whose reports are the gradebook's from before this run."""
        return {place for place, each in enumerate(submissions) if (each.info.name, each.assignment) in self.kept}

    def complete(self, graded: Sequence[Report], submissions: Iterable[Submission]) -> PackedReports:
        """Return the graded and the kept reports, in the order of the class."""
        found = self.kept | dict(zip(map(key_of, graded), PackedReports.of(graded).packed, strict=True))
        return PackedReports(found[each.info.name, each.assignment] for each in submissions)

    def keep_refusals(self, refusals: Iterable[Report]) -> None:
        """Store what could not be taken in, one report for a student and assignment; the same once only."""
        joined: dict[Key, Report] = {}
        for report in refusals:
            first = joined.get(key_of(report))
            joined[key_of(report)] = replace(first, reason=f"{first.reason}; {report.reason}") if first else report
        if not joined:
            return
        current = (entry.report for entry in self._book.current())
        known = {key_of(report): report for report in current if key_of(report) in joined}
        for key, report in joined.items():
            before = known.get(key)
            if before is None or before.cause != "refused" or before.reason != report.reason:
                self._book.add(report, None, self._origin)


def conditions_of(
    course: Course, submissions: Iterable[Submission], *, seed: int, waived: tuple[str, ...]
) -> list[Conditions]:
    """Return what the report of each submission depends on, as course and machine are now."""
    parts: dict[str, Parts] = {}
    versions = environment()
    found = []
    for submission in submissions:
        name = submission.assignment
        if name not in parts:
            parts[name] = parts_of(course, name)
        found.append(
            Conditions(
                submission.info.sha256,
                submission.notes,
                parts[name].common,
                parts[name].exercises,
                str(seed),
                version("assay"),
                versions.python,
                versions.torch,
                tuple(sorted(set(waived))),
            )
        )
    return found


def require_one_each(submissions: Iterable[Submission], refused: Iterable[Refused] = ()) -> None:
    """Raise GradebookError if two submissions of an assignment have one name: a gradebook's students are names.

    The report of a refused one would replace the other's, too.
    """
    met: dict[Key, SubmissionInfo] = {}
    for submission in submissions:
        first = met.setdefault((submission.info.name, submission.assignment), submission.info)
        _require_same(submission.assignment, first, submission.info)
    for each in refused:
        _require_same(each.assignment, met.get((each.info.name, each.assignment), each.info), each.info)


def _require_same(assignment: str, first: SubmissionInfo, second: SubmissionInfo) -> None:
    if second is not first:
        name, *paths = (
            escape(text, limit)
            for text, limit in (
                (second.name, MAX_NAME_CHARS),
                (first.path, MAX_PATH_CHARS),
                (second.path, MAX_PATH_CHARS),
            )
        )
        text = (
            f"two submissions of {assignment} are {name}'s: {' and '.join(paths)}; in a gradebook a name is one"
            " student, so keep a gradebook for each group"
        )
        raise GradebookError(text)


def _why(entry: Entry, now: Conditions) -> tuple[str, ...]:
    """Return why a submission must be graded again; nothing if its report still holds."""
    if entry.conditions is None or entry.report.status == "ungraded":
        return (UNGRADED,)
    return changes(entry.conditions, now)

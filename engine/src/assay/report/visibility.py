"""The student's view of a report, without what only the instructor may read.

A report never has the input and the answer of a hidden check: the judge leaves them out of the verdict.
"""

from __future__ import annotations

from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from assay.model import HIDDEN_TEXT, Message, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.model import Report, Visibility

__all__ = ["LATER_TEXT", "for_student"]

LATER_TEXT: Final = "this check is shown later"
"""Of a check that a student sees after the due date, or when the grades are published."""


def for_student(report: Report, *, published: bool) -> Report:
    """Return the report without the seed, the machine, the instructor's folders and the checks that are not shown.

    A hidden check keeps its status and points, so that the points add up; so does a check that waits for the due date
    or the publication, unless `published`.
    """
    shown: tuple[Visibility, ...] = ("visible", "after_due_date", "after_published") if published else ("visible",)
    numbers = count(1)
    exercises = tuple(
        replace(exercise, checks=tuple(_checks(exercise.checks, shown, numbers))) for exercise in report.exercises
    )
    info = replace(report.submission, path=PurePath(report.submission.path).name)
    return replace(report, submission=info, isolation={}, seed="", course="", exercises=exercises)


def _checks(checks: tuple[Verdict, ...], shown: tuple[Visibility, ...], numbers: Iterator[int]) -> Iterator[Verdict]:
    for check in checks:
        if check.visibility in shown:
            yield check
            continue
        number = next(numbers)
        # Made anew, so that a field that is added to verdicts later is not told.
        yield Verdict(
            id=f"hidden-{number}",
            description=f"hidden check {number}",
            status=check.status,
            score=check.score,
            max_score=check.max_score,
            visibility=check.visibility,
            message=_redacted(check),
            missing=None,
            diagnosis=None,
            duration=check.duration,
        )


def _redacted(check: Verdict) -> Message | None:
    """Return the fixed text, of a hidden check with what the judge and a person added to it."""
    if check.message is None:
        return None
    if check.visibility == "hidden":
        return Message(help=check.message.help if (check.message.help or "").startswith(HIDDEN_TEXT) else HIDDEN_TEXT)
    return Message(help=LATER_TEXT)

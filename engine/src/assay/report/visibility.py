"""The redaction of hidden checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from assay.model import HIDDEN_TEXT, Message

if TYPE_CHECKING:
    from assay.model import Report, Verdict

__all__ = ["public"]


def public(report: Report) -> Report:
    """Return the report with a fixed text in place of every hidden check's message.

    A check that could not be graded keeps its message: it is about the grader, and the instructor needs it.
    """
    exercises = tuple(
        replace(exercise, checks=tuple(_public(check) for check in exercise.checks)) for exercise in report.exercises
    )
    return replace(report, exercises=exercises)


def _public(check: Verdict) -> Verdict:
    if check.visibility != "hidden" or check.status == "ungraded" or check.message is None:
        return check
    return replace(check, message=Message(help=HIDDEN_TEXT))

"""How much of the reports a person wants to see, and reports of a part of the exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from assay.report.packed import PackedReports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.model import Report

__all__ = ["EVERYTHING", "Detail", "View", "in_view", "part_label"]

Detail: TypeAlias = Literal["quiet", "verbose", "failed"]
"""One line a report, every check, or only what did not pass."""

_MAX_NAMED: Final = 4
"""Of a part's exercises: more are counted, so that the score stays on its line."""


class View(NamedTuple):
    """How much of the reports is shown.

    Args:
        detail: None shows every exercise, and every check that did not pass.
        exercises: the exercises that were graded; none for all of them.
        excused: the exercises of a student's report that are excused.
        is_excused: whether the whole assignment is.
        corrected: the checks that could not be graded and that a person gave points, as `EXERCISE/CHECK`.
    """

    detail: Detail | None = None
    exercises: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    is_excused: bool = False
    corrected: tuple[str, ...] = ()


EVERYTHING: Final = View()


def in_view(reports: Sequence[Report], view: View) -> Sequence[Report]:
    """Return the reports; if a part was graded, without the missing names and written answers of other exercises."""
    return PackedReports.of(map(_part, reports)) if view.exercises else reports


def _part(report: Report) -> Report:
    checks = [check for exercise in report.exercises for check in exercise.checks]
    asked = {check.missing.name for check in checks if check.missing is not None}
    numbers = {exercise.id for exercise in report.exercises}
    return replace(
        report,
        answers=tuple(answer for answer in report.answers if answer.exercise in numbers),
        handed_in=replace(report.handed_in, missing=tuple(name for name in report.handed_in.missing if name in asked)),
    )


def part_label(report: Report) -> str:
    """Return a label for the score, so that nobody takes it for the score of the whole assignment."""
    numbers = [exercise.id for exercise in report.exercises]
    if len(numbers) > _MAX_NAMED:
        return f"{len(numbers)} exercises only: "
    return f"{'exercise' if len(numbers) == 1 else 'exercises'} {', '.join(numbers)} only: "

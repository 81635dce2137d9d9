"""Statistics of answers that vary with the seed, and their bounds, stored beside the reference."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from assay.checks.mistakes import marks_of
from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.checks.measurements import Measurement
    from assay.checks.mistakes import Mistake

__all__ = ["Statistic", "Tolerance", "ToleranceFile", "command_for", "read_tolerances", "statistic", "tolerance_path"]


class Tolerance(msgspec.Struct, frozen=True):
    """A bound and where it comes from.

    Attributes:
        quantity: what is measured, in words.
        bound: a right answer stays at or below it.
        reason: the reason for a bound in closed form; None for one that was derived from the tail.
        seeds: how many seeds the reference was measured at.
        median: the reference's median.
        largest: the reference's largest value.
        false_failure: the probability that a right answer exceeds the bound, by the tail; None if there is no tail.
        tail: how the tail was fitted.
        power: for each mistake, the share of seeds at which it exceeds the bound.
        power_seeds: how many seeds each mistake was measured at.
    """

    quantity: str
    bound: float
    reason: str | None
    seeds: int
    median: float
    largest: float
    false_failure: float | None
    tail: str | None
    power: dict[str, float]
    power_seeds: int


class ToleranceFile(msgspec.Struct, frozen=True):
    """The file of an assignment's tolerances; `command` writes it again."""

    schema: str
    command: str
    tolerances: dict[str, Tolerance]


class Statistic:
    """A function of a module and a seed, or of what was measured of them, with a bound for right answers.

    The decorator `statistic` makes it.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - as the decorator's, each by its name
        self,
        function: Callable[..., float],
        quantity: str,
        catches: Sequence[Callable[..., Any]],
        closed_form: tuple[float, str] | None,
        seeds: int,
        of: Measurement | None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.quantity = quantity
        self.closed_form = closed_form
        self.seeds = seeds
        self.of = of
        self.file = Path(function.__globals__["__file__"])
        self.name = function.__name__
        self.key = f"{self.file.stem}.{self.name}"
        self.catches = [mark for wrong in catches for mark in _marks(wrong, self.key)]

    def __call__(self, *measured: Any) -> float:
        """Return the statistic of the measurement's value, or of a module and a seed if there is no measurement."""
        return float(self.function(*measured))

    def at(self, module: Any, seed: int) -> float:
        """Return the statistic of a module that is trusted, at one seed."""
        return self(module, seed) if self.of is None else self(self.of(module, seed))

    @functools.cached_property
    def bound(self) -> float:
        """The bound in the assignment's file.

        Raises CourseError with the command to run if the bound is missing or is for an older version of the statistic.
        """
        course_root, assignment = self.file.parents[2], self.file.parent.name
        path = tolerance_path(course_root, assignment)
        try:
            tolerance = read_tolerances(course_root, assignment)[self.key]
        except (msgspec.MsgspecError, KeyError):
            msg = f"{path} has no tolerance {self.key}: run `{command_for(assignment)}`"
            raise CourseError(msg) from None
        labels = sorted(mistake.label for mistake in self.catches)
        asked = self.quantity, *(self.closed_form or (tolerance.bound, None)), labels
        if asked != (tolerance.quantity, tolerance.bound, tolerance.reason, sorted(tolerance.power)):
            msg = f"{self.key} has changed since {path} was written: run `{command_for(assignment)}`"
            raise CourseError(msg)
        return tolerance.bound


def statistic(
    quantity: str,
    *,
    catches: Sequence[Callable[..., Any]],
    closed_form: tuple[float, str] | None = None,
    seeds: int = 10_000,
    of: Measurement | None = None,
) -> Callable[[Callable[..., float]], Statistic]:
    """Make a function `(module, seed) -> float` a statistic whose `.bound` is derived, not guessed.

    Args:
        quantity: what the function measures, in words.
        catches: the known mistakes that must exceed the bound at nearly every seed.
        closed_form: the bound and its reason, if mathematics gives one.
        seeds: how many seeds the bound is derived from.
        of: a measurement; the function then takes its value alone.
    """
    return lambda function: Statistic(function, quantity, catches, closed_form, seeds, of)


def read_tolerances(course_root: Path, assignment: str) -> dict[str, Tolerance]:
    """Read an assignment's tolerances, by their keys; empty if there is no file."""
    path = tolerance_path(course_root, assignment)
    return msgspec.json.decode(path.read_bytes(), type=ToleranceFile).tolerances if path.exists() else {}


def tolerance_path(course_root: Path, assignment: str) -> Path:
    """Return the path of an assignment's file of tolerances."""
    return course_root / "reference" / f"{assignment}.tolerances.json"


def command_for(assignment: str) -> str:
    """Return the command that writes an assignment's file of tolerances."""
    return f"assay tolerances {assignment}"


def _marks(wrong: Callable[..., Any], key: str) -> tuple[Mistake, ...]:
    marks = marks_of(wrong)
    if not marks:
        msg = f"{key} catches {wrong!r}, which is not a @mistake"
        raise CourseError(msg)
    return marks

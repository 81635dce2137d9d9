"""Plots beside a comparison, for answers that are seen faster than read: curves, residuals, positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from assay.errors import CourseError
from assay.text import LogAxes

__all__ = ["Sketch", "curves", "dots"]


@dataclass(frozen=True)
class Sketch:
    """Values to draw if a comparison fails, as the check has them; the judge reads them then.

    Attributes:
        title: what is drawn: "training loss against epoch".
        x: the place of each value; None for 1, 2, 3, ...
        yours: the submission's values, or several series by name.
        expected: the right values, or several series by name; None if there are none.
        log: the logarithmic axes.
        joined: whether a line joins the values.
    """

    title: str
    x: Any
    yours: Any
    expected: Any
    log: LogAxes
    joined: bool

    def __post_init__(self) -> None:
        """Raise CourseError if `log` names no axes."""
        if self.log not in get_args(LogAxes):
            msg = f'a plot\'s log is "", "x", "y" or "xy", not {self.log!r}'
            raise CourseError(msg)


def curves(title: str, x: Any = None, *, yours: Any, expected: Any = None, log: LogAxes = "") -> Sketch:
    """Return values to draw as lines: `require(falls, ..., plot=curves("loss against epoch", yours=losses))`.

    Args:
        title: what is drawn, against what.
        x: the place of each value, a list of numbers or a tensor; without it they are counted.
        yours: the submission's values, a list of numbers or a tensor; or up to three of them by name.
        expected: the right values, in the same forms.
        log: the logarithmic axes.

    Raises:
        CourseError: `log` names no axes.
    """
    return Sketch(title, x, yours, expected, log, joined=True)


def dots(title: str, x: Any = None, *, yours: Any, expected: Any = None, log: LogAxes = "") -> Sketch:
    """Return values to draw as dots, with the arguments of `curves`."""
    return Sketch(title, x, yours, expected, log, joined=False)

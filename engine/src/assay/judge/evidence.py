"""The evidence of a wrong answer: the points of a check's plot as bounded, finite, rounded numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal

from assay.checks.compare import number
from assay.errors import Mismatch
from assay.model import Plot, Series
from assay.text import MAX_LABEL_CHARS, as_dense, escape, is_tensor, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.checks.plots import Sketch

__all__ = ["evidence_of"]

_MAX_SERIES: Final = 3
"""Of each side: a page has so many colours."""

_MAX_POINTS: Final = 150
"""Of a series: no more can be told apart in a plot of a column's width."""

_MAX_READ: Final = 20_000
"""Numbers of a series from which its points are chosen: all of a long answer would take the judge seconds."""

_DIGITS: Final = 6
"""More than a page can show, and fewer than rounding changes."""

_GOLDEN: Final = (5**0.5 - 1) / 2

Point = tuple[float, float | None]


def evidence_of(sketch: Sketch | None) -> Plot | None:
    """Return the points of a plot, or None if there is no plot or no number of the submission in it."""
    if sketch is None:
        return None
    places = None if sketch.x is None else _numbers(sketch.x)
    yours = list(_series("yours", sketch.yours, places))
    if not any(value is not None for series in yours for value in series.y):
        return None
    expected = _series("expected", sketch.expected, places)
    return Plot(escape(sketch.title, MAX_LABEL_CHARS), sketch.log, sketch.joined, (*yours, *expected))


def _series(side: Literal["yours", "expected"], given: Any, places: list[float | None] | None) -> Iterator[Series]:
    """Yield the series of a side; without places they are counted."""
    named = given if isinstance(given, dict) else {side: given}
    for name, values in list(named.items())[:_MAX_SERIES]:
        ys = _numbers(values)
        xs = [float(place) for place in range(1, len(ys) + 1)] if places is None else places
        points = _chosen([(x, y) for x, y in zip(xs, ys, strict=False) if x is not None])
        if points:
            text = escape(name, MAX_LABEL_CHARS) if isinstance(name, str) else shorten(name, MAX_LABEL_CHARS)
            label = text if text == side else f"{side}: {text}"
            yield Series(label, side, tuple(x for x, _ in points), tuple(y for _, y in points))


def _numbers(values: Any) -> list[float | None]:
    """Return the numbers of a list or a tensor, None for what is not a finite one; nothing for any other value."""
    if is_tensor(values):
        dense = as_dense(values)
        values = [] if dense is None else dense.reshape(-1)[:_MAX_READ].tolist()
    return [_finite(item) for item in values[:_MAX_READ]] if isinstance(values, (list, tuple)) else []


def _finite(item: Any) -> float | None:
    try:
        value = number(item)
    except Mismatch:
        return None
    return float(f"{value:.{_DIGITS}g}") + 0.0 if math.isfinite(value) else None  # + 0.0: there is one zero


def _chosen(points: Sequence[Point]) -> Sequence[Point]:
    """Return all points, or so many that they show the whole: the first, the last, the extremes, and some between.

    Those between are unequally far apart: with equal steps, points that repeat would all be taken at one height.
    """
    if len(points) <= _MAX_POINTS:
        return points
    step = len(points) / (_MAX_POINTS - 3)
    places = {int((place + place * _GOLDEN % 1) * step) for place in range(_MAX_POINTS - 3)} | {len(points) - 1}
    heights = [(y, place) for place, (_, y) in enumerate(points) if y is not None]
    places |= {place for _, place in (min(heights), max(heights))} if heights else set()
    return [points[place] for place in sorted(places)]

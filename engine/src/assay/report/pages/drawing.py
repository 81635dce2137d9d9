"""Plots for a template: ticks and paths to look at, and a sentence for each series that a screen reader reads."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.report.results import inert_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.model import Plot, Series

__all__ = ["BOX", "Drawing", "draw"]


class Box(NamedTuple):
    """The rectangle of the axes, in the SVG's units; the numbers of the ticks stand left of it and below."""

    left: int
    right: int
    top: int
    bottom: int


BOX: Final = Box(62, 432, 10, 190)

_LARGEST, _SMALLEST = 1e100, 1e-100
"""Beyond and below these nothing is drawn and zero is drawn: differences and quotients stay finite."""

_MAX_TICKS: Final = 7
"""Of an axis, about: an end may have one more."""
_FEW: Final = 40
"""Points of a line that have a dot each."""

_SCALES: Final = {"": "", "x": "logarithmic x axis", "y": "logarithmic y axis", "xy": "logarithmic axes"}
_STYLES: Final = ("one", "two", "three")


class Tick(NamedTuple):
    """A number at an axis, and where."""

    at: str
    text: str


class Mark(NamedTuple):
    """A series: its style and name, the path of its line, and that of its dots; "" for none."""

    style: str
    name: str
    line: str
    dots: str


class Drawing(NamedTuple):
    """A plot.

    Args:
        title: what is drawn.
        scales: which axes are logarithmic.
        x: the ticks below.
        y: the ticks on the left.
        marks: the series, those on top last.
        said: each series in a sentence.
        notes: what could not be drawn, in sentences.
        box: where the axes are.
    """

    title: str
    scales: str
    x: list[Tick]
    y: list[Tick]
    marks: list[Mark]
    said: list[str]
    notes: list[str]
    box: Box = BOX


class _Axis:
    """A scale from numbers to places between two ends.

    Args:
        values: the numbers, at least one.
        log: whether equal quotients are equally far apart; the numbers are then above zero.
        ends: the places of the lowest and the highest number, without a margin.
    """

    def __init__(self, values: Sequence[float], *, log: bool, ends: tuple[float, float]) -> None:
        self._log = log
        self._ends = ends
        self._least = 1.0 if all(value.is_integer() for value in values) else 0.0
        low, high = self._scaled(min(values)), self._scaled(max(values))
        margin = (high - low) / 20 or abs(low) / 2 * (not log) or 0.5
        self._low, self._high = low - margin, high + margin

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._log else value

    def at(self, value: float) -> str:
        """Return the place of a number."""
        first, last = self._ends
        part = (self._scaled(value) - self._low) / (self._high - self._low)
        return f"{first + part * (last - first):.1f}".removesuffix(".0")

    def ticks(self) -> list[Tick]:
        """Return some round numbers, with their places."""
        return [Tick(self.at(value), _written(value)) for value in self._rounds()]

    def _rounds(self) -> Iterator[float]:
        if not self._log:
            yield from _multiples(self._low, self._high, self._least)
            return
        decades = range(math.ceil(self._low), math.floor(self._high) + 1)
        if len(decades) > 1:
            step = math.ceil(len(decades) / _MAX_TICKS)
            yield from (10.0**decade for decade in decades if decade % step == 0)
        else:
            yield from (value for value in _multiples(10**self._low, 10**self._high, self._least) if value > 0)


def draw(plot: Plot) -> Drawing | None:
    """Return a plot for the template, or None if none of its points has a place on its axes."""
    visible = [(series, _points(series, plot.log)) for series in plot.series]
    points = [point for _, found in visible for point in found if point is not None]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    x = _Axis(xs, log="x" in plot.log, ends=(BOX.left, BOX.right))
    y = _Axis(ys, log="y" in plot.log, ends=(BOX.bottom, BOX.top))
    places = [[point and f"{x.at(point[0])} {y.at(point[1])}" for point in found] for _, found in visible]
    styles = _styles(plot.series)
    return Drawing(
        inert_name(plot.title),
        _SCALES[plot.log],
        x.ticks(),
        y.ticks(),
        [
            Mark(
                style,
                inert_name(series.name),
                _line(own) if plot.joined else "",
                "" if plot.joined and len(own) > _FEW else "".join(f"M{place}h0" for place in own if place),
            )
            for series, own, style in zip(plot.series, places, styles, strict=True)
        ],
        [_said(series, found) for series, found in visible],
        [note for series in plot.series for note in _notes(series, plot.log)],
    )


def _points(series: Series, log: str) -> list[tuple[float, float] | None]:
    """Return the points, None for one that has no place on the axes."""
    pairs = [(_seen(x, "x" in log), _seen(y, "y" in log)) for x, y in zip(series.x, series.y, strict=False)]
    return [None if x is None or y is None else (x, y) for x, y in pairs]


def _seen(value: float | None, log: bool) -> float | None:  # noqa: FBT001 - an axis has it or not
    if value is None or not abs(value) <= _LARGEST:
        return None
    value = value if abs(value) >= _SMALLEST else 0.0
    return None if log and value <= 0 else value


def _styles(series: Sequence[Series]) -> list[str]:
    counts = {"yours": 0, "expected": 0}
    found = []
    for each in series:
        found.append(f"{each.side} {_STYLES[counts[each.side] % len(_STYLES)]}")
        counts[each.side] += 1
    return found


def _line(places: Iterable[str | None]) -> str:
    """Return the path through some places, with a gap at each None; a point alone is a dot."""
    parts = [list(group) for known, group in groupby(places, key=bool) if known]
    return "".join(f"M{part[0]}h0{''.join(f'L{place}' for place in part[1:])}" for part in parts)


def _said(series: Series, points: Sequence[tuple[float, float] | None]) -> str:
    known = [point for point in points if point is not None]
    if not known:
        return f"{inert_name(series.name)}: nothing that can be drawn."
    (first_x, first), (last_x, last) = known[0], known[-1]
    ends = f"{_written(first)} at {_written(first_x)}"
    if len(known) > 1:
        low, high = min(y for _, y in known), max(y for _, y in known)
        ends += f" to {_written(last)} at {_written(last_x)}; lowest {_written(low)}, highest {_written(high)}"
    count = "1 point" if len(known) == 1 else f"{len(known)} points"
    return f"{inert_name(series.name)}: {count}, {ends}."


def _notes(series: Series, log: str) -> Iterator[str]:
    name = inert_name(series.name)
    if any(_seen(y, log=False) is None for y in series.y):
        yield f"{name}: some values are no numbers, infinite or beyond {_written(_LARGEST)}, and are not drawn"
    if "y" in log and any(_seen(y, log=False) is not None and _seen(y, log=True) is None for y in series.y):
        yield f"{name}: some values are zero or less, and are not drawn on a logarithmic axis"


def _multiples(low: float, high: float, least: float) -> Iterator[float]:
    """Yield some multiples of a round number between two numbers."""
    wanted = max((high - low) / _MAX_TICKS, least)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next((power * factor for factor in (1, 2, 5) if power * factor >= wanted), 10 * power)
    yield from (count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1))


def _written(value: float) -> str:
    mantissa, exponent, power = f"{value:.7g}".partition("e")
    return f"{mantissa}e{int(power)}" if exponent else mantissa

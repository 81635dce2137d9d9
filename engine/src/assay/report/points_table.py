"""The table of a class: a row for each submission and each student who handed in nothing, in parts of some rows."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import starmap
from sys import intern
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from assay.text import REPORT_COLUMNS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from assay.model import ExerciseResult, Report

__all__ = ["MAX_LINE", "PointsTable", "printable_line", "score_style"]

MAX_LINE: Final = 500
"""Characters of a line that holds foreign text."""
_ROWS_PER_PART: Final = 100
"""Rows that are laid out at once: rich takes several kilobytes for each."""
_MIN_NAME: Final = 12
"""Columns for a name, if it needs so many, before "not handed in" is folded."""
_LEAST_NAME: Final = 4
"""Columns for a name on the narrowest console, where rich shortens points, too."""
_NO_CELL: Final = ("-", "dim")


class _Row(NamedTuple):
    """A row of a table: each cell is a text with its style."""

    name: str
    cells: dict[str, tuple[str, str]]
    total: tuple[str, str]
    style: str = ""

    def texts(self, ids: Sequence[str]) -> list[str]:
        """Return the texts of the row, from left to right."""
        return [self.name, *(self.cells.get(number, _NO_CELL)[0] for number in ids), self.total[0]]


class PointsTable:
    """A table of points by exercise and in total; a report leaves no more in it than its row.

    Args:
        is_part: whether the points are those of a part of the exercises.
    """

    def __init__(self, *, is_part: bool) -> None:
        self.rows: list[_Row] = []
        self._is_part = is_part
        self._highest: dict[str, float] = {}
        self._total = 0.0

    def add(self, report: Report, *, is_shown: bool) -> None:
        """Add a report, which has a row if it is shown, and tells the highest points."""
        self._highest |= {exercise.id: exercise.max_score for exercise in report.exercises}
        self._total = max(self._total, report.max_score)
        if is_shown:
            # Ids that were read from reports are equal, and not the same object.
            cells = {intern(exercise.id): _cell(exercise) for exercise in report.exercises}
            total = ("ungraded", "yellow") if report.status == "ungraded" else (f"{report.score:g}", "bold")
            self.rows.append(_Row(printable_line(report.submission.name), cells, total))

    def render(self, assignment: str, absent: Sequence[str]) -> Iterator[RenderableType]:
        """Yield the table in parts below each other, with a row of each student who handed in nothing."""
        highest = self._highest
        ids = sorted(highest, key=lambda number: (not number.isdecimal(), len(number), number))
        of = _Row("of", {number: (f"{highest[number]:g}", "") for number in ids}, (f"{self._total:g}", ""), "dim")
        rows = [of, *self.rows, *(_Row(printable_line(name), {}, ("not handed in", ""), "dim") for name in absent)]
        head = [printable_line(assignment), *ids, "part" if self._is_part else "total"]
        *widths, total = (_width(column) for column in zip(head, *(row.texts(ids) for row in rows), strict=True))
        folded = _width([head[-1], *(word for row in rows for word in row.total[0].split())])
        # If the points need more than half of a line, the gap is small.
        is_crowded = sum(2 + max(len(number), len(f"{highest[number]:g}")) for number in ids) > REPORT_COLUMNS // 2
        for start in range(0, len(rows), _ROWS_PER_PART):
            part = rows[start : start + _ROWS_PER_PART]
            yield _Part(head, ids, part, widths, (folded, total), 1 if is_crowded else 2, is_first=not start)


class _Part(NamedTuple):
    """Some rows of a table, which are laid out as wide as the whole table.

    Args:
        head: the columns' titles.
        ids: the exercises between the names and the total.
        rows: these rows.
        widths: the widest text of each column but the last, in all rows.
        totals: the width of the last column if "not handed in" is folded at its blanks, and if it is not.
        gap: between two columns.
        is_first: whether the titles stand above it.
    """

    head: list[str]
    ids: list[str]
    rows: list[_Row]
    widths: list[int]
    totals: tuple[int, int]
    gap: int
    is_first: bool

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the rows out: names and "not handed in" are folded, before a point is shortened."""
        name, *points = self.widths
        folded, total = self.totals
        room = options.max_width - sum(points) - self.gap * (len(points) + 1)
        last = total if room - total >= min(name, _MIN_NAME) else folded
        widths = [min(name, max(room - last, _LEAST_NAME)), *points, last]
        table = Table(box=None, pad_edge=False, padding=(0, self.gap, 0, 0), show_header=self.is_first)
        table.add_column(Text(self.head[0], "bold"), width=widths[0], overflow="fold")
        for title, width in zip(self.head[1:], widths[1:], strict=True):
            table.add_column(Text(title), width=width, justify="right")
        for row in self.rows:
            cells = [row.cells.get(number, _NO_CELL) for number in self.ids]
            table.add_row(Text(row.name), *starmap(Text, cells), Text(*row.total), style=row.style)
        yield table


def _width(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts))


def _cell(exercise: ExerciseResult) -> tuple[str, str]:
    if any(check.status == "ungraded" for check in exercise.checks):
        return "?", "yellow"
    return _points_cell(exercise.score, exercise.max_score)


@lru_cache(maxsize=1000)
def _points_cell(score: float, highest: float) -> tuple[str, str]:
    """Return the one cell of these points: a class gets the same ones again and again."""
    return f"{score:g}", score_style(score, highest)


def score_style(score: float, highest: float) -> str:
    """Return the colour of points: of all, none, or some."""
    return "green" if score >= highest else "red" if score <= 0 else "yellow"


def printable_line(text: str) -> str:
    """Return the text with every run of blanks as one, so that no name looks like two columns or like another line."""
    return escape(re.sub(" +", " ", text), MAX_LINE)

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
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from assay.model import ExerciseResult, Report

__all__ = ["MAX_LINE", "PointsTable", "printable_line", "score_style"]

MAX_LINE: Final = 500
"""Characters of a line that holds foreign text."""
_ROWS: Final = 100
"""Of a table that are laid out together: rich takes several kilobytes for a row."""
_MIN_NAME: Final = 12
"""Columns for a name, if it needs so many: a first name and a letter. A narrower console narrows all columns."""
_NO_CELL: Final = ("-", "dim")


class _Row(NamedTuple):
    """A row of a table: each cell is a text with its style."""

    name: str
    cells: dict[str, tuple[str, str]]
    whole: tuple[str, str]
    style: str = ""

    def texts(self, ids: Sequence[str]) -> list[str]:
        """Return the texts of the row, from left to right."""
        return [self.name, *(self.cells.get(number, _NO_CELL)[0] for number in ids), self.whole[0]]


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
            cells = {intern(exercise.id): _cell(exercise) for exercise in report.exercises}
            whole = ("ungraded", "yellow") if report.status == "ungraded" else (f"{report.score:g}", "bold")
            self.rows.append(_Row(printable_line(report.submission.name), cells, whole))

    def render(self, assignment: str, absent: Sequence[str]) -> Iterator[RenderableType]:
        """Yield the table in parts below each other, with a row of each student who handed in nothing."""
        highest = self._highest
        ids = sorted(highest, key=lambda number: (not number.isdecimal(), len(number), number))
        of = _Row("of", {number: (f"{highest[number]:g}", "") for number in ids}, (f"{self._total:g}", ""), "dim")
        missing = dict.fromkeys(ids, ("-", ""))
        rows = [of, *self.rows]
        rows += [_Row(printable_line(name), missing, ("not handed in", ""), "dim") for name in absent]
        head = [printable_line(assignment), *ids, "part" if self._is_part else "total"]
        widths = [max(map(cell_len, column)) for column in zip(head, *(row.texts(ids) for row in rows), strict=True)]
        # Half of a line is for the names.
        many = sum(2 + max(len(number), len(f"{highest[number]:g}")) for number in ids) > REPORT_COLUMNS // 2
        for start in range(0, len(rows), _ROWS):
            yield _Part(head, ids, rows[start : start + _ROWS], widths, 1 if many else 2, is_first=not start)


class _Part(NamedTuple):
    """Some rows of a table, which are laid out as wide as the whole table.

    Args:
        head: the columns' titles.
        ids: the exercises between the names and the total.
        rows: these rows.
        widths: the widest text of each column, in all rows.
        gap: between two columns.
        is_first: whether the titles stand above it.
    """

    head: list[str]
    ids: list[str]
    rows: list[_Row]
    widths: list[int]
    gap: int
    is_first: bool

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the rows out: names have the room that the points leave, and what is longer is folded."""
        name, *others = self.widths
        room = options.max_width - sum(others) - self.gap * len(others)
        widths = [min(name, max(room, _MIN_NAME)), *others]
        table = Table(box=None, pad_edge=False, padding=(0, self.gap, 0, 0), show_header=self.is_first)
        table.add_column(Text(self.head[0], "bold"), width=widths[0], overflow="fold")
        for title, width in zip(self.head[1:], widths[1:], strict=True):
            table.add_column(Text(title), width=width, justify="right")
        for row in self.rows:
            cells = [row.cells.get(number, _NO_CELL) for number in self.ids]
            table.add_row(Text(row.name), *starmap(Text, cells), Text(*row.whole), style=row.style)
        yield table


def _cell(exercise: ExerciseResult) -> tuple[str, str]:
    if any(check.status == "ungraded" for check in exercise.checks):
        return "?", "yellow"
    return _points(exercise.score, exercise.max_score)


@lru_cache(maxsize=1000)
def _points(score: float, highest: float) -> tuple[str, str]:
    """Return the one cell of these points: a class gets the same ones again and again."""
    return f"{score:g}", score_style(score, highest)


def score_style(score: float, highest: float) -> str:
    """Return the colour of points: of all, none, or some."""
    return "green" if score >= highest else "red" if score <= 0 else "yellow"


def printable_line(text: str) -> str:
    """Return the text with every run of blanks as one, so that no name looks like two columns or like another line."""
    return escape(re.sub(" +", " ", text), MAX_LINE)

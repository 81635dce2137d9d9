"""A CSV file of a platform, filled: every byte outside the filled cells stays as it is."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.errors import ExportError
from assay.report.exporters.request import Export
from assay.report.results import inert_name
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from assay.report.results import Result

__all__ = [
    "Column",
    "Sheet",
    "StudentRow",
    "by_name",
    "column_of",
    "fill",
    "final_points",
    "highest_note",
    "read_sheet",
    "rows_of",
]

_MARK: Final = "\ufeff"


class StudentRow(NamedTuple):
    """A student's row: its number, the name for sentences, and every name that the platform has for the student."""

    number: int
    name: str
    names: frozenset[str]


class Sheet(NamedTuple):
    """A CSV file: its byte order mark or "", the text of each record with its line end, and the cells of each."""

    mark: str
    delimiter: str
    texts: tuple[str, ...]
    rows: tuple[list[str], ...]


class Column(NamedTuple):
    """A column of a file, by its number, and the rows of students in it."""

    sheet: Sheet
    number: int
    students: tuple[StudentRow, ...]


def read_sheet(data: bytes | None, delimiters: str, platform: str) -> Sheet:
    """Read a platform's file by the delimiter that gives its header most cells; raise ExportError if it is none."""
    if data is None:
        msg = f"{platform} is filled into its own file: export the grades there, and name the file with --fill"
        raise ExportError(msg)
    try:
        decoded = data.decode()
        text = decoded.removeprefix(_MARK)
        delimiter = max(delimiters, key=lambda character: _width(text, character))
        texts, rows = zip(*_records(text, delimiter), strict=True)
    except UnicodeDecodeError as error:
        msg = f"the file of {platform} is not UTF-8 (byte {error.start}): take the file as it was exported"
        raise ExportError(msg) from None
    except ValueError:  # nothing to unpack
        msg = f"the file of {platform} is empty"
        raise ExportError(msg) from None
    except csv.Error as error:
        msg = f"the file of {platform} is not CSV: {error}"
        raise ExportError(msg) from None
    short = [str(number) for number, row in enumerate(rows, 1) if 0 < len(row) < len(rows[0])]
    if short:
        msg = f"the file of {platform} has fewer cells than columns in row {', '.join(short)}"
        raise ExportError(msg)
    return Sheet(decoded.removesuffix(text), delimiter, texts, rows)


def column_of(sheet: Sheet, wanted: Callable[[str], bool], title: str, platform: str) -> int:
    """Return the number of the only column whose title is wanted; raise ExportError if there is none or several."""
    found = [number for number, name in enumerate(sheet.rows[0]) if wanted(name)]
    if len(found) != 1:
        many = "several columns" if found else "no column"
        have = ", ".join(sheet.rows[0])
        msg = f"the file of {platform} has {many} {title!r}: choose by --column, of {have}"
        raise ExportError(msg)
    return found[0]


def fill(
    column: Column,
    results: Sequence[Result],
    names: Callable[[str], Sequence[str]],
    cell: Callable[[Result, list[str]], str],
) -> Export:
    """Write the cells of one column, a row for a student; whatever does not fit is left blank or alone, and is told.

    Args:
        column: what is filled.
        results: what students get.
        names: returns what the platform may call the student of a report.
        cell: returns what a row gets for its result, or "".
    """
    index = by_name(column.students)
    found = {id(result): rows_of(names(result.student), index) for result in results}
    by_row: defaultdict[int, list[Result]] = defaultdict(list)
    for result in results:
        for row in found[id(result)]:
            by_row[row.number].append(result)
    cells, notes = {}, []
    for row in column.students:
        mine = by_row[row.number]
        if not mine:
            notes.append(f"{row.name}: no report; the cell stays as it is")
            continue
        doubt = _doubt(mine, found)
        cells[row.number] = "" if doubt else cell(mine[0], column.sheet.rows[row.number])
        if not cells[row.number]:
            why = doubt or mine[0].doubt or mine[0].open
            notes.append(f"{row.name}: left blank: {why}")
        elif mine[0].excused_exercises and not mine[0].excused:
            excused = ", ".join(map(inert_name, mine[0].excused_exercises))
            highest = _short(mine[0].max_score)
            notes.append(f"{row.name}: {cells[row.number]} of {highest} points; excused exercises: {excused}")
    unknown = dict.fromkeys(result.student for result in results if not found[id(result)])
    notes += [f"{student}: in no row of the file" for student in unknown]
    return Export(_written(column.sheet, column.number, cells).encode(), tuple(notes))


def final_points(result: Result) -> str:
    """Return the points for a cell; "" while a person has to decide, because a cell is a student's grade."""
    return "" if result.score is None or result.pending else _short(result.score)


def highest_note(theirs: Collection[str], results: Sequence[Result], platform: str) -> list[str]:
    """Return a sentence if the platform's highest points, as it writes them, are others than ours."""
    ours = {_short(result.max_score) for result in results if result.rows}
    if not theirs or not ours or ours == set(map(_as_ours, theirs)):
        return []
    words = [" or ".join(sorted(each)) for each in (theirs, ours)]
    return [f"the highest points are {words[0]} in {platform} and {words[1]} in the reports"]


def _as_ours(points: str) -> str:
    """Return points as this module writes them; another text stays as it is."""
    try:
        return _short(Decimal(points.replace(",", ".")))
    except InvalidOperation:
        return points


def _short(points: Decimal) -> str:
    return f"{points.normalize():f}"


def by_name(students: Sequence[StudentRow]) -> dict[str, set[StudentRow]]:
    """Return the rows that have a name, by each name."""
    found: defaultdict[str, set[StudentRow]] = defaultdict(set)
    for row in students:
        for name in filter(None, row.names):
            found[_as_reported(name)].add(row)
    return found


def rows_of(names: Sequence[str], index: Mapping[str, set[StudentRow]]) -> set[StudentRow]:
    """Return the rows that have one of these names."""
    return set().union(*(index.get(_as_reported(name), set()) for name in names))


def _as_reported(name: str) -> str:
    """Return a name as reports have it, and its accents as one character each: a Mac writes them as two."""
    return escape(unicodedata.normalize("NFC", name), MAX_NAME_CHARS)


def _doubt(mine: Sequence[Result], found: Mapping[int, Collection[StudentRow]]) -> str:
    if len(mine) > 1:
        return f"{len(mine)} reports are of this row"
    if len(found[id(mine[0])]) > 1:
        return f"the name {mine[0].student} is in several rows"
    return ""


def _written(sheet: Sheet, column: int, cells: Mapping[int, str]) -> str:
    """Return the file with the cells in it; raise ExportError if anything else in it would be read differently."""
    text = "".join(
        _with_cell(text, column, cells[index], sheet.delimiter) if index in cells else text
        for index, text in enumerate(sheet.texts)
    )
    expected = [
        [*row[:column], cells[index], *row[column + 1 :]] if index in cells else row
        for index, row in enumerate(sheet.rows)
    ]
    if [row for _, row in _records(text, sheet.delimiter)] != expected:
        msg = "the file cannot be filled without a change to its other cells: its quotes are unusual"
        raise ExportError(msg)
    return sheet.mark + text


def _with_cell(text: str, column: int, value: str, delimiter: str) -> str:
    cells = list(re.finditer(rf'(?:^|(?<={delimiter}))(?:"(?:[^"]|"")*"|[^{delimiter}\r\n]*)', text))
    start, end = cells[column].span()
    return text[:start] + value + text[end:]


def _width(text: str, delimiter: str) -> int:
    return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))


def _records(text: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the text and the cells of each record."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = 0
    for row in reader:
        yield "".join(lines[before : reader.line_num]), row
        before = reader.line_num

"""Canvas's gradebook: the column of one assignment in the CSV file that Canvas itself exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assay.errors import ExportError
from assay.report.exporters.request import Export, only_assignment
from assay.report.exporters.sheets import Column, StudentRow, column_of, fill, final_points, highest_note, read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.report.exporters.request import Request
    from assay.report.exporters.sheets import Sheet
    from assay.report.results import Result

__all__ = ["canvas", "canvas_names", "canvas_students", "is_canvas", "upload_name"]

_IDENTITIES: Final = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_NO_STUDENT: Final = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_NUMBER: Final = re.compile(r" \(\d+\)")
_DROPPED: Final = re.compile(r"[^a-z0-9]")


def canvas(request: Request) -> Export:
    """Return Canvas's file with the final points of every student whose row is found; `EX` stands for excused."""
    assignment = only_assignment(request, "Canvas")
    sheet = read_sheet(request.sheet, ",;", "Canvas")
    header = sheet.rows[0]
    if not is_canvas(header):
        msg = f"this is not a gradebook that Canvas exported: its columns are {', '.join(header)}"
        raise ExportError(msg)
    title = request.column or assignment
    column = column_of(sheet, lambda name: name == title or _is_numbered(name, title), title, "Canvas")
    if column <= header.index("Section"):
        msg = f"the column {title!r} of Canvas's file is not an assignment's"
        raise ExportError(msg)
    notes = _notes(sheet, column, request.results)
    export = fill(Column(sheet, column, tuple(canvas_students(sheet))), request.results, canvas_names, _cell)
    return Export(export.content, (*notes, *export.notes))


def is_canvas(header: list[str]) -> bool:
    """Return whether these are the columns of a gradebook that Canvas exported."""
    return "ID" in header[1:3] and "Section" in header


def _is_numbered(name: str, title: str) -> bool:
    return name.startswith(title) and _NUMBER.fullmatch(name.removeprefix(title)) is not None


def _notes(sheet: Sheet, column: int, results: tuple[Result, ...]) -> list[str]:
    """Return whether Canvas's highest points are others than ours; raise ExportError if the column is read only."""
    total = next((row[column] for row in sheet.rows[1:] if _is_totals(row)), "").strip()
    if "read only" in total:
        msg = f"Canvas ignores changes to the column {sheet.rows[0][column]!r}, which it calls read only"
        raise ExportError(msg)
    return highest_note({total} - {""}, results, "Canvas")


def _is_totals(row: list[str]) -> bool:
    return bool(row) and "Points Possible" in row[0]


def canvas_students(sheet: Sheet) -> Iterator[StudentRow]:
    """Yield the rows of persons: not the highest points, and not what Canvas says of a column."""
    header = sheet.rows[0]
    for index, row in enumerate(sheet.rows):
        if index == 0 or _is_totals(row) or all(_NO_STUDENT.fullmatch(cell) for cell in row):
            continue
        person = {title: cell.strip() for title, cell in zip(header, row, strict=False)}
        name = person.get("Student") or f"{person.get('LastName')}, {person.get('FirstName')}"
        identities = [person[title] for title in _IDENTITIES if title in person]
        yield StudentRow(index, name, frozenset([name, *identities, upload_name(name, person["ID"])]))


def canvas_names(student: str) -> list[str]:
    """Return what a row may call a student; Canvas names an uploaded file `musterada_12345_…`."""
    name, _, number = student.rpartition("_")
    return [student, upload_name(name, number)] if number.isdecimal() else [student]


def upload_name(name: str, number: str) -> str:
    """Return how Canvas names the uploads of a student."""
    return f"{_DROPPED.sub('', name.lower())}_{number}"


def _cell(result: Result, _: list[str]) -> str:
    return "EX" if result.excused else final_points(result)

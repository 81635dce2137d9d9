"""Moodle: one column of the CSV file that Moodle exported, a grading worksheet or the gradebook."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from assay.errors import ExportError
from assay.report.exporters.request import Export, only_assignment
from assay.report.exporters.sheets import Column, StudentRow, column_of, fill, final_points, highest_note, read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.report.exporters.request import Request
    from assay.report.exporters.sheets import Sheet
    from assay.report.results import Result

__all__ = ["moodle", "moodle_names", "participant_names", "participant_of"]

_GRADE: Final = "Grade"
"""A worksheet's column, in English."""

_LIMIT: Final = Decimal(100)
"""Moodle's import aborts at a larger grade, unless the site allows it."""

_PARTICIPANT: Final = re.compile(r"(\D+?) ?(\d+)")
_EXPORTED: Final = re.compile(r"([^_]+_\d+)(?:_assignsubmission_\w*)?")
"""A student's files in Moodle's export: the name, the participant's number, and what follows in a folder's name."""


def moodle(request: Request) -> Export:
    """Return Moodle's file with the final points of every student whose row is found."""
    only_assignment(request, "Moodle")
    sheet = read_sheet(request.sheet, ",;\t", "Moodle")
    title = request.column or _GRADE
    column = column_of(sheet, lambda name: name.strip() == title, title, "Moodle")

    def cell(result: Result, row: list[str]) -> str:
        points = final_points(result)
        highest = _highest(row, column)
        if points and highest is not None and Decimal(points) > highest:
            msg = f"{result.student} has {points} points, and Moodle takes no more than {highest:f} in this column"
            raise ExportError(msg)
        return points

    students = tuple(_students(sheet, column))
    notes = _notes(sheet, column, students, request.results)
    export = fill(Column(sheet, column, students), request.results, moodle_names, cell)
    return Export(export.content, (*notes, *export.notes))


def _notes(sheet: Sheet, column: int, students: Sequence[StudentRow], results: Sequence[Result]) -> list[str]:
    """Return whether a worksheet's highest points are others than ours."""
    rows = [sheet.rows[student.number] for student in students]
    highest = {_highest(row, column) for row in rows if _PARTICIPANT.fullmatch(row[0].strip())} - {None}
    return highest_note([f"{points:f}" for points in highest], results, "Moodle")


def participant_of(student: str) -> str | None:
    """Return the name and number by which Moodle's export names a student, or None if it is another's name."""
    found = _EXPORTED.fullmatch(student)
    return found[1] if found else None


def _highest(row: list[str], column: int) -> Decimal | None:
    """Return the most that Moodle takes: a worksheet, in any language, has it beside the grade."""
    if not _PARTICIPANT.fullmatch(row[0].strip()):
        return _LIMIT
    try:
        highest = Decimal(row[column + 1].strip().replace(",", "."))
    except (IndexError, InvalidOperation):
        return None
    return highest if highest.is_finite() else None


def _students(sheet: Sheet, column: int) -> Iterator[StudentRow]:
    """Yield all rows but the header; persons are named in the columns before the grade."""
    for index, row in enumerate(sheet.rows):
        if index and any(row):
            cells = [cell.strip() for cell in row[:column]]
            yield StudentRow(index, ", ".join(filter(None, cells[:2])), frozenset([*cells, *participant_names(cells)]))


def participant_names(cells: list[str]) -> Iterator[str]:
    """Yield how Moodle names a student's folder: `Ada Muster_1001`, or without names `Participant_1001`."""
    if cells and (found := _PARTICIPANT.fullmatch(cells[0])):
        for name in (found[1], *cells[1:]):
            yield f"{name.replace('_', ' ')}_{found[2]}"


def moodle_names(student: str) -> list[str]:
    """Return what a row may call a student; Moodle writes a group before the names of its members' folders."""
    participant = participant_of(student)
    if participant is None:
        return [student]
    parts = participant.split("-")
    return ["-".join(parts[count:]) for count in range(len(parts))]

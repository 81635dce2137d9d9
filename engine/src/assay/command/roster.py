"""A roster in a command: kept in the gradebook, compared with the class, and its absent students."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from assay.command.console import USAGE, say, stop_on_error
from assay.command.options import PathArgument, read_file
from assay.intake.platforms import time_of
from assay.report.decided import nothing_handed_in
from assay.report.exporters.sheets import StudentRow, read_sheet
from assay.report.packed import PackedReports
from assay.report.roster import DELIMITERS, absences, attendance, read_roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from assay.gradebook.store import Gradebook
    from assay.model import Report
    from assay.report.exporters.sheets import Sheet

__all__ = ["Roster", "class_roster", "keep_roster", "kept_roster", "roster_option", "with_absent"]

_WRITTEN: Final = "Last modified (submission)"
_FORMS: Final = ("%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p")
"""Moodle's grading worksheet has this column, and writes times so in English, British and American."""

roster_option = click.option(
    "--roster",
    type=PathArgument(exists=True, dir_okay=False, path_type=Path),
    help="The students of the class: a CSV file of Canvas or Moodle, or one with the columns name, id and email.",
)


class Roster(NamedTuple):
    """The students of a class, and when each handed in, if the file says so: by the number of the student's row."""

    people: list[StudentRow]
    times: dict[int, datetime]


def class_roster(path: Path | None, book: Gradebook | None) -> Roster:
    """Return the roster: the named file, which a gradebook keeps, or the one that it has; stop if it cannot be read.

    The times are of one assignment, so that no gradebook keeps them.
    """
    if path is None:
        return Roster([] if book is None else kept_roster(book), {})
    data = read_file(path)
    with stop_on_error(USAGE):
        people = list(read_roster(data))
    if book is not None:
        keep_roster(book, people)
    return Roster(people, _times(read_sheet(data, DELIMITERS, "the roster")))


def keep_roster(book: Gradebook, people: Sequence[StudentRow]) -> None:
    """Keep a roster in a gradebook, in place of the one before."""
    book.keep_roster([(person.name, tuple(sorted(person.names))) for person in people])


def kept_roster(book: Gradebook) -> list[StudentRow]:
    """Return the roster that a gradebook keeps."""
    return [StudentRow(number, name, frozenset(names)) for number, (name, names) in enumerate(book.roster())]


def with_absent(reports: Sequence[Report], people: Sequence[StudentRow], book: Gradebook | None) -> Sequence[Report]:
    """Return the reports, and one of each student who handed in nothing; say who is not on the roster, or is twice.

    The reports may be of a part of the class: a student whose report the gradebook has is not absent.
    """
    if not people:
        return reports
    found = attendance(people, [report.submission.name for report in reports])
    for student in found.strangers:
        say(f"assay: {student} is not on the roster")
    for doubt in found.doubts:
        say(f"assay: {doubt}")
    graded = {report.assignment for report in reports}
    # A refusal without an assignment may be of another assignment's hand-in.
    stored = () if book is None else (entry.report for entry in book.current() if entry.report.assignment)
    known = PackedReports.of(reports, stored)
    absent = (nothing_handed_in(*absence) for absence in absences(people, known) if absence[1] in graded)
    return PackedReports.of(reports, absent)


def _times(sheet: Sheet) -> dict[int, datetime]:
    """Return when each student handed in, as far as a worksheet of Moodle says so in English."""
    header = [title.strip() for title in sheet.rows[0]]
    if _WRITTEN not in header:
        return {}
    column = header.index(_WRITTEN)
    found = {
        number: next(filter(None, (time_of(row[column].strip(), form) for form in _FORMS)), None)
        for number, row in enumerate(sheet.rows)
        if row
    }
    return {number: time for number, time in found.items() if time}

"""A roster in a command: kept in the gradebook, compared with the class, and its absent students."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.command.console import USAGE, say, stop_on_error
from assay.command.options import PathArgument, read_file
from assay.report.decided import nothing_handed_in
from assay.report.exporters.sheets import StudentRow
from assay.report.roster import absences, attendance, read_roster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.gradebook.store import Gradebook
    from assay.model import Report

__all__ = ["class_roster", "keep_roster", "kept_roster", "roster_option", "with_absent"]

roster_option = click.option(
    "--roster",
    type=PathArgument(exists=True, dir_okay=False, path_type=Path),
    help="The students of the class: a CSV file of Canvas or Moodle, or one with the columns name, id and email.",
)


def class_roster(path: Path | None, book: Gradebook | None) -> list[StudentRow]:
    """Return the roster: the named file, which a gradebook keeps, or the one that it has; stop if it cannot be read."""
    if path is None:
        return [] if book is None else kept_roster(book)
    with stop_on_error(USAGE):
        people = list(read_roster(read_file(path)))
    if book is not None:
        keep_roster(book, people)
    return people


def keep_roster(book: Gradebook, people: Sequence[StudentRow]) -> None:
    """Keep a roster in a gradebook, in place of the one before."""
    book.keep_roster([(person.name, tuple(sorted(person.names))) for person in people])


def kept_roster(book: Gradebook) -> list[StudentRow]:
    """Return the roster that a gradebook keeps."""
    return [StudentRow(number, name, frozenset(names)) for number, (name, names) in enumerate(book.roster())]


def with_absent(reports: Sequence[Report], people: Sequence[StudentRow]) -> list[Report]:
    """Return the reports, and one of each student who handed in nothing; say who is not on the roster, or is twice."""
    if not people:
        return list(reports)
    found = attendance(people, [report.submission.name for report in reports])
    for student in found.strangers:
        say(f"assay: {student} is not on the roster")
    for doubt in found.doubts:
        say(f"assay: {doubt}")
    return [*reports, *(nothing_handed_in(*absence) for absence in absences(people, reports))]

"""A roster: the students of a class, each with every name that a platform may have for the student."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.errors import ExportError
from assay.report.exporters.canvas import canvas_names, canvas_students, is_canvas, upload_name
from assay.report.exporters.moodle import moodle_names, participant_names
from assay.report.exporters.sheets import StudentRow, by_name, read_sheet, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assay.model import Report
    from assay.report.exporters.sheets import Sheet

__all__ = ["DELIMITERS", "Attendance", "absences", "attendance", "names_of", "read_roster", "rows_of_student"]

DELIMITERS: Final = ",;\t"

_NAMES: Final = ("full name", "name", "student", "student name")
_FIRST: Final = ("first name", "firstname")
_LAST: Final = ("last name", "lastname", "surname")
_IDS: Final = (
    "identifier", "id", "student id", "id number", "sid", "username", "login", "email", "email address",
)  # fmt: skip
"""Titles of columns, in letters of any case: those of Moodle, and those of a plain file."""


class Attendance(NamedTuple):
    """The students of a roster beside those of a class.

    Args:
        absent: the names of students on the roster who handed in nothing.
        strangers: the students of the class who are not on the roster.
        doubts: sentences about names that belong to several students, and about students with several names.
    """

    absent: tuple[str, ...]
    strangers: tuple[str, ...]
    doubts: tuple[str, ...]


def read_roster(data: bytes) -> tuple[StudentRow, ...]:
    """Return the students in a CSV file: the gradebook of Canvas, a file of Moodle, or a file with plain columns.

    Raises:
        ExportError: the file is not CSV, or has no column for names or numbers.
    """
    sheet = read_sheet(data, DELIMITERS, "the roster")
    rows = canvas_students(sheet) if is_canvas(sheet.rows[0]) else _students(sheet)
    people = {row.names: row for row in rows}.values()  # a row that is there twice counts once
    counts = Counter(person.name for person in people)
    return tuple(person._replace(name=_longer(person)) if counts[person.name] > 1 else person for person in people)


def names_of(student: str) -> list[str]:
    """Return what a roster may call the student of a report: also the name before a platform's number."""
    names = [*moodle_names(student), *canvas_names(student)]
    bare = [name for name, _, number in (each.rpartition("_") for each in names) if name and number.isdecimal()]
    return list(dict.fromkeys([*names, *bare]))


def attendance(people: Sequence[StudentRow], students: Iterable[str]) -> Attendance:
    """Return who of a roster handed in nothing, and whose files are nobody's or may be of several."""
    index = by_name(people)
    rows = {student: rows_of_student(student, index) for student in dict.fromkeys(students)}
    owners: defaultdict[StudentRow, list[str]] = defaultdict(list)
    for student, found in rows.items():
        for person in found:
            owners[person].append(student)
    shared = {frozenset(index[name]): name for name in sorted(index, reverse=True) if len(index[name]) > 1}
    doubts = [
        f"{' and '.join(sorted(person.name for person in both))} are both {name}" for both, name in shared.items()
    ]
    doubts += [f"{student} is in several rows of the roster" for student, found in rows.items() if len(found) > 1]
    doubts += [
        f"{person.name} handed in under several names: {', '.join(owners[person])}"
        for person in people
        if len(owners[person]) > 1
    ]
    return Attendance(
        tuple(person.name for person in people if not owners[person]),
        tuple(student for student, found in rows.items() if not found),
        tuple(doubts),
    )


def absences(people: Sequence[StudentRow], reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Return who of a roster handed in nothing, with the assignment, for each assignment of the reports."""
    return [
        (name, assignment)
        for assignment in dict.fromkeys(report.assignment for report in reports if report.assignment)
        for name in attendance(
            people, [report.submission.name for report in reports if report.assignment in (assignment, "")]
        ).absent
    ]


def rows_of_student(student: str, index: Mapping[str, set[StudentRow]]) -> set[StudentRow]:
    """Return the rows of a student by the first of the names that is on the roster: the most telling one."""
    return next(filter(None, (rows_of([name], index) for name in names_of(student))), set())


def _students(sheet: Sheet) -> Iterator[StudentRow]:
    titles = [title.strip().casefold() for title in sheet.rows[0]]
    if not any(title in (*_NAMES, *_LAST, *_IDS) for title in titles):
        wanted = "name, id or email"
        msg = f"the roster has no column {wanted}, but {', '.join(sheet.rows[0])}: rename its columns"
        raise ExportError(msg)
    for index, row in enumerate(sheet.rows):
        cells = [cell.strip() for cell in row]
        if index and any(cells):
            person = dict(zip(titles, cells, strict=False))
            first, last = (_cell(person, wanted) for wanted in (_FIRST, _LAST))
            names = [_cell(person, _NAMES), f"{first} {last}".strip(), f"{last}, {first}" if first and last else ""]
            names = list(dict.fromkeys(filter(None, names)))
            ids = [person[title] for title in _IDS if person.get(title)]
            numbered = [form(*pair) for pair in product(names, ids) for form in (_numbered, upload_name)]
            exported = participant_names([person.get("identifier", ""), *names])
            if names or ids:
                yield StudentRow(index, (names or ids)[0], frozenset([*names, *ids, *numbered, *exported]))


def _cell(person: Mapping[str, str], titles: Iterable[str]) -> str:
    return next((person[title] for title in titles if person.get(title)), "")


def _numbered(name: str, number: str) -> str:
    return f"{name}_{number}"


def _longer(person: StudentRow) -> str:
    """Return a name that no other student has: the name with a number, if there is one."""
    return min((name for name in person.names if name.startswith(f"{person.name}_")), default=person.name)

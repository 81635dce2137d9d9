"""How learning platforms name the files and folders of an export, and the times that they write into these names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

__all__ = [
    "Export",
    "export_of",
    "folder_export_of",
    "is_metadata",
    "is_of_student",
    "may_be_dated",
    "person_of",
    "time_of",
]

_MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file_?)?(?P<file>.*)", re.DOTALL)
"""`Ada Muster_1001_assignsubmission_file_basics.py`; a folder's name ends before the file's."""

_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>\d{2,})_(?:(?P<order>\d{2,})_(?P<file>.+)|(?P<typed>text\.html))",
    re.DOTALL,
)
"""`musterada_LATE_12345_67890_basics-1.py`: the second number grows from one upload to the next."""

_BLACKBOARD = re.compile(
    r"(?P<title>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<typed>\.txt))", re.DOTALL
)
"""`Homework 3_amuster_attempt_2026-11-03-22-14-05_basics.py`; without a file's name it is Blackboard's own text."""

_BRIGHTSPACE = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<name>.+?) - (?P<date>[A-Z][a-z]{2} \d{1,2}, \d{4}) (?P<hour>\d{1,2})(?P<rest>\d\d [AP]M)"
    r"(?: - (?P<file>.+))?",
    re.DOTALL,
)
"""`12345-678 - Ada Muster - Nov 3, 2026 1014 PM`, a folder; or with ` - basics.py` after it, a file."""

_USER_DIGITS, _UPLOAD_DIGITS = 3, 5
"""Canvas's numbers have at least so many digits; `ws_2026_27_ada` and `Lab_01_2026_ada_attempt_…` begin with titles."""

_FIRST_YEAR, _LAST_YEAR = 2000, 3000

_METADATA = ("timestamp.txt",)
"""nbgrader writes the time of a submission there."""


class Export(NamedTuple):
    """The parts of a name that a platform made.

    Args:
        student: the person, with the platform's number if there is one; Blackboard's stands at the end of `title`.
        file: the student's own name of the file.
        order: larger for a later upload; None if the platform does not say.
        title: Blackboard's title of the assignment, and the user after it.
        time: the moment of the upload, by the platform's clock; it has a time zone only if the platform writes one.
        late: whether the platform marks the upload as late, without saying by how much.
    """

    student: str
    file: str
    order: int | None = None
    title: str = ""
    time: datetime | None = None
    late: bool = False


def export_of(name: str) -> Export | None:
    """Return the parts of a file's name if a platform made it.

    A student's own name for a file stands behind these parts, so that it cannot change them.
    """
    found = _parts_of(name)
    return None if found is None else _export(found)


def folder_export_of(name: str) -> Export | None:
    """Return the parts of a folder's name if a platform made it, or named the archive that was unpacked there."""
    found = _parts_of(name)
    return None if found is None or (found.re is _CANVAS and not _is_surely_canvas(found)) else _export(found)


def is_of_student(folder: str) -> bool:
    """Return whether a platform surely named a folder after a student: a class's date looks like Canvas's numbers."""
    found = _parts_of(folder)
    return found is not None and found.re is not _CANVAS


def may_be_dated(name: str) -> bool:
    """Return whether a name is Canvas's, or a student's own with a date in it, as of `loss_2026_11_03.png`."""
    found = _parts_of(name)
    return found is not None and found.re is _CANVAS


def person_of(folder: str) -> str:
    """Return a student's name by the name of a folder, which in Brightspace holds a time: each upload has another."""
    found = _parts_of(folder)
    return _export(found).student if found is not None and found.re is _BRIGHTSPACE else folder


def is_metadata(name: str) -> bool:
    """Return whether a platform wrote the file for itself."""
    found = _parts_of(name)
    return name in _METADATA or (found is not None and found.re is _BLACKBOARD and found["typed"] is not None)


def _parts_of(name: str) -> re.Match[str] | None:
    """Return the match of the platform that made a name.

    Platforms write their parts first. If several match, the parts that end first are the platform's, because all others
    are in the student's own name. Canvas's parts are so short that a title may look like them: then another platform
    counts.
    """
    matches = [found for pattern in (_MOODLE, _BLACKBOARD, _BRIGHTSPACE) if (found := pattern.fullmatch(name))]
    canvas = _CANVAS.fullmatch(name)
    if canvas and (not matches or (_is_surely_canvas(canvas) and not _is_title(canvas, matches))):
        matches.append(canvas)
    return min(matches, key=_end_of_parts, default=None)


def _is_title(canvas: re.Match[str], others: list[re.Match[str]]) -> bool:
    """Return whether Canvas's parts are Blackboard's title and a user's number: `hw_101_12345678_attempt_…`.

    A student who calls a file `attempt_…` in Canvas becomes a student named by the number of the upload. No roster has
    this number, and the student cannot choose it. Nobody else is harmed.
    """
    ends = [found.end("title") for found in others if found.re is _BLACKBOARD]
    return canvas["late"] is None and canvas.start("file") - 1 in ends


def _end_of_parts(found: re.Match[str]) -> int:
    return found.end() if found["file"] is None else found.start("file")


def _is_surely_canvas(found: re.Match[str]) -> bool:
    """Return whether a name cannot begin with a title: Canvas writes names in small letters, without blanks."""
    name, order = found["name"], found["order"] or ""
    is_long = len(found["user"]) >= _USER_DIGITS and len(order) >= _UPLOAD_DIGITS
    return is_long and name == name.lower() and not any(map(str.isspace, name))


def _export(found: re.Match[str]) -> Export:
    if found.re is _MOODLE:
        return Export(found["student"], found["file"])
    if found.re is _CANVAS:
        order = int(found["order"][:18]) if found["order"] else None
        student = f"{found['name']}_{found['user']}"
        return Export(student, found["typed"] or found["file"], order, late=found["late"] is not None)
    if found.re is _BLACKBOARD:
        title, file = found["title"], found["file"] or "the text of the attempt.txt"
        order = int(found["time"].replace("-", ""))
        return Export(title.rpartition("_")[2], file, order, title, time_of(found["time"], "%Y-%m-%d-%H-%M-%S"))
    text = f"{found['date']} {found['hour']:0>2}{found['rest']}"
    student = f"{found['name']}_{found['user']}"
    return Export(student, found["file"] or "", time=time_of(text, "%b %d, %Y %I%M %p"))


def time_of(text: str, form: str) -> datetime | None:
    """Return the time in a text, in UTC if it has a time zone, or None if it is not one of this millennium."""
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007 - most platforms do not write their time zone
    except ValueError:
        return None
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        return None
    return found.astimezone(UTC) if found.tzinfo else found

"""How learning platforms name the files and folders of an export, and the times that they write into these names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

__all__ = ["Export", "export_of", "folder_export_of", "is_metadata", "may_be_dated", "person_of", "time_of"]

_MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file_?)?(?P<file>.*)")
"""`Ada Muster_1001_assignsubmission_file_basics.py`; a folder's name ends before the file's."""

_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>\d{2,})_(?:(?P<order>\d{2,})_(?P<file>.+)|(?P<typed>text\.html))"
)
"""`musterada_LATE_12345_67890_basics-1.py`: the second number grows from one upload to the next."""

_BLACKBOARD = re.compile(r"(?P<title>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<typed>\.txt))")
"""`Homework 3_amuster_attempt_2026-11-03-22-14-05_basics.py`; without a file's name it is Blackboard's own text."""

_BRIGHTSPACE = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<name>.+?) - (?P<date>[A-Z][a-z]{2} \d{1,2}, \d{4}) (?P<hour>\d{1,2})(?P<rest>\d\d [AP]M)"
    r"(?: - (?P<file>.+))?"
)
"""`12345-678 - Ada Muster - Nov 3, 2026 1014 PM`, a folder; or with ` - basics.py` after it, a file."""

_UPLOAD_DIGITS = 5
"""A folder's name is Canvas's only if its upload has so many digits: in `ws_2026_27_ada` they are parts of a date."""

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
    return _other_export_of(name) or _canvas_export_of(name)


def folder_export_of(name: str) -> Export | None:
    """Return the parts of a folder's name if a platform made it, or named the archive that was unpacked there."""
    if found := _other_export_of(name):
        return found
    canvas = _canvas_export_of(name)
    return canvas if canvas and len(str(canvas.order or "")) >= _UPLOAD_DIGITS else None


def may_be_dated(name: str) -> bool:
    """Return whether a name is Canvas's, or a student's own with a date in it, as of `loss_2026_11_03.png`."""
    return _other_export_of(name) is None and _canvas_export_of(name) is not None


def _canvas_export_of(name: str) -> Export | None:
    found = _CANVAS.fullmatch(name)
    if found is None:
        return None
    order = int(found["order"][:18]) if found["order"] else None
    student = f"{found['name']}_{found['user']}"
    return Export(student, found["typed"] or found["file"], order, late=found["late"] is not None)


def _other_export_of(name: str) -> Export | None:
    if found := _MOODLE.fullmatch(name):
        return Export(found["student"], found["file"])
    if found := _BLACKBOARD.fullmatch(name):
        title, file = found["title"], found["file"] or "the text of the attempt.txt"
        order = int(found["time"].replace("-", ""))
        return Export(title.rpartition("_")[2], file, order, title, time_of(found["time"], "%Y-%m-%d-%H-%M-%S"))
    if found := _BRIGHTSPACE.fullmatch(name):
        text = f"{found['date']} {found['hour']:0>2}{found['rest']}"
        return Export(person_of(name), found["file"] or "", time=time_of(text, "%b %d, %Y %I%M %p"))
    return None


def person_of(folder: str) -> str:
    """Return a student's name by the name of a folder, which in Brightspace holds a time: each upload has another."""
    found = _BRIGHTSPACE.fullmatch(folder)
    return f"{found['name']}_{found['user']}" if found else folder


def is_metadata(name: str) -> bool:
    """Return whether a platform wrote the file for itself."""
    return name in _METADATA or bool((found := _BLACKBOARD.fullmatch(name)) and found["typed"])


def time_of(text: str, form: str) -> datetime | None:
    """Return the time in a text, in UTC if it has a time zone, or None if it is not one of this millennium."""
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007 - most platforms do not write their time zone
    except ValueError:
        return None
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        return None
    return found.astimezone(UTC) if found.tzinfo else found

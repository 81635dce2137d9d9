"""How learning platforms name the files and folders of an export."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Export", "export_of", "is_metadata"]

_MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(?:file_?)?(?P<file>.*)")
"""`Ada Muster_1001_assignsubmission_file_basics.py`; a folder's name ends before the file's."""

_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?:_LATE)?_(?P<user>\d{2,})_(?:(?P<order>\d{2,})_(?P<file>.+)|(?P<typed>text\.html))"
)
"""`musterada_LATE_12345_67890_basics-1.py`: the second number grows from one upload to the next."""

_BLACKBOARD = re.compile(r"(?P<title>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<typed>\.txt))")
"""`Homework 3_amuster_attempt_2026-11-03-22-14-05_basics.py`; without a file's name it is Blackboard's own text."""

_METADATA = ("timestamp.txt",)
"""nbgrader writes the time of a submission there."""


class Export(NamedTuple):
    """The parts of a name that a platform made.

    Args:
        student: the person, with the platform's number if there is one; Blackboard's stands at the end of `title`.
        file: the student's own name of the file.
        order: larger for a later upload; None if the platform does not say.
        title: Blackboard's title of the assignment, and the user after it.
    """

    student: str
    file: str
    order: int | None = None
    title: str = ""


def export_of(name: str) -> Export | None:
    """Return the parts of a file's or folder's name if a platform made it."""
    if found := _MOODLE.fullmatch(name):
        return Export(found["student"], found["file"])
    if found := _CANVAS.fullmatch(name):
        order = int(found["order"][:18]) if found["order"] else None
        return Export(f"{found['name']}_{found['user']}", found["typed"] or found["file"], order)
    if found := _BLACKBOARD.fullmatch(name):
        title, file = found["title"], found["file"] or "the text of the attempt.txt"
        return Export(title.rpartition("_")[2], file, int(found["time"].replace("-", "")), title)
    return None


def is_metadata(name: str) -> bool:
    """Return whether a platform wrote the file for itself."""
    return name in _METADATA or bool((found := _BLACKBOARD.fullmatch(name)) and found["typed"])

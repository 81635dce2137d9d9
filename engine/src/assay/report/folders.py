"""A folder for each student: names that every system takes, and no file that could be another student's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from assay.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from assay.report.results import Result

__all__ = ["file_name", "files_of", "folder_names", "require_all_written"]

_UNSAFE: Final = re.compile(r'[\\/:*?"<>|]|^[.\s]+|[.\s]+$')
"""Characters that some system does not allow in the name of a folder."""

_MAX_FOLDER_CHARS: Final = 60
"""A file system takes 255 bytes, and a character has up to four."""


def files_of(results: Sequence[Result], forms: Mapping[str, Callable[[Result], bytes]]) -> dict[tuple[str, str], bytes]:
    """Return each student's files by the student and the file's name: one for each assignment and form.

    A student who handed in nothing gets none, and neither does one with two reports of an assignment.

    Args:
        results: the class.
        forms: what makes a file, by its suffix.
    """
    doubtful = {student for student, _ in _doubtful(results)}
    return {
        (result.student, file_name(result, suffix)): form(result)
        for result in _handed_in(results)
        if result.student not in doubtful
        for suffix, form in forms.items()
    }


def require_all_written(results: Sequence[Result]) -> None:
    """Raise ExportError after the files are written if a student has none because of two reports of an assignment."""
    if found := _doubtful(results):
        names = ", ".join(f"{student} ({assignment})" for student, assignment in found)
        msg = f"nothing was written for {names}, because several reports may be of one person or of two"
        raise ExportError(msg)


def _handed_in(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.report.cause != "absent"]


def _doubtful(results: Sequence[Result]) -> list[tuple[str, str]]:
    """Return each student with two reports of an assignment, and the assignment: it may be of two persons."""
    counts = Counter((result.student, file_name(result, "")) for result in _handed_in(results))
    return [key for key, count in counts.items() if count > 1]


def file_name(result: Result, suffix: str) -> str:
    """Return the name of a student's file for an assignment."""
    return f"{_UNSAFE.sub('-', result.assignment) or 'submission'}{suffix}"


def folder_names(students: Iterable[str], reserved: str = "") -> dict[str, str]:
    """Return a folder's name for each student: on any system no two share one, and none has the reserved name."""
    names: dict[str, str] = {}
    taken = {_as_on_any_system(reserved)}
    for student in dict.fromkeys(students):
        base = name = _UNSAFE.sub("-", student[:_MAX_FOLDER_CHARS]) or "student"
        number = 1
        while _as_on_any_system(name) in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(_as_on_any_system(name))
        names[student] = name
    return names


def _as_on_any_system(name: str) -> str:
    """Return what names have in common that some system takes for one: case, forms of accents, dots at the end."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip(". ")

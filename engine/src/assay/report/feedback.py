"""Feedback for students: a text file for each assignment, in a folder each or in Moodle's archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.console import Console

from assay.errors import ExportError
from assay.report.exporters.moodle import participant_of
from assay.report.terminal import render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.report.results import Result

__all__ = ["write_folders", "write_moodle_zip"]

_WIDTH: Final = 100
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|]|^[.\s]+|[.\s]+$')
"""Characters that some system does not allow in the name of a folder."""

_MAX_FOLDER_CHARS: Final = 60
"""A file system takes 255 bytes, and a character has up to four."""

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of each member, so that the same reports give the same archive."""


def write_folders(results: Sequence[Result], folder: Path) -> None:
    """Write a new folder with a folder for each student and a file in it for each assignment.

    Raises:
        ExportError: the folder is there already, or a student has two reports of an assignment.
        OSError: something cannot be written.
    """
    texts = _texts(results)
    if folder.exists():
        msg = f"{folder} is there already, and what is in it could be somebody else's: name a new folder"
        raise ExportError(msg)
    folders = _folders([student for student, _ in texts])
    folder.mkdir(parents=True)
    for (student, name), text in texts.items():
        place = folder / folders[student]
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(text)


def write_moodle_zip(results: Sequence[Result], path: Path) -> None:
    """Write the archive that Moodle takes for feedback files, in which each name begins as in Moodle's own export.

    Raises:
        ExportError: the archive is there already, a student is not named as Moodle exports them, or a student has two
            reports of an assignment.
        OSError: the archive cannot be written.
    """
    texts = _texts(results)
    participants = {student: participant_of(student) for student, _ in texts}
    strangers = sorted(student for student, participant in participants.items() if participant is None)
    if strangers:
        msg = f"Moodle names students as in Ada Muster_1001, and not as {', '.join(strangers)}: grade its own export"
        raise ExportError(msg)
    try:
        with path.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for (student, name), text in texts.items():
                archive.writestr(zipfile.ZipInfo(f"{participants[student]}_assignsubmission_file_{name}", _TIME), text)
    except FileExistsError:
        msg = f"{path} is there already, and stays as it is"
        raise ExportError(msg) from None


def _texts(results: Sequence[Result]) -> dict[tuple[str, str], bytes]:
    """Return the file of each student and assignment; raise ExportError if one has two.

    A student who handed in nothing gets none.
    """
    got = [result for result in results if result.report.cause != "absent"]
    counts = Counter((result.student, _file(result)) for result in got)
    twice = [f"{student} ({name})" for (student, name), count in counts.items() if count > 1]
    if twice:
        msg = f"several reports may be of one person or of two: {', '.join(twice)}"
        raise ExportError(msg)
    return {(result.student, _file(result)): _text(result) for result in got}


def _file(result: Result) -> str:
    return f"{_UNSAFE.sub('-', result.assignment) or 'submission'}.txt"


def _text(result: Result) -> bytes:
    console = Console(file=io.StringIO(), width=_WIDTH, highlight=False, color_system=None)
    with console.capture() as captured:
        console.print(render([result.report]))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    more = [f"open      {result.pending}"] if result.pending else []
    more += [result.doubt] if result.excused else []
    return "".join(f"{line}\n" for line in [*lines, *([""] if more else []), *more]).encode()


def _folders(students: Sequence[str]) -> dict[str, str]:
    """Return a folder's name for each student; no two students share one on any system."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for student in dict.fromkeys(students):
        base = name = _UNSAFE.sub("-", student)[:_MAX_FOLDER_CHARS] or "student"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name.casefold())
        names[student] = name
    return names

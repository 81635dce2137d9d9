"""Feedback for students: a text and a page for each assignment, in a folder each or in Moodle's archive."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from rich.console import Console

from assay.errors import ExportError
from assay.report.exporters.moodle import participant_of
from assay.report.folders import files_of, folder_names, require_all_written
from assay.report.pages.student import student_page
from assay.report.terminal import render
from assay.report.view import View
from assay.text import REPORT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.report.results import Result

__all__ = ["write_folders", "write_moodle_zip"]

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of each member, so that the same reports give the same archive."""


def write_folders(results: Sequence[Result], folder: Path) -> None:
    """Write a new folder with a folder for each student and in it a text and a page for each assignment.

    Raises:
        ExportError: the folder is there already, or a student has two reports of an assignment; all others' files are
            written then.
        OSError: something cannot be written.
    """
    files = files_of(results, _FORMS)
    if folder.exists():
        msg = f"{folder} is there already, and what is in it could be somebody else's: name a new folder"
        raise ExportError(msg)
    folders = folder_names(student for student, _ in files)
    folder.mkdir(parents=True)
    for (student, name), content in files.items():
        place = folder / folders[student]
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    require_all_written(results)


def write_moodle_zip(results: Sequence[Result], path: Path) -> None:
    """Write the archive that Moodle takes for feedback files, in which each name begins as in Moodle's own export.

    Raises:
        ExportError: the archive is there already, a student is not named as Moodle exports them, or a student has two
            reports of an assignment; all others' files are written then.
        OSError: the archive cannot be written.
    """
    files = files_of(results, _FORMS)
    participants = {student: participant_of(student) for student, _ in files}
    strangers = sorted(student for student, participant in participants.items() if participant is None)
    if strangers:
        msg = f"Moodle names students as in Ada Muster_1001, and not as {', '.join(strangers)}: grade its own export"
        raise ExportError(msg)
    try:
        with path.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for (student, name), content in files.items():
                archive.writestr(
                    zipfile.ZipInfo(f"{participants[student]}_assignsubmission_file_{name}", _TIME), content
                )
    except FileExistsError:
        msg = f"{path} is there already, and stays as it is"
        raise ExportError(msg) from None
    require_all_written(results)


def _text(result: Result) -> bytes:
    counted = [answer for answer in result.report.answers if answer.exercise not in result.excused_exercises]
    report = replace(result.report, answers=tuple(counted))
    ungraded = [row for row in result.rows if row.status == "ungraded"]
    corrected = tuple(f"{row.exercise}/{row.check}" for row in ungraded if row.score is not None)
    view = View(excused=result.excused_exercises, is_excused=result.excused, corrected=corrected)
    console = Console(file=io.StringIO(), width=REPORT_COLUMNS, highlight=False, color_system=None)
    with console.capture() as captured:
        for part in render([report], view=view):
            console.print(part)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    more = [f"open      {result.pending}"] if result.pending else []
    more += [result.doubt] if result.excused else []
    return "".join(f"{line}\n" for line in [*lines, *([""] if more else []), *more]).encode()


_FORMS: Final = {".txt": _text, ".html": student_page}

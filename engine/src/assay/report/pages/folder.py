"""A folder of pages: one for each student and assignment, in place of the pages of an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assay.errors import ExportError
from assay.report.folders import files_of, folder_names
from assay.report.pages.html import MARK
from assay.report.pages.student import student_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.report.results import Result

__all__ = ["require_pages_alone", "write_pages"]

CLASS: Final = "index.html"
"""The name of the page of the whole class."""


def require_pages_alone(folder: Path) -> None:
    """Raise ExportError if the folder has a file that is not a page of an earlier run, because it would be lost."""
    for path in _files(folder):
        if path.is_symlink() or not path.is_file() or not _is_page(path):
            msg = f"{folder} has a file that is not a page: {path.relative_to(folder)}; name a new folder"
            raise ExportError(msg)


def write_pages(results: Sequence[Result], folder: Path) -> None:
    """Write a page for each student and assignment, `STUDENT/ASSIGNMENT.html`; earlier pages are removed.

    Raises:
        ExportError: the folder has other files, or a student has two reports of an assignment.
        OSError: something cannot be written.
    """
    pages = files_of(results, {".html": student_page})
    names = folder_names((student for student, _ in pages), reserved=CLASS)
    require_pages_alone(folder)
    _remove_pages(folder)
    for (student, name), content in pages.items():
        place = folder / names[student]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def _remove_pages(folder: Path) -> None:
    for path in _files(folder):
        path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()

"""A folder of pages: of each student and of the class, in place of the pages of an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from assay.errors import ExportError
from assay.report.folders import file_name, files_of, folder_names, require_all_written
from assay.report.pages.class_page import class_page
from assay.report.pages.html import MARK
from assay.report.pages.student import student_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assay.model import Report
    from assay.report.results import Result

__all__ = ["require_pages_alone", "write_pages"]

_CLASS: Final = "index.html"
_PAGE: Final = ".html"


def require_pages_alone(folder: Path) -> None:
    """Raise ExportError if the folder has a file that is not a page of an earlier run, because it would be lost."""
    for path in _files(folder):
        if path.is_symlink() or not path.is_file() or not _is_page(path):
            msg = f"{folder} has a file that is not a page: {path.relative_to(folder)}; name a new folder"
            raise ExportError(msg)


def write_pages(graded: Sequence[tuple[Report, Result]], folder: Path, comments: Mapping[str, str], book: str) -> None:
    """Write a page for each student and assignment, `STUDENT/ASSIGNMENT.html`, and `index.html` for the class.

    Earlier pages are removed.

    Args:
        graded: each report as the judge made it, and what the student gets.
        folder: where the pages are written.
        comments: on clusters of equal wrong answers, by their keys.
        book: the gradebook's file, for commands, or "".

    Raises:
        ExportError: the folder has other files, or a student has two reports of an assignment; all other pages are
            written then.
        OSError: something cannot be written.
    """
    results = [result for _, result in graded]
    pages = files_of(results, {_PAGE: student_page})
    names = folder_names((student for student, _ in pages), reserved=_CLASS)
    links = {
        (each.student, each.assignment): quote(f"{names[each.student]}/{file_name(each, _PAGE)}")
        for each in results
        if (each.student, file_name(each, _PAGE)) in pages
    }
    whole = class_page(graded, links, comments, book)
    require_pages_alone(folder)
    _remove_pages(folder)
    for (student, name), content in pages.items():
        place = folder / names[student]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)  # a class that handed in nothing has no student's page
    (folder / _CLASS).write_bytes(whole)
    require_all_written(results)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]


def _is_page(path: Path) -> bool:
    """Tell whether a file is a page; one that cannot be read is none."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK
    except OSError:
        return False


def _remove_pages(folder: Path) -> None:
    for path in _files(folder):
        path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()

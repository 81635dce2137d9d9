"""`--pages DIR`: a page for each student, and one for the class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.command.console import NO_REPORT, stop_on_error
from assay.command.options import PathArgument
from assay.command.results import decided_for
from assay.errors import AssayError
from assay.gradebook.effective import comments_in
from assay.intake.tree import path_text
from assay.report.results import result_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.gradebook.records import Decision
    from assay.model import Report

__all__ = ["pages_option", "require_pages_folder", "write_pages_of"]

pages_option = click.option(
    "--pages",
    type=PathArgument(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a page for each student and index.html for the class into this folder, in place of earlier pages.",
)


def require_pages_folder(path: Path | None) -> None:
    """Stop before a class is graded, not after, if the folder has other files than pages."""
    if path is None:
        return
    from assay.report.pages.folder import require_pages_alone  # noqa: PLC0415 - only this option needs it

    with stop_on_error(NO_REPORT):
        require_pages_alone(path)


def write_pages_of(
    reports: Sequence[Report], decisions: Sequence[Decision], path: Path | None, book: Path | None
) -> str | None:
    """Write the pages of a class; return what went wrong, or None.

    Args:
        reports: as the judge made them.
        decisions: what persons decided.
        path: the folder of the pages; None for no pages.
        book: the gradebook's file, for the commands on the class page, or None.
    """
    if path is None:
        return None
    from assay.report.pages.folder import write_pages  # noqa: PLC0415 - as above

    try:
        graded = [(each, result_of(each, decided_for(each, decisions), published=False)) for each in reports]
        write_pages(graded, path, comments_in(decisions), "" if book is None else path_text(book))
    except OSError as error:
        return f"{path_text(path)} cannot be written: {error.strerror}"
    except AssayError as error:
        return str(error)
    return None

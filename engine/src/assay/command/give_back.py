"""`assay return`: what each student gets, a folder each, or Moodle's archive of feedback files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assay.command.console import NO_REPORT, stop, stop_on_error
from assay.command.options import PathArgument, example
from assay.command.results import Choice, choice_options, read_results
from assay.intake.tree import path_text

__all__ = ["give_back"]


@click.command("return", epilog=example("assay return feedback --gradebook grades.db"))
@click.argument("path", type=PathArgument(path_type=Path))
@choice_options
def give_back(path: Path, **choice: Any) -> None:
    """Write the feedback that students get.

    PATH is a new folder, which gets a folder for each student, or for Moodle a new archive PATH.zip. Moodle takes the
    archive at "Upload multiple feedback files in a zip", if the submissions are Moodle's own export.
    """
    from assay.report.feedback import write_folders, write_moodle_zip  # noqa: PLC0415 - only this command needs it

    with stop_on_error(NO_REPORT):
        results = read_results(Choice(**choice))
        try:
            (write_moodle_zip if path.suffix == ".zip" else write_folders)(results, path)
        except OSError as error:
            stop(f"{path_text(path)} cannot be written: {error.strerror}", NO_REPORT)

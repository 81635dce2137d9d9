"""`assay export`: reports as the documents of other programs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from assay.command.console import NO_REPORT, USAGE, say, stop, stop_on_error, write
from assay.command.options import PathArgument, example, read_file
from assay.command.results import Choice, choice_options, read_results
from assay.intake.tree import path_text

__all__ = ["export"]


@click.command(epilog=example("assay export csv --gradebook grades.db --output grades.csv"))
@click.argument("name", metavar="FORMAT")
@choice_options
@click.option(
    "--fill",
    type=PathArgument(exists=True, dir_okay=False, path_type=Path),
    help="canvas, moodle: the CSV file that the platform exported; a copy of it is filled.",
)
@click.option(
    "--root",
    metavar="FOLDER",
    type=PathArgument(exists=True, file_okay=False, path_type=Path),
    help="The root of the student's repository: files are named from there on.",
)
@click.option("--column", metavar="TITLE", help="canvas, moodle: the title of the column to fill.")
@click.option(
    "--pseudonyms",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Without names and texts; this file keeps who is who.",
)
@click.option(
    "--output",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Write the document there, not on standard output.",
)
def export(
    name: str, *, fill: Path | None, column: str | None, pseudonyms: Path | None, output: Path | None, **choice: Any
) -> None:
    """Write reports as the file of another program.

    FORMAT is canvas, classroom50, csv, ctrf, github-annotations, github-summary, gitlab, gradescope, junit, moodle, or
    one that an installed package adds.

    Unknown points are left blank. Points have two decimals, and a total is the sum of the points that are shown.
    """
    from assay.report.exporters.formats import exporter_of  # noqa: PLC0415 - only this command needs it
    from assay.report.exporters.request import Request  # noqa: PLC0415 - as above

    if fill is not None and pseudonyms is not None:
        stop("--fill and --pseudonyms exclude each other, because the platform's file has names", USAGE)
    with stop_on_error(USAGE):
        exporter = exporter_of(name)
    with stop_on_error(NO_REPORT):
        results = read_results(Choice(**choice), pseudonyms)
        sheet = None if fill is None else read_file(fill)
        made = exporter(Request(tuple(results), datetime.now(UTC), sheet, column, os.environ))
    _write(made.content, output)
    for note in made.notes:
        say(f"assay: {note}")


def _write(content: bytes, path: Path | None) -> None:
    if path is None:
        write(content)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        stop(f"{path_text(path)} cannot be written: {error.strerror}", NO_REPORT)

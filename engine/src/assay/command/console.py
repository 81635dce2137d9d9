"""The terminal of a person: progress, reports, and a line that says why the command stopped."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assay.errors import AssayError
from assay.report.view import EVERYTHING, View
from assay.text import MAX_LINE_CHARS, REPORT_COLUMNS, escape

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from rich.console import RenderableType
    from rich.progress import ProgressColumn

    from assay.gradebook.records import Decision
    from assay.model import Report

__all__ = [
    "BELOW",
    "NO_REPORT",
    "STOPPED",
    "USAGE",
    "progress_bars",
    "say",
    "show",
    "show_reports",
    "show_summary",
    "stop",
    "stop_on_error",
    "write",
]

BELOW, USAGE, NO_REPORT, STOPPED = 1, 2, 3, 130
"""Exit codes besides 0: a submission or the course is below the requirement, wrong usage, no report could be written,
interrupted (128 and the number of Ctrl-C's signal, as in a shell)."""


def progress_bars(*more: ProgressColumn) -> Progress:
    """Return bars on standard error, with more columns, for a person who waits; they stay silent if it is a file."""
    errors = Console(stderr=True)
    errors.quiet = not errors.is_terminal  # in older versions of rich even disabled bars end with an empty line
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), *more)
    return Progress(*columns, console=errors, transient=True, disable=errors.quiet)


def show_reports(reports: Sequence[Report], skipped: Container[int] = (), view: View = EVERYTHING) -> None:
    """Print the reports on standard output, those of skipped submissions, by their places, in the table alone."""
    from assay.report.terminal import render, score_lines  # noqa: PLC0415 - only commands that grade need it

    if view.detail == "quiet":
        say("\n".join(score_lines(reports, view)), err=False)
    else:
        for part in render(reports, skipped, view):
            show(part)


def show_summary(reports: Sequence[Report], decisions: Sequence[Decision], view: View) -> None:
    """Print the summary of a class on standard output, if there are several reports."""
    from assay.gradebook.effective import effective  # noqa: PLC0415 - as above
    from assay.gradebook.records import key_of  # noqa: PLC0415
    from assay.report.summary import render_summary  # noqa: PLC0415

    if len(reports) > 1 and view.detail != "quiet":
        write("\n")
        undecided = [(key_of(report), text) for report in reports for text in effective(report, decisions).open]
        show(render_summary(reports, undecided, view))


def show(what: RenderableType) -> None:
    """Print something of rich's on standard output; no line of a file ends with blanks."""
    output = _console()
    with _writing():
        with output.capture() as captured:  # after which rich writes an empty text
            output.print(what)
        for line in captured.get().splitlines():
            write(f"{line if output.is_terminal else line.rstrip()}\n", color=output.is_terminal)


def _console() -> Console:
    """Return standard output, as wide as the terminal; a file has the same width everywhere."""
    output = Console(highlight=False)
    if not output.is_terminal:
        output.width = REPORT_COLUMNS
    return output


def stop(text: str, code: int) -> NoReturn:
    """End the command with a line on standard error and this exit code."""
    say(f"assay: {text}")
    sys.exit(code)


@contextlib.contextmanager
def stop_on_error(code: int) -> Iterator[None]:
    """End the command with this exit code, and the error as a line, if the body raises an AssayError."""
    try:
        yield
    except AssayError as error:
        stop(str(error), code)


def say(text: str, *, err: bool = True) -> None:
    """Print a text line by line; nothing in it, such as a folder's name, can steer the terminal."""
    for line in text.splitlines():
        write(f"{escape(line, MAX_LINE_CHARS)}\n", err=err)


def write(what: str | bytes, *, err: bool = False, color: bool | None = None) -> None:
    """Write on standard output or standard error, as every command does."""
    with _writing(err=err):
        click.echo(what, nl=False, err=err, color=color)


@contextlib.contextmanager
def _writing(*, err: bool = False) -> Iterator[None]:
    """Write on standard output or standard error in the body.

    If the reader has gone, as in `assay grade class | head`, the command goes on, and its exit code is as usual. If
    standard output cannot be written for another reason, such as a full disk, the command stops.
    """
    try:
        yield
    except OSError as error:
        with open(os.devnull, "wb") as null:  # noqa: PTH123 - as short as it can be said
            os.dup2(null.fileno(), (sys.stderr if err else sys.stdout).fileno())  # for what Python still buffers
        if not err and not isinstance(error, BrokenPipeError):
            stop(f"standard output cannot be written: {error.strerror}", NO_REPORT)

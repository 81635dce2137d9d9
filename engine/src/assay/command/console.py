"""What a person sees while a command runs and when it ends: progress, reports, and a line that says why it stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assay.text import escape

if TYPE_CHECKING:
    from assay.model import Report

__all__ = ["LINE", "console", "progress_bars", "say", "show_reports", "stop"]

_WIDTH = 100
LINE = 2000


def progress_bars() -> Progress:
    """Gives bars for a person who waits; nothing where standard error is a file."""
    errors = Console(stderr=True)
    errors.quiet = not errors.is_terminal  # of older versions even disabled bars end with an empty line
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=errors, transient=True, disable=errors.quiet)


def show_reports(reports: list[Report]) -> None:
    """Prints the reports on standard output."""
    from assay.report.terminal import render  # noqa: PLC0415

    output = console()
    with output.capture() as captured:
        output.print(render(reports))
    for line in captured.get().splitlines():
        click.echo(line if output.is_terminal else line.rstrip(), color=output.is_terminal)


def console() -> Console:
    """Gives standard output, as wide as the terminal or, in a file, the same everywhere."""
    output = Console(highlight=False)
    if not output.is_terminal:
        output.width = _WIDTH
    return output


def stop(text: str, code: int) -> NoReturn:
    """Ends the command with a line on standard error and this exit code."""
    say(f"assay: {text}")
    sys.exit(code)


def say(text: str, *, err: bool = True) -> None:
    """Prints a text line by line, so that nothing in it, as a folder's name, steers a terminal."""
    for line in text.splitlines():
        click.echo(escape(line, LINE), err=err)

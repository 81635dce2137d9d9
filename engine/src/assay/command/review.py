"""`assay review`: a person scores written answers, on a page for that person alone, or in a CSV file."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from assay.command.console import NO_REPORT, USAGE, say, stop, stop_on_error
from assay.command.interrupts import interrupts
from assay.command.keeping import opened, required_gradebook_option
from assay.command.options import PathArgument, example, read_file
from assay.intake.tree import path_text

__all__ = ["review"]

_TOKEN_BYTES = 32
_MAX_PORT = 65_535


@click.command(
    epilog=example("assay review --gradebook grades.db", "assay review --gradebook grades.db --write answers.csv")
)
@required_gradebook_option
@click.option(
    "--port",
    type=click.IntRange(1, _MAX_PORT),
    metavar="NUMBER",
    help="Serve the page there; by default on any free port.",
)
@click.option(
    "--pseudonyms",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Show pseudonyms in place of names; this file keeps who is who.",
)
@click.option(
    "--write",
    "target",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Serve no page: write all answers into this new CSV file.",
)
@click.option(
    "--read",
    "source",
    type=PathArgument(exists=True, dir_okay=False, path_type=Path),
    help="Serve no page: store the points and comments of a file that --write has written.",
)
def review(file: Path, port: int | None, pseudonyms: Path | None, target: Path | None, source: Path | None) -> None:
    """Score written answers in the browser or in a CSV file.

    A page is served on this machine alone, until Ctrl-C. Its address has a secret: whoever has the address can read and
    score.
    """
    if sum(option is not None for option in (port, target, source)) > 1:
        stop("--port, --write and --read exclude each other", USAGE)
    if target is not None:
        _write(file, target, pseudonyms)
    elif source is not None:
        _read(file, source, pseudonyms)
    else:
        _serve(file, port, pseudonyms)


def _write(file: Path, target: Path, pseudonyms: Path | None) -> None:
    from assay.review.sheet import answers_csv  # noqa: PLC0415 - only this command needs CSV and templates

    with opened(file) as book, stop_on_error(NO_REPORT):
        content = answers_csv(book, pseudonyms)
    try:
        with target.open("xb") as made:
            made.write(content)
    except FileExistsError:
        stop(f"{path_text(target)} exists, and may have points that are not read: name a new file", USAGE)
    except OSError as error:
        stop(f"{path_text(target)} cannot be written: {error.strerror}", NO_REPORT)


def _read(file: Path, source: Path, pseudonyms: Path | None) -> None:
    from assay.review.sheet import read_scores  # noqa: PLC0415 - as above

    data = read_file(source)
    with opened(file) as book, stop_on_error(NO_REPORT):
        outcomes = read_scores(data, book, pseudonyms)
    say(f"stored: {outcomes.stored}, unchanged: {outcomes.unchanged}, without points: {outcomes.blank}", err=False)
    for sentence in outcomes.refused:
        say(f"assay: not stored: {sentence}")
    if outcomes.refused:
        sys.exit(USAGE)


def _serve(file: Path, port: int | None, pseudonyms: Path | None) -> None:
    from assay.review.desk import Desk  # noqa: PLC0415 - as above
    from assay.review.server import Server  # noqa: PLC0415

    token = secrets.token_urlsafe(_TOKEN_BYTES)
    desk = Desk(file, pseudonyms, token)
    with stop_on_error(NO_REPORT):
        desk.first()
    try:
        server = Server(desk, token, port or 0)
    except OSError as error:
        stop(f"port {port} cannot be used: {error.strerror}", USAGE)
    with server, interrupts():
        say(server.address, err=False)
        say("assay: open this address in a browser; Ctrl-C ends")
        server.serve_forever()

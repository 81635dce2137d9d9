"""`assay review`: a person scores written answers on a page that only this machine serves, and only to that person."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.command.console import NO_REPORT, USAGE, say, stop, stop_on_error
from assay.command.interrupts import interrupts
from assay.command.keeping import required_gradebook_option
from assay.command.options import PathArgument

if TYPE_CHECKING:
    from assay.review.desk import Desk

__all__ = ["review"]

_TOKEN_BYTES = 32
_MAX_PORT = 65_535


@click.command()
@required_gradebook_option
@click.option("--port", type=click.IntRange(1, _MAX_PORT), help="Serve the page there; by default on any free port.")
@click.option(
    "--pseudonyms",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Show pseudonyms in place of names; this file keeps who is who.",
)
def review(file: Path, port: int | None, pseudonyms: Path | None) -> None:
    """Score written answers on a page in the browser, until Ctrl-C.

    The page is served on this machine alone. Its address has a secret: whoever has the address can read and score.
    """
    from assay.review.desk import Desk  # noqa: PLC0415 - only this command needs a server and templates

    token = secrets.token_urlsafe(_TOKEN_BYTES)
    desk = Desk(file, pseudonyms, token)
    with stop_on_error(NO_REPORT):
        desk.first()
    _serve(desk, token, port)


def _serve(desk: Desk, token: str, port: int | None) -> None:
    from assay.review.server import Server  # noqa: PLC0415 - as above

    try:
        server = Server(desk, token, port or 0)
    except OSError as error:
        stop(f"port {port} cannot be used: {error.strerror}", USAGE)
    with server, interrupts():
        say(server.address, err=False)
        say("assay: open this address in a browser; Ctrl-C ends")
        server.serve_forever()

"""`assay doctor`: the promises of the sandbox on this machine."""

from __future__ import annotations

import click

from assay.command.console import BELOW, show, stop
from assay.command.options import example
from assay.promises import Broken, broken_core

__all__ = ["doctor"]


@click.command(epilog=example("assay doctor"))
def doctor() -> None:
    """Show which promises of the sandbox this machine keeps.

    For each promise, the mechanism of the kernel that keeps it is named, or the reason why it is broken.
    """
    from rich.table import Table  # noqa: PLC0415 - only this command needs these

    from assay.judge.machine import examine  # noqa: PLC0415

    table = Table("promise", "kept by", box=None, pad_edge=False)
    found = examine()
    for name, state in found.items():
        table.add_row(name, str(state), style="red" if isinstance(state, Broken) else "")
    show(table)
    if broken_core(found):
        stop("a core promise is broken: grading refuses on this machine unless you waive it with --waive", BELOW)

"""`assay doctor`: the promises of the sandbox on this machine."""

from __future__ import annotations

import click

from assay.command.console import BELOW, console, stop

__all__ = ["doctor"]


@click.command()
def doctor() -> None:
    """Say which promises of the sandbox this machine keeps, and how."""
    from rich.table import Table  # noqa: PLC0415 - only this command needs these

    from assay.doctor import examine  # noqa: PLC0415
    from assay.wire.promises import broken  # noqa: PLC0415

    table = Table("promise", "kept by", box=None, pad_edge=False)
    found = examine()
    for name, how in found.items():
        table.add_row(name, how, style="red" if how.startswith("not kept") else "")
    console().print(table)
    if broken(found):
        stop("a core promise is not kept: grading refuses on this machine unless it is named with --waive", BELOW)

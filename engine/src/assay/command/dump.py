"""`assay dump`: all that counts in a gradebook, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assay.command.console import write
from assay.command.keeping import opened, required_gradebook_option
from assay.command.options import example
from assay.gradebook.dump import dump_bytes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["dump"]


@click.command(epilog=example("assay dump --gradebook grades.db"))
@required_gradebook_option
def dump(file: Path) -> None:
    """Print the reports and decisions of a gradebook as JSON.

    Reports are the current ones. Everything is sorted and without times, so that two gradebooks can be compared.
    """
    with opened(file) as book:
        text = dump_bytes(book)
    write(text)

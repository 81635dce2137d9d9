"""`assay dump`: all that counts in a gradebook, as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from assay.command.keeping import opened, required_gradebook_option
from assay.gradebook.dump import dump_bytes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["dump"]


@click.command()
@required_gradebook_option
def dump(file: Path) -> None:
    """Print the current reports and all decisions of a gradebook as JSON, sorted and without times."""
    with opened(file) as book:
        text = dump_bytes(book)
    sys.stdout.write(text.decode())

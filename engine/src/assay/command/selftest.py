"""`assay self-test`: tests of a course's own checks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from assay.command.console import BELOW, NO_REPORT, say, stop_on_error
from assay.command.options import assignments_argument, course_option, example, executor_of, named_assignments

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["self_test"]


@click.command("self-test", epilog=example("assay self-test linear_regression_scratch --seeds 2"))
@assignments_argument
@course_option
@click.option(
    "--seeds",
    default=20,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="Under how many seeds the reference is graded.",
)
@click.pass_context
def self_test(ctx: click.Context, assignments: tuple[str, ...], folder: Path | None, seeds: int) -> None:
    """Test the course's own checks.

    The reference must pass under many seeds, every known mistake must be caught by its own exercise, and every mutant
    of the reference by some check. Without ASSIGNMENTS, the checks of all assignments are tested.
    """
    from assay.selftest.findings import findings  # noqa: PLC0415 - torch is not needed by the other commands

    course, names = named_assignments(folder, assignments)
    well = True
    with stop_on_error(NO_REPORT), executor_of(ctx) as executor:
        for text, right in findings(course, names, seeds, executor):
            say(text, err=False)
            well = well and right
    if not well:
        sys.exit(BELOW)

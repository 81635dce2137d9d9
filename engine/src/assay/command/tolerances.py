"""`assay tolerances`: the bounds of statistical checks, derived from the model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assay.command.console import NO_REPORT, progress_bars, stop_on_error
from assay.command.options import assignments_argument, course_option, example, executor_of, named_assignments

if TYPE_CHECKING:
    from pathlib import Path

    from rich.progress import TaskID

__all__ = ["tolerances"]


@click.command(epilog=example("assay tolerances linear_regression_scratch --seeds 1000"))
@assignments_argument
@course_option
@click.option(
    "--seeds",
    type=click.IntRange(min=100),
    metavar="NUMBER",
    help="How often the reference runs; by default each statistic's own number.",
)
@click.pass_context
def tolerances(ctx: click.Context, assignments: tuple[str, ...], folder: Path | None, seeds: int | None) -> None:
    """Derive the tolerances of statistical checks again.

    They are written beside the reference. Without ASSIGNMENTS, those of all assignments are derived.
    """
    from assay.selftest.calibration import calibrate  # noqa: PLC0415 - torch is not needed by the other commands

    course, names = named_assignments(folder, assignments)
    with stop_on_error(NO_REPORT), progress_bars() as progress, executor_of(ctx) as executor:
        bars: dict[str, TaskID] = {}

        def show(key: str, done: int, total: int) -> None:
            bars[key] = bars[key] if key in bars else progress.add_task(key, total=total)
            progress.update(bars[key], completed=done)

        for name in names:
            calibrate(course.root, name, executor, seeds=seeds, progress=show)

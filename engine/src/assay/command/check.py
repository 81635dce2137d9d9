"""`assay check`: grade one's own file by the checks that a student sees at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assay.command.console import BELOW, USAGE, stop
from assay.command.grade import grade_work, read_work, show_work
from assay.command.options import course_option, example, executor_of, waive_option
from assay.command.view import of_exercises, view_options
from assay.course.seeds import PUBLIC_SEED
from assay.intake.tree import path_text
from assay.report.view import View, in_view

__all__ = ["check"]


@click.command(epilog=example("assay check linear_regression_scratch.py --exercise 2"))
@click.argument("file", type=click.Path(path_type=Path))
@course_option
@view_options
@waive_option
@click.pass_context
def check(ctx: click.Context, file: Path, folder: Path | None, waive: tuple[str, ...], view: View) -> None:
    """Run the public checks on your own FILE.

    For each check that fails, the smallest input that fails is shown. The seed is a public one.
    """
    with executor_of(ctx) as executor:  # first: it imports torch while the file is read
        work = read_work([file], folder)
        for refused in work.intake.refused:
            stop(refused.reason, USAGE)
        if not work.intake.submissions:
            stop(f"nothing to grade in {path_text(file)}", USAGE)
        work = work._replace(intake=of_exercises(work.course, work.intake, view))
        exercises = [view.exercises] * len(work.intake.submissions)
        reports = grade_work(executor, work, seed=PUBLIC_SEED, waived=waive, visible_only=True, exercises=exercises)
    reports = in_view(reports, view)
    show_work(reports, work.intake, (), view)
    if any(report.status == "ungraded" or report.score < report.max_score for report in reports):
        sys.exit(BELOW)

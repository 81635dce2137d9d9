"""`assay kit`: the folder that students get."""

from __future__ import annotations

from pathlib import Path

import click

from assay.command.console import NO_REPORT, USAGE, say, stop, stop_on_error
from assay.command.options import (
    PathArgument,
    course_option,
    example,
    executor_of,
    open_course,
    require_writable,
    waive_option,
)
from assay.course.scaffold import require_new_folder
from assay.intake.tree import path_text

__all__ = ["kit"]


@click.command(epilog=example("assay kit for-students"))
@click.argument("target", metavar="DIR", type=PathArgument(path_type=Path))
@course_option
@waive_option
@click.pass_context
def kit(ctx: click.Context, target: Path, folder: Path | None, waive: tuple[str, ...]) -> None:
    """Write a folder for students to check their own work.

    DIR is new or empty. It gets starters, the visible checks, and recorded answers in the place of the model answers.
    """
    from assay.kit.write import write_kit  # noqa: PLC0415 - torch is not needed by the other commands

    with stop_on_error(USAGE):
        course = open_course(folder)
        try:
            require_new_folder(target)
        except OSError as error:
            stop(f"{path_text(target)} cannot be written: {error.strerror}", USAGE)
    require_writable(target)
    with stop_on_error(NO_REPORT), executor_of(ctx) as executor:
        left_out = write_kit(course, target, executor, waive)
    say(f"{path_text(target)} has the kit; try it there with: assay check {course.assignments[0].name}.py", err=False)
    for assignment, exercise, description in left_out:
        say(f"graded by your course only: {assignment}, exercise {exercise}: {description}", err=False)

"""`assay new-course` and `assay new-exercise`: the files that an author starts from."""

from __future__ import annotations

from pathlib import Path

import click

from assay.command.console import USAGE, say, stop, stop_on_error
from assay.command.options import PathArgument, course_option, open_course
from assay.course.scaffold import write_course, write_exercise
from assay.intake.tree import path_text

__all__ = ["new_course", "new_exercise"]


@click.command("new-course")
@click.argument("folder", metavar="DIR", type=PathArgument(path_type=Path))
def new_course(folder: Path) -> None:
    """Write a course of one exercise into the new or empty folder DIR, with a CI workflow that runs its tests."""
    try:
        with stop_on_error(USAGE):
            write_course(folder)
    except OSError as error:
        stop(f"{path_text(folder)} cannot be written: {error.strerror}", USAGE)
    say(f"{path_text(folder)} has a course of one exercise; try it there with: python -m pytest", err=False)


@click.command("new-exercise")
@click.argument("assignment")
@click.argument("number", type=click.IntRange(min=0))
@click.argument("name")
@course_option
def new_exercise(assignment: str, number: int, name: str, folder: Path | None) -> None:
    """Write exercise NUMBER of ASSIGNMENT: a function NAME, its checks and its mistakes, as an example to edit.

    The function is appended to the model answers; no other file changes.
    """
    with stop_on_error(USAGE):
        course = open_course(folder)
        try:
            checks, mistakes = (
                path.relative_to(course.root) for path in write_exercise(course, assignment, number, name)
            )
        except OSError as error:
            stop(f"{path_text(course.root)} cannot be written: {error.strerror}", USAGE)
    reference = course.assignment(assignment).reference
    say(f"{name} in {reference}, {checks} and {mistakes} have an example to edit", err=False)
    say(f"try it in the course's folder with: python -m pytest {checks}", err=False)

"""`assay new-course` and `assay new-exercise`: the files that an author starts from."""

from __future__ import annotations

from pathlib import Path

import click

from assay.command.console import USAGE, say, stop, stop_on_error
from assay.command.options import PathArgument, course_option, example, open_course
from assay.course.scaffold import write_course, write_exercise
from assay.intake.tree import path_text

__all__ = ["new_course", "new_exercise"]


@click.command("new-course", epilog=example("assay new-course my-course"))
@click.argument("folder", metavar="DIR", type=PathArgument(path_type=Path))
def new_course(folder: Path) -> None:
    """Write a course of one exercise, to start from.

    DIR is new or empty. It also gets a CI workflow that runs the course's tests, and a gate for GitHub and GitLab,
    which grades students' repositories.
    """
    try:
        with stop_on_error(USAGE):
            write_course(folder)
    except OSError as error:
        stop(f"{path_text(folder)} cannot be written: {error.strerror}", USAGE)
    say(f"{path_text(folder)} has a course of one exercise; try it there with: python -m pytest", err=False)


@click.command("new-exercise", epilog=example("assay new-exercise linear_regression_scratch 11 momentum"))
@click.argument("assignment")
@click.argument("number", type=click.IntRange(min=0))
@click.argument("name")
@course_option
def new_exercise(assignment: str, number: int, name: str, folder: Path | None) -> None:
    """Add an exercise to ASSIGNMENT, to start from.

    It has the NUMBER, a function NAME, its checks and its mistakes, as an example to edit. The function is appended to
    the model answers; no other file changes.
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

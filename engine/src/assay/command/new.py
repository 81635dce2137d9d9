"""`assay new`: a student's starter."""

from __future__ import annotations

from pathlib import Path

import click

from assay.command.console import USAGE, say, stop, stop_on_error
from assay.command.options import course_option, example, open_course

__all__ = ["new"]


@click.command(epilog=example("assay new linear_regression_scratch --notebook"))
@click.argument("assignment")
@click.option("--notebook", is_flag=True, help="Write a Jupyter notebook, not a module.")
@course_option
def new(assignment: str, notebook: bool, folder: Path | None) -> None:  # noqa: FBT001 - a flag of the command
    """Write a starter for ASSIGNMENT, from which a student starts.

    It has signatures and docstrings and no solution, and lies in the current folder. No file is overwritten.
    """
    from assay.course.starter import module_starter, notebook_starter  # noqa: PLC0415 - nbformat takes long to import

    with stop_on_error(USAGE):
        reference = open_course(folder).reference(assignment)
    path = Path(f"{assignment}.ipynb" if notebook else f"{assignment}.py")
    try:
        with path.open("x", encoding="utf-8") as file:  # a student's work is never overwritten
            file.write(notebook_starter(reference) if notebook else module_starter(reference))
    except FileExistsError:
        stop(f"{path} exists already and was not changed", USAGE)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}", USAGE)
    say(f"{path} is written; try it with: assay check {path}", err=False)

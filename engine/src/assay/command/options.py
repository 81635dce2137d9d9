"""Arguments and options that several commands have, and the types of their values."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.command.console import NO_REPORT, USAGE, say, stop, stop_on_error
from assay.course.read import Course, find_root, read_course
from assay.grading.run_folder import run_folder
from assay.intake.tree import path_text
from assay.promises import CORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

__all__ = [
    "Name",
    "PathArgument",
    "Percent",
    "assignments_argument",
    "course_option",
    "example",
    "executor_of",
    "named_assignments",
    "open_course",
    "read_file",
    "require_writable",
    "scheduler_option",
    "waive_option",
]

course_option = click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The course's folder; by default the one that contains the current folder.",
)

waive_option = click.option(
    "--waive",
    multiple=True,
    type=click.Choice(CORE),
    metavar="PROMISE",
    help="Grade even if this machine breaks this promise of `assay doctor`; repeatable.",
)

scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the Dask cluster with this scheduler, such as tls://host:8786, instead of here.",
)

assignments_argument = click.argument("assignments", nargs=-1)


def example(*lines: str) -> str:
    """Return the end of a command's help; a test runs the lines in a course's folder, which has a class."""
    return "\n".join(("\b", "Example:", *(f"  {line}" for line in lines)))


class PathArgument(click.Path):
    """A path on the command line."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse the empty text of an unset shell variable: click would read it as the current folder."""
        if value == "":
            self.fail("a path is empty.", param, ctx)
        return super().convert(value, param, ctx)


class Name(click.types.StringParamType):
    """The name of a student or an assignment."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse the empty text of an unset shell variable: it would be taken for a name."""
        name = super().convert(value, param, ctx)
        if not name.strip():
            self.fail("a name is empty.", param, ctx)
        return name


class Percent(click.FloatRange):
    """A number from 0 to 100."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Refuse nan too, because no score is below it."""
        percent: float = super().convert(value, param, ctx)
        if math.isnan(percent):
            self.fail("nan is not a percentage.", param, ctx)
        return percent


def open_course(folder: Path | None) -> Course:
    """Read the course in or around a folder, by default the current one.

    Raises:
        CourseError: there is none, or its folders do not fit together.
    """
    return read_course(find_root((folder or Path.cwd()).absolute()))


def named_assignments(folder: Path | None, assignments: Sequence[str]) -> tuple[Course, list[str]]:
    """Return the course and the names of the given assignments, of all if none is given; stop if one is unknown."""
    with stop_on_error(USAGE):
        course = open_course(folder)
        return course, [course.assignment(name).name for name in assignments or [a.name for a in course.assignments]]


def read_file(path: Path) -> bytes:
    """Return the bytes of a file; stop if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        stop(f"{path_text(path)} cannot be read: {error.strerror}", USAGE)


@contextlib.contextmanager
def executor_of(ctx: click.Context, scheduler: str | None = None) -> Iterator[Executor]:
    """Give a scheduler's Dask cluster, or the executor that the caller passed as click's object, or local processes."""
    if scheduler is not None:
        with _cluster(scheduler) as executor:
            yield executor
        return
    if ctx.obj is not None:
        yield ctx.obj
        return
    from assay.grading.executors import LocalProcesses  # noqa: PLC0415 - only commands that grade need it

    with contextlib.ExitStack() as stack:
        with stop_on_error(NO_REPORT):
            stack.enter_context(run_folder())
        yield stack.enter_context(LocalProcesses())


@contextlib.contextmanager
def _cluster(scheduler: str) -> Iterator[Executor]:
    """Give the Dask cluster, and say what the instructor should know of it; stop if it cannot be used."""
    if importlib.util.find_spec("distributed") is None:
        stop("--scheduler needs a library that is not installed: pip install 'assay[dask]'", USAGE)
    from assay.grading.cluster import DaskCluster  # noqa: PLC0415 - as above

    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # an error is told in a sentence
    with stop_on_error(USAGE):
        cluster = DaskCluster(scheduler)
    with cluster:
        with stop_on_error(USAGE):
            notes = cluster.notes()
        for note in notes:
            say(f"assay: {note}")
        yield cluster


def require_writable(path: Path | None) -> None:
    """Stop before the work, not after, if no file can be written."""
    if path is not None and not _can_be_written(path):
        stop(f"no file can be written at {path_text(path)}", NO_REPORT)


def _can_be_written(path: Path) -> bool:
    try:
        return os.access(path, os.W_OK) if path.exists() else path.parent.is_dir() and os.access(path.parent, os.W_OK)
    except OSError:  # a name that is too long, or a folder that may not be entered
        return False

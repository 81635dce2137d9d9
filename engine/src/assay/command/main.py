"""The command: arguments in, exit codes out."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.command.console import LINE, console, progress_bars, say, show_reports, stop
from assay.course.read import Course, find_root, read_course
from assay.errors import AssayError, Interrupted
from assay.intake.collect import Intake, shown, take_in
from assay.model import INTERRUPTED
from assay.text import escape
from assay.wire.promises import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor

    from rich.progress import TaskID

    from assay.model import Report

GRADED, BELOW, USAGE, NO_REPORT, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: reports were written and nothing is below; something is below; usage; no report could be written; reports
were written of what was graded before an interrupt (128 and Ctrl-C's number, as shells have it)."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_WAIVE = click.option(
    "--waive",
    multiple=True,
    type=click.Choice(CORE),
    help="Grade although this machine does not keep that promise; repeatable.",
)

_COURSE = click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course's folder; without it the one around you.",
)


class _Commands(click.Group):
    """The commands, each of which Ctrl-C ends with a line and no traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command that was named."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stop("interrupted", STOPPED)


class _Percent(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Refuses nan, too, which is below nothing."""
        percent: float = super().convert(value, param, ctx)
        if math.isnan(percent):
            self.fail("nan is no percentage.", param, ctx)
        return percent


class _Place(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuses what an unset variable of the shell's gives, which would be the folder one is in."""
        if value == "":
            self.fail("a path is empty.", param, ctx)
        return super().convert(value, param, ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="assay")
def main() -> None:
    """Grade machine-learning coursework: true verdicts, from a judge that never runs a student's code."""


@main.command()
@click.argument("paths", nargs=-1, required=True, type=_Place(path_type=Path))
@_COURSE
@click.option(
    "--json",
    "json_file",
    type=_Place(dir_okay=False, path_type=Path),
    help="Write the canonical report there.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**63 - 1),  # what every reader of JSON takes
    help="The course's secret seed: the same seed, the same report.",
)
@click.option(
    "--fail-under",
    type=_Percent(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a submission has less than that.",
)
@_WAIVE
def grade(  # noqa: PLR0913, PLR0917 - one argument an option
    paths: tuple[Path, ...],
    folder: Path | None,
    json_file: Path | None,
    seed: int,
    fail_under: float | None,
    waive: tuple[str, ...],
) -> None:
    """Grade submissions: each PATH is a file, a student's folder, a folder of students, or an archive of these."""
    try:
        course = _course(folder)
        intake = take_in(paths, [assignment.name for assignment in course.assignments])
    except AssayError as error:
        stop(str(error), USAGE)
    if not intake.submissions and not intake.refused:
        stop(f"nothing to grade in {', '.join(shown(path) for path in paths)}", USAGE)
    if json_file is not None and not _can_be_written(json_file):  # said before a class is graded, not after
        stop(f"no file can be written at {shown(json_file)}", NO_REPORT)
    heeded = [n for n in _ENDING if signal.getsignal(n) in (signal.SIG_DFL, signal.default_int_handler)]
    _on(heeded, _end)
    interrupted = 0
    try:
        reports = _graded(course, intake, seed, waive)
    except Interrupted as error:
        reports = error.reports
        interrupted = sum(report.reason == INTERRUPTED for report in reports)
    except AssayError as error:
        stop(str(error), NO_REPORT)
    _on(heeded, signal.SIG_IGN)  # what was graded gets into the file
    reports += _refusals(course, intake, seed)
    trouble = _trouble_writing(reports, json_file) if json_file is not None else None
    if not interrupted:
        _on(heeded, _end)
    _show(reports, intake)  # whatever became of the file: nothing that was graded is lost
    if trouble is not None:
        stop(trouble, NO_REPORT)
    if interrupted:
        stop(f"interrupted: {interrupted} of {len(reports)} were not graded", STOPPED)
    if fail_under is not None and any(r.status == "ungraded" or _percent(r) < fail_under for r in reports):
        sys.exit(BELOW)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_WAIVE
@_COURSE
def check(file: Path, folder: Path | None, waive: tuple[str, ...]) -> None:
    """Check your own FILE: the public checks, at once, with the smallest input that shows what is wrong."""
    from assay.judge.session import Job, grade_chunk  # noqa: PLC0415

    try:
        course = _course(folder)
        intake = take_in([file], [assignment.name for assignment in course.assignments])
        for refused in intake.refused:
            stop(refused.reason, USAGE)
        if not intake.submissions:
            stop(f"nothing to grade in {shown(file)}", USAGE)
    except AssayError as error:
        stop(str(error), USAGE)
    try:
        reports = grade_chunk(
            Job(course.root, course.fingerprint, tuple(intake.submissions), 0, waive, visible_only=True)
        )
    except AssayError as error:
        stop(str(error), NO_REPORT)
    _show(reports, intake)
    if any(report.score < report.max_score for report in reports):
        sys.exit(BELOW)


@main.command()
@click.argument("assignment")
@click.option("--notebook", is_flag=True, help="A Jupyter notebook instead of a module.")
@_COURSE
def new(assignment: str, notebook: bool, folder: Path | None) -> None:  # noqa: FBT001 - a flag of the command
    """Write a student's starter for ASSIGNMENT here: signatures and docstrings, no solution."""
    from assay.course.starter import module_starter, notebook_starter  # noqa: PLC0415

    try:
        course = _course(folder)
        reference = course.reference(assignment)
    except AssayError as error:
        stop(str(error), USAGE)
    path = Path(f"{assignment}.ipynb" if notebook else f"{assignment}.py")
    try:
        with path.open("x", encoding="utf-8") as file:  # a student's work is never overwritten
            file.write(notebook_starter(reference) if notebook else module_starter(reference))
    except FileExistsError:
        stop(f"{path} is there already, and stays as it is", USAGE)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}", USAGE)
    click.echo(f"{path} is written; try it with: assay check {path}")


@main.command()
def doctor() -> None:
    """Say which promises of the sandbox this machine keeps, and how."""
    from rich.table import Table  # noqa: PLC0415

    from assay.doctor import examine  # noqa: PLC0415 - torch is not needed by the other commands
    from assay.wire.promises import broken  # noqa: PLC0415

    table = Table("promise", "kept by", box=None, pad_edge=False)
    found = examine()
    for name, how in found.items():
        table.add_row(name, how, style="red" if how.startswith("not kept") else "")
    console().print(table)
    if broken(found):
        stop("a core promise is not kept: grading refuses on this machine unless it is named with --waive", BELOW)


@main.command()
@click.argument("assignments", nargs=-1)
@_COURSE
@click.option("--seeds", type=click.IntRange(min=100), help="Runs of the reference; without it what each asks for.")
def tolerances(assignments: tuple[str, ...], folder: Path | None, seeds: int | None) -> None:
    """Derive the tolerances of statistical checks anew, and write them beside the reference."""
    from assay.checks.tolerances import rederive  # noqa: PLC0415

    course, names = _named(folder, assignments)
    try:
        with progress_bars() as progress:
            bars: dict[str, TaskID] = {}

            def show(key: str, done: int, total: int) -> None:
                bars[key] = bars[key] if key in bars else progress.add_task(key, total=total)
                progress.update(bars[key], completed=done)

            for name in names:
                rederive(course.root, name, seeds=seeds, progress=show)
    except AssayError as error:
        stop(str(error), NO_REPORT)


@main.command("self-test")
@click.argument("assignments", nargs=-1)
@_COURSE
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(min=0), help="Seeds for the reference.")
def self_test(assignments: tuple[str, ...], folder: Path | None, seeds: int) -> None:
    """Test the course's own checks: the reference under many seeds, every known mistake, mutants of the reference."""
    from assay.selftest.findings import findings  # noqa: PLC0415

    course, names = _named(folder, assignments)
    well = True
    try:
        for text, right in findings(course, names, seeds):
            say(text, err=False)
            well = well and right
    except AssayError as error:
        stop(str(error), NO_REPORT)
    if not well:
        sys.exit(BELOW)


def _end(number: int, frame: object) -> None:  # noqa: ARG001 - as Python calls it
    """Ends the run as Ctrl-C does, with what was graded; a second signal must cost none of it."""
    _on(_ENDING, signal.SIG_IGN)
    raise KeyboardInterrupt


def _on(numbers: Iterable[signal.Signals], handler: Any) -> None:
    for number in numbers:
        signal.signal(number, handler)


def _course(folder: Path | None) -> Course:
    return read_course(find_root((folder or Path.cwd()).absolute()))


def _named(folder: Path | None, assignments: tuple[str, ...]) -> tuple[Course, list[str]]:
    """Gives the course, and the names of the assignments that were named or, where none was, of all."""
    try:
        course = _course(folder)
        return course, [course.assignment(name).name for name in assignments or [a.name for a in course.assignments]]
    except AssayError as error:
        stop(str(error), USAGE)


def _graded(course: Course, intake: Intake, seed: int, waive: tuple[str, ...]) -> list[Report]:
    from assay.grading.run import grade  # noqa: PLC0415

    with progress_bars() as progress, _executor() as executor:
        bar = progress.add_task("grading", total=len(intake.submissions))
        return grade(
            course,
            intake.submissions,
            seed=seed,
            executor=executor,
            sink=lambda _: progress.advance(bar),
            waived=waive,
            on_trouble=lambda text: say(f"assay: {text}"),
        )


@contextlib.contextmanager
def _executor() -> Iterator[Executor]:
    """Give the workers: those of the caller who runs the command in its own process, or new ones."""
    given = click.get_current_context().obj
    if given is not None:
        yield given
        return
    from assay.grading.executors import LocalProcesses  # noqa: PLC0415

    with LocalProcesses() as executor:
        yield executor


def _refusals(course: Course, intake: Intake, seed: int) -> list[Report]:
    from assay.grading.run import ungraded  # noqa: PLC0415

    return [ungraded(course, seed, *refused) for refused in intake.refused]


def _show(reports: list[Report], intake: Intake) -> None:
    show_reports(reports)
    for folder in intake.empty:
        say(escape(f"nothing to grade in {shown(folder)}", LINE))


def _can_be_written(path: Path) -> bool:
    try:
        return os.access(path, os.W_OK) if path.exists() else path.parent.is_dir() and os.access(path.parent, os.W_OK)
    except OSError:  # a name that is too long, a folder that one may not look into
        return False


def _trouble_writing(reports: list[Report], path: Path) -> str | None:
    """Writes the canonical report; gives what went wrong, or None."""
    from assay.report.document import document_bytes  # noqa: PLC0415

    try:
        path.write_bytes(document_bytes(reports))
    except OSError as error:
        return f"{shown(path)} cannot be written: {error.strerror}"
    except AssayError as error:
        return str(error)
    return None


def _percent(report: Report) -> float:
    return 100 * report.score / report.max_score if report.max_score else 0.0

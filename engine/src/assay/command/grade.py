"""`assay grade`: a class at once, shown and written."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from assay.command.console import (
    BELOW,
    NO_REPORT,
    STOPPED,
    USAGE,
    say,
    show_reports,
    show_summary,
    stop,
    stop_on_error,
)
from assay.command.interrupts import interrupts
from assay.command.keeping import class_seed, gradebook_option, keeper, opened_for_run, origin_of
from assay.command.lateness import Order, say_lateness, settled, submission_option
from assay.command.options import (
    Name,
    PathArgument,
    Percent,
    course_option,
    example,
    executor_of,
    open_course,
    require_writable,
    scheduler_option,
    waive_option,
)
from assay.command.pages import pages_option, require_pages_folder, write_pages_of
from assay.command.progress import watched
from assay.command.roster import Roster, class_roster, roster_option, with_absent
from assay.command.view import of_exercises, require_shown_only, view_options
from assay.course.seeds import MAX_SEED
from assay.errors import AssayError, Interrupted
from assay.intake.collect import take_in
from assay.intake.sentences import skipped_note, undivided_note
from assay.intake.tree import path_text
from assay.report.packed import PackedReports
from assay.report.view import View, in_view
from assay.text import MAX_LINE_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from concurrent.futures import Executor

    from assay.course.read import Course
    from assay.grading.lateness import Lateness
    from assay.grading.resume import Keeper
    from assay.intake.result import Intake
    from assay.model import Cause, Report, Submission

__all__ = ["Work", "grade", "grade_work", "read_work", "require_work", "show_work"]


class Work(NamedTuple):
    """A course and its submissions."""

    course: Course
    intake: Intake


class Seed(click.types.IntParamType):
    """A seed; a range would be printed to its last digit in the help."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Refuse what is not a number from 0 to the highest seed."""
        seed: int = click.IntRange(0, MAX_SEED).convert(value, param, ctx)
        return seed


@click.command(
    epilog=example(
        "assay grade class --gradebook grades.db --pages pages", "assay grade class/ada --exercise 2 --verbose"
    )
)
@click.argument("paths", nargs=-1, required=True, type=PathArgument(path_type=Path))
@course_option
@view_options
@click.option(
    "--json",
    "json_file",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Write the report to this file, as JSON.",
)
@pages_option
@click.option(
    "--seed",
    type=Seed(),
    envvar="ASSAY_SEED",
    show_envvar=True,
    help="The seed of all inputs, below 2^128; the same seed gives the same report. By default the course's own.",
)
@click.option(
    "--fail-under",
    type=Percent(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a submission has less than this part of its points, or could not be graded.",
)
@click.option(
    "--student",
    type=Name(),
    metavar="NAME",
    help="All PATHs are the work of this student, whatever files and folders are called.",
)
@click.option("--assignment", type=Name(), metavar="NAME", help="Grade only the files for this assignment.")
@gradebook_option
@roster_option
@submission_option
@scheduler_option
@waive_option
@click.pass_context
def grade(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    paths: tuple[Path, ...],
    folder: Path | None,
    json_file: Path | None,
    pages: Path | None,
    seed: int | None,
    fail_under: float | None,
    student: str | None,
    assignment: str | None,
    file: Path | None,
    roster: Path | None,
    order: Order,
    scheduler: str | None,
    waive: tuple[str, ...],
    view: View,
) -> None:
    """Grade submissions, and print a report of each.

    Each PATH is a file, a student's folder, a folder of students, or an archive of these. Several reports end with a
    table and a summary of the class.
    """
    keeping = {"--json": json_file, "--pages": pages, "--fail-under": fail_under, "--gradebook": file}
    require_shown_only(view, keeping)
    with interrupts() as signals, contextlib.ExitStack() as stack:
        try:
            with executor_of(ctx, scheduler) as executor:  # first: it imports torch while the submissions are read
                work = read_work(paths, folder, student)
                if assignment is not None:
                    work = _only(work, assignment)
                require_work(work.intake, paths)
                work = work._replace(intake=of_exercises(work.course, work.intake, view))
                require_writable(json_file)
                require_writable(pages)
                require_pages_folder(pages)
                book = stack.enter_context(opened_for_run(file, create=True))
                with stop_on_error(USAGE):
                    chosen = class_seed(work.course, book, seed)
                found = class_roster(roster, book)
                work, lateness = _settled(executor, work, found, order, chosen, waive)
                origin = origin_of(paths, work.course, student)
                kept = keeper(book, work.course, work.intake, origin, seed=chosen, waived=waive) if book else None
                graded = _grade_left(executor, work, chosen, waive, kept, view)
        except Interrupted as error:
            graded = error.reports
        graded = in_view(graded, view)
        causes = Counter(report.cause for report in graded)
        finished = graded if kept is None else kept.complete(graded, work.intake.submissions)
        signals.ignore()  # finished reports get into the file
        refusals = _refusals(work, chosen)
        if kept is not None:
            kept.keep_refusals(refusals)
        skipped = set() if kept is None else kept.skipped(work.intake.submissions)
        reports = with_absent(PackedReports.of(finished, refusals), found.people, book)
        say_lateness(lateness, book)
        decisions = [] if book is None else book.decisions()
        troubles: list[str | None] = []
        try:  # files first, because standard output may not take the reports
            troubles += [_write(reports, json_file), write_pages_of(reports, decisions, pages, file)]
        finally:  # even if a file could not be written: no finished report is lost
            if not causes["interrupted"]:
                signals.heed()
            try:
                show_work(reports, work.intake, skipped, view)
                show_summary(reports, decisions, view)
            finally:  # even if standard output cannot be written
                _require_whole(list(filter(None, troubles)), causes, len(reports))
    if fail_under is not None and any(_is_below(report, fail_under) for report in reports if report.cause != "absent"):
        sys.exit(BELOW)


def _settled(  # noqa: PLR0913, PLR0917 - what grading needs
    executor: Executor, work: Work, roster: Roster, order: Order, seed: int, waived: tuple[str, ...]
) -> tuple[Work, list[Lateness]]:
    """Choose among repeated submissions."""

    def grade_all(submissions: list[Submission]) -> Sequence[Report]:
        every = work._replace(intake=replace(work.intake, submissions=submissions))
        try:
            reports = grade_work(executor, every, seed=seed, waived=waived)
        except Interrupted:
            stop("interrupted while repeated submissions were compared: nothing is stored", STOPPED)
        if any(report.cause == "cluster" for report in reports):
            stop("repeated submissions could not be compared to the end: nothing is stored", NO_REPORT)
        return reports

    intake, lateness = settled(work.course, work.intake, roster, order, grade_all)
    return work._replace(intake=intake), lateness


def read_work(paths: Sequence[Path], folder: Path | None, student: str | None = None) -> Work:
    """Read the course and the submissions, all of one student if a name is given; stop if they cannot be read."""
    with stop_on_error(USAGE):
        course = open_course(folder)
        return Work(course, take_in(paths, [assignment.name for assignment in course.assignments], student))


def _only(work: Work, name: str) -> Work:
    """Return the work for one assignment, and what may be for any; stop if the course has no such assignment."""
    with stop_on_error(USAGE):
        work.course.assignment(name)
    uploads = [each for each in work.intake.uploads if each[-1].submission.assignment == name]
    refused = [each for each in work.intake.refused if each.assignment in {name, ""}]
    submissions = [each[-1].submission for each in uploads]
    return work._replace(intake=replace(work.intake, submissions=submissions, uploads=uploads, refused=refused))


def grade_work(  # noqa: PLR0913 - each by its name
    executor: Executor,
    work: Work,
    *,
    seed: int,
    waived: tuple[str, ...] = (),
    visible_only: bool = False,
    keep: Callable[[Report], None] = lambda _: None,
    exercises: Sequence[tuple[str, ...]] = (),
) -> Sequence[Report]:
    """Grade the submissions, and keep every report as soon as it exists; stop if no report can be made.

    Raises:
        Interrupted: a signal ended it; with the finished reports.
    """
    from assay.grading.run import grade as grade_submissions  # noqa: PLC0415 - only commands that grade need it

    count = len(work.intake.submissions)
    with stop_on_error(NO_REPORT), watched(executor, count) as (watch, advance):

        def sink(report: Report) -> None:
            keep(report)
            advance()

        return grade_submissions(
            work.course,
            work.intake.submissions,
            seed=seed,
            executor=watch,
            sink=sink,
            waived=waived,
            visible_only=visible_only,
            exercises=exercises,
            on_trouble=lambda text: say(f"assay: {text}"),
        )


def show_work(reports: Sequence[Report], intake: Intake, skipped: Container[int], view: View) -> None:
    """Print the reports, which folders were empty or look like groups, and which files are nobody's.

    Reports of skipped submissions, which are known by their places, stand in the table alone.
    """
    show_reports(reports, skipped, view)
    for folder in intake.empty:
        say(escape(f"nothing to grade in {path_text(folder)}", MAX_LINE_CHARS))
    if intake.skipped:
        say(escape(skipped_note(intake.skipped), MAX_LINE_CHARS))
    if intake.undivided:
        say(escape(undivided_note(intake.undivided), MAX_LINE_CHARS))


def require_work(intake: Intake, paths: Sequence[Path]) -> None:
    """Stop if nothing was found below the paths."""
    if not intake.submissions and not intake.refused:
        stop(f"nothing to grade in {', '.join(path_text(path) for path in paths)}", USAGE)


def _grade_left(  # noqa: PLR0913, PLR0917 - what grading needs
    executor: Executor, work: Work, seed: int, waived: tuple[str, ...], kept: Keeper | None, view: View
) -> Sequence[Report]:
    """Grade the submissions that the gradebook does not have."""
    if kept is None:
        return grade_work(
            executor, work, seed=seed, waived=waived, exercises=[view.exercises] * len(work.intake.submissions)
        )
    left = work._replace(intake=replace(work.intake, submissions=kept.left))
    return grade_work(executor, left, seed=seed, waived=waived, keep=kept.keep) if kept.left else []


def _require_whole(troubles: Sequence[str], causes: Counter[Cause | None], count: int) -> None:
    """Stop if a file could not be written, or not everything was graded."""
    if troubles:
        stop("\n".join(troubles), NO_REPORT)
    if left := causes["cluster"]:
        stop(f"the Dask cluster could not be used any more: {left} of {count} were not graded", NO_REPORT)
    if interrupted := causes["interrupted"]:
        stop(f"interrupted: {interrupted} of {count} were not graded", STOPPED)


def _refusals(work: Work, seed: int) -> list[Report]:
    from assay.grading.run import ungraded  # noqa: PLC0415 - as above

    return [ungraded(work.course, seed, *refused, "refused") for refused in work.intake.refused]


def _write(reports: Sequence[Report], path: Path | None) -> str | None:
    """Write the canonical report; return what went wrong, or None."""
    from assay.report.document import write_document  # noqa: PLC0415 - as above

    if path is None:
        return None
    try:
        write_document(reports, path)
    except OSError as error:
        return f"{path_text(path)} cannot be written: {error.strerror}"
    except AssayError as error:
        return str(error)
    return None


def _is_below(report: Report, percent: float) -> bool:
    share = report.score / report.max_score if report.max_score else 0.0
    return report.status == "ungraded" or 100 * share < percent

"""`assay regrade`: what a change of the course gives and takes, check by check, before anything is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from assay.command.console import NO_REPORT, STOPPED, USAGE, say, show_reports, stop, stop_on_error
from assay.command.grade import Work, grade_work, read_work
from assay.command.interrupts import interrupts
from assay.command.keeping import class_seed, opened_for_run, origin_of, required_gradebook_option
from assay.command.lateness import graded_before
from assay.command.options import (
    Name,
    PathArgument,
    course_option,
    example,
    executor_of,
    scheduler_option,
    waive_option,
)
from assay.command.view import require_exercise
from assay.errors import GradebookError, Interrupted
from assay.gradebook.effective import effective, standing
from assay.gradebook.records import key_of
from assay.grading.regrade import differences, plan_regrade, regraded
from assay.grading.resume import conditions_of, require_one_each
from assay.intake.tree import path_text
from assay.report.view import View
from assay.text import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.gradebook.effective import Grade
    from assay.gradebook.records import Decision
    from assay.gradebook.store import Gradebook
    from assay.grading.regrade import Difference, Plan, Renewal
    from assay.model import Report, Submission, Verdict

__all__ = ["regrade"]

_MAX_NAMES = 5


class _Choice(NamedTuple):
    """Which reports a person wants to be graded again; None stands for all."""

    student: str | None
    assignment: str | None
    exercise: str | None

    @property
    def named(self) -> bool:
        """Whether a student or an exercise is named, which is graded even if no change touches it."""
        return self.student is not None or self.exercise is not None

    def takes(self, submission: Submission) -> bool:
        """Whether the submission is meant."""
        names = (self.student, submission.info.name), (self.assignment, submission.assignment)
        return all(wanted in (None, name) for wanted, name in names)


@click.command(
    epilog=example("assay regrade class --gradebook grades.db", "assay regrade class --gradebook grades.db --apply")
)
@click.argument("paths", nargs=-1, required=True, type=PathArgument(path_type=Path))
@course_option
@required_gradebook_option
@click.option(
    "--student",
    type=Name(),
    metavar="NAME",
    help="This student alone, even if no change touches the report. After grade --student, PATHs are this student's.",
)
@click.option("--assignment", type=Name(), metavar="NAME", help="This assignment alone.")
@click.option("--exercise", metavar="NUMBER", help="This exercise alone, even if no change touches it.")
@click.option("--apply", "store", is_flag=True, help="Store the new reports; without it they are only compared.")
@scheduler_option
@waive_option
@click.pass_context
def regrade(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    paths: tuple[Path, ...],
    folder: Path | None,
    file: Path,
    student: str | None,
    assignment: str | None,
    exercise: str | None,
    store: bool,  # noqa: FBT001 - click passes a flag
    scheduler: str | None,
    waive: tuple[str, ...],
) -> None:
    """Grade again what a change of the course touches.

    It shows who gains and who loses, check by check. PATHS are what was graded before. A changed check touches its
    exercise; a change of the reference, the library, conftest.py, tox.ini, assay, torch or Python touches everything.
    """
    choice = _Choice(student, assignment, exercise)
    with opened_for_run(file, create=False) as book, interrupts() as signals:
        assert book is not None  # because there is a file
        owner, work = _read(book, paths, folder, choice)
        seed = class_seed(work.course, book, None)
        work = work._replace(intake=graded_before(book, work.intake))
        plan = _plan(book, work, choice, seed, waive)
        new: list[tuple[Renewal, Report]] = []
        failed: list[Report] = []
        renewals = {key_of(renewal.entry.report): renewal for renewal in plan.renewals}
        from_here = origin_of(paths, work.course, owner)

        def keep(report: Report) -> None:
            renewal = renewals.get(key_of(report))
            renewed = None if renewal is None else regraded(renewal, report, work.course)
            if renewal is None or renewed is None:
                failed.append(report)
                return
            if store:
                book.add(renewed, renewal.conditions, from_here)
            new.append((renewal, renewed))

        left = replace(work.intake, submissions=[renewal.submission for renewal in plan.renewals])
        exercises = [tuple(sorted(renewal.exercises or (), key=int)) for renewal in plan.renewals]
        graded: Sequence[Report] = []
        try:
            if plan.renewals:
                with executor_of(ctx, scheduler) as executor:
                    graded = grade_work(
                        executor, Work(work.course, left), seed=seed, waived=waive, keep=keep, exercises=exercises
                    )
        except Interrupted:
            stop(f"interrupted: {'what was graded is stored' if store else 'nothing is stored'}", STOPPED)
        signals.ignore()
        decisions = book.decisions()
    if choice.student is not None:
        part = (choice.exercise,) if choice.exercise and all(renewal.exercises for renewal in plan.renewals) else ()
        show_reports(graded, view=View(exercises=part))
    _show(new, decisions)
    for report in failed:
        say(f"assay: {report.submission.name}, {report.assignment}: the report before stays, because: {report.reason}")
    if new and not store:
        say("nothing is stored: --apply stores the new reports", err=False)
    if failed:
        stop(f"{len(failed)} of {len(plan.renewals)} could not be graded again", NO_REPORT)


def _read(book: Gradebook, paths: Sequence[Path], folder: Path | None, choice: _Choice) -> tuple[str | None, Work]:
    """Read the work below some paths, which is one student's if `assay grade --student` was told so."""
    owner = _owner(book, paths, choice)
    work = read_work(paths, folder, owner)
    if choice.student is None or any(map(choice.takes, work.intake.submissions)):
        return owner, work
    if any(entry.origin.student == choice.student for entry in book.current()):  # a copy that lies elsewhere
        owner = choice.student
        work = read_work(paths, folder, owner)
    return owner, work


def _owner(book: Gradebook, paths: Sequence[Path], choice: _Choice) -> str | None:
    """Return the student whose work these paths are, as `assay grade --student` was told; stop if it may be several."""
    here = {Path(path_text(path.absolute())) for path in paths}
    found: set[str | None] = set()
    for entry in book.current():
        is_meant = choice.student in (None, entry.report.submission.name)
        if is_meant and here == {Path(entry.origin.folder, path) for path in entry.origin.paths}:
            found.add(entry.origin.student)
    if len(found) > 1 and None not in found:
        names = enumerated(sorted(filter(None, found)), _MAX_NAMES)
        stop(f"these paths were graded as the work of several students, so add --student: {names}", USAGE)
    return None if None in found else next(iter(found), None)


def _plan(book: Gradebook, work: Work, choice: _Choice, seed: int, waived: tuple[str, ...]) -> Plan:
    """Look up what to grade, and say what is left out; stop if nothing is meant by the names."""
    submissions = [submission for submission in work.intake.submissions if choice.takes(submission)]
    with stop_on_error(USAGE):
        require_one_each(submissions)
        if not submissions:
            wanted = " and ".join(filter(None, (choice.student, choice.assignment)))
            text = f"no submission of {wanted} lies there" if wanted else "no submission lies there"
            raise GradebookError(text)
        conditions = conditions_of(work.course, submissions, seed=seed, waived=waived)
        if choice.exercise is not None:
            require_exercise(choice.exercise, (number for now in conditions for number in now.exercises))
    plan = plan_regrade(book, submissions, conditions, exercise=choice.exercise, named=choice.named)
    if plan.holding:
        say(f"assay: {plan.holding} of {len(submissions)} skipped: no change touches their reports")
    if plan.ungraded:
        text = f"they are new or have changed, and assay grade PATH --gradebook {path_text(book.path)} grades them"
        say(f"assay: {plan.ungraded} of {len(submissions)} skipped: {text}")
    return plan


def _show(new: Sequence[tuple[Renewal, Report]], decisions: Sequence[Decision]) -> None:
    """Print who gains and who loses, check by check, as decisions of persons stand."""
    gains, loses = 0, 0
    for renewal, after in sorted(new, key=lambda pair: key_of(pair[1])):
        before = renewal.entry.report
        was, now = effective(before, decisions), effective(after, decisions)
        found = differences(before, after)
        gains += (now.score or 0.0) > (was.score or 0.0)
        loses += (now.score or 0.0) < (was.score or 0.0)
        if found:
            say(f"{after.submission.name}, {after.assignment}: {_total(was)} → {_total(now)}", err=False)
        own = standing(after, decisions)
        for each in found:
            say(f"  {_line(each, own)}", err=False)
    if new:
        say(f"gain: {gains}, lose: {loses}, the same points: {len(new) - gains - loses}", err=False)


def _line(each: Difference, own: dict[tuple[str, str], Decision]) -> str:
    from assay.report.terminal import WORDS  # noqa: PLC0415 - only this command needs it

    def told(check: Verdict | None) -> str:
        return "not there" if check is None else f"{WORDS[check.status]} {check.score:g} of {check.max_score:g}"

    check = each.after or each.before
    assert check is not None  # because one side is there
    name = f"{each.exercise}/{check.id}"
    correction = own.get(("correction", name))
    kept = "" if correction is None else f"; corrected to {correction.points:g}, which stays"
    return f"{name}: {told(each.before)} → {told(each.after)}{kept}"


def _total(grade: Grade) -> str:
    return f"{'ungraded' if grade.score is None else f'{grade.score:g}'} of {grade.max_score:g}"

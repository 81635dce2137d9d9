"""Options that choose reports, and what students get by these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from assay.command.console import USAGE, stop
from assay.command.keeping import opened
from assay.command.options import Name, PathArgument, read_file
from assay.command.roster import kept_roster
from assay.errors import AssayError
from assay.gradebook.effective import answer_hash, comments_in, effective, standing
from assay.gradebook.records import key_of
from assay.intake.tree import path_text
from assay.report.decided import Decided, Deduction, Given, nothing_handed_in, undecided
from assay.report.document import read_document
from assay.report.pseudonyms import pseudonymous, pseudonyms_in
from assay.report.results import result_of
from assay.report.roster import absences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.gradebook.records import Decision
    from assay.model import Report
    from assay.report.results import Result

__all__ = ["Choice", "choice_options", "decided_for", "read_results"]


class Choice(NamedTuple):
    """Which reports are taken, and how much of them.

    Args:
        report: the JSON document of `assay grade`, or None.
        gradebook: the gradebook, or None.
        student: only the reports of this student.
        assignment: only the reports of this assignment.
        published: whether checks are shown that wait for the due date or the publication.
        root: the root of the student's repository, or None.
    """

    report: Path | None
    gradebook: Path | None
    student: str | None
    assignment: str | None
    published: bool
    root: Path | None = None


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that a Choice is made from."""
    file = PathArgument(exists=True, dir_okay=False, path_type=Path)
    options = (
        click.option("--gradebook", type=file, help="The class: its current reports, and what persons decided."),
        click.option("--report", type=file, help="Reports alone: a file that `assay grade --json` has written."),
        click.option("--student", type=Name(), metavar="NAME", help="Only the reports of this student."),
        click.option("--assignment", type=Name(), metavar="NAME", help="Only the reports of this assignment."),
        click.option(
            "--published",
            is_flag=True,
            help="Show checks that wait for the due date or the publication. Hidden checks are never shown.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_results(choice: Choice, pseudonyms: Path | None = None) -> list[Result]:
    """Return what students get by the chosen reports; stop if there are none or they cannot be read."""
    if choice.gradebook is not None and choice.report is None:
        source, given = choice.gradebook, _kept(choice.gradebook)
    elif choice.report is not None and choice.gradebook is None:
        source, given = choice.report, [(report, undecided(report)) for report in _reports(choice.report)]
    else:
        stop("name either a --gradebook or a --report", USAGE)
    found = [(report, decided) for report, decided in given if _is_chosen(report, choice)]
    if not found:
        stop(f"no report of this choice in {path_text(source)}", USAGE)
    if pseudonyms is not None:
        found = _without_names(found, pseudonyms)
    return [result_of(report, decided, published=choice.published, root=choice.root) for report, decided in found]


def _reports(path: Path) -> Sequence[Report]:
    try:
        return read_document(read_file(path)).reports
    except AssayError as error:
        stop(f"{path_text(path)}: {error}", USAGE)


def _kept(path: Path) -> list[tuple[Report, Decided]]:
    """Return the current reports of a gradebook with their decisions, and who handed in nothing."""
    with opened(path) as book:
        reports, decisions = [entry.report for entry in book.current()], book.decisions()
        missing = absences(kept_roster(book), reports)
    there = set(map(key_of, reports))
    others = dict.fromkeys([*missing, *((each.student, each.assignment) for each in decisions)])
    absent = [nothing_handed_in(*other) for other in others if other not in there]
    found = [(report, decided_for(report, decisions)) for report in [*reports, *absent]]
    return [
        (report, decided)
        for report, decided in found
        if report.cause != "absent" or decided.whole or key_of(report) in missing
    ]


def decided_for(report: Report, decisions: Sequence[Decision]) -> Decided:
    """Return the decisions that stand for a report; which ones count is the gradebook's to say."""
    grade = effective(report, decisions)
    own = standing(report, decisions)
    hashes = {answer.exercise: answer_hash(answer.text) for answer in report.answers}
    corrections, answers = {}, {}
    for (kind, target), decision in own.items():
        if kind == "correction" and decision.points is not None:
            exercise, _, check = target.partition("/")
            corrections[exercise, check] = decision.points
        elif kind == "score" and decision.points is not None and decision.about == hashes.get(target):
            answers[target] = Given(decision.points, decision.text)
    excused = frozenset(points.exercise for points in grade.exercises if points.excused)
    late = Deduction(grade.late, own["late", ""].text) if grade.late else None
    return Decided(
        corrections,
        answers,
        comments_in(decisions),
        excused,
        late,
        whole=grade.excused,
        graded=grade.score is not None,
        open=grade.open,
        told=grade.told,
    )


def _is_chosen(report: Report, choice: Choice) -> bool:
    """Tell whether a report is chosen; one whose assignment nobody knows may be of any."""
    student, assignment = choice.student, choice.assignment
    return student in {None, report.submission.name} and (
        not report.assignment or assignment in {None, report.assignment}
    )


def _without_names(found: Sequence[tuple[Report, Decided]], path: Path) -> list[tuple[Report, Decided]]:
    names = pseudonyms_in(path, [report.submission.name for report, _ in found])
    return [pseudonymous(report, decided, names[report.submission.name]) for report, decided in found]

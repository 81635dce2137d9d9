"""`assay history` and `assay forget`: everything that a gradebook has of one student."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from assay.command.console import USAGE, say, show, stop, stop_on_error
from assay.command.decisions import assignment_option
from assay.command.keeping import opened, opened_for_run, required_gradebook_option
from assay.command.options import example
from assay.command.roster import keep_roster, kept_roster
from assay.errors import GradebookError
from assay.gradebook.conditions import changes
from assay.gradebook.effective import effective
from assay.gradebook.lookup import find_check, find_report, require_student
from assay.gradebook.records import key_of
from assay.intake.tree import path_text
from assay.report.clusters import ID_CHARS, keys_of
from assay.report.exporters.sheets import by_name, rows_of
from assay.report.roster import rows_of_student

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.gradebook.conditions import Conditions
    from assay.gradebook.records import Decision, Entry

__all__ = ["forget", "history"]

_HASH_CHARS = 12
"""Of a hash: enough to tell any two apart."""


@click.command(epilog=example("assay history ada --check flat_labels --gradebook grades.db"))
@click.argument("student")
@click.option("--check", metavar="ID", help="Show what this check asked, every time: its name, or EXERCISE/CHECK.")
@assignment_option
@required_gradebook_option
def history(student: str, check: str | None, assignment: str | None, file: Path) -> None:
    """Show everything that a gradebook has of STUDENT.

    It prints every report, every decision, and the command that grades again.
    """
    with opened(file) as book, stop_on_error(USAGE):
        last = find_report(book, student, assignment)
        name = last.report.assignment
        exercise = find_check(last.report, check)[0].id if check is not None else None
        entries = [entry for entry in book.history(student) if entry.report.assignment == name]
        decisions = _about(entries, book.decisions())
    before = None
    for entry in entries:
        _show_entry(entry, before, check)
        before = entry.conditions
    for answer in last.report.answers:
        _print(f"written answer to exercise {answer.exercise}: {answer.text}")
    for decision in decisions:
        _print(_decision_line(decision))
    grade = effective(last.report, decisions)
    _print("excused" if grade.excused else f"counts: {_of(grade.score, grade.max_score)}")
    for sentence in grade.open:
        _print(f"a person decides: {sentence}")
    _print(f"again: {_command(last, file, exercise)}")


@click.command(epilog=example("assay forget ada --yes --gradebook grades.db"))
@click.argument("student")
@click.confirmation_option(prompt="Delete all reports and decisions of this student? They cannot be restored.")
@required_gradebook_option
def forget(student: str, file: Path) -> None:
    """Delete everything that a gradebook has of STUDENT.

    STUDENT is the name of a report. Reports and decisions cannot be restored. The files that were handed in stay.
    """
    with opened_for_run(file, create=False) as book:
        assert book is not None  # because there is a file
        people = kept_roster(book)
        index = by_name(people)
        own = rows_of_student(student, index)
        students = book.students()
        others = [name for name in sorted(students - {student}) if own & rows_of_student(name, index)]
        # They may be a namesake's, so a person decides.
        perhaps = f"{', '.join(others)}, perhaps the same student by the roster: forget each name that is"
        if others and student not in students:
            stop(f"{path_text(file)} has no report of {student}, but of {perhaps}", USAGE)
        if len(own) != 1:  # of namesakes none is deleted
            with stop_on_error(USAGE):
                require_student(book, student)
        elif not others or rows_of([student], index):
            keep_roster(book, [person for person in people if person not in own])
        reports, decisions = book.forget(student)
    _print(f"{student} is forgotten: reports: {reports}, decisions: {decisions}")
    if others:
        say(f"assay: {path_text(file)} still has {perhaps}")


def _show_entry(entry: Entry, before: Conditions | None, check: str | None) -> None:
    report, now = entry.report, entry.conditions
    score = "could not be graded" if report.status == "ungraded" else _of(report.score, report.max_score)
    _print(f"report {entry.number}, {entry.time}: {report.submission.name}, {report.assignment}, {score}")
    if report.reason is not None:
        _print(f"  reason: {report.reason}")
    if now is not None:
        _print(
            f"  submission {now.submission[:_HASH_CHARS]}, course {report.course[:_HASH_CHARS]}, seed {now.seed},"
            f" assay {now.engine}, Python {now.python}, torch {now.torch}"
        )
    if before is not None and now is not None:
        for subject in changes(before, now):
            _print(f"  since the report before: {subject} has changed")
    if check is not None:
        try:
            _, verdict = find_check(report, check)
        except GradebookError as error:  # an earlier version of the course had it not, or nothing was graded
            _print(f"  {error}")
        else:
            from assay.report.terminal import render_check  # noqa: PLC0415 - rich's parts are needed here only

            show(render_check(verdict))


def _about(entries: Sequence[Entry], decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions about these reports of one student and assignment, and about clusters that they are in."""
    own, keys = key_of(entries[-1].report), {key for entry in entries for key in keys_of(entry.report)}
    comments = {str(each.number) for each in decisions if each.kind == "comment" and each.target in keys}
    return [
        each
        for each in decisions
        if own == (each.student, each.assignment)
        or str(each.number) in comments
        or (each.kind == "withdrawal" and each.target in comments)
    ]


def _decision_line(decision: Decision) -> str:
    number = "" if decision.points is None else f"{decision.points:g}"
    what = {
        "correction": f"check {decision.target} is corrected to {number} points",
        "score": f"the written answer to exercise {decision.target} is given {number} points",
        "excuse": f"exercise {decision.target} is excused" if decision.target else "the assignment is excused",
        "late": f"for lateness are deducted {number} {decision.about}",
        "comment": f"comment on cluster {decision.target[:ID_CHARS]}",
        "withdrawal": f"decision {decision.target} is withdrawn",
    }[decision.kind]
    why = f": {decision.text}" if decision.text else ""
    return f"decision {decision.number}, {decision.time}: {what}{why}"


def _of(score: float | None, max_score: float) -> str:
    return "a person must decide" if score is None else f"{score:g} of {max_score:g}"


def _command(entry: Entry, file: Path, exercise: str | None) -> str:
    """Return the command that grades this report again, from any folder, and shows what it asks."""
    origin, report = entry.origin, entry.report
    words = ["assay", "regrade", *origin.paths, "--course", origin.course, "--gradebook", path_text(file.absolute())]
    words += ["--student", report.submission.name, "--assignment", report.assignment]
    words += [] if exercise is None else ["--exercise", exercise]
    return f"cd {shlex.quote(origin.folder)} && {shlex.join(words)}"


def _print(text: str) -> None:
    say(text, err=False)

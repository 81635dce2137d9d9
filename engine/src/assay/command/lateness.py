"""Deadlines in a command: which upload counts, and what is said and stored of late ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from assay.command.console import USAGE, say, stop_on_error
from assay.course.deadlines import FILE, read_deadlines
from assay.gradebook.records import key_of
from assay.grading.lateness import Rules, deduct, settle
from assay.text import enumerated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from assay.command.roster import Roster
    from assay.course.read import Course
    from assay.gradebook.store import Gradebook
    from assay.grading.lateness import Lateness
    from assay.intake.result import Intake, Upload
    from assay.model import Report, Submission, SubmissionInfo

__all__ = ["Order", "graded_before", "say_lateness", "settled", "submission_option"]

Order = Literal["latest", "best", "first"]

_MAX_NAMES = 5

submission_option = click.option(
    "--submission",
    "order",
    type=click.Choice(("latest", "best", "first")),
    default="latest",
    show_default=True,
    help="Which of a student's repeated submissions counts, if no deadline decides.",
)


def settled(
    course: Course,
    intake: Intake,
    roster: Roster,
    order: Order,
    grade: Callable[[list[Submission]], Sequence[Report]],
) -> tuple[Intake, list[Lateness]]:
    """Return the class with the submissions that count, and how late these are; stop if the deadlines cannot be read.

    `grade` is asked for reports of repeated submissions, if the best one counts.
    """
    with stop_on_error(USAGE):
        deadlines = read_deadlines(course)
    infos = [*(each.info for each in intake.submissions), *(each.info for each in intake.unread)]
    names = dict.fromkeys(info.name for info in infos)
    rules = Rules(deadlines, roster.people, names, _times(roster, intake)) if deadlines else None
    for doubt in rules.doubts if rules else ():
        say(f"assay: {FILE}: {doubt}")
    repeated: list[Sequence[Upload]] = []

    def chosen(uploads: Sequence[Upload]) -> Upload:
        repeated.append(uploads)
        return uploads[0 if order == "first" else -1]

    found = settle(intake, rules, chosen)
    if order == "best" and any(len(uploads) > 1 for uploads in repeated):
        uploads = [upload.submission for uploads in repeated if len(uploads) > 1 for upload in uploads]
        reports = grade([each for each in uploads if each.info not in {refused.info for refused in intake.unread}])
        points = {report.submission: _points(report) for report in reports}
        found = settle(intake, rules, lambda uploads: _best(uploads, points))
    return replace(intake, submissions=found.submissions, refused=found.refused), found.lateness


def graded_before(book: Gradebook, intake: Intake) -> Intake:
    """Return the class with the submissions whose reports a gradebook has, and the latest of everybody else."""
    known = {key_of(entry.report): entry.report.submission.sha256 for entry in book.current()}
    found = []
    for uploads in (*intake.uploads, *intake.unread.values()):
        last = uploads[-1].submission
        sha256 = known.get((last.info.name, last.assignment))
        before = [each.submission for each in uploads if each.submission.info.sha256 == sha256]
        found += [each for each in (before or [last])[:1] if each.info.sha256]  # "" if it cannot be read
    return replace(intake, submissions=found)


def say_lateness(found: Sequence[Lateness], book: Gradebook | None) -> None:
    """Say whose time is not known, and store in a gradebook what lateness costs, and say that."""
    for assignment in dict.fromkeys(late.key[1] for late in found):
        unknown = [late for late in found if late.key[1] == assignment and not late.text]
        _say_names(assignment, "no time is known, so that nothing new is deducted", (each.key[0] for each in unknown))
        marked = (each.key[0] for each in unknown if each.marked)
        _say_names(assignment, "marked as late by the platform, without a time", marked)
    made = [(0, late) for late in found if late.amount] if book is None else deduct(book, found)
    for number, late in made:
        student, assignment = late.key
        cost = f"-{late.amount:g} {late.unit}" if late.amount else "nothing is deducted"
        where = f"decision {number}" if number else "only a gradebook counts it"
        say(f"assay: {student}, {assignment}: {cost} ({where}): {late.text}")


def _times(roster: Roster, intake: Intake) -> Mapping[int, datetime]:
    """Return the times of a roster, which are of one assignment."""
    several = len({submission.assignment for submission in intake.submissions}) > 1
    if roster.times and several:
        say("assay: the times of the roster are not used, because the class has several assignments")
    return {} if several else roster.times


def _say_names(assignment: str, what: str, students: Iterable[str]) -> None:
    names = list(students)
    if names:
        say(f"assay: {assignment}: {what}: {enumerated(names, _MAX_NAMES)}")


def _points(report: Report) -> float:
    return -1.0 if report.status == "ungraded" else report.score


def _best(uploads: Sequence[Upload], points: Mapping[SubmissionInfo, float]) -> Upload:
    """Return the upload with most points, of several the latest; one that cannot be read comes last."""
    return max(reversed(uploads), key=lambda upload: points.get(upload.submission.info, -2.0))

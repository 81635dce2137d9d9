"""`assay correct`, `score`, `excuse`, `comment` and `withdraw`: a person's decisions, which survive every regrade."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

from assay.command.console import USAGE, say, stop, stop_on_error
from assay.command.keeping import opened, required_gradebook_option
from assay.command.options import Name, example
from assay.errors import GradebookError
from assay.gradebook.answers import give_points, points_in
from assay.gradebook.effective import effective
from assay.gradebook.lookup import find_check, find_decision, find_report
from assay.intake.tree import path_text
from assay.report.clusters import ID_CHARS, clusters_in
from assay.text import MAX_NAME_CHARS, enumerated, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assay.gradebook.records import Entry
    from assay.gradebook.store import Gradebook
    from assay.report.clusters import Cluster

__all__ = ["assignment_option", "comment", "correct", "excuse", "score", "withdraw"]

assignment_option = click.option(
    "--assignment", type=Name(), metavar="NAME", help="The assignment; needed if the student has reports of several."
)
_MAX_COMMENT_CHARS = 450
"""Of a comment on a cluster: a report as text shows 500 characters of a line."""
_MIN_KEY_CHARS = 4
"""Of a cluster's key: fewer are a slip, such as an unset variable, and would mean whichever cluster there is."""
_MAX_LISTED = 3

_reason_option = click.option("--reason", required=True, help="Why; it is kept, and `assay history` shows it.")


class Points(click.types.FloatParamType):
    """Points that a person gives."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Refuse every text that is not a number from 0 on."""
        try:
            return points_in(value)
        except GradebookError as error:
            self.fail(f"{error}.", param, ctx)


@click.command(epilog=example('assay correct ada flat_labels 1.5 --reason "misprint" --gradebook grades.db'))
@click.argument("student", type=Name())
@click.argument("check")
@click.argument("points", type=Points())
@_reason_option
@assignment_option
@required_gradebook_option
def correct(student: str, check: str, points: float, reason: str, assignment: str | None, file: Path) -> None:  # noqa: PLR0913, PLR0917 - one argument an option
    """Correct the points of STUDENT for a CHECK.

    The POINTS count whatever the judge says, now and after every regrade. CHECK is the check's name, or EXERCISE/CHECK.
    """
    with _report(file, student, assignment) as (book, entry):
        exercise, verdict = find_check(entry.report, check)
        if points > verdict.max_score:
            stop(f"the check {check} is worth {verdict.max_score:g} points at most", USAGE)
        target = f"{exercise.id}/{verdict.id}"
        number = book.decide("correction", student, entry.report.assignment, target, points=points, text=reason)
        _tell(book, entry, number, f"check {target} has {points:g} of {verdict.max_score:g} points")


@click.command(epilog=example('assay score ada 1 2 --comment "well argued" --gradebook grades.db'))
@click.argument("student", type=Name())
@click.argument("exercise")
@click.argument("points", type=Points())
@click.option("--comment", default="", help="A sentence for the student.")
@assignment_option
@required_gradebook_option
def score(student: str, exercise: str, points: float, comment: str, assignment: str | None, file: Path) -> None:  # noqa: PLR0913, PLR0917 - as above
    """Give points for a written answer of STUDENT.

    The POINTS for the answer to EXERCISE count as long as its text stays the same.
    """
    with _report(file, student, assignment) as (book, entry):
        number = give_points(book, entry.report, exercise, points, comment)
        _tell(book, entry, number, f"the written answer to exercise {exercise} has {points:g} points")


@click.command(epilog=example('assay excuse ada 2 --reason "ill that week" --gradebook grades.db'))
@click.argument("student", type=Name())
@click.argument("exercise", default="")
@_reason_option
@assignment_option
@required_gradebook_option
def excuse(student: str, exercise: str, reason: str, assignment: str | None, file: Path) -> None:
    """Excuse STUDENT from an EXERCISE or an assignment.

    It counts neither for nor against the student. Without EXERCISE, the whole assignment is excused. A student who has
    handed in nothing can be excused, too, if --assignment says from what.
    """
    what = f"exercise {exercise} is excused" if exercise else "the assignment is excused"
    with opened(file) as book, stop_on_error(USAGE):
        if assignment is not None and all(entry.report.assignment != assignment for entry in book.history(student)):
            number = book.decide("excuse", student, assignment, exercise, text=reason)
            say(f"{student}, {assignment}: {what} (decision {number}); there is no report yet", err=False)
            return
        entry = find_report(book, student, assignment)
        numbers = [part.id for part in entry.report.exercises] + [part.exercise for part in entry.report.answers]
        if exercise and exercise not in numbers:
            stop(f"the report has no exercise {exercise}; it has {', '.join(dict.fromkeys(numbers)) or 'none'}", USAGE)
        number = book.decide("excuse", student, entry.report.assignment, exercise, text=reason)
        _tell(book, entry, number, what)


@click.command(epilog=example('assay comment f36e7b17 "Section 3.4.3 says why." --gradebook grades.db'))
@click.argument("cluster", metavar="CLUSTER")
@click.argument("text")
@required_gradebook_option
def comment(cluster: str, text: str, file: Path) -> None:
    """Write a comment on a CLUSTER of equal wrong answers.

    All its students read TEXT, now and after every regrade. CLUSTER is the number on the class page, which
    `assay grade --pages` writes. Anybody whose report shows the same reads it. A later comment replaces the one before.
    """
    text = " ".join(text.split())
    if not 0 < len(text) <= _MAX_COMMENT_CHARS:
        stop(f"a comment has 1 to {_MAX_COMMENT_CHARS} characters, and this one {len(text)}", USAGE)
    if len(cluster) < _MIN_KEY_CHARS:
        stop(f"type at least {_MIN_KEY_CHARS} characters of the cluster's number, which is on the class page", USAGE)
    with opened(file) as book, stop_on_error(USAGE):
        reports = [entry.report for entry in book.current()]
        found = _find_cluster(clusters_in(reports), cluster, path_text(file))
        assignment, count = reports[found.members[0]].assignment, len(found.members)
        number = book.decide("comment", "", assignment, found.key, text=text)
    who = "1 student reads" if count == 1 else f"{count} students read"
    say(f"{assignment}: {who} the comment on {found.key[:ID_CHARS]} (decision {number})", err=False)


@click.command(epilog=example('assay withdraw 1 --reason "a slip" --gradebook grades.db'))
@click.argument("number", type=int)
@_reason_option
@required_gradebook_option
def withdraw(number: int, reason: str, file: Path) -> None:
    """Withdraw the decision of that NUMBER.

    The decision before it counts again. `assay history` shows the numbers.
    """
    with opened(file) as book, stop_on_error(USAGE):
        found = find_decision(book, number)
        book.decide("withdrawal", found.student, found.assignment, str(number), text=reason)
        about = ", ".join(filter(None, (found.student, found.assignment)))
        say(f"{about}: decision {number} is withdrawn", err=False)


@contextlib.contextmanager
def _report(file: Path, student: str, assignment: str | None) -> Iterator[tuple[Gradebook, Entry]]:
    """Open the gradebook and find the report that a person decides on; stop if there is none."""
    with opened(file) as book, stop_on_error(USAGE):
        yield book, find_report(book, student, assignment)


def _find_cluster(clusters: Sequence[Cluster], typed: str, path: str) -> Cluster:
    """Return the cluster whose key begins with what a person typed."""
    found = [cluster for cluster in clusters if cluster.key.startswith(typed)]
    if len(found) == 1:
        return found[0]
    text = f"{path} has no cluster {escape(typed, MAX_NAME_CHARS)}: the class page of assay grade --pages lists them"
    if found:
        keys = enumerated([cluster.key[: 2 * ID_CHARS] for cluster in found], _MAX_LISTED)
        text = f"several clusters begin with {escape(typed, MAX_NAME_CHARS)}: {keys}"
    raise GradebookError(text)


def _tell(book: Gradebook, entry: Entry, number: int, what: str) -> None:
    grade = effective(entry.report, book.decisions())
    if grade.excused:
        total = "the assignment counts neither for nor against"
    elif grade.score is None:
        total = "a person must still decide"
    else:
        total = f"{grade.score:g} of {grade.max_score:g} in all"
    say(f"{entry.report.submission.name}, {entry.report.assignment}: {what} (decision {number}); {total}", err=False)

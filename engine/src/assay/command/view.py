"""Options that choose how much of the reports is shown, and whether a part of the exercises is graded."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from assay.command.console import USAGE, say, stop
from assay.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.course.read import Course
    from assay.intake.result import Intake
    from assay.model import Submission
    from assay.report.view import Detail

__all__ = ["of_exercises", "require_exercise", "require_shown_only", "view_options"]


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that a View is made from; the command gets it as `view`."""

    @functools.wraps(command)
    def with_view(*args: Any, detail: Detail | None, exercise: tuple[str, ...], **others: Any) -> Any:
        return command(*args, view=View(detail, tuple(dict.fromkeys(exercise))), **others)

    options = (
        click.option(
            "--exercise",
            multiple=True,
            metavar="NUMBER",
            help="Grade only this exercise, and keep nothing; repeatable.",
        ),
        click.option(
            "--quiet", "detail", flag_value="quiet", help="Print one line a student: name, assignment, score."
        ),
        click.option("--verbose", "detail", flag_value="verbose", help="Print every check, also those that passed."),
        click.option(
            "--failed",
            "detail",
            flag_value="failed",
            help="Print only what did not pass. Of --quiet, --verbose and --failed the last one counts.",
        ),
    )
    made: Callable[..., Any] = with_view
    for option in reversed(options):
        made = option(made)
    return made


def require_exercise(number: str, numbers: Iterable[str]) -> None:
    """Stop if there is no exercise of that number, with those that there are."""
    known = sorted(set(numbers), key=int)
    if number not in known:
        stop(f"there is no exercise {number}; there are {', '.join(known)}", USAGE)


def require_shown_only(view: View, keeping: dict[str, Any]) -> None:
    """Stop if a part is graded with an option that keeps or judges scores, because it would be taken for the whole."""
    named = [option for option, value in keeping.items() if value is not None]
    if view.exercises and named:
        stop(f"--exercise grades only a part of an assignment: leave out {' and '.join(named)}", USAGE)


def of_exercises(course: Course, intake: Intake, view: View) -> Intake:
    """Return the class without the submissions for assignments that have none of the exercises; say which these are.

    Stop if none of the assignments has an exercise that is named.
    """
    if not view.exercises:
        return intake
    numbers = {each.name: {exercise.id for exercise in each.exercises} for each in course.assignments}
    here = {submission.assignment for submission in intake.submissions} or numbers.keys()
    for number in view.exercises:
        require_exercise(number, set().union(*(numbers[name] for name in here)))

    def is_asked(submission: Submission) -> bool:
        return not numbers[submission.assignment].isdisjoint(view.exercises)

    others = Counter(each.assignment for each in intake.submissions if not is_asked(each))
    for name, count in others.items():
        say(f"assay: {count} of {name} left out: it has no exercise {' or '.join(view.exercises)}")
    submissions = [each for each in intake.submissions if is_asked(each)]
    uploads = [each for each in intake.uploads if is_asked(each[-1].submission)]
    return replace(intake, submissions=submissions, uploads=uploads)

"""Regrading: which exercises of which reports a change touches, and what grading these gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from assay.gradebook.conditions import touched
from assay.gradebook.records import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.course.read import Course
    from assay.gradebook.conditions import Conditions
    from assay.gradebook.records import Entry
    from assay.gradebook.store import Gradebook
    from assay.model import Report, Submission, Verdict

__all__ = ["Difference", "Plan", "Renewal", "differences", "plan_regrade", "regraded"]


class Renewal(NamedTuple):
    """A report to renew.

    Args:
        submission: what was handed in, unchanged since the report.
        entry: the report.
        exercises: what is graded again; None for everything.
        conditions: what the renewed report will depend on.
    """

    submission: Submission
    entry: Entry
    exercises: frozenset[str] | None
    conditions: Conditions


class Plan(NamedTuple):
    """The reports to renew, how many still hold, and how many submissions have no report or have changed since."""

    renewals: list[Renewal]
    holding: int
    ungraded: int


class Difference(NamedTuple):
    """A check that has another verdict than before; one side is None if the check is new or gone."""

    exercise: str
    before: Verdict | None
    after: Verdict | None


def plan_regrade(
    book: Gradebook,
    submissions: Sequence[Submission],
    conditions: Sequence[Conditions],
    *,
    exercise: str | None,
    named: bool,
) -> Plan:
    """Look up what a change touches.

    Args:
        book: the gradebook.
        submissions: what was handed in.
        conditions: what the report of each would depend on now.
        exercise: grade this one alone.
        named: the student or the exercise was named, so grade even if no change touches it.
    """
    current = {key_of(entry.report): entry for entry in book.current()}
    plan = Plan([], 0, 0)
    for submission, now in zip(submissions, conditions, strict=True):
        entry = current.get((submission.info.name, submission.assignment))
        if entry is None or entry.conditions is None or _is_another(entry.conditions, now):
            plan = plan._replace(ungraded=plan.ungraded + 1)
            continue
        renewal = _renewal(submission, entry, now, exercise=exercise, named=named)
        if renewal is None:
            plan = plan._replace(holding=plan.holding + 1)
        else:
            plan.renewals.append(renewal)
    return plan


def regraded(renewal: Renewal, new: Report, course: Course) -> Report | None:
    """Return the renewed report, or None if it could not be graded: the report before stays."""
    if new.status == "ungraded":
        return None
    if renewal.exercises is None:
        return new
    found = {
        exercise.id: exercise for exercise in renewal.entry.report.exercises if exercise.id not in renewal.exercises
    }
    found |= {exercise.id: exercise for exercise in new.exercises}
    order = [exercise.id for exercise in course.assignment(new.assignment).exercises]
    exercises = tuple(found[number] for number in order if number in found)
    return replace(
        new,
        exercises=exercises,
        score=float(sum(exercise.score for exercise in exercises)),
        max_score=float(sum(exercise.max_score for exercise in exercises)),
        duration=sum(check.duration for exercise in exercises for check in exercise.checks),
    )


def differences(before: Report, after: Report) -> list[Difference]:
    """Return the checks that have another status, or other points, than before."""
    old, new = _checks(before), _checks(after)
    found = [Difference(key[0], old.get(key), new.get(key)) for key in new | old]
    return [each for each in found if _result(each.before) != _result(each.after)]


def _renewal(
    submission: Submission, entry: Entry, now: Conditions, *, exercise: str | None, named: bool
) -> Renewal | None:
    assert entry.conditions is not None  # because the submission was graded
    if entry.report.status == "ungraded":  # no exercise of it can be kept
        return Renewal(submission, entry, None, now)
    numbers = touched(entry.conditions, now)
    if numbers is not None and not numbers <= now.exercises.keys():  # an exercise is gone: nothing to grade alone
        numbers = None
    if exercise is None:
        if named or numbers is None:
            return Renewal(submission, entry, None, now)
        return Renewal(submission, entry, numbers, now) if numbers else None
    if exercise not in now.exercises:
        return None
    if numbers is not None and numbers <= {exercise}:
        return Renewal(submission, entry, frozenset({exercise}), now)
    # Other exercises stay as they were graded, so the next regrade must find them.
    exercises = {**entry.conditions.exercises, exercise: now.exercises[exercise]}
    return Renewal(submission, entry, frozenset({exercise}), replace(entry.conditions, exercises=exercises))


def _is_another(old: Conditions, now: Conditions) -> bool:
    return (old.submission, old.notes) != (now.submission, now.notes)


def _checks(report: Report) -> dict[tuple[str, str], Verdict]:
    return {(exercise.id, check.id): check for exercise in report.exercises for check in exercise.checks}


def _result(check: Verdict | None) -> tuple[str, float, float] | None:
    return None if check is None else (check.status, check.score, check.max_score)

"""From the verdicts of a submission to its report."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from assay.course.contract import contract
from assay.course.environment import environment
from assay.judge.answers_key import answers_key
from assay.judge.collected import check_of
from assay.judge.messages import bounded, describe_missing
from assay.model import Answer, Cause, ExerciseResult, Names, Report, Verdict
from assay.text import MAX_KEY_CHARS, escape
from assay.wire.lookalikes import lookalike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.judge.state import JudgeState
    from assay.judge.verdicts import Verdicts
    from assay.model import Submission
    from assay.wire.messages import Imported

_MAX_NOTES = 50
_MAX_ANSWERS, _MAX_ANSWER_CHARS = 100, 65_536
"""Written answers that a report carries, whatever a guest sends."""


def report_of(state: JudgeState, verdicts: Verdicts, submission: Submission) -> Report:
    """Return the report of one submission; a check that was not run is `ungraded` in it."""
    exercises = _exercises(state, verdicts, submission)
    reason, cause = _why_ungraded(exercises)
    guest = state.guests.get(submission)
    return Report(
        submission=submission.info,
        assignment=submission.assignment,
        status="ungraded" if cause else "graded",
        reason=reason,
        cause=cause,
        score=_total(exercises, "score"),
        max_score=_total(exercises, "max_score"),
        isolation=dict(guest.isolation) if guest is not None else {},
        seed=str(state.seed),
        course=state.course.fingerprint,
        engine=version("assay"),
        exercises=exercises,
        environment=environment(),
        answers=_answers(guest.loaded if guest is not None else None),
        handed_in=_names(state, submission),
        duration=sum(check.duration for exercise in exercises for check in exercise.checks),
    )


def _exercises(state: JudgeState, verdicts: Verdicts, submission: Submission) -> tuple[ExerciseResult, ...]:
    """Return the results of the exercises that have a check, in the course's order."""
    exercises = state.course.assignment(submission.assignment).exercises
    by_exercise: dict[str, list[Verdict]] = {exercise.id: [] for exercise in exercises}
    for item in state.checks.get(submission, []):
        verdict, exercise = verdicts.settled(item), check_of(item).exercise
        key = answers_key(submission.assignment, exercise, verdict)
        by_exercise[exercise].append(replace(verdict, answers_key=key))
    return tuple(
        ExerciseResult(exercise.id, exercise.title, _total(checks, "score"), _total(checks, "max_score"), tuple(checks))
        for exercise in exercises
        if (checks := by_exercise[exercise.id])
    )


def _why_ungraded(exercises: Sequence[ExerciseResult]) -> tuple[str | None, Cause | None]:
    if not exercises:
        return "no check was run", "no_checks"
    ungraded = [check for exercise in exercises for check in exercise.checks if check.status == "ungraded"]
    if not ungraded:
        return None, None
    first = ungraded[0].message.help if ungraded[0].message else None
    return f"{len(ungraded)} of the checks could not be graded, the first because: {first}", "checks"


def _answers(loaded: Imported | None) -> tuple[Answer, ...]:
    written = list(loaded.answers.items())[:_MAX_ANSWERS] if loaded is not None else []
    return tuple(Answer(escape(key, MAX_KEY_CHARS), text[:_MAX_ANSWER_CHARS]) for key, text in written)


def _names(state: JudgeState, submission: Submission) -> Names:
    """Return the contract's names that were found and missing, and notes of what went wrong before the checks."""
    notes = [bounded(note) for note in submission.notes]
    guest = state.guests.get(submission)
    if guest is None:
        return Names((), (), tuple(notes))
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if guest.loaded is not None:  # if the import did not finish, nobody knows which names are missing
        names = contract(state.course.reference(submission.assignment))
        found = tuple(name for name in names if name in guest.loaded.found)
        missing = tuple(name for name in names if name not in found)
        notes += [bounded(note) for note in guest.loaded.notes[:_MAX_NOTES]]
        # An exercise of which nothing is there is one line in the terminal, without the messages of its checks.
        notes += [
            describe_missing(name, (), guest.loaded.others) for name in missing if lookalike(name, guest.loaded.others)
        ]
    if guest.failure is not None:
        notes.append(guest.failure.text)
    return Names(found, missing, tuple(notes))


def _total(parts: Any, field: str) -> float:
    return float(sum(getattr(part, field) for part in parts))

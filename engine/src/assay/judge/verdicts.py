"""From how a check ended to its verdict, and from verdicts to a report."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from assay.course.contract import contract, signatures
from assay.errors import AssayError, GuestEnded, Mismatch, NameMissing, SubmissionRaised
from assay.judge.collected import check_of
from assay.judge.comparison import pair
from assay.judge.examples import FLAKY
from assay.judge.recognition import hint_for, reference_digests
from assay.model import (
    HIDDEN_TEXT,
    Answer,
    ExerciseResult,
    Message,
    Names,
    Report,
    Status,
    Submission,
    Verdict,
)
from assay.text import Prose, escape

if TYPE_CHECKING:
    from pathlib import Path

    from assay.judge.hooks import Judge

_TEXT = 600
_ANSWERS, _ANSWER = 100, 65_536
"""Written answers and characters of each that a report carries, whatever a guest sends."""

_NOT_RUN = "the check was not run to its end"


def verdict_after(judge: Judge, item: pytest.Item, call: pytest.CallInfo[None], before: Verdict | None) -> Verdict:
    """Gives the verdict after one phase of a check, setup, call or teardown; a later phase only makes it worse.

    Args:
        judge: the session.
        item: the check for one submission.
        call: how the phase ended.
        before: the verdict after the phase before.
    """
    check = check_of(item)
    duration = call.duration + (before.duration if before else 0.0)
    status: Status = before.status if before else "ungraded"
    message = before.message if before else None
    error = call.excinfo.value if call.excinfo is not None else None
    if error is not None and (before is None or call.when == "call" or status == "passed"):
        status, message = _finding(judge, item, error)
        if message is not None and check.visibility == "hidden":
            message = _hidden(f"it could not be graded: {type(error).__name__}" if status == "ungraded" else "")
    elif error is None and call.when == "call":
        status = "passed"
    score = check.points if status == "passed" else 0.0
    return Verdict(check.id, check.description, status, score, check.points, check.visibility, message, duration)


def report_of(judge: Judge, submission: Submission) -> Report:
    """Gives the report of one submission."""
    assignment = judge.course.assignment(submission.assignment)
    by_exercise: dict[str, list[Verdict]] = {exercise.id: [] for exercise in assignment.exercises}
    for item in judge.checks.get(submission, []):
        by_exercise[check_of(item).exercise].append(judge.verdicts.get(item) or ungraded_verdict(item, _NOT_RUN))
    exercises = tuple(
        ExerciseResult(
            e.id,
            e.title,
            _total(by_exercise[e.id], "score"),
            _total(by_exercise[e.id], "max_score"),
            tuple(by_exercise[e.id]),
        )
        for e in assignment.exercises
        if by_exercise[e.id]
    )
    ungraded = [check for exercise in exercises for check in exercise.checks if check.status == "ungraded"]
    reason = None
    if ungraded:
        first = ungraded[0].message.help if ungraded[0].message else None
        reason = f"{len(ungraded)} of the checks could not be graded, the first because: {first}"
    guest = judge.guests.get(submission)
    loaded = guest.loaded if guest is not None else None
    names = contract(judge.course.reference(submission.assignment))
    found = tuple(name for name in names if loaded is not None and name in loaded.found)
    # What a module that did not come to its end would have defined, nobody knows.
    missing = tuple(name for name in names if name not in found) if loaded is not None else ()
    notes = [escape(note, _TEXT) for note in submission.notes]
    if loaded is not None:
        notes += [escape(note, _TEXT) for note in loaded.notes[:50]]
    if guest is not None and guest.failure is not None:
        notes.append(guest.failure.text)
    written = list(loaded.answers.items())[:_ANSWERS] if loaded is not None else []
    answers = tuple(Answer(escape(key, 20), text[:_ANSWER]) for key, text in written)
    return Report(
        submission.info,
        submission.assignment,
        "ungraded" if ungraded or not exercises else "graded",
        reason if exercises else "no check was run",
        _total(exercises, "score"),
        _total(exercises, "max_score"),
        dict(guest.isolation) if guest is not None else {},
        judge.course_seed,
        judge.course.fingerprint,
        version("assay"),
        exercises,
        answers,
        Names(found, missing, tuple(notes)),
        sum(check.duration for exercise in exercises for check in exercise.checks),
    )


def ungraded_verdict(item: pytest.Item, what: str, why: str = "") -> Verdict:
    """Gives the verdict of a check that could not be judged, which is ours to mend; why is told of no hidden one."""
    check = check_of(item)
    message = _hidden(what) if check.visibility == "hidden" else Message(help=escape(what + why, _TEXT))
    return Verdict(check.id, check.description, "ungraded", 0.0, check.points, check.visibility, message, 0.0)


def _hidden(ours: str) -> Message:
    return Message(help=f"{HIDDEN_TEXT}; {ours}" if ours else HIDDEN_TEXT)


def _total(parts: Any, field: str) -> float:
    return float(sum(getattr(part, field) for part in parts))


def _finding(judge: Judge, item: Any, error: BaseException) -> tuple[Status, Message | None]:
    """Says what an exception that ended a check means: the student's doing where we know it, ours otherwise."""
    error = _first_of_flaky(error)
    if isinstance(error, pytest.skip.Exception):
        return "skipped", Message(help=escape(str(error), _TEXT))
    path = judge.course.reference(item.path.parent.name)
    shown = _transcript(item)
    if isinstance(error, Mismatch):
        yours, expected = pair(error.yours, error.expected, error.within)
        return "failed", Message(shown, yours, expected, error.help or hint_for(judge, item, error))
    if isinstance(error, SubmissionRaised):
        return "error", Message(
            shown, _raised(error), None, _help_for(error, shown, path) or hint_for(judge, item, error)
        )
    if isinstance(error, NameMissing):
        return "missing", _missing(judge, item, error.missing, path)
    if isinstance(error, GuestEnded):
        guest = judge.guests.get(item.callspec.params["guest"])
        during_import = guest is not None and guest.failure is error
        if error.status == "ungraded":
            return error.status, Message(help=escape(error.text, _TEXT))
        return error.status, Message(None if during_import else shown, escape(error.text, _TEXT), None, None)
    if isinstance(error, AssayError):
        return "ungraded", Message(help=str(error))
    if reference_digests(judge, item, error):
        text = escape(f"what came back could not be used: {error}", _TEXT)
        return "failed", Message(shown, text, None, None)
    return "ungraded", Message(help=escape(f"{type(error).__name__} in the check itself: {error}", _TEXT))


def _first_of_flaky(error: BaseException) -> BaseException:
    """Gives the failure behind an example that did not fail again: the submission does not answer alike twice."""
    from hypothesis.errors import Flaky  # noqa: PLC0415

    if not isinstance(error, Flaky):
        return error
    for cause in getattr(error, "exceptions", ()):
        if isinstance(cause, Mismatch):
            cause.help = cause.help or FLAKY
        if isinstance(cause, Mismatch | SubmissionRaised | NameMissing):
            return cause
    return Mismatch(Prose("not the same twice"), Prose("the same answer to the same input"), help=FLAKY)


def _transcript(item: Any) -> str | None:
    submission = getattr(item, "funcargs", {}).get("submission")
    return submission._channel.transcript.text() if submission is not None else None  # noqa: SLF001


def _raised(error: SubmissionRaised) -> str:
    text = escape(f"{error.kind}: {error.text}" if error.text else error.kind, _TEXT)
    lines = [escape(f"  line {number}: {source.strip()}", 200) for number, source in error.where[-3:]]
    return "\n".join([f"raised {text}", *lines])


def _help_for(error: SubmissionRaised, shown: str | None, path: Path) -> str | None:
    if error.kind == "NotImplementedError":
        return "this is not written yet" if not error.text else None
    if not error.called and shown:
        last = shown.splitlines()[-1]
        for name, signature in signatures(path).items():
            if re.search(rf"(?<![\w.]){name}\(", last):
                return f"it must take this call; the exercise's signature is {signature}"
    return None


def _missing(judge: Judge, item: Any, name: str, path: Path) -> Message:
    submission: Submission = item.callspec.params["guest"]
    guest = judge.guests.get(submission)
    loaded = guest.loaded if guest is not None else None
    notes = loaded.notes if loaded is not None and loaded.found else []  # where all is missing they are said once
    yours = f"{name} is not defined"
    if notes and name.encode() in submission.source:  # what was never written is not missing because of them
        yours += f": {escape(notes[0], _TEXT) if len(notes) == 1 else f'{len(notes)} cells stopped, see the notes'}"
    return Message(None, yours, f"{signatures(path).get(name, name)}", None)

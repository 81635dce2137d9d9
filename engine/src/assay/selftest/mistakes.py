"""Known mistakes: each must be caught and named by its own exercise, and by no other."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from assay.course.check_files import load_afresh
from assay.course.read import exercise_of
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.mistaken import known_mistakes, reference_with_mistake
from assay.judge.session import hold_session
from assay.judge.state import JudgeState
from assay.model import Submission, SubmissionInfo
from assay.selftest.reach import exercises_reached

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from assay.checks.mistakes import Mistake
    from assay.course.read import Course
    from assay.model import Report


class MistakeOutcome(NamedTuple):
    """The verdict on a known mistake.

    Args:
        assignment: the mistake's assignment.
        exercise: the number of the exercise whose file defines the mistake.
        mistake: the name of its function or class.
        caught: the checks of that exercise that the mistake did not pass.
        named: whether the mistake's hint is the help line of one of them.
        collateral: checks of other exercises that the mistake did not pass.
    """

    assignment: str
    exercise: str
    mistake: str
    caught: tuple[str, ...]
    named: bool
    collateral: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the mistake is caught and named by its own exercise, and by no other."""
        return bool(self.caught) and self.named and not self.collateral


def grade_mistakes(course: Course, assignment: str, executor: Executor) -> list[MistakeOutcome]:
    """Grade the reference with each known mistake, without a wall: the code is the course's own.

    A mistake is asked by its own exercise and by those that can meet it: the others ask for none of what it changes.

    Args:
        course: the course whose checks are tested.
        assignment: the name of the assignment to test.
        executor: where the sessions run.

    Raises:
        AssayError: a session did not finish.
        WorkerDied: a worker's process ended.
    """
    numbers = [exercise.id for exercise in course.assignment(assignment).exercises]
    parts = executor.map(_grade_part, [course] * len(numbers), [assignment] * len(numbers), numbers)
    return [outcome for part in parts for outcome in part]


def _grade_part(course: Course, assignment: str, exercise: str) -> list[MistakeOutcome]:
    """Grade the mistakes of one exercise's files, in a session for each set of exercises that can meet them."""
    files = course.tests(assignment).glob("test_*.py")
    checks = load_afresh(next(path for path in files if exercise_of(path) == exercise))
    reached = exercises_reached(course, assignment)
    groups: dict[frozenset[str], list[Mistake]] = {}
    for mistake in known_mistakes(checks):
        meeting = frozenset({exercise, *reached.get(mistake.name.partition(".")[0], ())})
        groups.setdefault(meeting, []).append(mistake)
    return [
        outcome
        for meeting, mistakes in groups.items()
        for outcome in _grade_group(course, assignment, exercise, mistakes, meeting)
    ]


def _grade_group(
    course: Course, assignment: str, exercise: str, mistakes: Sequence[Mistake], meeting: frozenset[str]
) -> list[MistakeOutcome]:
    path = course.reference(assignment)
    makers = {
        _as_submission(assignment, mistake, exercise): functools.partial(
            reference_with_mistake, path, mistake, fresh=True
        )
        for mistake in mistakes
    }
    # Trusted code, without a wall: each submission is a module, made anew for every check.
    state = JudgeState(course, list(makers), open_guest=in_process(course, makers))
    judge = Judge(state, exercises=tuple(meeting))
    hold_session(judge)
    return [_outcome(mistake, exercise, report) for mistake, report in zip(mistakes, judge.reports(), strict=True)]


def _as_submission(assignment: str, mistake: Mistake, exercise: str) -> Submission:
    name = f"{exercise} {mistake.label}"
    info = SubmissionInfo(name, name, hashlib.sha256(name.encode()).hexdigest())
    return Submission(info, assignment, "module", b"")


def _outcome(mistake: Mistake, exercise: str, report: Report) -> MistakeOutcome:
    bad = [(e.id, check) for e in report.exercises for check in e.checks if check.status != "passed"]
    own = [check for number, check in bad if number == exercise]
    return MistakeOutcome(
        report.assignment,
        exercise,
        mistake.replacement.__name__,
        tuple(check.id for check in own),
        any(check.message is not None and check.message.help == mistake.hint for check in own),
        tuple(f"{number}/{check.id}" for number, check in bad if number != exercise),
    )

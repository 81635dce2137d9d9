"""Known mistakes: each must be caught and named by its own exercise, and by no other."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from assay.course.contract import load_module
from assay.course.read import exercise_of
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.mistaken import known_mistakes, reference_with_mistake
from assay.judge.session import hold_session
from assay.judge.state import JudgeState, reference_as_submission
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from types import ModuleType

    from assay.checks.mistakes import Mistake
    from assay.course.read import Course
    from assay.model import Report


_PARTS = 8
"""How many tasks an assignment's mistakes make: more than most machines have processors, so that all are busy."""


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

    Args:
        course: the course whose checks are tested.
        assignment: the name of the assignment to test.
        executor: where the sessions run.

    Raises:
        AssayError: a session did not finish.
        WorkerDied: a worker's process ended.
    """
    parts = executor.map(_grade_part, [course] * _PARTS, [assignment] * _PARTS, range(_PARTS))
    return sorted((outcome for part in parts for outcome in part), key=lambda outcome: int(outcome.exercise))


def _grade_part(course: Course, assignment: str, part: int) -> list[MistakeOutcome]:
    path = course.reference(assignment)
    right = _in_process_judge(course, {reference_as_submission(course, assignment): lambda: load_module(path)})
    hold_session(right)
    (items,) = right.state.checks.values()
    exercises = {item.module: exercise_of(item.path) for item in items}  # type: ignore[attr-defined]
    mine = [(mistake, number) for module, number in exercises.items() for mistake in known_mistakes(module)][
        part::_PARTS
    ]
    if not mine:
        return []
    makers = {
        _as_submission(assignment, mistake, number): functools.partial(
            reference_with_mistake, path, mistake, fresh=True
        )
        for mistake, number in mine
    }
    judge = _in_process_judge(course, makers)
    hold_session(judge)
    return [_outcome(*each, report) for each, report in zip(mine, judge.reports(), strict=True)]


def _in_process_judge(course: Course, makers: Mapping[Submission, Callable[[], ModuleType]]) -> Judge:
    """Return a judge without a wall, for trusted code: each submission is a module, made anew for every check."""
    return Judge(JudgeState(course, list(makers), open_guest=in_process(course, makers)))


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

"""Tests the tests: the reference under many seeds, and each known mistake, which its own exercise must catch."""

from __future__ import annotations

import hashlib
from concurrent.futures import as_completed
from typing import TYPE_CHECKING, NamedTuple

from assay.checks.mistakes import Mistake, mistaken_module, mistakes_of
from assay.course import contract, exercise_of, load_reference
from assay.grading import Job, grade_chunk, hold_session, workers_pool
from assay.inprocess import stand_in
from assay.judge import Judge, reference_as_submission
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    import pytest

    from assay.course import Course
    from assay.host.standin import StandIn
    from assay.model import Report, Verdict


_PARTS = 8
"""Into which an assignment's mistakes are divided: more than most machines have processors, so that all are busy."""


class Failure(NamedTuple):
    """A check that the reference did not pass under a seed: the check does not tell the truth."""

    seed: int
    assignment: str
    exercise: str
    check: str
    status: str
    why: str


class Known(NamedTuple):
    """What became of a known mistake.

    Args:
        assignment: where it belongs.
        exercise: the number of the exercise beside whose checks it stands.
        mistake: the name of its function.
        caught: the checks of that exercise that it did not pass.
        named: whether its hint is the help of one of them.
        collateral: checks of other exercises that it did not pass.
    """

    assignment: str
    exercise: str
    mistake: str
    caught: tuple[str, ...]
    named: bool
    collateral: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Caught by its own exercise, named there, and by no other."""
        return bool(self.caught) and self.named and not self.collateral


def reference_under(course: Course, seeds: Sequence[int]) -> list[Failure]:
    """Grades the references as submissions, behind the wall, once for every seed.

    Args:
        course: what is tested.
        seeds: course seeds.
    """
    references = tuple(reference_as_submission(course, assignment.name) for assignment in course.assignments)
    failures: list[Failure] = []
    with workers_pool(len(seeds)) as pool:
        futures = {pool.submit(grade_chunk, Job(course.root, course.fingerprint, references, s, ())): s for s in seeds}
        for future in as_completed(futures):
            seed = futures[future]
            for report in future.result():
                failures += _not_passed(report, seed)
    return sorted(failures)


def known_mistakes(course: Course, assignment: str) -> list[Known]:
    """Grades the reference with each known mistake in place of the right answer, without a wall: it is our own code.

    Args:
        course: what is tested.
        assignment: whose mistakes.
    """
    with workers_pool(_PARTS) as pool:
        parts = pool.map(_some_known_mistakes, [course] * _PARTS, [assignment] * _PARTS, range(_PARTS))
        return sorted((known for part in parts for known in part), key=lambda known: int(known.exercise))


def _some_known_mistakes(course: Course, assignment: str, part: int) -> list[Known]:
    path = course.reference(assignment)
    right = InProcessJudge(course, {reference_as_submission(course, assignment): load_reference(path)})
    hold_session(right)
    (items,) = right.checks.values()
    tests = {item.module: exercise_of(item.path) for item in items}  # type: ignore[attr-defined]
    mine = [(mistake, exercise) for module, exercise in tests.items() for mistake in mistakes_of(module)][part::_PARTS]
    submissions = [_as_submission(assignment, *one) for one in mine]
    modules = [mistaken_module(path, mistake) for mistake, _ in mine]
    judge = InProcessJudge(course, dict(zip(submissions, modules, strict=True)))
    hold_session(judge)
    return [_became_of(*one, report) for one, report in zip(mine, judge.reports(), strict=True)]


class InProcessJudge(Judge):
    """A judge without a wall, for code of ours: a submission is a module of this very process.

    Args:
        course: what is right.
        modules: each submission's module.
    """

    def __init__(self, course: Course, modules: dict[Submission, ModuleType]) -> None:
        super().__init__(course, list(modules))
        self._modules = modules

    def open_guest(self, config: pytest.Config, submission: Submission) -> _Here:  # type: ignore[override]  # noqa: ARG002
        """Gives the module itself."""
        return _Here(self._modules.get(submission) or load_reference(self.course.reference(submission.assignment)))

    def open_check(self, guest: _Here, item: pytest.Item) -> StandIn:  # type: ignore[override]
        """Gives a stand-in over the module."""
        names = contract(self.course.reference(item.path.parent.name))
        return stand_in(guest.module, self.course.load_library(), names, self.guest_seed(item))


class _Here:
    """Stands where a guest stands, with nothing to end."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def end(self) -> None:
        """Nothing to end."""

    close = end


def _as_submission(assignment: str, mistake: Mistake, exercise: str) -> Submission:
    name = f"{exercise} {mistake.name} = {mistake.replacement.__name__}"
    info = SubmissionInfo(name, name, hashlib.sha256(name.encode()).hexdigest())
    return Submission(info, assignment, "module", b"")


def _became_of(mistake: Mistake, exercise: str, report: Report) -> Known:
    bad = [(e.id, check) for e in report.exercises for check in e.checks if check.status != "passed"]
    own = [check for number, check in bad if number == exercise]
    return Known(
        report.assignment,
        exercise,
        mistake.replacement.__name__,
        tuple(check.id for check in own),
        any(check.message is not None and check.message.help == mistake.hint for check in own),
        tuple(f"{number}/{check.id}" for number, check in bad if number != exercise),
    )


def _why(check: Verdict) -> str:
    parts = [] if check.message is None else [check.message.yours, check.message.help]
    return "; ".join(part for part in parts if part)


def _not_passed(report: Report, seed: int) -> list[Failure]:
    return [
        Failure(seed, report.assignment, exercise.id, check.id, check.status, _why(check))
        for exercise in report.exercises
        for check in exercise.checks
        if check.status != "passed"
    ]

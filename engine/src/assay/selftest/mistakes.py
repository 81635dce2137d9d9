"""Known mistakes: each must be caught and named by its own exercise, and by no other."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from assay.course.check_files import load_afresh, mistakes_file
from assay.course.read import exercise_of
from assay.judge.collected import check_of, submission_of
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.memory import memory
from assay.judge.mistaken import can_meet, known_mistakes, reference_with_mistake
from assay.judge.session import hold_session
from assay.judge.state import JudgeState
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    import pytest

    from assay.checks.mistakes import Mistake
    from assay.course.read import Course
    from assay.model import Report, Verdict


class MistakeOutcome(NamedTuple):
    """The verdict on a known mistake.

    Args:
        assignment: the mistake's assignment.
        exercise: the number of the exercise whose file defines the mistake.
        mistake: the name of its function or class.
        caught: the checks of that exercise that the mistake did not pass, up to the first that names it.
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

    A mistake is asked the checks that can meet it: the others ask for none of what it changes. In its own exercise
    the first check that names it is enough.

    Args:
        course: the course whose checks are tested.
        assignment: the name of the assignment to test.
        executor: where the sessions run.

    Raises:
        AssayError: a session did not finish.
        WorkerDied: a worker's process ended.
    """
    files = sorted(course.tests(assignment).glob("test_*.py"), key=lambda path: int(exercise_of(path)))
    # The longest first, so that no processor is left with one of them when the others are done.
    longest_first = sorted(files, key=_length, reverse=True)
    parts = {file: executor.submit(_grade_part, course, assignment, file) for file in longest_first}
    return [outcome for file in files for outcome in parts[file].result()]


def _length(checks: Path) -> int:
    mistakes = mistakes_file(checks)
    return mistakes.stat().st_size if mistakes.exists() else 0


def visible_verdicts(
    course: Course, asked: Course, assignment: str, executor: Executor
) -> dict[tuple[str, str, str], Verdict]:
    """Grade the reference with each known mistake by all visible checks that can meet it, without a wall.

    Args:
        course: the course whose mistakes are graded.
        asked: the course whose checks are asked: the same one, or its kit for students.
        assignment: the name of the assignment.
        executor: where the sessions run.

    Returns:
        The verdict of each check, by the mistake, the check's exercise, and the check.

    Raises:
        AssayError: a session did not finish.
        WorkerDied: a worker's process ended.
    """
    files = sorted(course.tests(assignment).glob("test_*.py"))
    parts = [executor.submit(_visible_part, course, asked, assignment, file) for file in files]
    return {
        (report.submission.name, exercise.id, check.id): check
        for part in parts
        for report in part.result()
        for exercise in report.exercises
        for check in exercise.checks
    }


def _visible_part(course: Course, asked: Course, assignment: str, file: Path) -> list[Report]:
    submissions = _mistakes_in(course, file, assignment)

    def asks(item: pytest.Item) -> bool:
        return check_of(item).visibility == "visible" and _meets(course, item, submissions)

    return _grade(course, asked, submissions, asks)


def _grade_part(course: Course, assignment: str, file: Path) -> list[MistakeOutcome]:
    exercise = exercise_of(file)
    submissions = _mistakes_in(course, file, assignment)

    def named(item: pytest.Item, before: Sequence[Verdict]) -> bool:
        submission = submission_of(item)
        assert submission is not None  # `asks` leaves out the others
        ours = exercise_of(item.path) == exercise
        return ours and any(_names(check, submissions[submission]) for check in before)

    reports = _grade(course, course, submissions, lambda item: _meets(course, item, submissions), named)
    return [_outcome(mistake, exercise, report) for mistake, report in zip(submissions.values(), reports, strict=True)]


def _mistakes_in(course: Course, file: Path, assignment: str) -> dict[Submission, Mistake]:
    memory.enter(course)  # this process may know a library of the same name
    course.load_library()
    exercise = exercise_of(file)
    return {_as_submission(assignment, mistake, exercise): mistake for mistake in known_mistakes(load_afresh(file))}


def _meets(course: Course, item: pytest.Item, submissions: Mapping[Submission, Mistake]) -> bool:
    submission = submission_of(item)
    return submission is not None and can_meet(course, item, submissions[submission])


def _grade(
    course: Course,
    asked: Course,
    submissions: Mapping[Submission, Mistake],
    asks: Callable[[pytest.Item], bool],
    enough: Callable[[pytest.Item, Sequence[Verdict]], bool] | None = None,
) -> list[Report]:
    """Grade mistakes in a session: trusted code, without a wall, each a module that is made anew for every check."""
    if not submissions:
        return []
    makers = {
        submission: functools.partial(
            reference_with_mistake, course.reference(submission.assignment), mistake, fresh=True
        )
        for submission, mistake in submissions.items()
    }
    state = JudgeState(asked, list(makers), open_guest=in_process(asked, makers))
    judge = Judge(state, asks=asks, enough=enough)
    hold_session(judge)
    return judge.reports()


def _as_submission(assignment: str, mistake: Mistake, exercise: str) -> Submission:
    name = f"{exercise} {mistake.label}"
    info = SubmissionInfo(name, name, hashlib.sha256(name.encode()).hexdigest())
    return Submission(info, assignment, "module", b"")


def _outcome(mistake: Mistake, exercise: str, report: Report) -> MistakeOutcome:
    bad = [(e.id, check) for e in report.exercises for check in e.checks if check.status != "passed"]
    own = [check for number, check in bad if number == exercise and check.status != "skipped"]
    return MistakeOutcome(
        report.assignment,
        exercise,
        mistake.replacement.__name__,
        tuple(check.id for check in own),
        any(_names(check, mistake) for check in own),
        tuple(f"{number}/{check.id}" for number, check in bad if number != exercise),
    )


def _names(check: Verdict, mistake: Mistake) -> bool:
    return check.message is not None and check.message.help == mistake.hint

"""The reference under many course seeds: every check must pass under each."""

from __future__ import annotations

from concurrent.futures import as_completed
from typing import TYPE_CHECKING, NamedTuple

from assay.judge.session import Job, grade_chunk
from assay.judge.state import reference_as_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from assay.course.read import Course
    from assay.model import Report, Verdict


class Failure(NamedTuple):
    """A check that the reference did not pass under a seed, so that the check rejects a right answer."""

    seed: int
    assignment: str
    exercise: str
    check: str
    status: str
    why: str


def grade_references(
    course: Course, assignments: Sequence[str], seeds: Sequence[int], executor: Executor
) -> list[Failure]:
    """Grade the references as submissions, behind the wall, once for every seed; return the checks that fail.

    Args:
        course: the course whose checks are tested.
        assignments: the names of the assignments to test.
        seeds: the course seeds.
        executor: where the sessions run.

    Raises:
        AssayError: a session did not finish.
        WorkerDied: a worker's process ended.
    """
    references = tuple(reference_as_submission(course, name) for name in assignments)
    failures: list[Failure] = []
    futures = {executor.submit(grade_chunk, Job(course.root, course.fingerprint, references, s)): s for s in seeds}
    for future in as_completed(futures):
        for report in future.result():
            failures += _failures(report, futures[future])
    return sorted(failures)


def _failures(report: Report, seed: int) -> Iterator[Failure]:
    for exercise in report.exercises:
        for check in exercise.checks:
            if check.status != "passed":
                yield Failure(seed, report.assignment, exercise.id, check.id, check.status, _why(check))


def _why(check: Verdict) -> str:
    parts = [] if check.message is None else [check.message.yours, check.message.help]
    return "; ".join(part for part in parts if part)

"""One submission or ten thousand: a task each, over any `concurrent.futures` executor."""

from __future__ import annotations

from concurrent.futures import as_completed
from importlib.metadata import version
from typing import TYPE_CHECKING

from assay.course.environment import environment
from assay.errors import AssayError, ClusterError, Interrupted, PromiseBroken, SetAside, WorkerDied
from assay.judge.session import Job, grade_chunk
from assay.model import CLUSTER_FAILED, INTERRUPTED, Cause, Names, Report, SubmissionInfo
from assay.report.packed import PackedReports, packed
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from assay.course.read import Course
    from assay.model import Submission

_FAILURES = 8
"""If so many tasks failed and none was graded, the course is broken, and the other tasks are not tried."""

_DIED = "the judge's own process ended while it graded this submission"
_FAILED = "the grader failed on this submission; this is not the submission's fault"


def grade(  # noqa: PLR0913 - each by its name
    course: Course,
    submissions: Sequence[Submission],
    *,
    seed: int,
    executor: Executor,
    sink: Callable[[Report], None] | None = None,
    waived: tuple[str, ...] = (),
    visible_only: bool = False,
    stop_at_first_failure: bool = False,
    exercises: Sequence[tuple[str, ...]] = (),
    on_trouble: Callable[[str], None] | None = None,
) -> PackedReports:
    """Grade a class; a failing submission does not affect the others.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        executor: where the tasks run; it stays open.
        sink: called with every finished report the moment it exists; again if an interrupt came meanwhile.
        waived: promises of the sandbox that the instructor gave up by name.
        visible_only: leave out the checks that a student does not see at once.
        stop_at_first_failure: skip the rest of a submission's checks after one that it did not pass.
        exercises: for each submission the exercises to grade, or none for all of them; by default all.
        on_trouble: called with a sentence for the instructor if a submission cannot be graded.

    Returns:
        A report for each submission, in their order; each is unpacked when it is asked for.

    Raises:
        PromiseBroken: this machine does not keep a core promise that is not waived.
        AssayError: nothing at all could be graded.
        Interrupted: Ctrl-C; with the finished reports, and for the other submissions reports that say so.
    """
    job = Job(course.root, course.fingerprint, (), seed, waived, visible_only, stop_at_first_failure)
    jobs = [job._replace(submissions=(submission,)) for submission in submissions]
    if exercises:
        jobs = [job._replace(exercises=some) for job, some in zip(jobs, exercises, strict=True)]
    run = _Run(course, jobs, executor, sink)
    try:
        run.grade_all()
        run.give_up_failed(on_trouble)
    except KeyboardInterrupt as interrupt:
        raise Interrupted(run.reports_so_far()) from interrupt
    finally:
        run.cancel()
    return run.reports()


class _Run:
    """A class that is being graded: the packed reports and the failures so far, by the submission's position.

    Args:
        course: what is right.
        jobs: everything that a worker needs, for each submission.
        executor: where the tasks run.
        sink: called with every finished report.
    """

    def __init__(
        self,
        course: Course,
        jobs: Sequence[Job],
        executor: Executor,
        sink: Callable[[Report], None] | None,
    ) -> None:
        self._found: dict[int, bytes] = {}
        self._failed: dict[int, AssayError] = {}
        self._dead: list[int] = []
        self._running: dict[Future[list[Report]], int] = {}
        self._course = course
        self._jobs = jobs
        self._executor = executor
        self._sink = sink

    def grade_all(self) -> None:
        """Grade every submission. Then grade again those whose worker died."""
        self._grade(range(len(self._jobs)))
        again, self._dead = self._dead, []
        if not self._broken:
            self._grade(again)

    def give_up_failed(self, on_trouble: Callable[[str], None] | None) -> None:
        """Make a report for every submission that could not be graded; raise the first failure if all failed."""
        self._take_finished()
        if self._failed and not self._found:
            raise next(iter(self._failed.values()))
        for number, error in sorted(self._failed.items()):
            (submission,) = self._jobs[number].submissions
            if on_trouble is not None:
                on_trouble(f"{escape(submission.info.name, MAX_NAME_CHARS)}, {submission.assignment}: {error}")
            lost = isinstance(error, ClusterError)
            self._take(number, self._left(number) if lost else self._ungraded(number, _FAILED, "grader"))
        for number in self._dead:
            self._take(number, self._ungraded(number, _DIED, "grader"))
        for number in range(len(self._jobs)):
            if number not in self._found:
                self._take(number, self._left(number))

    def reports(self) -> PackedReports:
        """Return the report of every submission; all of them exist."""
        return PackedReports(self._found[number] for number in range(len(self._jobs)))

    def reports_so_far(self) -> PackedReports:
        """Return a report for every submission; those that are not finished say that grading was interrupted."""
        self._take_finished()
        for number in range(len(self._jobs)):
            if number not in self._found:
                self._found[number] = packed(self._ungraded(number, INTERRUPTED, "interrupted"))
        return self.reports()

    def cancel(self) -> None:
        """Cancel the tasks that have not begun."""
        for future in self._running:
            future.cancel()

    @property
    def _broken(self) -> bool:
        if any(isinstance(error, ClusterError) for error in self._failed.values()):
            return True  # a worker that refuses is fast, so it would soon have refused all others
        return len(self._failed) >= _FAILURES and not self._found

    def _grade(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._running[self._executor.submit(grade_chunk, self._jobs[number])] = number
        for future in as_completed(set(self._running)):
            self._hear(self._running[future], future)
            del self._running[future]  # it holds the report
            if self._broken:
                return

    def _take_finished(self) -> None:
        """Take the reports that exist and were not heard of yet."""
        for future, number in self._running.items():
            if number not in self._found and future.done() and future.exception() is None:
                self._take(number, future.result()[0])

    def _hear(self, number: int, future: Future[list[Report]]) -> None:
        try:
            (report,) = future.result()
        except PromiseBroken:
            raise
        except SetAside as error:
            self._take(number, self._ungraded(number, str(error), "grader"))
        except WorkerDied:
            self._dead.append(number)
        except AssayError as error:
            self._failed[number] = error
        except Exception as error:  # noqa: BLE001 - one task's trouble, whatever it is, costs no report of another
            self._failed[number] = AssayError(f"{type(error).__name__} in a worker: {error}")
        else:
            self._take(number, report)

    def _take(self, number: int, report: Report) -> None:
        if self._sink is not None:
            self._sink(report)  # first: after an interrupt in it, it gets the report once more
        self._found[number] = packed(report)

    def _left(self, number: int) -> Report:
        """Return the report of a submission that the cluster could not grade any more."""
        return self._ungraded(number, CLUSTER_FAILED, "cluster")

    def _ungraded(self, number: int, reason: str, cause: Cause) -> Report:
        job = self._jobs[number]
        (submission,) = job.submissions
        return ungraded(self._course, job.seed, submission.info, submission.assignment, reason, cause)


def ungraded(  # noqa: PLR0913, PLR0917 - as the report has them
    course: Course, seed: int, info: SubmissionInfo, assignment: str, reason: str, cause: Cause
) -> Report:
    """Return the report of a submission that could not be graded: a person decides what it is worth."""
    return Report(
        info, assignment, "ungraded", reason, cause, 0.0, 0.0, {}, str(seed), course.fingerprint, version("assay"),
        (), environment(), (), Names((), ()), 0.0,
    )  # fmt: skip

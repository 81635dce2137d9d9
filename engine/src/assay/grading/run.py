"""One submission or ten thousand: chunks over a `concurrent.futures` executor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import tempfile
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing import active_children
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assay.errors import AssayError, Interrupted, PromiseBroken
from assay.judge.session import Job, grade_chunk
from assay.model import INTERRUPTED, Cause, Names, Report, SubmissionInfo
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assay.course.read import Course
    from assay.model import Submission

_CHUNKS_A_WORKER = 4
"""So that no worker is idle while another one has much left to do."""

_SMALLEST_CHUNK = 12
"""Where there are enough for all workers: a session that starts and draws its examples costs half a submission."""

_IN_VAIN = 2
"""Pools that died before they finished anything; then everything that is left is graded alone, and that takes long."""

_HEARD = 0.1
"""Seconds between two looks at what the workers have left: a progress bar moves ten times in a second."""

_NAME = 300

_PR_SET_PDEATHSIG = 1


def grade(  # noqa: PLR0913 - each by its name
    course: Course,
    submissions: Sequence[Submission],
    *,
    seed: int,
    waived: tuple[str, ...],
    on_progress: Callable[[int], None],
    on_trouble: Callable[[str], None],
    stop_at_first_failure: bool = False,
) -> list[Report]:
    """Grades in as many processes as this one may use processors; one submission's trouble costs no other's report.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        waived: promises of the sandbox that the instructor gave up by name.
        on_progress: called with how many submissions are graded, whenever there is one more.
        on_trouble: called with what went wrong on our side, for the instructor.
        stop_at_first_failure: skip what is left of a submission's checks after one that it did not pass.

    Returns:
        A report for each submission, in their order.

    Raises:
        PromiseBroken: this machine does not keep a core promise that is not waived.
        AssayError: nothing at all could be graded.
        Interrupted: Ctrl-C; with the reports that there are, and for the others what says so.
    """
    job = Job(course.root, course.fingerprint, (), seed, waived, stop_at_first_failure=stop_at_first_failure)
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        run = _Run(course, submissions, job, on_progress, Path(folder))
        try:
            failure = run.grade_together()
            if failure is not None and not run.found:
                raise failure
            run.grade_alone(on_trouble)
        except KeyboardInterrupt as interrupt:
            run.hear()
            interrupted = [
                run.found.get(number)
                or ungraded(course, seed, submission.info, submission.assignment, INTERRUPTED, "interrupted")
                for number, submission in enumerate(submissions)
            ]
            raise Interrupted(interrupted) from interrupt
    return [run.found[number] for number in range(len(submissions))]


class _Run:
    """One class that is being graded: submissions by their place in it, and the reports that there are.

    Args:
        course: what is right.
        submissions: what is graded.
        job: all that workers need besides the submissions.
        on_progress: called with how many submissions are graded, whenever there is one more.
        folder: where workers leave every report as soon as it is there, so that none is lost with what comes after it.
    """

    def __init__(
        self,
        course: Course,
        submissions: Sequence[Submission],
        job: Job,
        on_progress: Callable[[int], None],
        folder: Path,
    ) -> None:
        self.found: dict[int, Report] = {}
        self._submissions = submissions
        self._job = job
        self._on_progress = on_progress
        self._folder = folder
        self._course = course
        self._given_up: set[int] = set()

    def grade_together(self) -> AssayError | None:
        """Grades in chunks; gives what went wrong with one of them.

        A dead worker takes its whole pool along, so what is left is begun again, until that finishes nothing for the
        second time.
        """
        failure: AssayError | None = None
        left, in_vain = list(range(len(self._submissions))), 0
        while left and in_vain < _IN_VAIN:
            before = len(self.found)
            failure = self._grade_chunks(left) or failure
            # The one that it died of is among the first: the next pool begins with the others.
            left = [number for number in reversed(left) if number not in self.found and number not in self._given_up]
            in_vain += len(self.found) == before
        return failure

    def grade_alone(self, on_trouble: Callable[[str], None]) -> None:
        """Grades what is left, each in a pool of its own, so that the one that it takes is found."""
        for number, submission in enumerate(self._submissions):
            if number not in self.found:
                job = self._job._replace(submissions=(submission,))
                self._take(number, _graded_alone(self._course, job, on_trouble))

    def hear(self) -> None:
        """Takes the reports that workers have left."""
        for path in self._folder.iterdir():
            if not path.suffix:
                self._take(int(path.name), msgspec.msgpack.decode(path.read_bytes(), type=Report))
                path.unlink()

    def _take(self, number: int, report: Report) -> None:
        self.found[number] = report
        self._on_progress(len(self.found))

    def _grade_chunks(self, numbers: Sequence[int]) -> AssayError | None:
        failure: AssayError | None = None
        size = _chunk_size(len(numbers))
        with workers_pool(len(numbers)) as pool:
            running = {}
            for start in range(0, len(numbers), size):
                chunk = numbers[start : start + size]
                job = self._job._replace(submissions=tuple(self._submissions[number] for number in chunk))
                try:
                    running[pool.submit(_grade_and_leave, job, chunk, self._folder)] = chunk
                except BrokenProcessPool:  # a worker is dead already: this chunk is the next pool's
                    break
            while running:
                ended, _ = wait(running, _HEARD, FIRST_COMPLETED)
                self.hear()
                for future in ended:
                    chunk = running.pop(future)
                    trouble = _trouble(future)
                    if trouble is not None:
                        failure = trouble
                        self._given_up.update(chunk)
        self.hear()  # what the others of a dead worker's pool had finished
        return failure


def _trouble(future: Future[None]) -> AssayError | None:
    """Gives what was wrong with the course or with us; None where its worker's pool died, to be tried again."""
    try:
        future.result()
    except PromiseBroken:
        raise
    except BrokenProcessPool:
        return None
    except AssayError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one chunk's trouble, whatever it is, costs no other's reports
        return AssayError(f"{type(error).__name__} in a worker: {error}")
    return None


def _chunk_size(count: int) -> int:
    workers = _workers(count)
    return max(-(-count // (workers * _CHUNKS_A_WORKER)), min(_SMALLEST_CHUNK, -(-count // workers)), 1)


def _grade_and_leave(job: Job, numbers: Sequence[int], folder: Path) -> None:
    """Grades a chunk and leaves every report in a folder, under its number: a worker's entrance."""
    left = dict(zip(job.submissions, numbers, strict=True))

    def leave(submission: Submission, report: Report) -> None:
        path = folder / str(left.pop(submission))
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(msgspec.msgpack.encode(report))
        unfinished.rename(path)

    reports = grade_chunk(job, leave)
    for submission, report in zip(job.submissions, reports, strict=True):
        if submission in left:  # no check of it was run to its end
            leave(submission, report)


@contextlib.contextmanager
def workers_pool(tasks: int) -> Iterator[ProcessPoolExecutor]:
    """Gives an executor of as many processes as this one may use processors, and no more than there are tasks.

    Raises AssayError where one of them ended and whoever uses it has not heeded that.
    """
    # spawn: a worker starts its fork server and torch afresh, whatever threads this process has
    pool = ProcessPoolExecutor(_workers(tasks), _Context(), _begin_work, (os.getpid(),))
    try:
        yield pool
    except KeyboardInterrupt:
        for worker in active_children():
            worker.terminate()  # or it would finish its chunk first
        raise
    except BrokenProcessPool as error:
        text = "a worker's process ended: a check ended it, or the machine did, whose memory may be too small"
        raise AssayError(text) from error
    finally:
        with contextlib.suppress(RuntimeError):  # interrupted before its own thread began
            pool.shutdown(cancel_futures=True)


class _Worker(SpawnProcess):
    def start(self) -> None:
        """Starts it deaf to Ctrl-C, which it would meet with a traceback before it can be told to ignore it."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Worker


def _workers(tasks: int) -> int:
    return max(1, min(len(os.sched_getaffinity(0)), tasks))


def ungraded(  # noqa: PLR0913, PLR0917 - as the report has them
    course: Course, seed: int, info: SubmissionInfo, assignment: str, reason: str, cause: Cause
) -> Report:
    """Gives the report of something that could not be graded: a person decides what it is worth."""
    return Report(
        info, assignment, "ungraded", reason, cause, 0.0, 0.0, {}, seed, course.fingerprint, version("assay"), (), (),
        Names((), ()), 0.0,
    )  # fmt: skip


def _graded_alone(course: Course, job: Job, on_trouble: Callable[[str], None]) -> Report:
    submission = job.submissions[0]
    with workers_pool(1) as pool:
        try:
            return pool.submit(grade_chunk, job).result()[0]
        except PromiseBroken:
            raise
        except BrokenProcessPool:
            reason = "the judge's own process ended while it graded this submission"
        except Exception as error:  # noqa: BLE001 - as above
            reason = "the judge did not come to its end with this submission"
            on_trouble(f"{escape(submission.info.name, _NAME)}, {submission.assignment}: {error}")
    return ungraded(course, job.seed, submission.info, submission.assignment, reason, "grader")


def _begin_work(parent: int) -> None:
    """Has the kernel end this worker with the process that started it, so that none grades on for nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them; the one who started them ends them
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)

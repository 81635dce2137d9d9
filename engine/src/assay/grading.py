"""One submission or ten thousand: chunks over a `concurrent.futures` executor."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import os
import signal
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from assay.course import Course, read_course
from assay.display import inert
from assay.errors import AssayError, PromiseBroken
from assay.model import HandedIn, Report, Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from assay.judge import Judge

_CHUNKS_A_WORKER = 4
"""So that no worker is idle while another one has much left to do."""

_SMALLEST_CHUNK = 12
"""Where there are enough for all workers: a session that starts and draws its examples costs half a submission."""

_IN_VAIN = 2
"""Pools that died before they finished anything; then everything that is left is graded alone, and that takes long."""

_HEARD = 0.1
"""Seconds between two looks at what the workers have told: a progress bar moves ten times in a second."""

_PYTEST_SAID = 4000

_NAME = 300

_PR_SET_PDEATHSIG = 1


class Job(NamedTuple):
    """What a worker needs to grade a chunk: the course and its fingerprint, submissions, the seed, promises forgone."""

    root: Path
    fingerprint: str
    submissions: tuple[Submission, ...]
    seed: int
    forgone: tuple[str, ...] = ()
    public: bool = False


def grade(  # noqa: PLR0913 - each by its name
    course: Course,
    submissions: Sequence[Submission],
    *,
    seed: int,
    forgone: tuple[str, ...],
    on_progress: Callable[[int], None],
    on_trouble: Callable[[str], None],
) -> list[Report]:
    """Grades in as many processes as this one may use processors; one submission's trouble costs no other's report.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        forgone: promises of the sandbox that the instructor gave up by name.
        on_progress: called with how many submissions are graded, whenever there are more.
        on_trouble: called with what went wrong on our side, for the instructor.

    Returns:
        A report for each submission, in their order.

    Raises:
        PromiseBroken: this machine does not keep a core promise that is not forgone.
        AssayError: nothing at all could be graded.
    """
    size = _chunk_size(len(submissions))
    jobs = [
        Job(course.root, course.fingerprint, tuple(submissions[start : start + size]), seed, forgone)
        for start in range(0, len(submissions), size)
    ]
    found: dict[Job, list[Report]] = {}
    failure = _grade_together(jobs, found, on_progress)
    if failure is not None and not found:
        raise failure
    for job in jobs:
        if job not in found:  # again, each alone, so that the one that it takes is found
            found[job] = []
            for one in job.submissions:
                found[job].append(_graded_alone(course, job._replace(submissions=(one,)), on_trouble))
                on_progress(sum(map(len, found.values())))
    return [report for job in jobs for report in found[job]]


def _grade_together(
    jobs: Sequence[Job], found: dict[Job, list[Report]], on_progress: Callable[[int], None]
) -> AssayError | None:
    """Adds the reports of the jobs that come to their end; gives what went wrong with another one.

    A dead worker takes its whole pool along, so what is left is begun again, until that finishes nothing for the second
    time.
    """
    failure: AssayError | None = None
    remaining, in_vain = list(jobs), 0
    while remaining and in_vain < _IN_VAIN:
        before, broken = len(found), []
        for future, job in _finished(remaining, sum(map(len, found.values())), on_progress):
            outcome = _outcome(future)
            if outcome is None:
                broken.append(job)
            elif isinstance(outcome, AssayError):
                failure = outcome
            else:
                found[job] = outcome
        # The one that it died of is among the first: the next pool begins with the others.
        remaining = broken[::-1]
        in_vain += len(found) == before
    return failure


def _outcome(future: Future[list[Report]]) -> list[Report] | AssayError | None:
    """Gives the reports, or what was wrong with the course or with us, or None where the worker's pool died."""
    try:
        return future.result()
    except PromiseBroken:
        raise
    except BrokenProcessPool:
        return None
    except AssayError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one chunk's trouble, whatever it is, costs no other's reports
        return AssayError(f"{type(error).__name__} in a worker: {error}")


def _chunk_size(count: int) -> int:
    workers = _workers(count)
    return max(-(-count // (workers * _CHUNKS_A_WORKER)), min(_SMALLEST_CHUNK, -(-count // workers)), 1)


def _finished(
    jobs: Sequence[Job], graded: int, on_progress: Callable[[int], None]
) -> Iterator[tuple[Future[list[Report]], Job]]:
    """Gives each job as it ends, and tells of every submission that was graded meanwhile, after so many before."""
    heard, told = get_context("spawn").Pipe(duplex=False)
    with heard, told, workers_pool(sum(len(job.submissions) for job in jobs), told) as pool:
        futures = {pool.submit(grade_chunk, job): job for job in jobs}
        running = set(futures)
        try:
            while running:
                ended, running = wait(running, _HEARD, FIRST_COMPLETED)
                while heard.poll():
                    heard.recv_bytes()
                    graded += 1
                    on_progress(graded)
                for future in ended:
                    yield future, futures[future]
        finally:
            pool.shutdown(cancel_futures=True)


def grade_chunk(job: Job) -> list[Report]:
    """Grades a chunk in one pytest session of this process: a worker's entrance.

    Raises:
        AssayError: the course here is another one, or the session did not come to its end; with what pytest said.
    """
    from assay.judge import Judge  # noqa: PLC0415 - only workers need pytest

    course = read_course(job.root)
    if course.fingerprint != job.fingerprint:
        text = f"the course at {job.root} changed while it was grading"
        raise AssayError(text)
    judge = Judge(course, job.submissions, job.seed, job.forgone, public=job.public, on_graded=_tell)
    hold_session(judge)
    return judge.reports()


def hold_session(judge: Judge) -> None:
    """Runs pytest in this process, for the judge's submissions.

    Raises:
        PromiseBroken: this machine does not keep a core promise.
        AssayError: the session did not come to its end; with what pytest said.
    """
    import _hypothesis_pytestplugin  # noqa: PLC0415 - as above
    import pytest  # noqa: PLC0415
    import pytest_benchmark.plugin  # noqa: PLC0415

    from assay import pytest_plugin  # noqa: PLC0415

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what else is installed must not change a verdict
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.devnull
    root = judge.course.root
    # A warning is the course author's to see, in the course's own tests; it must not end a check here.
    arguments = [
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
        "--rootdir",
        str(root),
        "-c",
        str(root / "tox.ini"),
        f"--benchmark-storage=file://{os.devnull}",  # nothing is left in the course's folder
    ]
    arguments += sorted({str(judge.course.tests(submission.assignment)) for submission in judge.submissions})
    plugins = [judge, pytest_plugin, pytest_benchmark.plugin, _hypothesis_pytestplugin]
    output = io.StringIO()
    gc.disable()  # importing torch makes half a million objects to look through, and no garbage; until all is collected
    with contextlib.chdir(root), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main(arguments, plugins=plugins)
    if judge.refusal is not None:
        raise judge.refusal
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        text = f"pytest ended with {code!r}:\n{output.getvalue()[-_PYTEST_SAID:]}"
        raise AssayError(text)


def workers_pool(tasks: int, told: Connection | None = None) -> ProcessPoolExecutor:
    """Gives an executor of as many processes as this one may use processors, and no more than there are tasks.

    Args:
        tasks: how many there are.
        told: where a worker sends an empty message for every submission that it has graded.
    """
    # spawn: a worker starts its nursery and torch afresh, whatever threads this process has
    return ProcessPoolExecutor(_workers(tasks), get_context("spawn"), _begin_work, (os.getpid(), told))


def _workers(tasks: int) -> int:
    return max(1, min(len(os.sched_getaffinity(0)), tasks))


def ungraded(course: Course, seed: int, info: SubmissionInfo, assignment: str, reason: str) -> Report:
    """Gives the report of something that could not be graded: a person decides what it is worth."""
    return Report(
        info, assignment, "ungraded", reason, 0.0, 0.0, {}, seed, course.fingerprint, version("assay"), (), (),
        HandedIn((), ()), 0.0,
    )  # fmt: skip


def _graded_alone(course: Course, job: Job, on_trouble: Callable[[str], None]) -> Report:
    submission = job.submissions[0]
    with workers_pool(1) as pool:
        try:
            return pool.submit(grade_chunk, job).result()[0]
        except BrokenProcessPool:
            reason = "the judge's own process ended while it graded this submission"
        except Exception as error:  # noqa: BLE001 - as above
            reason = "the judge did not come to its end with this submission"
            on_trouble(f"{inert(submission.info.name, _NAME)}, {submission.assignment}: {error}")
    return ungraded(course, job.seed, submission.info, submission.assignment, reason)


_telling: list[Connection] = []
"""In a worker: where it tells of submissions that it has graded."""


def _tell() -> None:
    for connection in _telling:
        connection.send_bytes(b"")


def _begin_work(parent: int, told: Connection | None) -> None:
    """Has the kernel end this worker with the process that started it, so that none grades on for nobody.

    Args:
        parent: the process that started it.
        told: where it tells of submissions that it has graded.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    if told is not None:
        _telling.append(told)

"""One submission or ten thousand: chunks over a `concurrent.futures` executor."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import os
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from assay.course import Course, read_course
from assay.display import inert
from assay.errors import AssayError, PromiseBroken
from assay.model import HandedIn, Report, Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assay.judge import Judge

_CHUNKS_A_WORKER = 4
"""A session costs about 0.2 s to start; this many a worker keep workers busy to the end and a progress bar moving."""

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
    on_report: Callable[[Report], None],
    on_trouble: Callable[[str], None],
) -> list[Report]:
    """Grades in as many processes as this one may use processors; one submission's trouble costs no other's report.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        forgone: promises of the sandbox that the instructor gave up by name.
        on_report: called for every report as it is finished.
        on_trouble: called with what went wrong on our side, for the instructor.

    Returns:
        A report for each submission, in their order.

    Raises:
        PromiseBroken: this machine does not keep a core promise that is not forgone.
        AssayError: nothing at all could be graded.
    """
    workers = _workers(len(submissions))
    size = -(-len(submissions) // (workers * _CHUNKS_A_WORKER)) or 1
    jobs = [
        Job(course.root, course.fingerprint, tuple(submissions[start : start + size]), seed, forgone)
        for start in range(0, len(submissions), size)
    ]
    found: dict[Job, list[Report]] = {}
    failure: AssayError | None = None
    with workers_pool(len(submissions)) as pool:
        futures = {pool.submit(grade_chunk, job): job for job in jobs}
        for future in as_completed(futures):
            try:
                found[futures[future]] = future.result()
            except PromiseBroken:
                pool.shutdown(cancel_futures=True)
                raise
            except BrokenProcessPool:
                continue  # a dead worker takes its whole pool along
            except AssayError as error:
                failure = error
                continue
            for report in found[futures[future]]:
                on_report(report)
    if failure is not None and not found:
        raise failure
    for job in jobs:
        if job not in found:  # again, each alone, so that the one that it takes is found
            found[job] = [
                _graded_alone(course, job._replace(submissions=(one,)), on_trouble) for one in job.submissions
            ]
            for report in found[job]:
                on_report(report)
    return [report for job in jobs for report in found[job]]


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
    judge = Judge(course, job.submissions, job.seed, job.forgone, public=job.public)
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


def workers_pool(tasks: int) -> ProcessPoolExecutor:
    """Gives an executor of as many processes as this one may use processors, and no more than there are tasks."""
    # spawn: a worker starts its nursery and torch afresh, whatever threads this process has
    return ProcessPoolExecutor(_workers(tasks), get_context("spawn"), _end_with, (os.getpid(),))


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
        except AssayError as error:
            reason = "the judge did not come to its end with this submission"
            on_trouble(f"{inert(submission.info.name, _NAME)}, {submission.assignment}: {error}")
    return ungraded(course, job.seed, submission.info, submission.assignment, reason)


def _end_with(parent: int) -> None:
    """Has the kernel end this worker with the process that started it, so that none grades on for nobody."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)

"""A worker of a Dask cluster: it grades with its own copy of the course, in processes that it keeps."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from distributed import get_worker
from distributed.utils import sync

from assay.course.environment import environment
from assay.course.read import fingerprint, is_course
from assay.errors import PromiseBroken, SetAside, WorkerDiffers
from assay.grading.executors import LocalProcesses
from assay.grading.run_folder import run_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Worker

    from assay.judge.session import Job

__all__ = ["COURSE", "ClusterJob", "Versions", "grade_here"]

COURSE = "ASSAY_COURSE"
"""The environment variable of a worker that names its copy of the course."""

MAX_DEATHS = 2
"""A submission that so many workers died of is not begun again."""

_SET_ASIDE = f"{MAX_DEATHS} workers of the Dask cluster died while they graded this submission, so it was set aside"

_starting = threading.Lock()


class Versions(NamedTuple):
    """The versions that a report depends on, by their names in a sentence."""

    assay: str
    Python: str
    torch: str

    @classmethod
    def here(cls) -> Versions:
        """Return those of this process."""
        found = environment()
        return cls(version("assay"), found.python, found.torch)


class ClusterJob(NamedTuple):
    """A job of the judge on its way to a worker; it carries no path.

    Args:
        function: the judge's entrance.
        job: the submission's bytes, the course's fingerprint, the seed.
        versions: the command's.
        counter: where the scheduler counts the workers that died of this submission.
    """

    function: Callable[[Job], Any]
    job: Job
    versions: Versions
    counter: tuple[str, int]


def grade_here(task: ClusterJob) -> Any:
    """Run a job in a process of this worker.

    Raises:
        WorkerDiffers: the report would depend on another course or other versions than the command's.
        WorkerDied: the process ended, and this worker did not.
        SetAside: the submission has killed too many workers.
        PromiseBroken: this machine does not keep a core promise.
    """
    worker = get_worker()
    root = _own_course(task, worker.address)
    with _deaths_counted(worker, task.counter):
        worker.log_event(task.counter[0], task.counter[1])
        try:
            return _processes(worker.state.nthreads).submit(task.function, task.job._replace(root=root)).result()
        except PromiseBroken as error:
            text = f"the worker at {worker.address}: {error}"
            raise PromiseBroken(text) from error


def _own_course(task: ClusterJob, address: str) -> Path:
    """Return this worker's copy of the course, if it is the command's."""
    for name, theirs, ours in zip(Versions._fields, task.versions, Versions.here(), strict=True):
        if theirs != ours:
            text = f"the worker at {address} has {name} {ours}, and the command has {theirs}"
            raise WorkerDiffers(text)
    named = os.environ.get(COURSE)
    if not named or not is_course(Path(named)):
        told = f"{COURSE}={named} is not a course" if named else f"{COURSE} is not set"
        text = f"the worker at {address} has no course, because {told} in its environment"
        raise WorkerDiffers(text)
    root = Path(named).absolute()
    if fingerprint(root) != task.job.fingerprint:
        text = f"the worker at {address} has another version of the course in {root}"
        raise WorkerDiffers(text)
    return root


@contextlib.contextmanager
def _deaths_counted(worker: Worker, counter: tuple[str, int]) -> Iterator[None]:
    """Count the body as a death of this worker until it has ended."""
    ask, scheduler = functools.partial(sync, worker.loop), worker.scheduler
    deaths = ask(scheduler.get_metadata, keys=counter, default=0)
    if deaths >= MAX_DEATHS:
        raise SetAside(_SET_ASIDE)
    ask(scheduler.set_metadata, keys=counter, value=deaths + 1)
    try:
        yield
    finally:
        ask(scheduler.set_metadata, keys=counter, value=deaths)


def _processes(count: int) -> LocalProcesses:
    with _starting:  # a worker may have several threads, each with a task
        return _start(count)


@functools.cache
def _start(count: int) -> LocalProcesses:
    """Start the processes of this worker, which end with it."""
    kept = contextlib.ExitStack()
    atexit.register(kept.close)
    kept.enter_context(run_folder())
    return LocalProcesses(count)

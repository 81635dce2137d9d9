"""A Dask scheduler and its workers, each a process on this machine, as a person would start them."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

__all__ = ["DaskProcesses", "dask_processes"]

_START_SECONDS = 60


class DaskProcesses:
    """A scheduler, and workers with one slot each; only a nanny replaces a worker that ends.

    Args:
        folder: for logs.
        environment: further variables of every process.
        host: the address at which all listen.
    """

    def __init__(self, folder, environment, host):
        self.workers = []
        self.environment = {**os.environ, **environment}
        self._folder = folder
        self._host = host
        self._file = folder / "scheduler.json"
        self._scheduler = self._start("scheduler", "--port", "0")
        self.wait_for(self._file.exists)
        self.address = self._logged("Scheduler at:").split()[-1]

    def add_workers(self, count, course, *, start=("-m",), nanny="--no-nanny", **variables):
        """Start workers that have the course in a folder, or none; wait until they are there."""
        if course is not None:
            variables["ASSAY_COURSE"] = str(course)
        for _ in range(count):
            words = ["worker", "--nthreads", "1", nanny, "--name", str(len(self.workers))]
            self.workers.append(self._start(*words, start=start, **variables))
        self.wait_for(lambda: self.log().count("Register worker") >= len(self.workers))

    def end_last_worker(self):
        """Let the last worker leave the scheduler."""
        self.workers[-1].terminate()
        self.workers[-1].wait()

    def end(self):
        """Kill all processes."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()

    def kill_scheduler(self):
        """Kill the scheduler alone."""
        self._scheduler.kill()

    def _start(self, kind, *words, start=("-m",), **variables):
        command = [sys.executable, *start, "dask", kind, *words, "--host", self._host, "--no-dashboard"]
        with open(self._folder / f"{kind}.log", "ab") as log:
            return subprocess.Popen(
                [*command, "--scheduler-file", self._file],
                stdout=log,
                stderr=log,
                env={**self.environment, **variables},
                cwd=self._folder,
            )

    def is_grading(self):
        """Whether the last worker has started a process for a submission."""
        processes = psutil.Process(self.workers[-1].pid).children()
        return any("assay.bare" in process.cmdline() for process in processes)

    def log(self):
        """Return the scheduler's log."""
        return (self._folder / "scheduler.log").read_text()

    def _logged(self, word):
        self.wait_for(lambda: word in self.log())
        return next(line for line in self.log().splitlines() if word in line)

    def wait_for(self, condition):
        """Wait until a condition holds."""
        started = time.monotonic()
        while not condition():
            assert time.monotonic() - started < _START_SECONDS, self.log()
            time.sleep(0.05)


@contextlib.contextmanager
def dask_processes(folder, environment=None, host="127.0.0.1"):
    """Start a scheduler in the body; end it and its workers after it."""
    Path(folder).mkdir()
    cluster = DaskProcesses(folder, environment or {}, host)
    try:
        yield cluster
    finally:
        cluster.end()

"""A Dask cluster as a `concurrent.futures.Executor`, from the side of the command."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import uuid
from collections import Counter
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Client, rpc
from distributed.comm import parse_address, resolve_address
from distributed.comm.addressing import parse_host_port
from distributed.scheduler import KilledWorker
from distributed.security import Security

from assay.errors import ClusterError
from assay.grading.cluster_worker import ClusterJob, Versions, grade_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from assay.model import Submission

__all__ = ["DaskCluster", "is_open"]

_NO_PATH = Path()
"""A task carries no path to the course: each worker has its own."""

_LOST = "the connection to the Dask cluster was lost before this submission was graded"

_MAX_DEATHS = 8
"""So many deaths of workers that held a task, while no worker began any, fail it. Dask gives up a task at 4 by default
(its `allowed-failures` of 3, and 1). The first 4 may be from before the last beginning; the next 4 are not."""

_NEVER_BEGUN = "workers of the Dask cluster died {} times before any began a submission: their logs say why"


class DaskCluster(Executor):
    """The workers of a Dask scheduler; each grades with its own copy of the course.

    Dask gives the tasks of a dead worker to others. It counts a death against every task that waited there, too, and
    gives up a task after some deaths; such a task is submitted again, because the worker counts its own deaths itself.
    If workers die before they count, as in importing assay, the deaths are counted here.

    Args:
        address: the scheduler's. TLS is configured as everywhere in Dask: in its files, or its environment variables.

    Raises:
        ClusterError: there is no scheduler, or it cannot be talked to.
    """

    def __init__(self, address: str) -> None:
        security = Security()
        try:
            asyncio.run(_require_scheduler(address, security))
            self._client = Client(address, security=security, set_as_default=False)
        except (OSError, RuntimeError, TypeError, ValueError) as error:  # as distributed refuses an address, or TLS
            text = f"the scheduler at {address} cannot be reached: {error}"
            raise ClusterError(text) from error
        self._dask = self._client.get_executor(pure=False)
        self._run = f"assay-{uuid.uuid4().hex}"
        self._numbers: dict[Submission, int] = {}
        self._futures: dict[int, Future[Any]] = {}
        self._deaths: Counter[int] = Counter()
        self._client.subscribe_topic(self._run, self._begin)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ARG002 - as the base class has it
        """Run a job of the judge."""
        (job,) = args
        number = self._numbers.setdefault(job.submissions[0], len(self._numbers))
        future: Future[Any] = Future()
        self._futures[number] = future
        self._send(future, ClusterJob(fn, job._replace(root=_NO_PATH), Versions.here(), (self._run, number)))
        return future

    def notes(self) -> list[str]:
        """Return what the instructor should know of the Dask cluster before anything is sent.

        Raises:
            ClusterError: the scheduler is gone.
        """
        scheduler = self._client.scheduler.address
        try:
            workers = list(self._client.nthreads())
        except OSError as error:  # as distributed tells a closed connection
            text = f"the connection to the scheduler at {scheduler} was lost"
            raise ClusterError(text) from error
        found = []
        open_ones = [address for address in (scheduler, *workers) if is_open(address)]
        if open_ones:
            found.append(f"the connection to {open_ones[0]} is not encrypted, and tasks carry the seed: use TLS")
        if not workers:
            found.append(f"the Dask cluster of {scheduler} has no worker yet: grading waits for the first one")
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as the base class has it
        """Leave the Dask cluster; without waiting, its tasks are cancelled."""
        self._dask.shutdown(wait=wait)
        if self._client.status == "running":
            with contextlib.suppress(OSError):  # the scheduler may be gone, with its metadata
                self._client.set_metadata([self._run], None)
        # Closing leaves futures unfinished, and the event loop would print each as an error.
        loop: Any = self._client.loop
        loop.asyncio_loop.set_exception_handler(lambda *_: None)
        self._client.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shut down; after an exception at once."""
        self.shutdown(wait=kind is None)

    def _send(self, future: Future[Any], task: ClusterJob) -> None:
        sent = self._dask.submit(grade_here, task)
        future.add_done_callback(lambda done: done.cancelled() and sent.cancel())
        sent.add_done_callback(functools.partial(self._hear, future, task))

    def _hear(self, future: Future[Any], task: ClusterJob, sent: Future[Any]) -> None:
        if future.cancelled():
            return
        error = ClusterError(_LOST) if sent.cancelled() else sent.exception()
        if isinstance(error, KilledWorker) and not self._is_hopeless(task.counter[1], error):
            self._send(future, task)
        elif isinstance(error, KilledWorker):
            future.set_exception(ClusterError(_NEVER_BEGUN.format(self._deaths[task.counter[1]])))
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(sent.result())

    def _is_hopeless(self, number: int, error: KilledWorker) -> bool:
        """Count the deaths behind an error of Dask's; whether there were too many since a worker began any task."""
        self._deaths[number] += error.allowed_failures + 1
        return self._deaths[number] >= _MAX_DEATHS

    def _begin(self, event: tuple[float, int]) -> None:
        """Note that a worker has begun a task."""
        self._deaths.clear()
        future = self._futures[event[1]]
        if not future.running() and not future.done():
            future.set_running_or_notify_cancel()


async def _require_scheduler(address: str, security: Security) -> None:
    """Ask once who is there, because a client that cannot connect, or to another process, does not end quietly."""
    async with rpc(address, connection_args=security.get_connection_args("client")) as process:
        kind = (await process.identity())["type"]
    if kind != "Scheduler":
        text = f"{address} is the address of a {kind.lower()} of Dask: give the scheduler's"
        raise ClusterError(text)


def is_open(address: str) -> bool:
    """Whether others on the network can read what goes to an address; an unknown name may be any machine's."""
    scheme, _ = parse_address(address)
    if scheme != "tcp":
        return scheme not in {"tls", "wss", "inproc"}
    try:
        host, _ = parse_host_port(resolve_address(address))
        return not ipaddress.ip_address(host).is_loopback
    except (OSError, ValueError):
        return True

"""Warm processes of this machine, as a `concurrent.futures.Executor`."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import pickle
import queue
import signal
import sys
import threading
from concurrent.futures import Executor, Future
from multiprocessing import get_context, resource_tracker
from multiprocessing.reduction import ForkingPickler
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from assay.errors import AssayError, WorkerDied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import TracebackType

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PR_SET_PDEATHSIG = 1

_DIED = "a worker's process ended: a check ended it, or the machine did, whose memory may be too small"


class _Task(NamedTuple):
    future: Future[Any]
    call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class _Worker(NamedTuple):
    process: BaseProcess
    connection: Connection


class LocalProcesses(Executor):
    """Worker processes, each reused for many tasks; a worker that dies fails only its task and is replaced.

    One thread holds one worker: the kernel kills a worker when the thread that started it ends. Use it in a `with`
    statement: an exception inside, such as Ctrl-C, kills all workers at once.

    Args:
        workers: how many; as many as the processors that this process may use if it is not given.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._count = workers or len(os.sched_getaffinity(0))
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()  # for the two below, and for starting a worker
        self._closed = False
        self._killed = False
        resource_tracker.ensure_running()  # its start unblocks SIGINT, so it must precede the threads
        atexit.register(self.kill)  # before multiprocessing's own function, which would wait for the workers

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run a function in a worker; function, arguments and result are pickled."""
        future: Future[_T] = Future()
        with self._lock:
            if self._closed:
                text = "no task can be submitted after the shutdown"
                raise RuntimeError(text)
            if len(self._threads) < self._count:
                self._threads.append(threading.Thread(target=self._work, daemon=True, name="assay-worker"))
                self._threads[-1].start()
        self._tasks.put(_Task(future, (fn, args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base class has it
        """Let the workers end when their tasks are done."""
        with self._lock:
            self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()
                    if task is not None:
                        task.future.cancel()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
            atexit.unregister(self.kill)

    def kill(self) -> None:
        """Kill all workers; their tasks fail with WorkerDied, and so does every later one."""
        with self._lock:
            self._killed = True
            for worker in self._workers:
                worker.process.kill()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shut down; after an exception at once."""
        if kind is not None:
            self.kill()
        self.shutdown(cancel_futures=kind is not None)

    def _work(self) -> None:
        # A worker inherits the mask: it meets no Ctrl-C before it can ignore it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        worker = None
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or not worker.process.is_alive():
                    worker = self._start()
                done, value = _ask(worker, task)
            except Exception as error:  # noqa: BLE001 - the caller's, whatever it is
                done, value = False, error
            if done:
                task.future.set_result(value)
            else:
                task.future.set_exception(value)
            del task, value  # a report is kept no longer than its future
        if worker is not None:
            worker.connection.close()
            worker.process.join()

    def _start(self) -> _Worker:
        # spawn: a worker starts without the threads and locks of this process
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs, self._lock:
            if self._killed:
                raise WorkerDied(_DIED)
            self._workers = [worker for worker in self._workers if worker.process.is_alive()]
            worker = _Worker(context.Process(target=_serve, args=(theirs, os.getpid())), ours)
            with _without_main():
                worker.process.start()
            self._workers.append(worker)
        return worker


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the main module from multiprocessing, whose new process would run it again.

    A script need not have `if __name__ == "__main__"`: no task is defined in it.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _ask(worker: _Worker, task: _Task) -> tuple[bool, Any]:
    """Return whether the task came to its end, and its result or its exception."""
    call = ForkingPickler.dumps(task.call)
    try:
        worker.connection.send_bytes(call)
        answer = worker.connection.recv_bytes()
    except (EOFError, OSError) as error:
        worker.process.kill()  # it may have closed only its end of the pipe
        worker.process.join()
        worker.connection.close()
        raise WorkerDied(_DIED) from error
    found: tuple[bool, Any] = pickle.loads(answer)  # noqa: S301 - from our own worker
    return found


def _serve(connection: Connection, parent: int) -> None:
    """Run tasks until the executor closes the pipe: the main function of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the one that started us ends us
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))


def _answer(call: bytes) -> Any:
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - from our own parent
        return ForkingPickler.dumps((True, function(*args, **kwargs)))
    except BaseException as error:  # noqa: BLE001 - one task's trouble must not end the worker
        return _failure(error)


def _failure(error: BaseException) -> Any:
    if isinstance(error, Exception):
        with contextlib.suppress(Exception):  # not every exception can be pickled and read again
            failure = ForkingPickler.dumps((False, error))
            pickle.loads(failure)  # noqa: S301 - as above
            return failure
    return ForkingPickler.dumps((False, AssayError(f"{type(error).__name__} in a worker: {error}")))

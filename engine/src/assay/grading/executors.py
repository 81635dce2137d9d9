"""Warm processes of this machine, as a `concurrent.futures.Executor`."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from assay.errors import ForkServerError, WorkerDied
from assay.judge.process import DIED, BareProcess, JudgeProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Task(NamedTuple):
    future: Future[Any]
    call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class LocalProcesses(Executor):
    """Judges in processes, each reused for many tasks; a judge that dies fails only its task and is replaced.

    They are forked from a bare process, which begins to import torch at once. One thread holds one judge. Use it in a
    `with` statement: an exception inside, such as Ctrl-C, kills all judges at once.

    Args:
        workers: how many; as many as the processors that this process may use if it is not given.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._count = workers or len(os.sched_getaffinity(0))
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._judges: list[JudgeProcess] = []
        self._bare = BareProcess()
        self._lock = threading.Lock()  # for the three above and the two below
        self._closed = False
        self._killed = False
        atexit.register(self._end)

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
            self._bare.close()
            atexit.unregister(self._end)

    def kill(self) -> None:
        """Kill all judges; their tasks fail with WorkerDied, and so does every later one."""
        with self._lock:
            self._killed = True
            for judge in self._judges:
                judge.kill()
            if not self._judges:
                self._bare.kill()  # it may take long to import torch; otherwise it reaps the judges

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shut down; after an exception at once."""
        if kind is not None:
            self._end()
        else:
            self.shutdown()

    def _end(self) -> None:
        self.kill()
        self.shutdown(cancel_futures=True)

    def _work(self) -> None:
        judge = None
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                if judge is not None and not judge.alive:
                    self._close(judge)
                    judge = None
                if judge is None:
                    judge = self._start_surely()
                done, value = judge.run(*task.call)
            except Exception as error:  # noqa: BLE001 - the caller's, whatever it is
                done, value = False, error
            if done:
                task.future.set_result(value)
            else:
                task.future.set_exception(value)
            del task, value  # a report is kept no longer than its future
        if judge is not None:
            self._close(judge)

    def _start_surely(self) -> JudgeProcess:
        """Start a judge, with a new bare process if the last one died since it was looked at."""
        try:
            return self._start()
        except ForkServerError:
            return self._start()

    def _start(self) -> JudgeProcess:
        with self._lock:
            if self._killed:
                raise WorkerDied(DIED)
            if not self._bare.alive:
                self._bare.close()
                self._bare = BareProcess()
            bare = self._bare
        try:
            judge = JudgeProcess(bare)
        except ForkServerError as error:
            if self._killed:
                raise WorkerDied(DIED) from error
            raise
        self._add(judge)
        return judge

    def _add(self, judge: JudgeProcess) -> None:
        with self._lock:
            self._judges.append(judge)
            if self._killed:
                judge.kill()

    def _close(self, judge: JudgeProcess) -> None:
        with self._lock:
            self._judges.remove(judge)
        judge.close()

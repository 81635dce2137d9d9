"""Starts the fork server and has it fork a guest for every submission."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from assay.errors import ForkServerError, WireError
from assay.wire import frames
from assay.wire.messages import (
    Close,
    Closed,
    DescendantsKilled,
    FromForkServer,
    KillDescendants,
    Open,
    Opened,
    Pause,
    Paused,
    Ready,
    Resume,
    Resumed,
    Setup,
    SourceMessage,
)
from assay.wire.values import decoder, encode

if TYPE_CHECKING:
    from pathlib import Path

_START_SECONDS = 300
"""A cold import of torch with CUDA from a network drive has been seen to take minutes."""

_ANSWER_SECONDS = 60
"""The fork server is ours and does little, but the machine may be busy."""

_read = decoder(FromForkServer)


class Budget(msgspec.Struct, frozen=True):
    """What a guest may take, told to the student: seconds of processor time, bytes."""

    import_seconds: int = 60
    call_seconds: int = 20
    memory: int = 4 * 2**30


_FORESEEN: dict[Any, tuple[bytes, ...]] = {
    "plots": (b"plt", b"matplotlib", b".plot("),
    "optimizers": (b"torch.optim", b"import optim"),
    "shell": (b'"cells"', b"IPython", b"get_ipython", b"\n!", b"\n%", b"?\n"),
}
"""Words that show the need of matplotlib, of PyTorch's own optimisers with their compiler, or of IPython."""


class Task(NamedTuple):
    """What the guest gets of a submission: its bytes and the names to look for.

    Args:
        like: the model answers' source. It stays here; what they need, the submission or the course's checks will.
    """

    name: str
    kind: Any
    source: bytes
    contract: tuple[str, ...]
    seed: int
    like: bytes = b""

    @property
    def foreseen(self) -> list[Any]:
        """What takes long to import and seems to be needed."""
        return [
            name for name, words in _FORESEEN.items() if any(word in self.source or word in self.like for word in words)
        ]


class ForkServer:
    """A process that has imported torch and the course's library, and forks.

    Args:
        library: the folder of the course's library and its name, or None.
        waived: promises of the sandbox that the instructor gave up by name.

    Raises:
        ForkServerError: it did not start; the text says why.
    """

    def __init__(self, library: Path | None, waived: tuple[str, ...] = ()) -> None:
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        with theirs:
            self._process = subprocess.Popen(
                # The environment below is all that it gets, so that its PYTHON… variables are ours.
                [sys.executable, "-P", "-m", "assay.guest", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=_environment(),
            )
        self._sock = ours
        setup = Setup(str(library.parent), library.name, list(waived)) if library else Setup("", "", list(waived))
        try:
            frames.send(self._sock, encode(setup))
            ready = self._receive(_START_SECONDS)
        except WireError as error:
            text = self._story()
            self.stop()
            raise ForkServerError(text) from error
        if not isinstance(ready, Ready) or ready.failure:
            self.stop()
            text = f"the guest's fork server did not start: {getattr(ready, 'failure', ready)}"
            raise ForkServerError(text)

    def open(self, task: Task, budget: Budget) -> tuple[int, socket.socket]:
        """Forks a submission process; gives its id and the line to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            message = Open(
                task.name, task.kind, task.foreseen, list(task.contract), budget.import_seconds,
                budget.call_seconds, budget.memory,
            )  # fmt: skip
            self._ask(message)
            try:
                frames.send_socket(self._sock, theirs)
            except WireError as error:
                raise self._lost() from error
        opened = self._answer(Opened, _START_SECONDS)  # it may import first what this one needs
        with contextlib.suppress(WireError):  # a guest that is gone by now is noticed when it is asked
            ours.settimeout(_ANSWER_SECONDS)
            frames.send(ours, encode(SourceMessage(task.source, task.seed)), frames.TASK_LIMIT)
        return opened.pid, ours

    def pause(self, pid: int) -> bool:
        """Stops a submission's processes; tells whether all of them stand still."""
        self._ask(Pause(pid))
        paused: Paused = self._answer(Paused)
        return paused.still

    def resume(self, pid: int) -> None:
        """Lets them go on, before anything else is timed."""
        self._ask(Resume(pid))
        self._answer(Resumed)

    def kill_descendants(self, pid: int) -> DescendantsKilled:
        """Ends whatever a check left behind."""
        self._ask(KillDescendants(pid))
        killed: DescendantsKilled = self._answer(DescendantsKilled)
        return killed

    def close(self, pid: int, *, hung_up: bool = False) -> Closed:
        """Ends a submission process and all that came of it; one that hung up may be about to tell how it ended."""
        self._ask(Close(pid, hung_up))
        closed: Closed = self._answer(Closed)
        return closed

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Ends it and every guest."""
        self._sock.close()
        try:
            self._process.wait(_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _ask(self, message: Any) -> None:
        try:
            frames.send(self._sock, encode(message))
        except WireError as error:
            raise self._lost() from error

    def _answer(self, kind: Any, seconds: float | None = None) -> Any:
        try:
            answer = self._receive(_ANSWER_SECONDS if seconds is None else seconds)
        except WireError as error:
            raise self._lost() from error
        if not isinstance(answer, kind):
            text = f"the guest's fork server answered {type(answer).__name__} instead of {kind.__name__}"
            raise self._lost(text)
        return answer

    def _lost(self, text: str | None = None) -> ForkServerError:
        """Ends it, so that no late answer is taken for one to the next question; gives what to raise."""
        error = ForkServerError(text or self._story())
        self._process.kill()
        self._process.wait()
        return error

    def _receive(self, seconds: float) -> Any:
        return _read(frames.receive(self._sock, time.monotonic() + seconds))

    def _story(self) -> str:
        self._errors.seek(0)
        told = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return f"the guest's fork server is gone: {told or 'it left no message'}"


def _environment() -> dict[str, str]:
    """Nothing of the instructor's environment, where tokens and paths lie, reaches a guest."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        # No accelerator is seen: autograd would start threads for it, and refuse to work in a fork after that.
        "CUDA_VISIBLE_DEVICES": "",
        "HIP_VISIBLE_DEVICES": "",
        "ROCR_VISIBLE_DEVICES": "",
        "ZE_AFFINITY_MASK": "",
        # All on one heap, of large pages: a fork copies the tables of pages, and takes a third of the time.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "PYTHONMALLOC": "malloc",
    }


_shared: dict[tuple[Path | None, tuple[str, ...]], ForkServer] = {}


def shared(library: Path | None, waived: tuple[str, ...] = ()) -> ForkServer:
    """Gives this process's fork server for the library; a dead one is started anew."""
    key = (library, waived)
    if key not in _shared or not _shared[key].alive:
        _shared[key] = ForkServer(library, waived)
        atexit.register(_shared[key].stop)
    return _shared[key]

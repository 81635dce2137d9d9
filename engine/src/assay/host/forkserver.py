"""The fork server, from the judge's side: started once, it forks a guest for every submission."""

from __future__ import annotations

import atexit
import contextlib
import re
import socket
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from assay.errors import ForkServerError, WireError
from assay.host.bare import START_SECONDS, BareProcess, fork_fork_server, stderr_tail
from assay.wire import frames
from assay.wire.messages import (
    Close,
    Closed,
    DescendantsKilled,
    FromForkServer,
    KillDescendants,
    Measure,
    Measured,
    Open,
    Opened,
    Pause,
    Paused,
    Ready,
    Resume,
    Resumed,
    Setup,
    SlowImport,
    SourceMessage,
)
from assay.wire.values import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assay.host.bare import ForkServerProcess

_ANSWER_SECONDS = 60
"""The fork server does little, but the machine may be busy."""

_decode_answer = decoder(FromForkServer)


class Budget(msgspec.Struct, frozen=True):
    """A guest's limits, which the student is told: seconds of processor time, bytes."""

    import_seconds: int
    call_seconds: int
    submission_seconds: int
    memory: int


_FORESEEN: dict[SlowImport, re.Pattern[bytes]] = {
    "compiler": re.compile(rb"torch\.func\b|\bimport func\b|functorch|\bvmap\b|\bvectorize\b"),
    "plots": re.compile(rb"plt|matplotlib|\.plot\("),
    "gradients": re.compile(
        rb"grad_outputs|ones_like|\.backward\((?!\)|retain_graph|create_graph|inputs)|\b(?:hvp|vhp|jvp|vjp)\b"
    ),
    "shell": re.compile(rb"\"cells\"|IPython|get_ipython|\n!|\n%|\?\n"),
}
"""Words in a source that tell that it needs PyTorch's compiler, matplotlib, gradients to start from, or IPython."""


class GuestSubmission(NamedTuple):
    """A submission as the guest gets it: its bytes and the names to look for.

    Args:
        like: the model answers' source. It stays here; the submission will probably need the same imports.
    """

    name: str
    kind: Any
    source: bytes
    contract: tuple[str, ...]
    seed: int
    like: bytes = b""

    @property
    def foreseen(self) -> list[SlowImport]:
        """The slow imports that it seems to need."""
        return [name for name, words in _FORESEEN.items() if words.search(self.source) or words.search(self.like)]


class ForkServer:
    """A process that has imported torch and the course's library, and forks.

    It imports the library in the background: `wait_until_ready` waits for it.

    Args:
        started: its process.
        library: the folder of the course's library, or None.
        waived: promises of the sandbox that the instructor waived.
    """

    def __init__(self, started: ForkServerProcess, library: Path | None, waived: tuple[str, ...] = ()) -> None:
        self._started = started
        self._sock = started.sock
        self._process = started.process
        self._ready = self._stopped = False
        setup = Setup(str(library.parent), library.name, list(waived)) if library else Setup("", "", list(waived))
        with contextlib.suppress(WireError):  # `wait_until_ready` finds out why
            frames.send(self._sock, encode(setup))

    def wait_until_ready(self) -> None:
        """Wait until it has imported everything. Raise ForkServerError if it could not; the text says why."""
        if self._ready:
            return
        try:
            ready = self._receive(START_SECONDS)
        except WireError as error:
            text = self._describe_end()
            self.stop()
            raise ForkServerError(text) from error
        if not isinstance(ready, Ready) or ready.failure:
            self.stop()
            text = f"the guest's fork server did not start: {getattr(ready, 'failure', ready)}"
            raise ForkServerError(text)
        self._ready = True

    def open(
        self, submission: GuestSubmission, budget: Budget, skip: Mapping[int, str] | None = None, stop_at: int = 0
    ) -> tuple[int, socket.socket]:
        """Fork a submission process; return its id and the line to it.

        Args:
            submission: what the guest gets.
            budget: its limits.
            skip: why statements are left out, by their numbers.
            stop_at: the number of the first statement that is not run, or 0.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            message = Open(
                submission.name, submission.kind, submission.foreseen, list(submission.contract), budget.import_seconds,
                budget.call_seconds, budget.memory,
            )  # fmt: skip
            self._ask(message)
            try:
                frames.send_socket(self._sock, theirs)
            except WireError as error:
                raise self._lost() from error
        opened = self._answer(Opened, START_SECONDS)  # it may import something first
        with contextlib.suppress(WireError):  # the next question finds out if the guest is gone
            ours.settimeout(_ANSWER_SECONDS)
            frames.send(
                ours,
                encode(SourceMessage(submission.source, submission.seed, dict(skip or {}), stop_at)),
                frames.TASK_LIMIT,
            )
        return opened.pid, ours

    def pause(self, pid: int) -> bool:
        """Stop a submission's processes; tell whether all of them stopped."""
        self._ask(Pause(pid))
        paused: Paused = self._answer(Paused)
        return paused.still

    def resume(self, pid: int) -> None:
        """Let a submission's processes go on."""
        self._ask(Resume(pid))
        self._answer(Resumed)

    def measure(self, pid: int) -> Measured:
        """Return what all processes and threads of a submission have taken from the processors."""
        self._ask(Measure(pid))
        measured: Measured = self._answer(Measured)
        return measured

    def kill_descendants(self, pid: int) -> DescendantsKilled:
        """Kill the processes that a check left behind."""
        self._ask(KillDescendants(pid))
        killed: DescendantsKilled = self._answer(DescendantsKilled)
        return killed

    def close(self, pid: int, *, hung_up: bool = False) -> Closed:
        """Kill a submission process and its descendants; one that hung up gets a moment to exit by itself."""
        self._ask(Close(pid, hung_up))
        closed: Closed = self._answer(Closed)
        return closed

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not self._stopped and self._process.alive

    def stop(self) -> None:
        """End the fork server and every guest."""
        if self._stopped:
            return
        self._stopped = True
        self._sock.close()
        if not self._process.wait(_ANSWER_SECONDS):
            self._process.kill()
            self._process.wait()
        self._started.close()

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
        """Kill it, so that no late answer is taken for the next one; return the error to raise."""
        error = ForkServerError(text or self._describe_end())
        self._process.kill()
        self._process.wait()
        return error

    def _receive(self, seconds: float) -> Any:
        return _decode_answer(frames.receive(self._sock, time.monotonic() + seconds))

    def _describe_end(self) -> str:
        return f"the guest's fork server is gone: {stderr_tail(self._started.errors)}"


_shared: dict[tuple[Path | None, tuple[str, ...]], ForkServer] = {}
_inherited: list[ForkServerProcess] = []
_bare: list[BareProcess] = []


def inherit(started: ForkServerProcess) -> None:
    """Use a process that was forked for this one as its first fork server."""
    _inherited.append(started)


def prepare(library: Path | None, waived: tuple[str, ...] = ()) -> ForkServer:
    """Return this process's fork server for the library, which may still import; start a new one if it died."""
    key = (library, waived)
    if key in _shared and not _shared[key].alive:
        _shared.pop(key).stop()
    if key not in _shared:
        _shared[key] = ForkServer(_start(), library, waived)
        atexit.register(_shared[key].stop)
    return _shared[key]


def shared(library: Path | None, waived: tuple[str, ...] = ()) -> ForkServer:
    """Return this process's fork server for the library, ready to fork.

    Raises:
        ForkServerError: it did not start; the text says why.
    """
    fork_server = prepare(library, waived)
    fork_server.wait_until_ready()
    return fork_server


def stop_shared(library: Path) -> None:
    """Stop this process's fork servers for the library, because it has changed or is not needed any more."""
    for key in [key for key in _shared if key[0] == library]:
        fork_server = _shared.pop(key)
        atexit.unregister(fork_server.stop)
        fork_server.stop()


def stop_all() -> None:
    """End this process's fork servers, and one that it never used."""
    for fork_server in _shared.values():
        fork_server.stop()
    for started in _inherited:
        started.close()


def _start() -> ForkServerProcess:
    if _inherited:
        return _inherited.pop()
    if not (_bare and _bare[-1].alive):
        _bare.append(BareProcess())
        atexit.register(_bare[-1].close)
    return fork_fork_server(_bare[-1])

"""One submission's guest: opened once, asked by many checks, opened again where a check broke it."""

from __future__ import annotations

import contextlib
import math
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

from assay.errors import GuestEnded, PromiseBroken, WireError
from assay.host.channel import EndedLine, SocketLine
from assay.wire import frames
from assay.wire.messages import Begin, CheckExited, FromSubmission, Imported, LockedDown, Returned, Running
from assay.wire.promises import broken
from assay.wire.values import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.host.channel import Line
    from assay.host.forkserver import Budget, ForkServer, Task
    from assay.wire.messages import Closed, Request

_END_SECONDS = 2
"""A check's process ends by itself when its line closes; it is ended when it does not."""

_read = decoder(FromSubmission)


class Guest:
    """A submission behind the wall.

    Args:
        find_nursery: gives the fork server that forks its process; another one where that has died.
        task: what is handed to it.
        budget: what it may take.
        waived: promises that the instructor gave up by name.
        patient: no end is set to all its checks together; for model answers, which wait while others are timed.
    """

    _fork_server: ForkServer  # once it is open

    def __init__(
        self,
        find_fork_server: Callable[[], ForkServer],
        task: Task,
        budget: Budget,
        waived: tuple[str, ...] = (),
        *,
        no_deadline: bool = False,
    ) -> None:
        self._find_fork_server = find_fork_server
        self._task = task
        self._budget = budget
        self._forgone = waived
        self._no_deadline = no_deadline
        self._pid = 0
        self._sock: socket.socket | None = None
        self._line: socket.socket | None = None
        self._heard_end = False
        self._silent = False
        self._began = self._spent = 0.0
        self.isolation: dict[str, str] = {}
        self.loaded: Imported | None = None
        self.failure: GuestEnded | None = None

    def open(self) -> None:
        """Locks a process down and imports the submission in it; what goes wrong with the import is kept in `failure`.

        Raises:
            PromiseBroken: this machine does not keep a core promise; no student's code ran.
            ForkServerError: ours.
        """
        self._fork_server = self._find_fork_server()
        self._pid, self._sock = self._fork_server.open(self._task, self._budget)
        started = time.monotonic()
        try:
            try:
                locked = self._hear(_wall(self._budget.call_seconds))
            except WireError:
                locked = None
            if not isinstance(locked, LockedDown):
                self.failure = GuestEnded("ungraded", _NOT_LOCKED)  # no student's code had run
                self.close()
                return
            self.isolation = locked.isolation
            self._insist_on_core_promises()
            loaded = self._hear(_wall(self._budget.import_seconds))
            if not isinstance(loaded, Imported):
                raise WireError  # noqa: TRY301 - told below, like every other broken line
            self.loaded = loaded
        except WireError as error:
            waited = time.monotonic() - started
            self.failure = self._import_ended(silent=isinstance(error, frames.Silence), waited=waited)

    def begin(self, seed: int, forbidden: list[str]) -> SocketLine | EndedLine:
        """Forks a process for a check; gives the line to it."""
        if not self._no_deadline and self._spent > _PATIENCE * self._budget.import_seconds:
            return EndedLine(GuestEnded("timeout", _USED_UP))
        if self._pid == 0 and self.failure is None:
            began = time.monotonic()
            self.open()
            self._spent += time.monotonic() - began
        if self.failure is not None:
            return EndedLine(self.failure)
        ours, theirs = socket.socketpair()
        self._heard_end = self._silent = False
        self._began = time.monotonic()
        with theirs:
            try:
                if self._sock is None:
                    raise frames.Hangup
                self._sock.settimeout(_wall(self._budget.call_seconds))
                frames.send_socket(self._sock, theirs)
                frames.send(self._sock, encode(Begin(seed, forbidden)))
            except WireError:
                ours.close()
                self.close()
                return EndedLine(GuestEnded("crashed", _GONE))
        self._line = ours
        whole = math.inf if self._no_deadline else _wall(self._budget.import_seconds)
        return SocketLine(ours, _wall(self._budget.call_seconds), whole, self._check_ended)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Its processes stand still meanwhile: none of their threads takes time from what is measured.

        Raises GuestEnded where they do not.
        """
        pid = self._pid
        if not pid:
            yield
            return
        still = self._fork_server.pause(pid)
        try:
            if still:
                yield
        finally:
            self._fork_server.resume(pid)
        if not still:
            ended = GuestEnded("crashed", _RESTLESS)
            raise ended

    def end(self) -> None:
        """Ends the check's process and whatever it started; the next check meets the module as it was."""
        if self._line is not None:
            self._line.close()
            self._line = None
            self._spent += time.monotonic() - self._began
        if self._pid == 0:
            return
        if not self._heard_end and not self._silent:
            self._silent = self._ending() is None  # its first thread may have ended, and others go on
        killed = self._fork_server.kill_descendants(self._pid)
        if self._silent:
            self._ending()
        if not killed.clean or not killed.alive or self._sock is None:
            self.close()

    def close(self) -> None:
        """Ends the submission's process."""
        self._hang_up()
        if self._pid:
            pid, self._pid = self._pid, 0
            self._fork_server.close(pid)

    def _hang_up(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _hear(self, seconds: float) -> Any:
        if self._sock is None:
            raise frames.Hangup
        deadline = time.monotonic() + seconds
        while isinstance(message := _read(frames.receive(self._sock, deadline)), Running):
            pass
        return message

    def _ending(self) -> CheckExited | None:
        self._heard_end = True
        try:
            ended = self._hear(_END_SECONDS)
        except frames.Hangup:
            self._hang_up()  # it is gone, though the kernel may still be taking it down, and a sweep find it alive
            return None
        except WireError:
            return None
        return ended if isinstance(ended, CheckExited) else None

    def _insist_on_core_promises(self) -> None:
        missing = broken(self.isolation, self._forgone)
        if missing:
            self.close()
            reasons = "; ".join(f"{name}: {self.isolation.get(name, 'not told')}" for name in missing)
            what_now = f"to grade all the same, name it: --waive {missing[0]}"
            text = f"this machine does not keep a core promise ({reasons}); {what_now}"
            raise PromiseBroken(text)

    def _import_ended(self, *, silent: bool, waited: float) -> GuestEnded:
        pid, self._pid = self._pid, 0
        closed = self._fork_server.close(pid, hung_up=not silent)
        self.close()
        if silent or _out_of_time(closed, sure=waited >= self._budget.import_seconds - 1):
            return _too_slow("the import did not end", self._budget.import_seconds)
        return _end_of("the import", closed)

    def _check_ended(self, how: str, waited: float) -> GuestEnded:
        # A call has its own limit, and all calls of a check together have the import's, which the kernel keeps.
        if how == "silence":
            self._silent = True  # and still running: the sweep at the check's end stops it
            return self._call_too_slow(alone=waited >= _wall(self._budget.call_seconds) - 1)
        long = time.monotonic() - self._began >= self._budget.import_seconds - 1
        ended = self._ending()
        if ended is not None and _out_of_time(ended, sure=long or waited >= self._budget.call_seconds - 1):
            # At a call's own limit comes SIGXCPU, unless that is the limit of all.
            alone = ended.signal == signal.SIGXCPU or self._budget.call_seconds == self._budget.import_seconds
            return self._call_too_slow(alone=alone)
        return _end_of("the call", ended)

    def _call_too_slow(self, *, alone: bool) -> GuestEnded:
        if alone:
            return _too_slow("no answer", self._budget.call_seconds)
        return _too_slow("the calls of this check did not end", self._budget.import_seconds)


class ReferenceLine:
    """A line to the reference, in a guest equal to a submission's.

    Args:
        line: to the guest that is asked.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def ask(self, request: Request) -> Returned:
        """Gives the value; raises GuestEnded where none comes, which is never the submission's fault."""
        try:
            reply = self._line.ask(request)
        except GuestEnded as ended:
            raise _no_peer(ended.text) from ended
        if not isinstance(reply, Returned):
            raise _no_peer(str(reply))
        return reply


def _no_peer(why: str) -> GuestEnded:
    return GuestEnded("ungraded", f"the reference, whose time is compared with, gave no answer: {why}")


def _out_of_time(ended: CheckExited | Closed, *, sure: bool) -> bool:
    """Whether the kernel ended a process because of its time; a SIGKILL may have another reason."""
    return ended.signal == signal.SIGXCPU or (ended.signal == signal.SIGKILL and sure)


def _end_of(what: str, ended: CheckExited | Closed | None) -> GuestEnded:
    """Words how a process of the submission's ended."""
    if ended is None:
        return GuestEnded("crashed", f"{what} ended the process")
    if ended.signal:
        return GuestEnded("crashed", f"{what} crashed with {_signal_name(ended.signal)}")
    return GuestEnded("crashed", f"{what} ended the process with exit code {ended.code}")


def _too_slow(what: str, seconds: int) -> GuestEnded:
    return GuestEnded("timeout", f"{what} within {seconds} s of processor time")


_NOT_LOCKED = "the guest ended before it was locked down; no code of the submission ran"

_RESTLESS = "the submission starts processes again and again, so that nothing can be timed beside it"

_USED_UP = "the checks before this one took all the time that a submission has"

_PATIENCE = 10
"""Imports' worth of wall time that all checks of a submission may take: a right one takes a few seconds."""

_GONE = "the submission's process was gone before the check began"


def _wall(seconds: float) -> float:
    # A guest shares the machine: it gets its processor time if it has half a processor, and some time to start.
    return 2 * seconds + 5


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

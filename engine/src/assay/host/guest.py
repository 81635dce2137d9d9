"""One submission's guest: opened once, asked by many checks, opened again after a check that broke it."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING, Any

from assay.errors import PromiseBroken, WireError
from assay.host import deadlines, endings
from assay.host.check_process import CheckProcess
from assay.host.lines import EndedLine
from assay.promises import broken_core
from assay.wire import frames
from assay.wire.messages import Begin, CheckExited, FromSubmission, Imported, LockedDown, Running
from assay.wire.values import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.errors import GuestEnded
    from assay.host.forkserver import Budget, ForkServer, Task
    from assay.promises import Isolation

_decode_message = decoder(FromSubmission)


class Guest:
    """A submission behind the wall.

    Args:
        find_fork_server: returns the fork server that forks its process; a new one if the last has died.
        task: the submission.
        budget: its limits.
        waived: promises that the instructor waived.
        no_deadline: all its checks together may take any time; for model answers, which wait while others are timed.
    """

    _fork_server: ForkServer  # set by `open`

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
        self._waived = waived
        self._no_deadline = no_deadline
        self._pid = 0
        self._sock: socket.socket | None = None
        self._check: CheckProcess | None = None
        self._spent = 0.0
        self.isolation: Isolation = {}
        self.loaded: Imported | None = None
        self.failure: GuestEnded | None = None

    def open(self) -> None:
        """Lock a process down and import the submission in it; `failure` tells if that went wrong.

        Raises:
            PromiseBroken: this machine does not keep a core promise; no student's code ran.
            ForkServerError: the fork server failed.
        """
        self._fork_server = self._find_fork_server()
        self._pid, self._sock = self._fork_server.open(self._task, self._budget)
        started = time.monotonic()
        try:
            try:
                locked = self._hear(deadlines.wall_seconds(self._budget.call_seconds))
            except WireError:
                locked = None
            if not isinstance(locked, LockedDown):
                self.failure = endings.not_locked_down()
                self.close()
                return
            self.isolation = locked.isolation
            self._insist_on_core_promises()
            loaded = self._hear(deadlines.wall_seconds(self._budget.import_seconds))
            if not isinstance(loaded, Imported):
                raise WireError  # noqa: TRY301 - handled below, like every other broken line
            self.loaded = loaded
        except WireError as error:
            waited = time.monotonic() - started
            self.failure = self._import_ended(silent=isinstance(error, frames.Silence), waited=waited)

    def begin(self, seed: int, forbidden: list[str]) -> CheckProcess | EndedLine:
        """Fork a process for a check; return it, or a line that tells why there is none."""
        if not self._no_deadline and self._spent > deadlines.IMPORTS_PER_SUBMISSION * self._budget.import_seconds:
            return EndedLine(endings.submission_too_slow())
        if self._pid == 0 and self.failure is None:
            began = time.monotonic()
            self.open()
            self._spent += time.monotonic() - began
        if self.failure is not None:
            return EndedLine(self.failure)
        ours, theirs = socket.socketpair()
        began = time.monotonic()
        with theirs:
            try:
                if self._sock is None:
                    raise frames.Hangup
                self._sock.settimeout(deadlines.wall_seconds(self._budget.call_seconds))
                frames.send_socket(self._sock, theirs)
                frames.send(self._sock, encode(Begin(seed, forbidden)))
            except WireError:
                ours.close()
                self.close()
                return EndedLine(endings.gone_before_check())
        self._check = CheckProcess(ours, self._budget, began, self._hear_exit, no_deadline=self._no_deadline)
        return self._check

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the submission's processes in the block, so that none of their threads takes time from a measurement.

        Raises GuestEnded if they do not stop.
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
            raise endings.cannot_be_paused()

    def end(self) -> None:
        """End the check's process and its descendants; the next check meets the module as it was."""
        check, self._check = self._check, None
        if check is None:
            return
        self._spent += check.close()
        if self._pid == 0:
            return
        exited = check.has_exited()
        killed = self._fork_server.kill_descendants(self._pid)
        if not exited:
            self._hear_exit()  # or the next check would take this exit for its own
        if not killed.clean or not killed.alive or self._sock is None:
            self.close()

    def close(self) -> None:
        """End the submission's process."""
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
        while isinstance(message := _decode_message(frames.receive(self._sock, deadline)), Running):
            pass
        return message

    def _hear_exit(self) -> CheckExited | None:
        try:
            message = self._hear(deadlines.EXIT_SECONDS)
        except frames.Hangup:
            self._hang_up()  # the process is gone, even if the fork server still finds it alive while it is taken down
            return None
        except WireError:
            return None
        return message if isinstance(message, CheckExited) else None

    def _insist_on_core_promises(self) -> None:
        missing = broken_core(self.isolation, self._waived)
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
        if silent or endings.ran_out_of_time(closed, sure=waited >= self._budget.import_seconds - 1):
            return endings.import_too_slow(self._budget.import_seconds)
        return endings.exited("the import", closed)

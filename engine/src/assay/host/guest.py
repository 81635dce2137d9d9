"""One submission's guest: opened once, used by many checks, opened again if a check ended its process."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.errors import PromiseBroken, WireError
from assay.host import timeouts_and_crashes, waiting
from assay.host.check_process import CheckProcess
from assay.host.lines import EndedLine
from assay.promises import broken_core
from assay.wire import frames
from assay.wire.messages import (
    IMPORTS_TOGETHER,
    Begin,
    CheckExited,
    FromSubmission,
    Imported,
    LockedDown,
    Measured,
    Running,
)
from assay.wire.values import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.errors import GuestEnded
    from assay.host.forkserver import Budget, ForkServer, GuestSubmission
    from assay.promises import Isolation

_decode_message = decoder(FromSubmission)


class SlowStatement(NamedTuple):
    """The statement that the submission says it is running.

    `alone` is true if this statement exceeded its own limit, false if all statements together did. `idle` is true if it
    waited instead of computing.
    """

    number: int
    alone: bool
    idle: bool = False


@dataclass
class Spent:
    """The time that a submission has taken: seconds on the processors, and seconds that the judge waited."""

    seconds: float = 0.0
    waited: float = 0.0


class Guest:
    """A submission behind the wall.

    Args:
        find_fork_server: return the fork server; start a new one if the old one died.
        submission: what it gets.
        budget: its limits.
        waived: promises that the instructor waived.
        no_deadline: its checks have no common limit, because model answers wait while others are timed.
    """

    _fork_server: ForkServer  # set by `open`

    def __init__(
        self,
        find_fork_server: Callable[[], ForkServer],
        submission: GuestSubmission,
        budget: Budget,
        waived: tuple[str, ...] = (),
        *,
        no_deadline: bool = False,
    ) -> None:
        self._find_fork_server = find_fork_server
        self._submission = submission
        self._budget = budget
        self._waived = waived
        self._no_deadline = no_deadline
        self._pid = 0
        self._sock: socket.socket | None = None
        self._check: CheckProcess | None = None
        self._checks, self._repeats = Spent(), Spent()
        self._spent = self._checks
        self._seconds_seen = 0.0
        self._slow = SlowStatement(0, alone=True)
        self.isolation: Isolation = {}
        self.loaded: Imported | None = None
        self.failure: GuestEnded | None = None

    def open(self) -> None:
        """Lock a process down and import the submission in it; set `failure` if the lock-down or the import failed.

        A statement that takes too long ends its process. The submission is then imported again without it.

        Raises:
            PromiseBroken: this machine does not keep a core promise; no student's code ran.
            ForkServerError: the fork server failed.
        """
        skip: dict[int, str] = {}
        self._import(skip)
        while (slow := self._slow_statement()) and len(skip) < IMPORTS_TOGETHER and slow.alone:
            skip[slow.number] = timeouts_and_crashes.left_out(self._budget.import_seconds, idle=slow.idle)
            self._import(skip)
        if slow:
            self._import(skip, stop_at=slow.number)

    def _slow_statement(self) -> SlowStatement | None:
        """Return the statement that the last import ran out of time in, if it did."""
        timed_out = self.failure is not None and self.failure.status == "timeout"
        return self._slow if timed_out and self._slow.number else None

    def _import(self, skip: dict[int, str], stop_at: int = 0) -> None:
        self.failure = None
        self._slow = SlowStatement(0, alone=True)
        self._fork_server = self._find_fork_server()
        self._pid, self._sock = self._fork_server.open(self._submission, self._budget, skip, stop_at)
        self._seconds_seen = 0.0
        started = time.monotonic()
        # The statements before `stop_at` did fit, by little perhaps, and a second run takes longer or shorter.
        together = IMPORTS_TOGETHER + (stop_at > 0)
        try:
            try:
                locked = self._hear(waiting.wall_seconds(self._budget.call_seconds))
            except WireError:
                locked = None
            if not isinstance(locked, LockedDown):
                self.failure = timeouts_and_crashes.not_locked_down()
                self.close()
                return
            self.isolation = locked.isolation
            self._insist_on_core_promises()
            loaded = self._hear_import(together)
            if not isinstance(loaded, Imported):
                raise WireError  # noqa: TRY301 - handled below, like every other broken line
            self.loaded = loaded
        except WireError as error:
            waited = time.monotonic() - started
            self.failure = self._import_ended(together, silent=isinstance(error, frames.Silence), waited=waited)

    def begin(
        self, seed: int, forbidden: list[str], *, undo_leftovers: bool = False, again: bool = False
    ) -> CheckProcess | EndedLine:
        """Fork a process for a check. Return its connection, or an `EndedLine` with the reason if there is no process.

        Args:
            seed: for random numbers in the check.
            forbidden: names of the library that it may not use.
            undo_leftovers: undo what the submission's import changed in torch's settings.
            again: a check that failed asks again, for its report: this must take no time from other checks, and all
                such checks together have as much time as all others.
        """
        self._spent = self._repeats if again else self._checks
        if not self._no_deadline and self._is_spent():
            return EndedLine(timeouts_and_crashes.submission_too_slow())
        if self._pid == 0 and self.failure is None:
            began = time.monotonic()
            self.open()
            self._spent.seconds += time.monotonic() - began
        if self.failure is not None:
            return EndedLine(self.failure)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                if self._sock is None:
                    raise frames.Hangup
                self._sock.settimeout(waiting.wall_seconds(self._budget.call_seconds))
                frames.send_socket(self._sock, theirs)
                frames.send(self._sock, encode(Begin(seed, forbidden, undo_leftovers)))
            except WireError:
                ours.close()
                self.close()
                return EndedLine(timeouts_and_crashes.gone_before_check())
        self._check = CheckProcess(ours, self._budget, self._hear_exit, self.measure, no_deadline=self._no_deadline)
        return self._check

    def _is_spent(self) -> bool:
        """Whether earlier checks have used the submission's time, on the processors or by the clock."""
        seconds = self._budget.submission_seconds
        return self._spent.seconds > seconds or self._spent.waited > waiting.wall_seconds(seconds)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the submission's processes in the block, so that none of their threads takes time from a measurement.

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
            raise timeouts_and_crashes.cannot_be_paused()

    def measure(self) -> Measured:
        """Return what all processes and threads of the submission have taken, as its fork server sees them."""
        if not self._pid:
            return Measured(0.0, None, runs=False)
        return self._fork_server.measure(self._pid)

    def end(self) -> None:
        """Kill the check's process and its descendants.

        The submission's process is unchanged, so the next check starts from the freshly imported module.
        """
        check, self._check = self._check, None
        if check is None:
            return
        self._spent.seconds += check.close()
        self._spent.waited += check.waited
        if self._pid == 0:
            return
        exited = check.has_exited()
        killed = self._fork_server.kill_descendants(self._pid)
        self._spent.seconds += max(0.0, killed.seconds - self._seconds_seen)
        self._seconds_seen = killed.seconds
        if not exited:
            self._hear_exit()  # otherwise the next check would read this exit as its own
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

    def _hear_import(self, together: int) -> Any:
        """Return the last message of the import. Raise Silence if one statement, or all together, took too long.

        Args:
            together: all statements have this many times the limit of one.
        """
        seconds = self._budget.import_seconds
        end = time.monotonic() + waiting.wall_seconds(together * seconds)
        began = time.monotonic()
        first = middle = None  # measurements of the statement that runs
        while True:
            if self._is_readable(waiting.MEASURE_SECONDS):
                message = self._hear(waiting.wall_seconds(self._budget.call_seconds))
                if not isinstance(message, Running):
                    return message
                self._slow = SlowStatement(message.number, alone=True)
                began = time.monotonic()
                first = middle = None
            else:
                now = waiting.Sample(self.measure(), time.monotonic())
                first = first or now
                ran, used = now.at - began, now.taken.seconds
                middle = middle or (now if ran >= seconds / 2 else None)
                idle = middle is not None and waiting.was_idle(middle, now, seconds / 2)
                alone = idle or used - first.taken.seconds > seconds or ran > waiting.wall_seconds(seconds)
                if alone or used > together * seconds or now.at > end:
                    self._slow = self._slow._replace(alone=alone, idle=idle)
                    raise frames.Silence

    def _is_readable(self, seconds: float) -> bool:
        if self._sock is None:
            raise frames.Hangup
        return bool(select.select([self._sock], [], [], seconds)[0])

    def _hear(self, seconds: float) -> Any:
        if self._sock is None:
            raise frames.Hangup
        return _decode_message(frames.receive(self._sock, time.monotonic() + seconds))

    def _hear_exit(self) -> CheckExited | None:
        try:
            message = self._hear(waiting.EXIT_SECONDS)
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
            what_now = f"to grade anyway, waive it: --waive {missing[0]}"
            text = f"this machine does not keep a core promise ({reasons}); {what_now}"
            raise PromiseBroken(text)

    def _import_ended(self, together: int, *, silent: bool, waited: float) -> GuestEnded:
        pid, self._pid = self._pid, 0
        closed = self._fork_server.close(pid, hung_up=not silent)
        self.close()
        if silent or timeouts_and_crashes.ran_out_of_time(closed, sure=waited >= self._budget.import_seconds - 1):
            if not silent and closed.signal == signal.SIGKILL:  # by the kernel, which counts all statements together
                self._slow = self._slow._replace(alone=False)
            if self._slow.alone and self._slow.number:
                return timeouts_and_crashes.statement_too_slow(self._budget.import_seconds)
            limit = 1 if self._slow.alone else together  # what comes before the first statement has the limit of one
            return timeouts_and_crashes.import_too_slow(limit * self._budget.import_seconds)
        return timeouts_and_crashes.exited("the import", closed)

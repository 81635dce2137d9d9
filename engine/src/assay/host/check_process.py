"""One check's process in a guest: asked by the check, and ended with it."""

from __future__ import annotations

import math
import signal
import time
from typing import TYPE_CHECKING

from assay.host import timeouts_and_crashes, waiting
from assay.host.lines import SocketLine

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from assay.errors import GuestEnded
    from assay.host.forkserver import Budget
    from assay.host.lines import NoReply
    from assay.wire.messages import CheckExited, Measured, Reply, Request


class CheckProcess:
    """A process that the submission's process forked for one check.

    Args:
        sock: the check's own socket.
        budget: the limits of its calls.
        hear_exit: waits until the submission's process tells how this one exited; None if it does not tell.
        measure: tells what the submission's processes have taken from the processors.
        no_deadline: its replies together may take any time.
    """

    def __init__(
        self,
        sock: socket.socket,
        budget: Budget,
        hear_exit: Callable[[], CheckExited | None],
        measure: Callable[[], Measured],
        *,
        no_deadline: bool,
    ) -> None:
        self._sock = sock
        self._budget = budget
        self._began = time.monotonic()
        self._hear_exit = hear_exit
        self._exit_heard = False
        self._silent = False
        self.waited = 0.0
        whole = math.inf if no_deadline else waiting.wall_seconds(budget.import_seconds)
        self._line = SocketLine(sock, budget.call_seconds, whole, self._describe_exit, measure)

    def ask(self, request: Request) -> Reply:
        """Return the reply. Raise GuestEnded if none comes."""
        asked = time.monotonic()
        try:
            return self._line.ask(request)
        finally:
            self.waited += time.monotonic() - asked

    def close(self) -> float:
        """Close the line, so that the process exits.

        Return the seconds since the check began if a call got no reply in time, because they count towards the
        submission's limit. Otherwise return 0.
        """
        self._sock.close()
        return time.monotonic() - self._began if self._silent else 0.0

    def has_exited(self) -> bool:
        """Wait a little for the process to exit by itself; tell whether it did."""
        if self._silent:
            return False
        if self._exit_heard:
            return True
        return self._hear_exit_once() is not None  # its first thread may have ended while others go on

    def _hear_exit_once(self) -> CheckExited | None:
        self._exit_heard = True
        return self._hear_exit()

    def _describe_exit(self, reason: NoReply, waited: float) -> GuestEnded:
        # A call has its own limit. All calls of a check together have the limit of one statement of the import, and the
        # kernel keeps it.
        budget = self._budget
        if reason != "hangup":
            self._silent = True  # the process still runs: the fork server kills it when the check ends
            if reason == "idle":
                return timeouts_and_crashes.call_waits(budget.call_seconds)
            return self._too_slow(one_call=waited >= waiting.wall_seconds(budget.call_seconds) - 1)
        long = time.monotonic() - self._began >= budget.import_seconds - 1
        how = self._hear_exit_once()
        if how is not None and timeouts_and_crashes.ran_out_of_time(
            how, sure=long or waited >= budget.call_seconds - 1
        ):
            # A call's own limit sends SIGXCPU, unless it equals the limit of all calls.
            one_call = how.signal == signal.SIGXCPU or budget.call_seconds == budget.import_seconds
            return self._too_slow(one_call=one_call)
        return timeouts_and_crashes.exited("the call", how)

    def _too_slow(self, *, one_call: bool) -> GuestEnded:
        if one_call:
            return timeouts_and_crashes.call_too_slow(self._budget.call_seconds)
        return timeouts_and_crashes.calls_too_slow(self._budget.import_seconds)

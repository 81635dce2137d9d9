"""How a guest ended, in the words of the report: every text for a timeout, a crash or a guest that is gone."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from assay.errors import GuestEnded
from assay.host import waiting

if TYPE_CHECKING:
    from assay.wire.messages import CheckExited, Closed


def import_too_slow(seconds: int) -> GuestEnded:
    """Return the ending of a submission whose import did not end within the limit of all statements together."""
    return _too_slow("the import did not end", seconds)


def statement_too_slow(seconds: int) -> GuestEnded:
    """Return the ending of a submission of which one statement of the import did not end within its own limit."""
    return _too_slow("one statement of the import did not end", seconds)


def left_out(seconds: int, *, idle: bool) -> str:
    """Return why a statement of the import is left out; `idle` if it waited instead of computing."""
    return _beyond("did not end", seconds, idle=idle)


def call_too_slow(seconds: int) -> GuestEnded:
    """Return the ending of a check of which one call reached its own limit."""
    return _too_slow("no answer", seconds)


def call_waits(seconds: int) -> GuestEnded:
    """Return the ending of a check that made a call which waited instead of computing."""
    return GuestEnded("timeout", _beyond("no answer", seconds, idle=True))


def calls_too_slow(seconds: int) -> GuestEnded:
    """Return the ending of a check whose calls together reached their limit."""
    return _too_slow("the calls of this check did not end", seconds)


def submission_too_slow() -> GuestEnded:
    """Return the ending of a check that has no time left."""
    return GuestEnded("timeout", "earlier checks used all of the submission's time")


def not_asked_again(name: str) -> GuestEnded:
    """Return the ending of a check that needs a function that did not end in earlier checks."""
    return GuestEnded("timeout", f"not run: `{name}` did not end in {waiting.CHECKS_IN_VAIN} earlier checks")


def exited(what: str, how: CheckExited | Closed | None) -> GuestEnded:
    """Return the ending of a process that exited or crashed during the import or a call; `how` is None if unknown."""
    if how is None:
        return GuestEnded("crashed", f"{what} ended the process")
    if how.signal:
        return GuestEnded("crashed", f"{what} crashed with {_signal_name(how.signal)}")
    return GuestEnded("crashed", f"{what} ended the process with exit code {how.code}")


def gone_before_check() -> GuestEnded:
    """Return the ending of a check whose submission process had ended before."""
    return GuestEnded("crashed", "the submission's process had ended before the check began")


def cannot_be_paused() -> GuestEnded:
    """Return the ending of a speed check whose submission does not stand still."""
    text = "the submission keeps starting processes, so the check could not be timed"
    return GuestEnded("crashed", text)


def unreadable_answer(error: Exception) -> GuestEnded:
    """Return the ending of a check whose answer is not a message."""
    return GuestEnded("crashed", f"the answer could not be read: {error}")


def not_locked_down() -> GuestEnded:
    """Return the ending of a guest that did not report its lock-down; the grader's failure."""
    return GuestEnded("ungraded", "the guest ended before it was locked down; no code of the submission ran")


def reference_failed(why: str) -> GuestEnded:
    """Return the ending of a speed check without the reference's answer; the grader's failure."""
    return GuestEnded("ungraded", f"the reference gave no answer to compare the time with: {why}")


def ran_out_of_time(how: CheckExited | Closed, *, sure: bool) -> bool:
    """Tell whether the kernel killed a process for its time; `sure` if a SIGKILL can have no other reason."""
    return how.signal == signal.SIGXCPU or (how.signal == signal.SIGKILL and sure)


def _too_slow(what: str, seconds: int) -> GuestEnded:
    return GuestEnded("timeout", _beyond(what, seconds, idle=False))


def _beyond(what: str, seconds: int, *, idle: bool) -> str:
    return f"{what} within {seconds} s" + (": it was waiting, not computing" if idle else " of processor time")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

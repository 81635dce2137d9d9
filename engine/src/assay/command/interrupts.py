"""Signals that end a command: Ctrl-C, a shutdown, a closed terminal."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Interrupts", "interrupts"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """The signals that end this command; a signal that somebody else handles or ignores is left alone."""

    def __init__(self) -> None:
        defaults = (signal.SIG_DFL, signal.default_int_handler)
        self.came = False
        self.before = {number: handler for number in _SIGNALS if (handler := signal.getsignal(number)) in defaults}

    def heed(self) -> None:
        """Have the next signal raise KeyboardInterrupt; a second one must not cost what the first one saves."""
        self._set(self._raise)

    def ignore(self) -> None:
        """Ignore the signals from now on."""
        self._set(signal.SIG_IGN)

    def restore(self) -> None:
        """Handle the signals as before the command."""
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _raise(self, number: int, frame: object) -> None:  # noqa: ARG002 - as Python calls it
        self.came = True
        self.ignore()
        raise KeyboardInterrupt

    def _set(self, handler: Any) -> None:
        for number in self.before:
            signal.signal(number, handler)


@contextlib.contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Heed the signals in the body, and handle them as before after it.

    After a signal that came they stay ignored: the command is about to end, and a second one must not change how.
    """
    found = Interrupts()
    found.heed()
    try:
        yield found
    finally:
        if not found.came:
            found.restore()

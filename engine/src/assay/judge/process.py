"""A judge's process, from the side of the command that starts it."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.errors import WorkerDied
from assay.host.bare import BareProcess, fork_fork_server, open_null

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.host.bare import ForkedProcess

__all__ = ["DIED", "BareProcess", "JudgeProcess"]

DIED = "a worker's process ended: a check ended it, or the machine did, whose memory may be too small"

_STDOUT, _STDERR = 1, 2


class Surroundings(NamedTuple):
    """Command to judge, first: what a process that was started the usual way would have inherited.

    `parent` is the process with which the judge dies.
    """

    parent: int
    environment: dict[str, str]
    path: list[str]
    arguments: list[str]
    dont_write_bytecode: bool


class JudgeProcess:
    """A judge and its fork server for guests.

    Args:
        bare: forks both.

    Raises:
        ForkServerError: the bare process is gone.
    """

    def __init__(self, bare: BareProcess) -> None:
        self._line, theirs = Pipe()
        fork_server = fork_fork_server(bare)  # first: it inherits nothing of the judge
        try:
            self._process = _fork(bare, [theirs.fileno(), *fork_server.descriptors])
        except BaseException:
            self._line.close()
            raise
        finally:
            fork_server.close()
            theirs.close()
        path = [entry or str(Path.cwd()) for entry in sys.path]
        surroundings = Surroundings(bare.pid, dict(os.environ), path, sys.argv, sys.dont_write_bytecode)
        with contextlib.suppress(OSError):  # the first task finds out that it is gone
            self._line.send_bytes(pickle.dumps(surroundings))

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[bool, Any]:
        """Run a task there; function, arguments and result are pickled.

        Returns:
            Whether the task returned, and what it returned or raised.

        Raises:
            WorkerDied: the process ended first.
        """
        call = pickle.dumps((function, args, kwargs))
        try:
            self._line.send_bytes(call)
            answer = self._line.recv_bytes()
        except (EOFError, OSError) as error:
            self.kill()  # it may have closed only its end of the line
            self._process.wait()
            raise WorkerDied(DIED) from error
        found: tuple[bool, Any] = pickle.loads(answer)  # noqa: S301 - from our own judge
        return found

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.alive

    def kill(self) -> None:
        """Kill the process, if it still runs."""
        self._process.kill()

    def close(self) -> None:
        """Let the process end, and wait for its end."""
        self._line.close()
        self._process.wait()
        self._process.close()


def _fork(bare: BareProcess, descriptors: Sequence[int]) -> ForkedProcess:
    with open_null() as null:
        out, err = (number if _is_open(number) else null.fileno() for number in (_STDOUT, _STDERR))
        return bare.fork("assay.judge", [null.fileno(), out, err, *descriptors])


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True

"""A judge's process: it runs the command's tasks, each of which grades submissions, until the command hangs up.

The bare process forks it, right after its fork server. Its descriptors besides the standard ones are its line to the
command and what it needs of the fork server. It starts without the command's environment, because a guest must not have
it; the command sends it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import os
import pickle
import signal
import socket
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from assay.errors import AssayError
from assay.host import forkserver
from assay.host.bare import ForkedProcess, ForkServerProcess

if TYPE_CHECKING:
    from assay.judge.process import Surroundings

_PR_SET_PDEATHSIG = 1

_COMMAND, _FORK_SERVER, _FORK_SERVER_HANDLE, _FORK_SERVER_ERRORS = 3, 4, 5, 6
"""Descriptors, as `judge/process.py` passes them."""


def main() -> None:
    """Run tasks until the command closes the line."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    command = Connection(_COMMAND)
    with contextlib.suppress(EOFError, OSError):
        _enter(pickle.loads(command.recv_bytes()))  # noqa: S301 - from the command
        gc.unfreeze()  # a session freezes it with the course's modules, which saves a look through all
        while True:
            command.send_bytes(_answer(command.recv_bytes()))
            gc.enable()
    forkserver.stop_all()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)  # at once: torch takes long to tidy up


def _enter(surroundings: Surroundings) -> None:
    """Take over what the command has."""
    if os.getppid() != surroundings.parent:  # it died before this process asked to die with it
        os.kill(os.getpid(), signal.SIGKILL)
    os.environ.clear()
    os.environ.update(surroundings.environment)
    sys.path[:] = surroundings.path
    sys.argv[:] = surroundings.arguments
    sys.dont_write_bytecode = surroundings.dont_write_bytecode
    forkserver.inherit(
        ForkServerProcess(
            socket.socket(fileno=_FORK_SERVER),
            ForkedProcess(_FORK_SERVER_HANDLE),
            io.FileIO(_FORK_SERVER_ERRORS, "r+"),
        )
    )


def _answer(call: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - from the command
        return pickle.dumps((True, function(*args, **kwargs)))
    except BaseException as error:  # noqa: BLE001 - one task's trouble must not end the judge
        return _failure(error)


def _failure(error: BaseException) -> bytes:
    if isinstance(error, Exception):
        with contextlib.suppress(Exception):  # not every exception can be pickled and read again
            failure = pickle.dumps((False, error))
            pickle.loads(failure)  # noqa: S301 - as above
            return failure
    return pickle.dumps((False, AssayError(f"{type(error).__name__} in a worker: {error}")))

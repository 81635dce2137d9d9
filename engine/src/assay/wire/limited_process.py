"""A process that reads what students handed in, with limits on each item, and its side of the command."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from assay.errors import IntakeError, WireError
from assay.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

__all__ = ["LimitedProcess", "Limits", "answer_requests"]

_OUT_OF_MEMORY: Final = 70
"""The process's exit code if an item takes more memory than the limit."""


class Limits(NamedTuple):
    """The limits of one item: bytes of address space, seconds of processor time, seconds of waiting."""

    memory: int
    cpu_seconds: int
    seconds: int


class LimitedProcess:
    """The command's side: the process is started when it is needed, and again after it died of an item.

    Args:
        module: what `python -m` runs there; it calls `answer_requests`.
        limits: those of each item.
        max_frame_bytes: the longest request or reply.
        environment: variables that the process has besides the command's.
    """

    def __init__(
        self, module: str, limits: Limits, max_frame_bytes: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self._module = module
        self._limits = limits
        self._max_frame_bytes = max_frame_bytes
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _exchange(self, request: bytes, descriptor: int | None = None) -> bytes:
        """Return the reply to a request, with which a file may go; raise IntakeError if the process dies of it."""
        sock = self._start()
        try:
            sock.settimeout(self._limits.seconds)
            frames.send(sock, request, self._max_frame_bytes)
            if descriptor is not None:
                socket.send_fds(sock, [b"+"], [descriptor])
            return frames.receive(sock, time.monotonic() + self._limits.seconds, self._max_frame_bytes)
        except frames.Silence:
            self._stop()
            reason = f"reading it took more than {self._limits.seconds} seconds"
            raise IntakeError(reason) from None
        except (WireError, OSError):
            raise IntakeError(self._ending()) from None

    def _start(self) -> socket.socket:
        if self._sock is not None:
            return self._sock
        self._sock, other = socket.socketpair()
        with other:
            # -P: the current folder may be a student's, and a module in it must not be imported.
            numbers = map(str, (other.fileno(), self._limits.memory, self._limits.cpu_seconds))
            command = [sys.executable, "-P", "-m", self._module, *numbers]
            null, environment = subprocess.DEVNULL, os.environ | dict(self._environment)
            self._process = subprocess.Popen(
                command, stdin=null, stdout=null, stderr=null, pass_fds=[other.fileno()], env=environment
            )
        return self._sock

    def _ending(self) -> str:
        """Return why the process died."""
        process = self._process
        self._close_socket()
        code = process.wait() if process else 0
        self._stop()
        if code == -signal.SIGXCPU:
            return f"reading it took more than {self._limits.cpu_seconds} seconds of processor time"
        if code == _OUT_OF_MEMORY:
            return f"reading it took more than {self._limits.memory:,} bytes of memory"
        return "the process that read it died"

    def _close_socket(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _stop(self) -> None:
        self._close_socket()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None


def answer_requests(answer: Callable[[socket.socket, bytes], bytes], max_frame_bytes: int) -> None:
    """Answer one request after the other until the command hangs up, and then end this process.

    Its arguments are the socket's number and two of the limits, as `LimitedProcess` gives them.
    """
    number, memory, seconds = map(int, sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to handle
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sock = socket.socket(fileno=number)
    try:
        while True:
            _allow_cpu(seconds)
            frames.send(sock, answer(sock, frames.receive(sock, limit=max_frame_bytes)), max_frame_bytes)
    except frames.Hangup:
        os._exit(0)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))

"""The command's side of the process that reads submissions: started when needed, and again after it died."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

import msgspec

from assay.errors import IntakeError, WireError
from assay.similarity.messages import MAX_FRAME_BYTES, MAX_SOURCE_BYTES, Code, Refusal, Reply, Source
from assay.wire import frames

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["LIMITS", "OUT_OF_MEMORY", "PASSAGE", "CodeLimits", "CodeReader", "is_installed"]

OUT_OF_MEMORY: Final = 70
"""The process's exit code if a submission takes more memory than the limit."""

PASSAGE: Final = 25
"""Characters of normalised text that one fingerprint is of, about a line: copydetect's default."""

_ENVIRONMENT: Final = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
"""The fingerprints are Python's hashes, which must be the same in the next process, too."""

_decode = msgspec.msgpack.Decoder(Reply).decode
_encode = msgspec.msgpack.Encoder().encode


class CodeLimits(NamedTuple):
    """The limits of one submission: bytes of address space, seconds of processor time, seconds of waiting."""

    memory: int
    cpu_seconds: int
    seconds: int


LIMITS: Final = CodeLimits(2 * 2**30, 10, 60)
"""A submission of the largest size takes a second."""


def is_installed() -> bool:
    """Return whether the library of the extra is installed."""
    return importlib.util.find_spec("copydetect") is not None


class CodeReader:
    """Reads submissions in a process with limits; a submission on which it dies is refused alone."""

    def __init__(self, limits: CodeLimits = LIMITS) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, kind: Literal["module", "notebook"], data: bytes) -> Code:
        """Return the code of a source, with its fingerprints.

        Raises:
            IntakeError: it is too large, cannot be read, or costs too much.
        """
        if len(data) > MAX_SOURCE_BYTES:
            reason = f"it has {len(data):,} bytes, over the limit of {MAX_SOURCE_BYTES:,}"
            raise IntakeError(reason)
        sock = self._start()
        try:
            sock.settimeout(self._limits.seconds)
            frames.send(sock, _encode(Source(kind, data)), MAX_FRAME_BYTES)
            answer = frames.receive(sock, time.monotonic() + self._limits.seconds, MAX_FRAME_BYTES)
        except frames.Silence:
            self._stop()
            reason = f"reading it took more than {self._limits.seconds} seconds"
            raise IntakeError(reason) from None
        except WireError:
            raise IntakeError(self._ending()) from None
        reply: Reply = _decode(answer)
        if isinstance(reply, Refusal):
            raise IntakeError(reply.reason)
        return reply

    def _start(self) -> socket.socket:
        if self._sock is not None:
            return self._sock
        self._sock, other = socket.socketpair()
        with other:
            # -P: the current folder may be a student's, and a module in it must not be imported.
            numbers = map(str, (other.fileno(), self._limits.memory, self._limits.cpu_seconds))
            command = [sys.executable, "-P", "-m", "assay.similarity", *numbers]
            null = subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, stdin=null, stdout=null, stderr=null, pass_fds=[other.fileno()], env=os.environ | _ENVIRONMENT
            )
        return self._sock

    def _ending(self) -> str:
        """Return why the process died."""
        process = self._process
        if self._sock is not None:
            self._sock.close()
        code = process.wait() if process else 0
        self._stop()
        if code == -signal.SIGXCPU:
            return f"reading it took more than {self._limits.cpu_seconds} seconds of processor time"
        if code == OUT_OF_MEMORY:
            return f"reading it took more than {self._limits.memory:,} bytes of memory"
        return "the process that read it died"

    def _stop(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None

"""The bare process, from the side of the process that starts it: a judge's command, or a pytest session."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from typing import IO, TYPE_CHECKING, NamedTuple

from assay.errors import ForkServerError
from assay.host.environment import guest_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

START_SECONDS = 300
"""A cold import of torch with CUDA from a network drive took minutes."""

_MAX_STDERR_BYTES = 2000


class ForkedProcess:
    """A process that the bare process forked, known by its handle.

    Args:
        handle: a `pidfd`: it never means another process, even after this one ended.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not self.wait(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end; tell whether it ended."""
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        return bool(poll.poll(None if seconds is None else 1000 * seconds))

    def kill(self) -> None:
        """Kill it, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def close(self) -> None:
        """Close the handle; the process goes on."""
        os.close(self.handle)


class BareProcess:
    """A process that imports torch, once for all that it forks; it dies with this process.

    It imports in the background: only the first fork waits for it.
    """

    def __init__(self) -> None:
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.settimeout(START_SECONDS)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._asking = threading.Lock()
        started: Future[subprocess.Popen[bytes]] = Future()
        # The kernel kills the process when the thread that started it ends, so the thread waits for its end.
        self._keeper = threading.Thread(target=self._keep, args=(theirs, started), daemon=True, name="assay-bare")
        self._keeper.start()
        self._process = started.result()

    def fork(self, package: str, descriptors: Sequence[int]) -> ForkedProcess:
        """Fork a process that runs a package.

        Args:
            package: its `__main__.main` runs in the new process.
            descriptors: the new process has these, numbered from 0 on, and no others.

        Raises:
            ForkServerError: the bare process is gone; the text says why.
        """
        with self._asking:
            try:
                socket.send_fds(self._sock, [package.encode()], descriptors)
                _, (handle,), _, _ = socket.recv_fds(self._sock, 1, 1)
            except (OSError, ValueError) as error:
                self.kill()
                self._keeper.join()
                text = f"the process that imports torch is gone: {stderr_tail(self._errors)}"
                raise ForkServerError(text) from error
        return ForkedProcess(handle)

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process, and with it every judge that it forked."""
        self._process.kill()

    def close(self) -> None:
        """End the process; a fork server that it forked goes on until its own line closes."""
        self._sock.close()
        self._keeper.join()
        self._errors.close()

    def _keep(self, theirs: socket.socket, started: Future[subprocess.Popen[bytes]]) -> None:
        # The process inherits the mask: it meets no Ctrl-C before it can ignore it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        caches = str(int(not sys.dont_write_bytecode))
        try:
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "assay.bare", str(theirs.fileno()), caches],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    env=guest_environment(),
                )
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(process)
        process.wait()


class ForkServerProcess(NamedTuple):
    """A fork server's process, before it knows its library: its line, its handle and its standard error."""

    sock: socket.socket
    process: ForkedProcess
    errors: IO[bytes]

    @property
    def descriptors(self) -> tuple[int, int, int]:
        """The three descriptors, in order, to pass them to another process."""
        return self.sock.fileno(), self.process.handle, self.errors.fileno()

    def close(self) -> None:
        """Close everything that this process has of it."""
        self.sock.close()
        self.process.close()
        self.errors.close()


def fork_fork_server(bare: BareProcess) -> ForkServerProcess:
    """Fork a guest's fork server.

    Raises:
        ForkServerError: as of `BareProcess.fork`.
    """
    ours, theirs = socket.socketpair()
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
    with theirs, open_null() as null:
        try:
            process = bare.fork("assay.guest", [null.fileno(), null.fileno(), errors.fileno(), theirs.fileno()])
        except ForkServerError:
            ours.close()
            errors.close()
            raise
    return ForkServerProcess(ours, process, errors)


def open_null() -> IO[bytes]:
    """Open the null device for reading and writing."""
    return open(os.devnull, "r+b", buffering=0)  # noqa: PTH123 - as short as it can be said


def stderr_tail(errors: IO[bytes]) -> str:
    """Return the end of a process's standard error."""
    errors.seek(0)
    told = errors.read()[-_MAX_STDERR_BYTES:].decode("utf-8", "replace").strip()
    return told or "it left no message"

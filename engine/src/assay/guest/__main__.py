"""The fork server: it imports the course's library once, then forks a process for every submission.

The bare process forks it, with torch imported, and with a line to the judge as its only descriptor besides the standard
ones. It runs no student's code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import WireError
from assay.guest import dataloader_patch, forbidden, processes
from assay.guest.lockdown import namespaces, scratch
from assay.guest.lockdown.syscalls import call
from assay.wire import frames
from assay.wire.messages import (
    Close,
    Closed,
    DescendantsKilled,
    KillDescendants,
    Measure,
    Measured,
    Open,
    Opened,
    Pause,
    Paused,
    Ready,
    Resume,
    Resumed,
    Setup,
    ToForkServer,
)
from assay.wire.values import encode, trusting_decoder

if TYPE_CHECKING:
    from types import ModuleType

_decode_setup = trusting_decoder(Setup)
_decode_request = trusting_decoder(ToForkServer)

_LINE = 3
"""The descriptor of the line to the judge: the first after the standard ones."""

_DYING_SECONDS = 2.0

_LARGE_PAGE = 2**21
_MADV_COLLAPSE = 25


class Server:
    """The fork server's loop: it answers the judge until the judge hangs up.

    Args:
        sock: the line to the judge.
    """

    def __init__(self, sock: socket.socket) -> None:
        namespaces.enter()
        self._sock = sock
        self._setup: Setup = _decode_setup(frames.receive(sock))
        self._library = self._prepare(self._setup)
        self._open: dict[int, ExitStack] = {}

    def run(self) -> None:
        """Answer one request after the other; end every submission when the judge hangs up."""
        self._send(Ready(""))
        try:
            while True:
                request: ToForkServer = _decode_request(frames.receive(self._sock))
                match request:
                    case Open() as task:
                        self._start(task)
                    case Pause(pid):
                        self._pause(pid)
                    case Resume(pid):
                        self._resume(pid)
                    case Measure(pid):
                        self._measure(pid)
                    case KillDescendants(pid):
                        self._kill_descendants(pid)
                    case Close(pid, hung_up):
                        self._close(pid, hung_up=hung_up)
        except WireError:
            for pid in list(self._open):
                self._end(pid)

    def _prepare(self, setup: Setup) -> ModuleType | None:
        importlib.import_module("assay.guest.submission")  # inside the namespaces: it looks for a network
        dataloader_patch.read_in_one_process()
        library = None
        if setup.library:
            sys.path.insert(0, setup.library_folder)
            library = importlib.import_module(setup.library)
            sys.path.remove(setup.library_folder)
            forbidden.prepare(library)
        _prepare_to_fork()
        gc.enable()
        return library

    def _foresee(self, task: Open) -> None:
        """Import the slow modules that this submission seems to need, once for all submissions."""
        before = len(sys.modules)
        if "shell" in task.foreseen:
            importlib.import_module("IPython.core.inputtransformer2")
        if "compiler" in task.foreseen:
            importlib.import_module("torch._dynamo.eval_frame")
        if "gradients" in task.foreseen:
            importlib.import_module("torch.fx.experimental.symbolic_shapes")  # compares the shapes, and imports sympy
        if "plots" in task.foreseen and "matplotlib.pyplot" not in sys.modules:
            with tempfile.TemporaryDirectory(prefix="assay-") as folder:
                os.environ["MPLCONFIGDIR"] = folder  # for the list of fonts, which every fork then inherits
                importlib.import_module("matplotlib.pyplot")
                importlib.import_module("matplotlib.backends.backend_agg")
        if len(sys.modules) > before:
            _prepare_to_fork()

    def _start(self, task: Open) -> None:
        from assay.guest import submission  # noqa: PLC0415

        line = frames.receive_socket(self._sock)
        self._foresee(task)
        resources = ExitStack()
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True)))
        resources.enter_context(scratch.prepare(folder))
        with namespaces.child_pid_namespace() as fork:
            pid = fork()
        if pid == 0:
            self._sock.close()
            try:
                submission.serve(line, task, self._library, folder, self._setup)
            finally:
                os._exit(70)  # the fork server's code may not go on in the child
        line.close()
        self._open[pid] = resources
        self._send(Opened(pid))

    def _pause(self, pid: int) -> None:
        self._send(Paused(processes.pause(pid)))

    def _resume(self, pid: int) -> None:
        processes.resume(pid)
        self._send(Resumed())

    def _measure(self, pid: int) -> None:
        self._send(Measured(processes.seconds_of(pid), processes.seconds_wanted_by(pid), processes.runs(pid)))

    def _kill_descendants(self, pid: int) -> None:
        clean = processes.kill_descendants(pid, set(self._open))
        seconds = processes.seconds_of_children(pid)
        self._send(DescendantsKilled(clean, _gone(pid) is None, seconds))

    def _close(self, pid: int, *, hung_up: bool) -> None:
        code = signal_number = 0
        gone = _gone(pid)
        # The kernel closes a dying process's sockets before its parent can know how it died.
        end = time.monotonic() + _DYING_SECONDS
        while hung_up and gone is None and time.monotonic() < end:
            time.sleep(0.001)
            gone = _gone(pid)
        if gone is not None:
            code, signal_number = (gone.si_status, 0) if gone.si_code == os.CLD_EXITED else (0, gone.si_status)
        self._end(pid)
        self._send(Closed(signal_number, code))

    def _end(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)  # in a pid namespace this kills all its descendants
        os.waitpid(pid, 0)
        resources = self._open.pop(pid)
        processes.kill_descendants(None, set(self._open))
        resources.close()

    def _send(self, message: object) -> None:
        frames.send(self._sock, encode(message))


def _gone(pid: int) -> os.waitid_result | None:
    """Return how a submission process ended, or None while it lives; do not reap it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def _use_large_pages() -> None:
    """Move all memory but files to large pages: a fork, which copies the tables of pages, then takes a third as long.

    The move takes as long as ten forks gain, and a submission is forked once for each check.
    """
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        span, rights, *_, inode, name = [*line.split(maxsplit=5), ""][:6]
        if rights == "rw-p" and inode == "0" and name in ("", "[heap]"):
            start, end = (int(number, 16) for number in span.split("-"))
            start, end = -(-start // _LARGE_PAGE) * _LARGE_PAGE, end // _LARGE_PAGE * _LARGE_PAGE
            if start < end:
                with contextlib.suppress(OSError):  # an older kernel, or no large page is free
                    call("madvise", start, end - start, _MADV_COLLAPSE)


def _prepare_to_fork() -> None:
    """Make forks cheap: few tables of pages to copy, and no child that touches the objects which exist now."""
    # A fork renews the locks of torch's 40 logging handlers, which would copy a quarter of the pages that a check
    # copies. This process has one thread, so no lock is held, and none needs renewing.
    getattr(logging, "_at_fork_reinit_lock_weakset", set[object]()).clear()
    gc.collect()
    gc.freeze()
    _use_large_pages()


def main() -> None:
    """Run the fork server."""
    os.setsid()  # no terminal
    sys.dont_write_bytecode = True
    sock = socket.socket(fileno=_LINE)
    try:
        _serve(sock)
    except frames.Hangup:
        pass  # the judge needed no guest
    finally:
        os._exit(0)  # at once: torch takes long to tidy up


def _serve(sock: socket.socket) -> None:
    try:
        server = Server(sock)
    except frames.Hangup:
        raise
    except Exception as error:  # noqa: BLE001 - the judge reports it
        frames.send(sock, encode(Ready(f"{type(error).__name__}: {error}")))
    else:
        server.run()

"""The fork server: it imports torch and the course's library once, then forks a process for every submission.

Run as `python -m assay.guest FD`, with the number of a socket to the judge. It runs no student's code.
"""

from __future__ import annotations

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
from assay.guest import processes
from assay.guest.lockdown import namespaces, scratch
from assay.wire import frames

if TYPE_CHECKING:
    from types import ModuleType

    from assay.wire.messages import Open, Setup, ToForkServer


_DYING_SECONDS = 2.0


class Server:
    """The fork server's loop: it answers the judge until the judge hangs up.

    Args:
        sock: the line to the judge.
    """

    def __init__(self, sock: socket.socket) -> None:
        # Only a process of one thread can enter namespaces, and torch starts threads: import it afterwards.
        namespaces.enter()
        from assay.wire.values import encode, trusting_decoder  # noqa: PLC0415

        self._encode = encode
        self._sock = sock
        from assay.wire.messages import Setup, ToForkServer  # noqa: PLC0415

        self._decode_request = trusting_decoder(ToForkServer)
        self._setup: Setup = trusting_decoder(Setup)(frames.receive(sock))
        self._library = self._prepare(self._setup)
        self._open: dict[int, ExitStack] = {}

    def run(self) -> None:
        """Answer one request after the other; end every submission when the judge hangs up."""
        from assay.wire.messages import Close, KillDescendants, Measure, Open, Pause, Ready, Resume  # noqa: PLC0415

        self._send(Ready(""))
        try:
            while True:
                request: ToForkServer = self._decode_request(frames.receive(self._sock))
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
        import torch  # noqa: PLC0415

        from assay.guest import (  # noqa: PLC0415 - before the forks, once for all
            dataloader_patch,
            forbidden,
            submission,  # noqa: F401
            warmup,
        )

        torch.set_num_threads(1)  # one processor for a submission: others are graded beside it
        dataloader_patch.read_in_one_process()
        library = None
        if setup.library:
            sys.path.insert(0, setup.library_folder)
            library = importlib.import_module(setup.library)
            sys.path.remove(setup.library_folder)
            forbidden.prepare(library)
        warmup.warm_up()
        _freeze()
        return library

    def _foresee(self, task: Open) -> None:
        """Import the slow modules that this submission seems to need, once for all submissions."""
        before = len(sys.modules)
        if "shell" in task.foreseen:
            importlib.import_module("IPython.core.inputtransformer2")
        if "optimizers" in task.foreseen:
            torch = importlib.import_module("torch")
            torch.optim.SGD([torch.zeros(1)])  # the first optimiser imports the compiler, which takes a second
        if "plots" in task.foreseen and "matplotlib.pyplot" not in sys.modules:
            with tempfile.TemporaryDirectory(prefix="assay-") as folder:
                os.environ["MPLCONFIGDIR"] = folder  # for the list of fonts, which every fork then inherits
                importlib.import_module("matplotlib.pyplot")
                importlib.import_module("matplotlib.backends.backend_agg")
        if len(sys.modules) > before:
            _freeze()

    def _start(self, task: Open) -> None:
        from assay.guest import submission  # noqa: PLC0415
        from assay.wire.messages import Opened  # noqa: PLC0415

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
        from assay.wire.messages import Paused  # noqa: PLC0415

        self._send(Paused(processes.pause(pid)))

    def _resume(self, pid: int) -> None:
        from assay.wire.messages import Resumed  # noqa: PLC0415

        processes.resume(pid)
        self._send(Resumed())

    def _measure(self, pid: int) -> None:
        from assay.wire.messages import Measured  # noqa: PLC0415

        self._send(Measured(processes.seconds_of(pid)))

    def _kill_descendants(self, pid: int) -> None:
        from assay.wire.messages import DescendantsKilled  # noqa: PLC0415

        clean = processes.kill_descendants(pid, set(self._open))
        seconds = processes.seconds_of_children(pid)
        self._send(DescendantsKilled(clean, _gone(pid) is None, seconds))

    def _close(self, pid: int, *, hung_up: bool) -> None:
        from assay.wire.messages import Closed  # noqa: PLC0415

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
        frames.send(self._sock, self._encode(message))


def _gone(pid: int) -> os.waitid_result | None:
    """Return how a submission process ended, or None while it lives; do not reap it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def _freeze() -> None:
    """Keep every child from touching the objects that exist now, which would copy all their pages."""
    # A fork renews the locks of torch's 40 logging handlers, which would copy a quarter of the pages that a check
    # copies. This process has one thread, so no lock is held, and none needs renewing.
    getattr(logging, "_at_fork_reinit_lock_weakset", set[object]()).clear()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Run the fork server on the socket whose number is the first argument."""
    from assay.wire.messages import Ready  # noqa: PLC0415
    from assay.wire.values import encode  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C that the judge gets too, and decides on
    sock = socket.socket(fileno=int(sys.argv[1]))
    try:
        server = Server(sock)
    except Exception as error:  # noqa: BLE001 - the judge reports it
        frames.send(sock, encode(Ready(f"{type(error).__name__}: {error}")))
        return
    server.run()


if __name__ == "__main__":
    main()

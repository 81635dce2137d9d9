"""The bare process: it imports torch once a command, trains a small model, then forks a process for every request.

Run as `python -P -m assay.bare FD CACHES`: FD is the number of a socket to the process that starts it, CACHES is 1 if
Python may write its caches of compiled modules. A request is one packet: the name of a package, whose `__main__.main`
the new process runs, and the descriptors of that process. The answer is a handle of the new process (a `pidfd`).

It never holds a course, a seed or a submission, because every later fork inherits its memory. It has one thread,
because a fork copies only the thread that forks: the locks of other threads would stay locked.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1

_MAX_NAME_BYTES = 100
_MAX_DESCRIPTORS = 16

_STDIO = 3
"""Descriptors below this number are the standard input, output and error."""


def main() -> None:
    """Import torch, warm it up and fork; in every fork, run the requested package."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the command ends this one
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _name("assay.bare")
    sock = socket.socket(fileno=int(sys.argv[1]))
    sys.dont_write_bytecode = sys.argv[2] == "0"
    gc.disable()  # importing torch makes half a million objects to look through, and no garbage
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    from assay.bare import compiler, warmup  # noqa: PLC0415 - they import torch

    compiler.import_lazily()
    warmup.warm_up()
    gc.freeze()  # a collection in a fork would copy all pages that it looks through
    package = _fork_on_request(sock)
    if package is None:
        os._exit(0)  # at once: torch takes long to tidy up
    importlib.import_module(f"{package}.__main__").main()


def _fork_on_request(sock: socket.socket) -> str | None:
    """Answer requests until the other end hangs up; in a fork, return the package to run."""
    children: dict[int, int] = {}  # handle: id
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        for handle in children.keys() & ready:  # reaped, not ignored: their processor time counts as the command's
            os.waitpid(children.pop(handle), 0)
            poll.unregister(handle)
            os.close(handle)
        if sock.fileno() not in ready:
            continue
        data, descriptors, _, _ = socket.recv_fds(sock, _MAX_NAME_BYTES, _MAX_DESCRIPTORS)
        if not data:
            return None
        _insist_on_one_thread()
        pid = os.fork()
        if pid == 0:
            sock.detach()
            _keep_only(descriptors)
            _name(data.decode())
            return data.decode()
        handle = os.pidfd_open(pid)
        children[handle] = pid
        poll.register(handle, select.POLLIN)
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(OSError):  # nobody waits for the answer; the next request tells
            socket.send_fds(sock, [b"+"], [handle])


def _insist_on_one_thread() -> None:
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names only
    if threads != 1:
        text = f"the bare process has {threads} threads: a fork of it could wait for a lock for ever"
        raise RuntimeError(text)


def _keep_only(descriptors: Sequence[int]) -> None:
    """Renumber these descriptors from 0 on, and close all others."""
    above = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 2 * _MAX_DESCRIPTORS) for descriptor in descriptors]
    for number, descriptor in enumerate(above):
        os.dup2(descriptor, number, inheritable=number < _STDIO)
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - names only
        if descriptor >= len(above):
            with contextlib.suppress(OSError):  # the listing's own
                os.close(descriptor)


def _name(name: str) -> None:
    """Let `ps` and `top` show this process under a name."""
    Path("/proc/self/comm").write_text(name, encoding="utf-8")


if __name__ == "__main__":
    main()

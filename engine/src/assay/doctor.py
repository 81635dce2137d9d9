"""Finds out which promises of the sandbox this machine keeps, by locking a real process down and trying."""

from __future__ import annotations

import json
import mmap
import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assay.guest import processes
from assay.guest.lockdown import apply, limits, namespaces
from assay.wire.promises import CORE, NOT_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BOUNDS = limits.Limits()
_ENDED = f"{NOT_KEPT}the examination ended early"


def examine() -> dict[str, str]:
    """Gives every promise with what keeps it, or "not kept: " and why; to be asked in a process of one thread."""
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        return _told(lambda: _nurse(Path(folder))) or dict.fromkeys(CORE, _ENDED)


def _nurse(folder: Path) -> Mapping[str, str]:
    fork_server = os.getpid()
    namespaces.enter()
    with namespaces.scratch(folder), namespaces.child_pid_namespace() as fork:
        report = _told(lambda: _submit(folder, fork_server), fork)
    processes.kill_descendants(None)
    return report


def _submit(folder: Path, fork_server: int) -> Mapping[str, str]:
    report = apply.lock_submission(folder, _BOUNDS)
    trials: dict[str, tuple[str, Callable[[], object]]] = {
        "files": ("the home folder could be listed", lambda: os.listdir(Path.home())),  # noqa: PTH208
        "network": ("a socket could be made", socket.socket),
        "processes": ("the fork server could be signalled", lambda: os.kill(fork_server, 0)),
        "memory": ("more could be taken", lambda: mmap.mmap(-1, 2 * _BOUNDS.memory)),
        "file_size": ("a larger file could be made", lambda: _grow(folder / "large")),
    }
    for promise, (what, attempt) in trials.items():
        try:
            attempt()
        except OSError:
            continue
        if not report[promise].startswith(NOT_KEPT):
            report[promise] = NOT_KEPT + what
    return report


def _grow(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        file.truncate(_BOUNDS.file_size + 1)


def _told(task: Callable[[], Mapping[str, str]], fork: Callable[[], int] = os.fork) -> dict[str, str]:
    """Does something in a process of its own; gives what it found, or nothing if that process ended early."""
    read_end, write_end = os.pipe()
    pid = fork()
    if pid == 0:
        try:
            os.write(write_end, json.dumps(task()).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    found: dict[str, str] = json.loads(text or b"{}")
    return found

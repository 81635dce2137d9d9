"""Find out which promises of the sandbox this machine keeps: lock a real process down, then try to break out.

Run as `python -m assay.guest.examine HOME`. Writes JSON to the standard output, or nothing if the locked process died.
"""

from __future__ import annotations

import mmap
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assay.guest import processes
from assay.guest.lockdown import apply, limits, namespaces, scratch
from assay.promises import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.promises import Isolation

_STDOUT = 1
_BOUNDS = limits.Limits()


def main() -> None:
    """Fork a process as the fork server forks a submission's; that process locks itself down and reports."""
    home, outside = Path(sys.argv[1]), os.getpid()
    with tempfile.TemporaryDirectory(prefix="assay-") as name:
        namespaces.enter()
        folder = Path(name)
        with scratch.prepare(folder), namespaces.child_pid_namespace() as fork:
            pid = fork()
            if pid == 0:
                try:
                    isolation = apply.lock_submission(folder, _BOUNDS)
                    os.write(_STDOUT, msgspec.json.encode(try_promises(isolation, folder, home, outside)))
                finally:
                    os._exit(0)
            os.waitpid(pid, 0)
        processes.kill_descendants(None)


def try_promises(isolation: Isolation, folder: Path, home: Path, outside: int) -> Isolation:
    """Return `isolation` with each kept promise that this process can break marked as broken.

    Args:
        isolation: the report of the lock-down.
        folder: the scratch folder, which this process may write to.
        home: a folder that must be out of reach.
        outside: the id of a process that must be out of reach.
    """
    attempts: dict[str, tuple[str, Callable[[], object]]] = {
        "files": ("the home folder could be listed", lambda: os.listdir(home)),  # noqa: PTH208 - an OSError at once
        "network": ("a socket could be made", lambda: socket.socket().close()),
        "processes": ("the fork server could be signalled", lambda: os.kill(outside, 0)),
        "memory": ("more could be taken", lambda: mmap.mmap(-1, 2 * _BOUNDS.memory).close()),
        "file_size": ("a larger file could be made", lambda: _grow(folder / "large")),
    }
    tried = dict(isolation)
    for promise, (why, attempt) in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        if not isinstance(tried[promise], Broken):
            tried[promise] = Broken(why)
    return tried


def _grow(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        file.truncate(_BOUNDS.file_size + 1)


if __name__ == "__main__":
    main()

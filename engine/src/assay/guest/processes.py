"""The processes that came of one: found through `/proc`, stopped for a while, and ended.

For the nursery, which is outside the pid namespace of its guests and therefore sees them all.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DEADLINE = 5.0


class _Seen(NamedTuple):
    pid: int
    parent: int


def descendants(root: int, keep: Collection[int] = ()) -> Iterator[int]:
    """Finds the children of a process, their children and so on; leaves out those in `keep` and what came of them."""
    return (seen.pid for seen in _descendants(root, keep))


def hold(root: int, deadline: float = _DEADLINE) -> None:
    """Stops a process and what came of it; gives up after so many seconds, against one that starts others faster."""
    end = time.monotonic() + deadline
    quiet = 0
    # As with a sweep: a list that is read while one starts another is believed the second time.
    while quiet <= 1 and time.monotonic() < end:
        running = [pid for pid in (root, *descendants(root)) if _runs(pid)]
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        quiet = 0 if running else quiet + 1


def release(root: int) -> None:
    """Lets a process that `hold` stopped, and what came of it, go on."""
    for pid in (*descendants(root), root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def sweep(root: int | None, keep: Collection[int] = (), deadline: float = _DEADLINE) -> bool:
    """Ends what came of a process, except those in `keep` and what came of them.

    Args:
        root: whose descendants; it is never ended itself, and neither is this process. None: this process's.
        keep: processes to be left alone with all theirs.
        deadline: seconds after which to give up, for something that starts processes faster than they can be ended.

    Returns:
        Whether nothing is left that runs.
    """
    own = os.getpid()
    root = own if root is None else root
    kept = {*keep, own}
    end = time.monotonic() + deadline
    quiet = pause = 0.0
    while True:
        seen = running = 0
        for process in _descendants(root, kept):
            seen += 1
            running += _end(process)
            if process.parent == own:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)
        quiet = 0 if running else quiet + 1
        # A list of children that is read while one of them ends may lack another: it is believed the second time.
        if quiet > 1 or not (seen or pause):
            return True
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(0.01, pause + 0.0002)


def _descendants(root: int, keep: Collection[int]) -> Iterator[_Seen]:
    children = _children if _LISTED else _scan().get
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        for child in children(parent) or ():
            if child not in keep:
                yield _Seen(child, parent)
                waiting.append(child)


def _end(process: _Seen) -> bool:
    """Kills a process, unless it has ended or its number now is another's; tells whether it may still run."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        state, parent = _state(process.pid)
        if state in "ZX":
            return False
        if parent == process.parent:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        return False
    finally:
        os.close(handle)
    return True


def _children(pid: int) -> list[int]:
    tasks = f"/proc/{pid}/task"
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(tasks):  # noqa: PTH208 - in every check: a Path costs more than the call
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, _read(f"{tasks}/{thread}/children").split())
    return found


def _runs(pid: int) -> bool:
    try:
        return _state(pid)[0] not in "tTZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _scan() -> dict[int, list[int]]:
    """Every process's children, for a kernel that keeps no lists of them."""
    found: dict[int, list[int]] = {}
    for name in (entry.name for entry in os.scandir("/proc")):
        if name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.setdefault(_state(int(name))[1], []).append(int(name))
    return found


def _state(pid: int) -> tuple[str, int]:
    # The name, in parentheses, may hold anything, parentheses and blanks too.
    state, parent = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[:2]
    return state.decode(), int(parent)


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = b""
        while chunk := os.read(file, 65536):
            text += chunk
        return text
    finally:
        os.close(file)


_LISTED = Path("/proc/thread-self/children").exists()

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
"""Seconds, against something that starts processes faster than they can be ended or stopped."""


class _Seen(NamedTuple):
    pid: int
    parent: int


def pause(root: int) -> bool:
    """Stops a process and what came of it; tells whether all stands still, which starting others may prevent."""
    told: set[_Seen] = set()
    end = time.monotonic() + _DEADLINE
    quiet = 0
    # As with a sweep: a list that is read while one starts another is believed the second time.
    while quiet <= 1:
        if time.monotonic() > end:
            return False
        moving = [process for process in _family(root) if process not in told or _moves(process.pid)]
        for process in moving:
            _signal(process, signal.SIGSTOP)
        told.update(moving)
        quiet = 0 if moving else quiet + 1
    return True


def resume(root: int) -> None:
    """Lets a process that `pause` stopped, and what came of it, go on."""
    for process in reversed(list(_family(root))):
        _signal(process, signal.SIGCONT)


def sweep(root: int | None, keep: Collection[int] = ()) -> bool:
    """Ends what came of a process, except those in `keep` and what came of them; gives up after some seconds.

    Args:
        root: whose descendants; it is never ended itself, and neither is this process. None: this process's.
        keep: processes to be left alone with all theirs.

    Returns:
        Whether nothing is left that runs.
    """
    own = os.getpid()
    root = own if root is None else root
    kept = {*keep, own}
    end = time.monotonic() + _DEADLINE
    quiet = nap = 0.0
    while True:
        seen = running = 0
        for process in _descendants(root, kept):
            seen += 1
            running += _signal(process, signal.SIGKILL)
            if process.parent == own:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)
        quiet = 0 if running else quiet + 1
        # A list of children that is read while one of them ends may lack another: it is believed the second time.
        if quiet > 1 or not (seen or nap):
            return True
        if time.monotonic() > end:
            return False
        time.sleep(nap)
        nap = min(0.01, nap + 0.0002)


def _descendants(root: int, keep: Collection[int]) -> Iterator[_Seen]:
    children = _children if _LISTED else _scan().get
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        for child in children(parent) or ():
            if child not in keep:
                yield _Seen(child, parent)
                waiting.append(child)


def _family(root: int) -> Iterator[_Seen]:
    yield _Seen(root, os.getpid())
    yield from _descendants(root, ())


def _signal(process: _Seen, number: int) -> bool:
    """Signals a process, unless it has ended or its number now is another's; tells whether it may still run."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        if set("ZX").issuperset(_states(process.pid)):
            return False
        if _parent(process.pid) == process.parent:
            signal.pidfd_send_signal(handle, number)
    except (FileNotFoundError, ProcessLookupError):
        return False
    finally:
        os.close(handle)
    return True


def _moves(pid: int) -> bool:
    # Who waits for the kernel (D) stops before it goes on.
    return not set("tTDZX").issuperset(_states(pid))


def _children(pid: int) -> list[int]:
    tasks = f"/proc/{pid}/task"
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(tasks):  # noqa: PTH208 - in every check: a Path costs more than the call
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, _read(f"{tasks}/{thread}/children").split())
    return found


def _scan() -> dict[int, list[int]]:
    """Every process's children, for a kernel that keeps no lists of them."""
    found: dict[int, list[int]] = {}
    for name in (entry.name for entry in os.scandir("/proc")):
        if name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.setdefault(_parent(int(name)), []).append(int(name))
    return found


def _states(pid: int) -> list[str]:
    """Of all its threads: a process whose first one has ended goes on while another does."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - in every check: a Path costs more than the call
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.append(_fields(f"{pid}/task/{thread}")[0].decode())
    return found


def _parent(pid: int) -> int:
    return int(_fields(str(pid))[1])


def _fields(process: str) -> list[bytes]:
    # The name, in parentheses, may hold anything, parentheses and blanks too.
    return _read(f"/proc/{process}/stat").rpartition(b")")[2].split()[:2]


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

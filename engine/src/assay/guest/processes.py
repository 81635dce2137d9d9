"""The descendants of a process: find them through `/proc`, pause them, kill them.

The fork server uses it: it is outside the pid namespaces of its guests, so it sees all their processes.
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
"""Seconds until giving up: a submission may start processes faster than they can be killed or stopped."""

_FORK_SECONDS = 0.25
"""A process that is told to stop first ends its `fork`, which may wait for a lock of the kernel: a few dozen
milliseconds on a busy machine. A process that waits longer waits for something else, such as the end of a `vfork`, and
stops before it goes on."""

# States of a thread in `/proc`.
_ENDED = frozenset("ZX")
_STOPPED = _ENDED | set("tT")
_WAITING = frozenset("D")


class _Seen(NamedTuple):
    pid: int
    parent: int


class _Passes:
    """The processes seen in each pass over `/proc`, and whether to believe that nothing runs any more.

    The kernel's list of children may lack a child if another one ends while the list is read, or before it hands its
    own children on. So every process seen must be the same in three passes.
    """

    def __init__(self) -> None:
        self._last: dict[_Seen, bool] | None = None
        self._alike = 0

    def add(self, seen: dict[_Seen, bool]) -> None:
        """Add a pass: the processes seen, and whether each ran."""
        self._alike = self._alike + 1 if seen == self._last and not any(seen.values()) else 0
        self._last = seen

    @property
    def believed(self) -> bool:
        """Whether three passes saw the same processes, none of them running."""
        return self._alike > 1


def pause(root: int) -> bool:
    """Stop a process and its descendants; return False if it starts new ones too fast."""
    moved: dict[_Seen, float] = {}
    end = time.monotonic() + _DEADLINE
    passes = _Passes()
    while not passes.believed:
        if time.monotonic() > end:
            return False
        seen: dict[_Seen, bool] = {}
        for process in list(_family(root)):
            states = _states(process.pid)
            if process not in moved:
                still = _ENDED
            elif time.monotonic() - moved[process] < _FORK_SECONDS:
                still = _STOPPED
            else:
                still = _STOPPED | _WAITING
            seen[process] = not states <= still
            if process not in moved or not states <= _STOPPED | _WAITING:
                moved[process] = time.monotonic()
            if seen[process]:
                _signal(process, signal.SIGSTOP)
        passes.add(seen)
    return True


def resume(root: int) -> None:
    """Let a process that `pause` stopped, and its descendants, go on."""
    for process in reversed(list(_family(root))):
        _signal(process, signal.SIGCONT)


def kill_descendants(root: int | None, keep: Collection[int] = ()) -> bool:
    """Kill the descendants of a process, except those in `keep` and theirs; give up after some seconds.

    Args:
        root: the process, which is not killed itself; None for this process. This process is never killed.
        keep: processes to leave alone, with their descendants.

    Returns:
        Whether none of them runs any more.
    """
    own = os.getpid()
    root = own if root is None else root
    kept = {*keep, own}
    end = time.monotonic() + _DEADLINE
    passes = _Passes()
    nap = 0.0
    while True:
        seen: dict[_Seen, bool] = {}
        for process in _descendants(root, kept):
            seen[process] = _signal(process, signal.SIGKILL)
            if process.parent == own:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)
        passes.add(seen)
        if passes.believed or not (seen or nap):
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
    """Signal a process, unless it ended or its id is reused; tell whether it may still run."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        if _states(process.pid) <= _ENDED:
            return False
        if _parent(process.pid) == process.parent:
            signal.pidfd_send_signal(handle, number)
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
                found += map(int, _read_proc(f"{tasks}/{thread}/children").split())
    return found


def _scan() -> dict[int, list[int]]:
    """Return every process's children, on a kernel that keeps no lists of them."""
    found: dict[int, list[int]] = {}
    for name in (entry.name for entry in os.scandir("/proc")):
        if name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.setdefault(_parent(int(name)), []).append(int(name))
    return found


def _states(pid: int) -> set[str]:
    """Return the states of all its threads: a process goes on while any of its threads does."""
    found = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - in every check: a Path costs more than the call
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.add(_fields(f"{pid}/task/{thread}")[0].decode())
    return found


def seconds_of(root: int) -> float:
    """Return the processor time of a process, of its living descendants, and of those that were waited for."""
    seconds = 0.0
    for process in list(_family(root)):
        with contextlib.suppress(OSError):  # it is gone
            # The clock of another process (see clock_getcpuclockid(3)), with its ended threads, in nanoseconds.
            seconds += time.clock_gettime(~process.pid << 3 | _CPUCLOCK_SCHED)
        seconds += seconds_of_children(process.pid)
    return seconds


def seconds_wanted_by(root: int) -> float | None:
    """Return how long the threads of a process and its living descendants ran or waited for a processor.

    None if the kernel does not tell.
    """
    nanoseconds = 0
    try:
        for process in list(_family(root)):
            for thread in os.listdir(f"/proc/{process.pid}/task"):  # noqa: PTH208 - as above
                ran, waited, _ = _read_proc(f"/proc/{process.pid}/task/{thread}/schedstat").split()
                nanoseconds += int(ran) + int(waited)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return nanoseconds / 1e9


def runs(root: int) -> bool:
    """Tell whether a thread of a process or its descendants runs, or waits for a processor, at this moment."""
    return any("R" in _states(process.pid) for process in list(_family(root)))


def seconds_of_children(pid: int) -> float:
    """Return the processor time of the processes that this one has waited for; 0 if it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return sum(map(int, _fields(str(pid))[13:15])) / _TICKS
    return 0.0


def _parent(pid: int) -> int:
    return int(_fields(str(pid))[1])


def _fields(process: str) -> list[bytes]:
    # The process's name, in parentheses, may contain parentheses and blanks.
    return _read_proc(f"/proc/{process}/stat").rpartition(b")")[2].split()


def _read_proc(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = b""
        while chunk := os.read(file, 65536):
            text += chunk
        return text
    finally:
        os.close(file)


_CPUCLOCK_SCHED = 2
_TICKS = os.sysconf("SC_CLK_TCK")
_LISTED = Path("/proc/thread-self/children").exists()

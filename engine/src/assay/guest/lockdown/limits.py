"""What a guest may take, held by the kernel process by process (`setrlimit`).

Not held: the sum over several processes, which would need a control group. What a submission's processes can take
together is therefore `tasks` times `memory`, in the worst case.
"""

from __future__ import annotations

import math
import os
import re
import resource
from dataclasses import dataclass

_PAGE = resource.getpagesize()
_MARGIN = 512

_COUNTED_BY_NAMESPACE = (5, 14)
"""From this Linux on, tasks are counted in the user namespace; before, all of the user's on the machine are."""


@dataclass(frozen=True)
class Limits:
    """How much, and what happens at the limit.

    Attributes:
        memory: bytes of address space beyond the fork server's own (torch maps much that it never touches);
            MemoryError.
        cpu_seconds: processor time of one process; SIGKILL. `allow_cpu` sets an earlier end.
        tasks: processes and threads together; `fork` fails. Twice what a pool of threads asks for, and few enough that
            a neighbour, who has a seventeenth of a processor then, does what an exercise needs within its wall time.
        file_size: bytes of one file; SIGXFSZ, which Python makes an OSError.
        open_files: descriptors of one process; `open` fails.
        pending_signals: queued signals and timers.
    """

    memory: int = 4 * 2**30
    cpu_seconds: int = 60
    tasks: int = 16
    file_size: int = 64 * 2**20
    open_files: int = 256
    pending_signals: int = 64


def impose(limits: Limits, *, others: int = 0) -> dict[str, str]:
    """Lowers this process's limits for good; gives what could not be lowered, and why.

    Args:
        limits: how much.
        others: tasks of the same user that do not belong to the guest but that the kernel counts with it.
    """
    missing = {}
    ends = {
        "memory": (resource.RLIMIT_AS, _mapped() + limits.memory),
        "time": (resource.RLIMIT_CPU, limits.cpu_seconds),
        "process_count": (resource.RLIMIT_NPROC, others + limits.tasks),
        "file_size": (resource.RLIMIT_FSIZE, limits.file_size),
        "open_files": (resource.RLIMIT_NOFILE, limits.open_files),
        "core": (resource.RLIMIT_CORE, 0),
        "locked_memory": (resource.RLIMIT_MEMLOCK, 0),
        "message_queues": (resource.RLIMIT_MSGQUEUE, 0),
        "pending_signals": (resource.RLIMIT_SIGPENDING, limits.pending_signals),
    }
    for name, (which, most) in ends.items():
        try:
            _lower(which, most)
        except (OSError, ValueError) as error:
            missing[name] = f"setrlimit: {error}"
    return missing


def allow_cpu(seconds: float) -> None:
    """Lets this process have so much more processor time; then SIGXCPU, once a second, up to the hard limit's SIGKILL.

    The kernel counts whole seconds, so the end comes up to one second late.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def bound_cpu(seconds: int) -> None:
    """Lower for good what this process may have of processor time altogether; SIGKILL at its end."""
    _lower(resource.RLIMIT_CPU, seconds)


def first_to_go() -> str | None:
    """Has the kernel end this process before any other when memory runs out; gives why not where it cannot."""
    try:
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(file, b"1000")
        finally:
            os.close(file)
    except OSError as error:
        return os.strerror(error.errno or 0)
    return None


def counted_with(user: int | None) -> int:
    """How many tasks beside the guest's own the kernel counts against its `tasks`.

    Args:
        user: the user of its own that the guest will be, or None where it stays who it is.
    """
    if user is not None:
        return 0
    first, outside, length = _user_map()
    if first == outside == os.getuid() and length == 1 and _release() >= _COUNTED_BY_NAMESPACE:
        return 0
    # All that this user runs on the machine counts, and what it starts meanwhile may not stop a guest.
    return _tasks_of(os.getuid()) + _MARGIN


def uncounted(user: int | None) -> str | None:
    """Why the kernel will not hold the guest to its `tasks`, or None if it will."""
    first, outside, _ = _user_map()
    if user is None and os.getuid() == first == outside == 0:
        return "the kernel does not count root's processes"
    return None


def _user_map() -> tuple[int, int, int]:
    """The first line of this user namespace's map: an id inside, which it is outside, for how many from there."""
    first, outside, length = map(int, _read("/proc/self/uid_map").split()[:3])
    return first, outside, length


def _release() -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))


def _tasks_of(user: int) -> int:
    count = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdecimal() and entry.stat().st_uid == user:
                count += sum(1 for _ in os.scandir(f"{entry.path}/task"))
        except OSError:
            continue  # ended meanwhile
    return count


def _lower(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(which, (most, most))


def _mapped() -> int:
    try:
        return int(_read("/proc/self/statm").split()[0]) * _PAGE
    except OSError:
        return 0  # a stricter limit, then


def _read(path: str) -> bytes:
    # Without Python's file objects: in a process just forked, every page touched is a page copied.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)

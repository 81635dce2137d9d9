"""A guest's limits, which the kernel keeps for each process (`setrlimit`).

It does not limit the sum over several processes, which would need a control group. In the worst case a submission's
processes together take `tasks` times `memory`.
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
"""From this Linux on, the kernel counts tasks in the user namespace; before, all the user's tasks on the machine."""


@dataclass(frozen=True)
class Limits:
    """How much a guest may take, and what happens at the limit.

    Attributes:
        memory: bytes of address space beyond the fork server's, because torch maps much that it never touches;
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
    """Lower this process's limits for good; return those that could not be lowered, and why.

    Args:
        limits: the new limits.
        others: tasks of the same user outside the guest, which the kernel counts as well.
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
    """Allow this process so much more processor time; then SIGXCPU, once a second, up to the hard limit's SIGKILL.

    The kernel counts whole seconds, so the signal comes up to one second late.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def bound_cpu(seconds: int) -> None:
    """Lower for good what this process may have of processor time altogether; SIGKILL at its end."""
    _lower(resource.RLIMIT_CPU, seconds)


def prefer_for_oom_kill() -> str | None:
    """Make the kernel kill this process first when memory runs out; return the reason if that is not possible."""
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
    """Return how many tasks outside the guest the kernel counts against its `tasks`.

    Args:
        user: the user that the guest will become, or None if it keeps its user.
    """
    if user is not None:
        return 0
    first, outside, length = _user_map()
    if first == outside == os.getuid() and length == 1 and _release() >= _COUNTED_BY_NAMESPACE:
        return 0
    # All this user's tasks on the machine count, and those that it starts meanwhile may not stop a guest.
    return _tasks_of(os.getuid()) + _MARGIN


def uncounted(user: int | None) -> str | None:
    """Return why the kernel will not keep the limit `tasks`, or None if it will."""
    first, outside, _ = _user_map()
    if user is None and os.getuid() == first == outside == 0:
        return "the kernel does not count root's processes"
    return None


def _user_map() -> tuple[int, int, int]:
    """Return the first line of this user namespace's map: an id inside, its id outside, how many ids from there."""
    first, outside, length = map(int, _read_start("/proc/self/uid_map").split()[:3])
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
            continue  # the process ended meanwhile
    return count


def _lower(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(which, (most, most))


def _mapped() -> int:
    try:
        return int(_read_start("/proc/self/statm").split()[0]) * _PAGE
    except OSError:
        return 0  # a stricter limit, then


def _read_start(path: str) -> bytes:
    # Without Python's file objects, because a forked process copies every page that it touches.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)

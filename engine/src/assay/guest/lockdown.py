"""Locks a process down, before it runs a student's code: Landlock, seccomp, limits, no privileges.

What is reported is what was found to hold, promise by promise, not what was asked for. A promise that no mechanism of
this machine keeps is told as "not kept: " and why; the others hold without it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import site
import socket
import struct
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assay.guest import landlock, limits, privileges, seccomp
from assay.guest.syscalls import call, reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

CORE = ("files", "network", "processes", "descendants", "memory", "time", "privileges")
"""Promises without which nobody should run a stranger's code."""

NOT_KEPT = "not kept: "

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_SIGKILL = 9
_SIOCGIFFLAGS, _IFF_UP = 0x8913, 1


def _readable() -> tuple[Path, ...]:
    # The packages' own folders, never the environment around them: that may lie in the course.
    python = {*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), f"{sys.base_prefix}/lib"}
    python |= {*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])}
    system = "/usr/lib /usr/lib64 /lib /lib64 /usr/share/fonts /usr/share/zoneinfo /dev/zero /dev/urandom"
    settings = "/etc/localtime /etc/ld.so.cache /etc/fonts"
    real = {Path(path).resolve() for path in (*python, *system.split(), *settings.split())}
    return tuple(path for path in sorted(real) if path.exists() and real.isdisjoint(path.parents))


def _network() -> int:
    return Path("/proc/self/ns/net").stat().st_ino


@functools.cache
def _has_network(_network: int) -> bool:
    """Whether there is any interface but a loopback that is down; looked up once for every network namespace."""
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        return True
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        answer = fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0))
    flags: int = struct.unpack("16sh22x", answer)[1]
    return bool(flags & _IFF_UP)


_READABLE = _readable()
_WRITABLE = (Path(os.devnull),)
_FILTERS = {signals: seccomp.for_submission(signals=signals) for signals in (False, True)}
_has_network(_network())
# All this while the nursery starts, once for all that it forks.


class _Found(NamedTuple):
    """What holds here; a text says why something does not."""

    landlock: int | str
    seccomp: str | None
    pid_namespace: bool
    network: bool
    disk: bool
    renamed: bool
    uncounted: str | None
    privileges: str | None
    limits: Mapping[str, str]


def lock_submission(scratch: Path, bounds: limits.Limits, hidden: Iterable[Path] = ()) -> dict[str, str]:
    """Locks this process and all that it will start, for good; to be called with one thread, right after the fork.

    Args:
        scratch: its one folder, as `namespaces.scratch` made it.
        bounds: what it may take.
        hidden: places that must be out of reach; one that can be opened all the same breaks the promise `files`.

    Returns:
        Promise to what keeps it, or "not kept: " and why.
    """
    pid_namespace = os.getpid() == 1
    network = _has_network(_network())
    disk = scratch.stat().st_dev != scratch.parent.stat().st_dev
    limits.first_to_go()
    if not pid_namespace:
        call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    user = _owner(scratch)
    missing = limits.impose(bounds, others=limits.counted_with(user))
    try:
        wall: int | str
        rules, wall = landlock.ruleset(_READABLE, _WRITABLE, scratch)
    except OSError as error:
        rules, wall = -1, reason(error)
    uncounted = limits.uncounted(user)
    left = privileges.drop(user, privileges.DAC_READ_SEARCH if user is not None and rules >= 0 else 0)
    # Both are for after the change of user, which undoes the first.
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if rules >= 0:
        wall = _walled(rules, wall, hidden)
    filtered = _filtered(signals=pid_namespace or (isinstance(wall, int) and wall >= landlock.SCOPE_ABI))
    return _promises(
        bounds, _Found(wall, filtered, pid_namespace, network, disk, user == os.getuid(), uncounted, left, missing)
    )


def lock_check() -> None:
    """Locks a check's process further: it ends with the submission's, starts no process, signals none but itself."""
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    with contextlib.suppress(OSError):  # where there is no seccomp, the submission's lock-down has told so
        seccomp.install(seccomp.for_check(os.getpid()))


def broken(report: Mapping[str, str], forgone: Collection[str] = ()) -> list[str]:
    """The core promises of a report that are not kept and that nobody gave up by name."""
    return [name for name in CORE if report.get(name, NOT_KEPT).startswith(NOT_KEPT) and name not in forgone]


def _walled(rules: int, version: int | str, hidden: Iterable[Path]) -> int | str:
    try:
        landlock.restrict(rules)
    except OSError as error:
        return reason(error)
    for path in (Path("/"), *hidden):
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            return f"{path} can be read"
    return version


def _filtered(*, signals: bool) -> str | None:
    try:
        seccomp.install(_FILTERS[signals])
    except OSError as error:
        return reason(error)
    return None


def _owner(scratch: Path) -> int | None:
    """The user to become, which is the scratch folder's; None for one who is nobody special already."""
    if os.geteuid() != 0:
        return None
    return scratch.stat().st_uid or None


def _promises(bounds: limits.Limits, found: _Found) -> dict[str, str]:
    landlock_how = f"Landlock {found.landlock}" if isinstance(found.landlock, int) else None
    no_landlock = None if landlock_how else f"Landlock: {found.landlock}"
    seccomp_how = None if found.seccomp else "seccomp"
    no_seccomp = f"seccomp: {found.seccomp}" if found.seccomp else None
    scoped = landlock_how if isinstance(found.landlock, int) and found.landlock >= landlock.SCOPE_ABI else None
    pids = "a pid namespace" if found.pid_namespace else None
    empty = None if found.network else "an empty network namespace"
    tasks = f"{bounds.tasks} processes and threads"

    def kept(*how: str | None, unless: str | None = None) -> str:
        return NOT_KEPT + unless if unless else ", ".join(filter(None, how))

    return {
        "files": kept(landlock_how, seccomp_how, unless=no_landlock or no_seccomp),
        "network": kept(empty, seccomp_how, unless=no_seccomp),
        "processes": kept(pids, scoped, seccomp_how, unless=no_landlock or (None if pids or scoped else no_seccomp)),
        "descendants": kept(pids or "the nursery, which gets them and ends them"),
        "memory": kept(
            f"{bounds.memory // 2**20} MiB more than torch for each process", unless=found.limits.get("memory")
        ),
        "time": kept(f"{bounds.cpu_seconds} s of processor time for each process", unless=found.limits.get("time")),
        "process_count": kept(tasks, unless=found.limits.get("process_count") or found.uncounted),
        "file_size": kept(f"{bounds.file_size // 2**20} MiB a file", unless=found.limits.get("file_size")),
        "disk": kept("a disk of its own", unless=None if found.disk else "the scratch folder is on the machine's disk"),
        "output": kept("its only lines lead to the judge, who reads so much and no more"),
        "privileges": kept("no capabilities", "a user of its own" if found.renamed else None, unless=found.privileges),
    }

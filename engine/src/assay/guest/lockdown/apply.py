"""Lock a process down before it runs a student's code: Landlock, seccomp, limits, no privileges.

The report says of each promise whether it was found to hold, not whether it was asked for. A promise that no mechanism
of this machine keeps is `Broken`; the others hold without it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assay.guest.lockdown import landlock, limits, privileges, readable_paths, rootfs, seccomp
from assay.guest.lockdown.syscalls import call, reason
from assay.promises import Broken, Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.promises import Isolation

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_SIGKILL = 9
_SIOCGIFFLAGS, _IFF_UP = 0x8913, 1


def _network() -> int:
    return Path("/proc/self/ns/net").stat().st_ino


@functools.cache
def _has_network(_network: int) -> bool:
    """Tell whether there is an interface other than a loopback that is down; asked once for every network namespace."""
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        return True
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        answer = fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0))
    flags: int = struct.unpack("16sh22x", answer)[1]
    return bool(flags & _IFF_UP)


_FILTERS = {signals: seccomp.for_submission(signals=signals) for signals in (False, True)}
_has_network(_network())
# Both are computed while the fork server starts, once for all its forks.


class _Found(NamedTuple):
    """The facts about this process; a text says why a mechanism is missing."""

    rootfs: bool
    landlock: int | None
    no_landlock: str | None
    no_seccomp: str | None
    reached: Path | None
    pid_namespace: bool
    network: bool
    disk: bool
    renamed: bool
    uncounted: str | None
    privileges: str | None
    limits: Mapping[str, str]


def lock_submission(scratch: Path, bounds: limits.Limits, hidden: Iterable[Path] = ()) -> Isolation:
    """Lock this process and its future descendants, for good. Call it with one thread, right after the fork.

    Args:
        scratch: its one folder, which `scratch.prepare` gave it.
        bounds: its limits.
        hidden: paths that must be out of reach; a path that can still be opened breaks the promise `files`.

    Returns:
        Every promise, kept or broken.
    """
    pid_namespace = os.getpid() == 1
    network = _has_network(_network())
    disk = scratch.stat().st_dev != scratch.parent.stat().st_dev
    limits.prefer_for_oom_kill()
    if not pid_namespace:
        call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    user = _owner(scratch)
    missing = limits.impose(bounds, others=limits.counted_with(user))
    uncounted = limits.uncounted(user)
    in_rootfs = rootfs.enter(scratch)
    rules = version = no_landlock = None
    try:
        rules, version = landlock.ruleset(readable_paths.READ, readable_paths.WRITE, scratch)
    except OSError as error:
        no_landlock = reason(error)
    # Only a new user may lack access to Python's own folders, and only Landlock bounds the right to search everywhere.
    searching = user is not None and rules is not None and not in_rootfs
    left = privileges.drop(user, privileges.DAC_READ_SEARCH if searching else 0)
    # Both come after the change of user, which undoes the first.
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if rules is not None:
        landlock.restrict(rules)
    reached = next(filter(_opens, (*([Path("/")] if version else []), *hidden)), None)
    no_seccomp = _filter(signals=pid_namespace or (version or 0) >= landlock.SCOPE_ABI)
    return _promises(
        bounds,
        _Found(
            rootfs=in_rootfs, landlock=version, no_landlock=no_landlock, no_seccomp=no_seccomp, reached=reached,
            pid_namespace=pid_namespace, network=network, disk=disk, renamed=user == os.getuid(), uncounted=uncounted,
            privileges=left, limits=missing,
        ),
    )  # fmt: skip


def lock_check() -> None:
    """Lock a check's process further: it dies with the submission's, starts no process, signals only itself."""
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    with contextlib.suppress(OSError):  # the submission's lock-down has reported a missing seccomp
        seccomp.install(seccomp.for_check(os.getpid()))


def _opens(path: Path) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _filter(*, signals: bool) -> str | None:
    try:
        seccomp.install(_FILTERS[signals])
    except OSError as error:
        return reason(error)
    return None


def _owner(scratch: Path) -> int | None:
    """Return the user to become, the scratch folder's owner; None if this process is not root."""
    if os.geteuid() != 0:
        return None
    return scratch.stat().st_uid or None


def _promises(bounds: limits.Limits, found: _Found) -> Isolation:
    root = "its own root folder" if found.rootfs else None
    wall = f"Landlock {found.landlock}" if found.landlock else None
    scope = wall if (found.landlock or 0) >= landlock.SCOPE_ABI else None
    calls = None if found.no_seccomp else "seccomp"
    pids = "a pid namespace" if found.pid_namespace else None
    empty = None if found.network else "an empty network namespace"
    open_files = f"{found.reached} can be read" if found.reached else None
    if not (root or wall):
        open_files = found.no_landlock

    def kept(*how: str | None, unless: str | None = None) -> Kept | Broken:
        return Broken(unless) if unless else Kept(", ".join(filter(None, how)))

    return {
        "files": kept(root, wall, calls, unless=open_files or found.no_seccomp),
        "network": kept(empty, calls, unless=found.no_seccomp),
        "processes": kept(pids, root, scope, calls, unless=open_files or (None if pids or scope else found.no_seccomp)),
        "descendants": kept(pids or "the fork server, which gets them and ends them"),
        "memory": kept(f"{bounds.memory // 2**20} MiB more than torch, a process", unless=found.limits.get("memory")),
        "time": kept(f"{bounds.cpu_seconds} s of processor time, a process", unless=found.limits.get("time")),
        "process_count": kept(
            f"{bounds.tasks} processes and threads", unless=found.limits.get("process_count") or found.uncounted
        ),
        "file_size": kept(f"{bounds.file_size // 2**20} MiB, a file", unless=found.limits.get("file_size")),
        "disk": kept("its own disk", unless=None if found.disk else "the scratch folder is on the machine's disk"),
        "output": kept("its only lines lead to the judge, who reads so much and no more"),
        "privileges": kept("no capabilities", "its own user" if found.renamed else None, unless=found.privileges),
    }

"""Namespaces: the guest's own network, process table and mounts, if the machine allows them.

Root enters them directly. An ordinary user enters a user namespace first, in which it keeps its id. A namespace that
the machine refuses is left out: Landlock and seccomp hold without it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assay.guest.lockdown import rootfs
from assay.guest.lockdown.syscalls import call, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000

_MS_PRIVATE, _MS_RECURSIVE = 1 << 18, 1 << 14
_PR_SET_CHILD_SUBREAPER = 36

_SELF = Path("/proc/self")
PIDS = _SELF / "ns/pid"
"""Names this process's pid namespace."""

_MOUNTS = _SELF / "ns/mnt"
_OUTSIDE = _MOUNTS.stat().st_ino


def enter() -> dict[str, str]:
    """Leave the machine's network, message queues and mounts. Call it while this process has one thread.

    From then on this process adopts orphaned descendants, so that none can slip away.

    Returns:
        The refused ones of `user`, `mounts`, `network`, `ipc`, `uts`, `rootfs` and `pid`, each with the reason.
    """
    call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    refused: dict[str, str | None] = {}
    if os.geteuid() != 0:
        # Tried in a throw-away process first: a user namespace in which nothing is allowed would be worse than none.
        refused["user"] = _refusal(_enter_user_and_network)
        if refused["user"] is None:
            _enter_user()
    for name, flag in (("mounts", NEW_MOUNTS), ("network", NEW_NETWORK), ("ipc", NEW_IPC), ("uts", NEW_UTS)):
        try:
            call("unshare", flag)
            if flag == NEW_MOUNTS:  # a mount made here must not appear outside
                call("mount", b"none", b"/", 0, _MS_RECURSIVE | _MS_PRIVATE, 0)
        except OSError as error:
            refused[name] = reason(error)
    if mounts_entered():
        try:
            rootfs.build()
        except OSError as error:
            refused["rootfs"] = reason(error)
    refused["pid"] = _way_to_pids().refusal
    return {name: why for name, why in refused.items() if why is not None}


def mounts_entered() -> bool:
    """Tell whether this process has its own mounts; without them, a mount would be the whole machine's."""
    return _MOUNTS.stat().st_ino != _OUTSIDE


@contextlib.contextmanager
def child_pid_namespace() -> Iterator[Callable[[], int]]:
    """Yield a `fork` whose child is the first process of its own pid namespace, if that is allowed.

    To kill that child then kills all its descendants. Within the block `os.fork` does it too, unless only a user
    namespace gives the right: no way leads back from there, so an intermediate process takes it.
    """
    way = _way_to_pids()
    if way.refusal is not None:
        yield os.fork
    elif not way.back:
        yield _fork_twice
    else:
        parent = os.getpid()
        with PIDS.open("rb") as home:
            call("unshare", NEW_PIDS)
            try:
                yield os.fork
            finally:
                if os.getpid() == parent:
                    call("setns", home.fileno(), NEW_PIDS)


class _Way:
    """The way to a new pid namespace: refused, with a way back, or without one."""

    def __init__(self, refusal: str | None, *, back: bool) -> None:
        self.refusal = refusal
        self.back = back


@functools.cache
def _way_to_pids() -> _Way:
    refusal = _refusal(lambda: call("unshare", NEW_PIDS))
    return _Way(refusal, back=refusal is None and _refusal(_there_and_back) is None)


def _there_and_back() -> None:
    with PIDS.open("rb") as home:
        call("unshare", NEW_PIDS)
        call("setns", home.fileno(), NEW_PIDS)


def _fork_twice() -> int:
    read_end, write_end = os.pipe()
    go_read_end, go_write_end = os.pipe()
    intermediate = os.fork()
    if intermediate == 0:
        pid = _fork_into_pids()
        if pid == 0:
            for fd in (read_end, write_end, go_write_end):
                os.close(fd)
            # Wait until the fork server is the parent: the lock-down ties the child's life to its parent's.
            if os.read(go_read_end, 1) != b".":
                os._exit(1)
            os.close(go_read_end)
            return 0
        os.write(write_end, str(pid).encode())
        os._exit(0)
    os.waitpid(intermediate, 0)
    os.close(go_read_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        pid = int(answer.read() or b"0")
    if pid > 0:
        os.write(go_write_end, b".")
    os.close(go_write_end)
    if pid <= 0:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), "fork")
    return pid


def _fork_into_pids() -> int:
    try:
        call("unshare", NEW_PIDS)
        return os.fork()
    except OSError:
        return -1


def _enter_user() -> None:
    user, group = os.geteuid(), os.getegid()
    call("unshare", NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        (_SELF / name).write_bytes(text.encode())


def _enter_user_and_network() -> None:
    _enter_user()
    call("unshare", NEW_NETWORK)


def _refusal(attempt: Callable[[], object]) -> str | None:
    """Try something in a throw-away process; return None, or why it did not work."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        _try(attempt, write_end)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return None if text == "done" else text or "no answer"


def _try(attempt: Callable[[], object], write_end: int) -> NoReturn:
    text = ""
    try:
        signal.alarm(10)
        attempt()
        text = "done"
    except OSError as error:
        text = reason(error)
    finally:
        os.write(write_end, text.encode())
        os._exit(0)

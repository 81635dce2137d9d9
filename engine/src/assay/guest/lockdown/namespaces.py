"""Namespaces: a network, a process table and mounts of the guest's own, where the machine allows them.

As root directly; as an ordinary user by way of a user namespace, in which the user is still itself. What is not allowed
is told and left out: Landlock and seccomp hold without.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import signal
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assay.guest.lockdown import rootfs
from assay.guest.lockdown.syscalls import call, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000

_MS_PRIVATE, _MS_RECURSIVE = 1 << 18, 1 << 14
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1 << 1, 1 << 2, 1 << 3
_MNT_DETACH = 2
_PR_SET_CHILD_SUBREAPER = 36

_UNUSED_USERS = 0x70000000
"""The 2**28 user ids from here on belong to nobody: systemd's list "Users, Groups, UIDs and GIDs" calls them unused."""

_counter = itertools.count()

_SELF = Path("/proc/self")
_PIDS = _SELF / "ns/pid"
_MOUNTS = _SELF / "ns/mnt"
_OUTSIDE = _MOUNTS.stat().st_ino


def enter() -> dict[str, str]:
    """Leaves the machine's network, message queues and mounts; to be called while this process has one thread.

    From then on it gets the children whose parents ended, so that none can slip away.

    Returns:
        What was entered (`user`, `mounts`, `network`, `ipc`, `uts`, `cell`, `pid`): "entered", or "not entered: "
        and why.
    """
    call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    found = {}
    if os.geteuid() != 0:
        # In a process that is thrown away first: a user namespace in which nothing is allowed would be worse than none.
        refusal = _refused(_enter_user_and_network)
        found["user"] = _tell(refusal)
        if refusal is None:
            _enter_user()
    for name, flag in (("mounts", NEW_MOUNTS), ("network", NEW_NETWORK), ("ipc", NEW_IPC), ("uts", NEW_UTS)):
        try:
            call("unshare", flag)
            if flag == NEW_MOUNTS:  # what is mounted here must not appear outside
                call("mount", b"none", b"/", 0, _MS_RECURSIVE | _MS_PRIVATE, 0)
            found[name] = _tell(None)
        except OSError as error:
            found[name] = _tell(reason(error))
    if _mounts_entered():
        try:
            rootfs.build()
            found["cell"] = _tell(None)
        except OSError as error:
            found["cell"] = _tell(reason(error))
    found["pid"] = _tell(_way_to_pids().refusal)
    return found


@contextlib.contextmanager
def child_pid_namespace() -> Iterator[Callable[[], int]]:
    """Gives a `fork` whose child is the first process of a pid namespace of its own, where that is allowed.

    Killing that child then kills all that came of it. Within the block `os.fork` does it too, except where only a user
    namespace gives the right: from there no way leads back, so a process between the two takes it.
    """
    way = _way_to_pids()
    if way.refusal is not None:
        yield os.fork
    elif not way.back:
        yield _fork_between
    else:
        parent = os.getpid()
        with _PIDS.open("rb") as home:
            call("unshare", NEW_PIDS)
            try:
                yield os.fork
            finally:
                if os.getpid() == parent:
                    call("setns", home.fileno(), NEW_PIDS)


@contextlib.contextmanager
def scratch(path: Path, size: int = 64 * 2**20, files: int = 4096) -> Iterator[str]:
    """Makes a folder one submission's own: with a user id that nobody has, on a disk that is full after `size` bytes.

    The disk is memory, is seen by this process and its children alone, and is gone after the block. Where it cannot be
    mounted, the folder stays what it is; the block's value says "not kept: " and why.
    """
    user = _fresh_user() if os.geteuid() == 0 else os.geteuid()
    group = user if os.geteuid() == 0 else os.getegid()
    parent = os.getpid()
    options = f"size={size},nr_inodes={files},mode=0700,uid={user},gid={group}"
    refusal = _mount(path, options)
    if refusal is not None:
        with contextlib.suppress(PermissionError):  # root without the right to give files away keeps them
            os.chown(path, user, group)
    try:
        with rootfs.shown(path):
            yield f"not kept: {refusal}" if refusal else f"a disk of {size // 2**20} MiB and {files} files of its own"
    finally:
        if refusal is None and os.getpid() == parent:
            call("umount2", os.fsencode(path), _MNT_DETACH)


def _mount(path: Path, options: str) -> str | None:
    if not _mounts_entered():
        return "no mounts of its own"
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    try:
        call("mount", b"scratch", os.fsencode(path), b"tmpfs", flags, options.encode())
    except OSError as error:
        return reason(error)
    return None


def _mounts_entered() -> bool:
    # Where the namespace was denied and mounting was not, a mount would be the whole machine's.
    return _MOUNTS.stat().st_ino != _OUTSIDE


class _Way:
    """How to a new pid namespace: not at all, with a way back, or without."""

    def __init__(self, refusal: str | None, *, back: bool) -> None:
        self.refusal = refusal
        self.back = back


@functools.cache
def _way_to_pids() -> _Way:
    refusal = _refused(lambda: call("unshare", NEW_PIDS))
    return _Way(refusal, back=refusal is None and _refused(_there_and_back) is None)


def _there_and_back() -> None:
    with _PIDS.open("rb") as home:
        call("unshare", NEW_PIDS)
        call("setns", home.fileno(), NEW_PIDS)


def _fork_between() -> int:
    read_end, write_end = os.pipe()
    go, gone_on = os.pipe()
    between = os.fork()
    if between == 0:
        pid = _fork_into_pids()
        if pid == 0:
            for fd in (read_end, write_end, gone_on):
                os.close(fd)
            # Not before the fork server is its parent: the end of a parent can be set to end the child.
            if os.read(go, 1) != b".":
                os._exit(1)
            os.close(go)
            return 0
        os.write(write_end, str(pid).encode())
        os._exit(0)
    os.waitpid(between, 0)
    os.close(go)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        pid = int(answer.read() or b"0")
    if pid > 0:
        os.write(gone_on, b".")
    os.close(gone_on)
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


def _refused(attempt: Callable[[], object]) -> str | None:
    """Tries in a process that is thrown away; gives None, or why it did not work."""
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


def _tell(refusal: str | None) -> str:
    return "entered" if refusal is None else f"not entered: {refusal}"


def _fresh_user() -> int:
    # One for every submission process: the kernel counts tasks by user, and one submission's must not use up another's.
    place = f"{_PIDS.stat().st_ino} {os.getpid()} {next(_counter)}"
    return _UNUSED_USERS + (zlib.crc32(place.encode()) >> 4)

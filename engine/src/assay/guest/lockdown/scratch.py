"""The scratch folder: the one folder that a submission may write to, on its own small disk if the machine allows it."""

from __future__ import annotations

import contextlib
import itertools
import os
import zlib
from typing import TYPE_CHECKING

from assay.guest.lockdown import namespaces, rootfs
from assay.guest.lockdown.syscalls import call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1 << 1, 1 << 2, 1 << 3
_MNT_DETACH = 2

_UNUSED_USERS = 0x70000000
"""The 2**28 user ids from here on belong to nobody: systemd's list "Users, Groups, UIDs and GIDs" calls them unused."""

_counter = itertools.count()


@contextlib.contextmanager
def prepare(path: Path, size: int = 64 * 2**20, files: int = 4096) -> Iterator[None]:
    """Give a folder to one submission: owned by a user id that nobody has, on a disk that is full after `size` bytes.

    The disk is memory. This process and its children alone see it, and it is gone after the block. If it cannot be
    mounted, the folder stays on the machine's disk, and the lock-down reports that.
    """
    user = _fresh_user() if os.geteuid() == 0 else os.geteuid()
    group = user if os.geteuid() == 0 else os.getegid()
    parent = os.getpid()
    mounted = _mount(path, f"size={size},nr_inodes={files},mode=0700,uid={user},gid={group}")
    if not mounted:
        with contextlib.suppress(PermissionError):  # root without the right to give files away keeps them
            os.chown(path, user, group)
    try:
        with rootfs.showing(path):
            yield
    finally:
        if mounted and os.getpid() == parent:
            call("umount2", os.fsencode(path), _MNT_DETACH)


def _mount(path: Path, options: str) -> bool:
    if not namespaces.mounts_entered():
        return False
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    try:
        call("mount", b"scratch", os.fsencode(path), b"tmpfs", flags, options.encode())
    except OSError:
        return False
    return True


def _fresh_user() -> int:
    # Each submission process gets its own: the kernel counts tasks by user, and one must not use up another's.
    name = f"{namespaces.PIDS.stat().st_ino} {os.getpid()} {next(_counter)}"
    return _UNUSED_USERS + (zlib.crc32(name.encode()) >> 4)

"""The guest's own root folder: it contains read-only the paths that Python needs, and nothing else.

Landlock decides which paths may be opened. In this root folder the other paths, and the machine's processes, do not
even have a name, a size or a date. The fork server builds it once, in its mount namespace; every submission process
enters it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from assay.guest.lockdown import readable_paths
from assay.guest.lockdown.syscalls import call

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path("/proc/tty")
"""The mount point, in this mount namespace alone: a folder that every Linux has and that no guest needs."""

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_RECURSIVE = 1 << 1, 1 << 2, 1 << 12, 1 << 14
_MNT_DETACH = 2
_HERE, _BENEATH_TOO = -100, 0x8000
_READ_ONLY_NO_SETUID = 0b11
_READ_ONLY = 0o555  # the owner may be the submission's user, who is not allowed `chmod`


class _Attributes(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user"))


def build() -> None:
    """Build the root folder. Raise OSError if that is not allowed, and leave nothing behind."""
    call("mount", b"cell", os.fsencode(ROOT), b"tmpfs", _MS_NOSUID | _MS_NODEV, b"size=1m,mode=0555")
    try:
        for path in filter(_readable, (*readable_paths.READ, *readable_paths.WRITE)):
            _bind(path)
            attributes = _Attributes(set=_READ_ONLY_NO_SETUID)
            call(
                "mount_setattr", _HERE, os.fsencode(_inside(path)), _BENEATH_TOO, attributes, ctypes.sizeof(attributes)
            )
        for name, real in readable_paths.LINKS.items():
            if not os.path.lexists(_inside(name)):
                _make(name.parent)
                _inside(name).symlink_to(real)
    except OSError:
        call("umount2", os.fsencode(ROOT), _MNT_DETACH)
        raise


def exists() -> bool:
    """Tell whether this mount namespace has a root folder for guests."""
    return _inside(readable_paths.WRITE[0]).exists()


@contextlib.contextmanager
def showing(folder: Path) -> Iterator[None]:
    """Mount a folder in the root folder under its own path for the block, if there is a root folder."""
    if not exists():
        yield
        return
    parent = os.getpid()
    _bind(folder)
    try:
        yield
    finally:
        if os.getpid() == parent:
            call("umount2", os.fsencode(_inside(folder)), _MNT_DETACH)
            _inside(folder).rmdir()


def enter(folder: Path) -> bool:
    """Change to the guest's root folder, and to a folder mounted in it; tell whether the root changed."""
    _close_folders()
    inside = False
    if exists():
        with contextlib.suppress(PermissionError):
            os.chroot(ROOT)
            inside = True
    os.chdir(folder)  # or the way up from the old folder would still lead outside
    return inside


def _readable(path: Path) -> bool:
    return os.access(path, os.R_OK)


def _bind(path: Path) -> None:
    if path.is_dir():
        _make(path)
    else:
        _make(path.parent)
        _inside(path).touch(0o444)
    call("mount", os.fsencode(path), os.fsencode(_inside(path)), 0, _MS_BIND | _MS_RECURSIVE, 0)


def _make(folder: Path) -> None:
    for part in (*reversed(folder.parents), folder):
        _inside(part).mkdir(_READ_ONLY, exist_ok=True)


def _inside(path: Path) -> Path:
    return ROOT.joinpath(*path.parts[1:])


def _close_folders() -> None:
    # An open descriptor of a folder would lead outside.
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - for every submission: a Path costs more than the call
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.fstat(int(name)).st_mode):
                os.close(int(name))

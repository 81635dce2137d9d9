"""The type of a file system: SQLite's write-ahead log needs memory that all its processes share."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["filesystem_of", "is_shared"]

_MOUNTS = Path("/proc/self/mountinfo")
_SHARED = re.compile(r"nfs|cifs|smb|fuse|9p|virtiofs|vboxsf|afs|ceph|lustre|gpfs|beegfs|ocfs2|gfs2")
"""Beginnings of the types on which another machine or process keeps the files: the write-ahead log is unsafe there."""


def filesystem_of(folder: Path, mounts: str | None = None) -> str:
    """Return the type of the file system that a folder lies on, as the kernel names it; "" if it is not known.

    Args:
        folder: where.
        mounts: the kernel's list of mounts; by default this process's.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    place = folder.resolve()
    found = [(mount, kind) for mount, kind in map(_mount, mounts.splitlines()) if place.is_relative_to(mount)]
    # The deepest mount counts, and of several on one folder the last.
    return max(enumerate(found), key=lambda pair: (len(pair[1][0].parts), pair[0]))[1][1] if found else ""


def is_shared(kind: str) -> bool:
    """Return whether the write-ahead log is unsafe on this type of file system."""
    return _SHARED.match(kind) is not None


def _mount(line: str) -> tuple[Path, str]:
    """Return the folder and the type of one mount; proc(5) describes the line, whose blanks are octal escapes."""
    mount, _, rest = line.partition(" - ")
    folder = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), mount.split(" ")[4])
    return Path(folder), rest.split(" ")[0]

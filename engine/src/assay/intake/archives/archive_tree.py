"""The tree of an archive, which `zips` and `tars` fill."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from assay.errors import IntakeError
from assay.intake.limits import HEAD_BYTES, MAX_DEPTH, max_bytes, remedy
from assay.intake.tree import archive_stem, is_nobodys
from assay.text import MAX_MEMBER_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assay.intake.limits import ArchiveLimits

__all__ = ["ArchiveNode", "ArchiveTree", "checked_size", "member_text"]

_TWICE = "it is in the archive twice"


class ArchiveNode:
    """A file or a folder inside an archive; the archive itself is the root folder.

    Args:
        path: the archive's own path, and on to the node.
        kind: links, devices and the like are files with a trouble.
        trouble: why it cannot be read, if it cannot.

    Attributes:
        modified: its time, in nanoseconds.
        unpack: returns its bytes, for files; raises IntakeError if an archive's reader did not keep them.
        below: the nodes in the folder, by name.
    """

    def __init__(self, path: Path, kind: Literal["file", "folder", "link"] = "folder", trouble: str = "") -> None:
        self.path = path
        self.name = path.name
        self.kind: Literal["file", "folder", "link"] = kind
        self.trouble = trouble
        self.modified = 0
        self.unpack: Callable[[], bytes] = _not_kept
        self.below: dict[str, ArchiveNode] = {}

    @property
    def student(self) -> str:
        """Its name, without the ending of an archive."""
        return archive_stem(self.name)

    def children(self) -> list[ArchiveNode]:
        """Return the nodes in the folder, by name."""
        return [self.below[name] for name in sorted(self.below)]

    def read(self) -> bytes:
        """Return its bytes."""
        if self.trouble or self.kind == "folder":
            raise IntakeError(self.trouble or "it is a folder")
        return self.unpack()


class ArchiveTree:
    """The nodes of an archive, and how much of its limits is used up.

    Args:
        path: the archive's path for a person.
        limits: how much it may hold.

    Attributes:
        root: the archive as a folder.
        troubles: sentences about members that are not below `root`.
        bytes_left: how much may still come out of it.
        forget: frees what the reader keeps of it.
    """

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self.root = ArchiveNode(path)
        self.troubles: list[str] = []
        self.limits = limits
        self.bytes_left = limits.unpacked
        self.forget: Callable[[], None] = _nothing
        self._strays: list[str] = []

    @property
    def overfull(self) -> str:
        """The sentence for an archive that holds more bytes than it may."""
        return f"unpacked, its archive has more than {self.limits.unpacked:,} bytes"

    def check_member_count(self, members: int) -> None:
        """Raise IntakeError if the archive has more members than its limit."""
        if members > self.limits.members:
            reason = f"it has more than {self.limits.members:,} members"
            raise IntakeError(reason)

    def add(self, name: str, kind: Literal["file", "folder"], trouble: str) -> ArchiveNode | None:
        """Add a member's node; return None if there is nothing to read of the member."""
        parts = _path_parts(name)
        if parts is None:
            self._strays.append(member_text(name))
            return None
        last = len(parts) - 1
        folders = [place < last or kind == "folder" for place in range(len(parts))]
        own = [part for part, _ in takewhile(_is_somebodys, zip(parts, folders, strict=True))]
        if len(own) < len(parts):
            parts, kind, trouble = own, "folder", ""
        if not parts:
            return None
        if len(parts) > MAX_DEPTH:
            parts, kind, trouble = parts[:MAX_DEPTH], "folder", ""
        folder = self.root
        for part in parts[:-1] if kind == "file" else parts:
            folder = folder.below.setdefault(part, ArchiveNode(folder.path / part))
            if folder.kind == "file":
                folder.trouble = _TWICE
                return None
        if kind == "folder":
            return None
        if parts[-1] in folder.below:
            folder.below[parts[-1]].trouble = _TWICE
            return None
        node = ArchiveNode(folder.path / parts[-1], kind, trouble)
        return folder.below.setdefault(parts[-1], node)

    def tell_strays(self) -> None:
        """Add one trouble about all members whose names are not paths inside an archive."""
        if self._strays:
            first, *more = self._strays
            rest = f" and {len(more)} more are not paths" if more else " is not a path"
            self.troubles.append(f"{first}{rest} inside an archive: not read")


def _nothing() -> None:
    pass


def _not_kept() -> bytes:
    reason = "it was not read: its name is not that of a module, a notebook or an archive"
    raise IntakeError(reason)


def member_text(name: str) -> str:
    """Return a member's name for a sentence."""
    return escape(name, MAX_MEMBER_CHARS)


def checked_size(data: bytes) -> bytes:
    """Return a member's bytes; raise IntakeError if they are more than a file may have."""
    limit = max_bytes(data[:HEAD_BYTES])
    if len(data) > limit:
        reason = f"unpacked, it has more than {limit:,} bytes{remedy(limit)}"
        raise IntakeError(reason)
    return data


def _path_parts(name: str) -> list[str] | None:
    r"""Return the parts of a plain relative path; None for a name with `..`, a root, a drive, a `\` or a NUL."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or re.match(r"[A-Za-z]:|.*[\\\0]", name, re.DOTALL) or ".." in parts:
        return None
    return parts


def _is_somebodys(part: tuple[str, bool]) -> bool:
    name, folder = part
    return not is_nobodys(name, folder=folder)

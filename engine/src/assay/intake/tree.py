"""What lies in a folder: a name, a kind, what is below it, and its bytes, never more of them than a limit.

`DiskNode` is on the disk, `assay.intake.archives.ArchiveNode` inside an archive. Neither follows links.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol

from assay.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES = 10_000_000
"""Of one file or one student's archive: notebooks with pictures stay far below, and a class of them fits in memory."""

KINDS: dict[str, Literal["module", "notebook"]] = {".py": "module", ".ipynb": "notebook"}
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".bz2", ".tbz", ".xz", ".txz", ".zst")
LINK = "it is a link, and links are not followed"
IRREGULAR = "it is no regular file"


class Node(Protocol):
    """A file or a folder that was handed in; `modified` compares with its neighbours' only."""

    @property
    def name(self) -> str:
        """The last part of its path."""

    @property
    def path(self) -> Path:
        """Where it lies, for a person: as given, and on into the archive."""

    @property
    def kind(self) -> Literal["file", "folder", "link"]:
        """What it is; a link's children are those of the folder that it leads to, if that can be said."""

    @property
    def trouble(self) -> str:
        """Why it cannot be taken in, if that is known without reading it."""

    @property
    def student(self) -> str:
        """Whom it stands for, if it is a student's folder."""

    @property
    def modified(self) -> float:
        """When it was last changed."""

    def children(self) -> Sequence[Node]:
        """Gives what lies in the folder, by name."""

    def read(self) -> bytes:
        """Gives its bytes.

        Raises:
            IntakeError: it is a link, a folder, too large or damaged.
        """


class DiskNode:
    """A file or a folder on the disk."""

    trouble = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    @property
    def kind(self) -> Literal["file", "folder", "link"]:
        """What it is, whatever a link leads to."""
        if self.path.is_symlink():
            return "link"
        return "folder" if self.path.is_dir() else "file"

    @property
    def student(self) -> str:
        """Its name, also where it was given as a dot."""
        return self.path.resolve().name

    @property
    def modified(self) -> float:
        """When it was last changed: os.lstat, so that a link's target is not asked."""
        return os.lstat(self.path).st_mtime_ns

    def children(self) -> Sequence[DiskNode]:
        """Gives what lies in the folder, by name; nothing where it is none or cannot be read."""
        try:
            return [DiskNode(path) for path in sorted(self.path.iterdir(), key=os.fsencode)]
        except OSError:
            return []

    def read(self) -> bytes:
        """Gives its bytes, no more than the limit."""
        with self.stream() as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                reason = f"it has {size:,} bytes, over the limit of {MAX_BYTES:,}"
                raise IntakeError(reason)
            return file.read(MAX_BYTES)

    def stream(self) -> BinaryIO:
        """Opens it for reading if it is a regular file."""
        try:
            number = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            reason = LINK if self.path.is_symlink() else f"it cannot be read ({error.strerror})"
            raise IntakeError(reason) from error
        mode = os.fstat(number).st_mode
        if not stat.S_ISREG(mode):
            os.close(number)
            raise IntakeError("it is a folder" if stat.S_ISDIR(mode) else IRREGULAR)
        return os.fdopen(number, "rb")


def shown(path: Path | str) -> str:
    """Gives a path as text; bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def ending(name: str, endings: Sequence[str]) -> str:
    """Gives the one of the endings that the name has, in whatever case, or nothing."""
    return next((end for end in endings if name.lower().endswith(end)), "")

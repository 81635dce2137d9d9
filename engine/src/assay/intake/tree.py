"""A file tree: a node has a name, a kind, children and bytes, and gives no more bytes than a limit.

`DiskNode` is on the disk, `assay.intake.archives.archive_tree.ArchiveNode` inside an archive. Neither follows links.
"""

from __future__ import annotations

import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol

from assay.errors import IntakeError
from assay.intake.limits import HEAD_BYTES, max_bytes, remedy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KINDS: dict[str, Literal["module", "notebook"]] = {".py": "module", ".ipynb": "notebook"}
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".bz2", ".tbz", ".xz", ".txz", ".zst")
LINK = "it is a link, and links are not followed"
IRREGULAR = "it is not a regular file"

_NOBODYS = frozenset((
    "__macosx", ".ds_store", "thumbs.db", "desktop.ini", "__pycache__", ".ipynb_checkpoints", ".git", ".gitignore",
    ".gitattributes", ".svn", ".venv", "venv", "node_modules", "site-packages", ".idea", ".vscode", ".spyproject",
    ".cache", ".virtual_documents",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".localized", ".directory",
    "$recycle.bin", "icon\r",
))  # fmt: skip
_NOBODYS_BEGIN = ("._", "~$", ".~lock.", ".nfs")
_NOBODYS_END = (".pyc", ".pyo", ".swp")


class Node(Protocol):
    """A file or a folder; `modified` compares only with the node's neighbours."""

    @property
    def name(self) -> str:
        """The last part of its path."""

    @property
    def path(self) -> Path:
        """The path for a person: as given, and on into the archive."""

    @property
    def kind(self) -> Literal["file", "folder", "link"]:
        """The kind; a link has no children."""

    @property
    def trouble(self) -> str:
        """Why it cannot be taken in, if this is known without reading it."""

    @property
    def student(self) -> str:
        """The student's name, if it is a student's folder."""

    @property
    def modified(self) -> int:
        """The time of its last change, in nanoseconds."""

    def children(self) -> Sequence[Node]:
        """Return the nodes in the folder that are somebody's, by name."""

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            IntakeError: it is a link, a folder, too large or damaged.
        """


class DiskNode:
    """A file or a folder on the disk; only its bytes may raise an error.

    Attributes:
        kind: the kind, whatever a link leads to.
        modified: the time of its last change, not of a link's target; 0 if it cannot be known.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.kind: Literal["file", "folder", "link"] = "file"
        self.modified = 0
        self._trouble = ""
        try:
            status = os.lstat(path)
        except OSError as error:
            self._trouble = _unreadable(error)
            return
        self.modified = status.st_mtime_ns
        if stat.S_ISLNK(status.st_mode):
            self.kind, self._trouble = "link", LINK
        elif stat.S_ISDIR(status.st_mode):
            self.kind = "folder"

    @property
    def trouble(self) -> str:
        """Why it cannot be taken in: it is a link, or a folder that cannot be read, or lies in one."""
        return self._trouble or self._listing[1]

    @property
    def student(self) -> str:
        """Its name, also if the path is a dot."""
        return self.path.resolve().name

    def children(self) -> Sequence[DiskNode]:
        """Return the nodes in the folder, by name; none if it is not a folder or cannot be read."""
        return self._listing[0]

    @cached_property
    def _listing(self) -> tuple[list[DiskNode], str]:
        """The nodes in the folder, and why it cannot be read."""
        if self.kind != "folder":
            return [], ""
        try:
            nodes = [DiskNode(path) for path in sorted(self.path.iterdir(), key=os.fsencode)]
        except OSError as error:
            return [], _unreadable(error)
        return [node for node in nodes if not is_nobodys(node.name, folder=node.kind == "folder")], ""

    def read(self) -> bytes:
        """Return its bytes; raise IntakeError if they cannot be read, or are over the limit."""
        with self.stream() as file:
            try:
                size = os.fstat(file.fileno()).st_size
                head = file.read(HEAD_BYTES)
                limit = max_bytes(head)
                if size <= limit:
                    return head + file.read(limit)
            except OSError as error:
                raise IntakeError(_unreadable(error)) from error
        reason = f"it has {size:,} bytes, over the limit of {limit:,}{remedy(limit)}"
        raise IntakeError(reason)

    def stream(self) -> BinaryIO:
        """Open it for reading; raise IntakeError if it is not a regular file."""
        try:
            number = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise IntakeError(LINK if self.kind == "link" else _unreadable(error)) from error
        mode = os.fstat(number).st_mode
        if not stat.S_ISREG(mode):
            os.close(number)
            raise IntakeError("it is a folder" if stat.S_ISDIR(mode) else IRREGULAR)
        return os.fdopen(number, "rb")


def _unreadable(error: OSError) -> str:
    return f"it cannot be read ({error.strerror})"


def is_nobodys(name: str, *, folder: bool) -> bool:
    """Return whether an operating system, an editor or a tool left a file or folder there, and no person.

    A folder may be a student's, whatever the name ends with.
    """
    low = name.lower()
    return low in _NOBODYS or low.startswith(_NOBODYS_BEGIN) or (not folder and low.endswith(_NOBODYS_END))


def path_text(path: Path | str) -> str:
    """Return a path as text; bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def ending(name: str, endings: Sequence[str]) -> str:
    """Return the first of the endings that the name has, in letters of any case, or "" if it has none."""
    return next((end for end in endings if name.lower().endswith(end)), "")


def archive_stem(name: str) -> str:
    """Return the name of an archive without its ending: the student's name, if the archive is a student's."""
    return name[: len(name) - len(ending(name, ARCHIVES))]

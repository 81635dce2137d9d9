"""Archives as learning platforms export them, as trees of nodes; nothing is ever extracted to the disk.

What a header says of sizes is not believed: only the bytes that come are counted. A member that cannot be read is
refused alone, and what a damaged archive holds before the damage counts.
"""

from __future__ import annotations

import gzip
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from assay.errors import IntakeError
from assay.intake.tree import ARCHIVES, IRREGULAR, KINDS, LINK, MAX_BYTES, OTHER_ARCHIVES, ending, shown
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class ArchiveLimits(NamedTuple):
    """What one archive may hold: bytes as they come out of it, and members."""

    unpacked: int
    members: int


CLASS = ArchiveLimits(1_000_000_000, 100_000)
"""300 students with three megabytes each, one of whom handed in a virtual environment; a few seconds' work."""

STUDENT = ArchiveLimits(100_000_000, 10_000)
"""A data set may lie beside the work; 300 bombs of this size cost minutes, not hours."""

_NAME_BYTES = 200  # of a zip's list of members, each: zipfile makes records of the whole list before we can count them
_DEPTH = 6  # class/student/wrapping/file are four: what lies deeper cannot be a submission, and makes no nodes
_CHUNK = 1 << 16
_BLOCK = 512
_LOCAL_HEADER = 30
_SHOWN_NAME = 100
_ENCRYPTED, _UTF8 = 0x1, 0x800
_TWICE = "it is in the archive twice"
_DAMAGED = "it is damaged"
_UNFINISHED = "it could not be read to its end"
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, RuntimeError,
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError,
)  # fmt: skip
"""What zipfile, tarfile and gzip raise over bytes that somebody made up; RuntimeError is RecursionError, too."""


class ArchiveNode:
    """A file or a folder inside an archive; the archive itself is the folder that holds the others.

    Args:
        path: where it lies, the archive's own path first.
        kind: links, devices and the like are files with a trouble.
        trouble: why it cannot be read, if it cannot.

    Attributes:
        modified: when, in an order that holds within one archive.
        unpack: gives its bytes, for files.
        below: what lies in the folder, by name.
    """

    def __init__(self, path: Path, kind: Literal["file", "folder"] = "folder", trouble: str = "") -> None:
        self.path = path
        self.name = path.name
        self.kind: Literal["file", "folder", "link"] = kind
        self.trouble = trouble
        self.modified: float = 0
        self.unpack: Callable[[], bytes] = bytes
        self.below: dict[str, ArchiveNode] = {}

    @property
    def student(self) -> str:
        """Its name, without the ending that says archive."""
        return self.name[: len(self.name) - len(ending(self.name, ARCHIVES))]

    def children(self) -> list[ArchiveNode]:
        """Gives what lies in the folder, by name."""
        return [self.below[name] for name in sorted(self.below)]

    def read(self) -> bytes:
        """Gives its bytes."""
        if self.trouble or self.kind == "folder":
            raise IntakeError(self.trouble or "it is a folder")
        return self.unpack()


class Archive:
    """An archive that was opened.

    Args:
        file: its bytes; a zip's are read from there as long as its members are.
        path: as the report shows it; its ending says which kind of archive it is.
        limits: what it may hold.

    Attributes:
        root: what is in it.
        troubles: sentences about what is not below `root` although it was in the archive.

    Raises:
        IntakeError: nothing of it can be read.
    """

    def __init__(self, file: BinaryIO, path: Path, limits: ArchiveLimits) -> None:
        self.root = ArchiveNode(path)
        self.troubles: list[str] = []
        self._limits = limits
        self._left = limits.unpacked
        self._strays: list[str] = []
        kind = ending(path.name, ARCHIVES)
        try:
            if kind == ".zip":
                self._read_zip(zipfile.ZipFile(_Stream(file, limits.members * _NAME_BYTES)))
            else:
                self._read_tar(file if kind == ".tar" else gzip.GzipFile(fileobj=file))
        except _DAMAGE as error:
            reason = f"it is no {kind} archive, or it is damaged"
            raise IntakeError(reason) from error
        if self._strays:
            first, *more = self._strays
            rest = f" and {len(more)} more are no paths" if more else " is no path"
            self.troubles.append(f"{first}{rest} inside an archive: not read")

    def _read_zip(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        self._count(len(members))
        # Members that share bytes make a bomb of a small file; honest ones lie one after the other.
        for one, after in pairwise(sorted(members, key=lambda member: member.header_offset)):
            least = _LOCAL_HEADER + len(one.orig_filename) + one.compress_size
            if one.header_offset + least > after.header_offset:
                reason = "its members lie over each other, which no honest archive's do"
                raise IntakeError(reason)
        for info in members:
            mode = info.external_attr >> 16
            kind = stat.S_IFMT(mode)
            trouble = LINK if stat.S_ISLNK(mode) else IRREGULAR if kind not in (0, stat.S_IFREG, stat.S_IFDIR) else ""
            folder = info.is_dir() or stat.S_ISDIR(mode)
            member = self._place(_zip_name(info), "folder" if folder else "file", trouble)
            if member is not None:
                year, month, day, *time = info.date_time
                member.modified = ((year * 13 + month) * 32 + day) * 90_000 + sum(
                    part * seconds for part, seconds in zip(time, (3600, 60, 1), strict=True)
                )
                member.unpack = partial(self._unzipped, archive, info)

    def _unzipped(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & _ENCRYPTED:
            reason = "it is encrypted: hand it in without a password"
            raise IntakeError(reason)
        # zipfile gives no bound on what bzip2 and lzma make of a few bytes.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            reason = "its compression is not supported: only that of ordinary .zip files is (deflate)"
            raise IntakeError(reason)
        info.file_size = MAX_BYTES + 1  # so that zipfile goes on to the real end, or to where we stop
        data = bytearray()
        try:
            with archive.open(info) as file:
                while len(data) <= min(MAX_BYTES, self._left) and (chunk := file.read(_CHUNK)):
                    data += chunk
        except _DAMAGE as error:
            raise IntakeError(_DAMAGED) from error
        finally:
            over = len(data) > self._left
            self._left = max(0, self._left - len(data))
        if over:
            raise IntakeError(self._overfull())
        return _bounded(bytes(data))

    def _read_tar(self, file: BinaryIO | gzip.GzipFile) -> None:
        stream = _Stream(file, MAX_BYTES + 1, self._limits.unpacked)
        count, last = 0, ""
        try:
            with tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape") as archive:  # type: ignore[arg-type]
                while (info := archive.next()) is not None:
                    archive.members.clear()  # type: ignore[attr-defined]  # or it keeps them all
                    count, last = count + 1, shown(info.name)
                    self._count(count)
                    self._take_tarred(archive, info)
            # tarfile takes a broken header for the end of the archive; the end is a block of zeros.
            if stream.latest != bytes(_BLOCK):
                raise EOFError
        except _FullError:
            self.troubles.append(f"{self._overfull()}: what comes after {_brief(last)} was not read")
        except _DAMAGE:
            if not count:
                raise
            self.troubles.append(f"it is damaged after {_brief(last)}: what comes there was not read")

    def _take_tarred(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        trouble = LINK if info.issym() or info.islnk() else ""
        if not (trouble or info.isdir() or (info.isreg() and not info.issparse())):
            trouble = IRREGULAR
        member = self._place(shown(info.name), "folder" if info.isdir() else "file", trouble)
        if member is None or member.kind == "folder":
            return
        member.modified = info.mtime
        if member.trouble:
            return
        member.trouble = _UNFINISHED
        # A compressed tar is read once, from its beginning to its end.
        opened = archive.extractfile(info)
        size = min(MAX_BYTES + 1, info.size)
        data = opened.read(size) if opened is not None else b""
        if len(data) != size:
            raise EOFError
        member.unpack = partial(_bounded, data)
        member.trouble = ""

    def _place(self, name: str, kind: Literal["file", "folder"], trouble: str) -> ArchiveNode | None:
        """Finds the member's place in the tree; None if there is nothing to do with it."""
        parts = _parts(name)
        if parts is None:
            self._strays.append(_brief(name))
            return None
        if not parts or "__MACOSX" in parts or parts[-1].startswith("._"):
            return None
        if len(parts) > _DEPTH:
            parts, kind, trouble = parts[:_DEPTH], "folder", ""
        if kind == "file" and not trouble and not ending(parts[-1], (*KINDS, *ARCHIVES, *OTHER_ARCHIVES)):
            parts, kind = parts[:-1], "folder"
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
        member = ArchiveNode(folder.path / parts[-1], kind, trouble)
        return folder.below.setdefault(parts[-1], member)

    def _count(self, members: int) -> None:
        if members > self._limits.members:
            reason = f"it has more than {self._limits.members:,} members"
            raise IntakeError(reason)

    def _overfull(self) -> str:
        return f"unpacked, its archive has more than {self._limits.unpacked:,} bytes"


class _FullError(Exception):
    """More bytes came out of an archive than it may hold."""


class _Stream:
    """A file to zipfile and tarfile that gives no more than `most` bytes at once, and `total` in one pass.

    Without a total it can go back, as zipfile must; with one it cannot, so that no header leads in circles.
    """

    def __init__(self, file: BinaryIO | gzip.GzipFile, most: int, total: int | None = None) -> None:
        self._file = file
        self._most = most
        self._total = total
        self.latest = b""

    def read(self, size: int = -1) -> bytes:
        self.latest = self._file.read(self._most + 1 if size < 0 else min(size, self._most + 1))
        if len(self.latest) > self._most:
            reason = f"its list of members, or a name in it, has more than {self._most:,} bytes"
            raise IntakeError(reason)
        if self._total is not None and self._file.tell() > self._total:
            raise _FullError
        return self.latest

    def seek(self, offset: int, whence: int = 0) -> int:
        if self._total is None:
            return self._file.seek(offset, whence)
        if whence or offset < self._file.tell():
            raise EOFError
        while (left := offset - self._file.tell()) and self.read(min(_CHUNK, left)):
            pass
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Gives a member's name: without the flag that says UTF-8 many tools write it all the same."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeDecodeError:
        return info.orig_filename


def _parts(name: str) -> list[str] | None:
    """Gives the parts of a plain relative path, None for everything else: `..`, a root, a drive, Windows's slashes."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or re.match(r"[A-Za-z]:|.*[\\\0]", name, re.DOTALL) or ".." in parts:
        return None
    return parts


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        reason = f"unpacked, it has more than {MAX_BYTES:,} bytes"
        raise IntakeError(reason)
    return data


def _brief(name: str) -> str:
    return escape(name, _SHOWN_NAME)

"""Tar archives, compressed or not: read once, from the beginning to the end."""

from __future__ import annotations

import tarfile
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from assay.intake.archives.archive_tree import checked_size, member_text
from assay.intake.archives.damage import DAMAGE
from assay.intake.archives.streams import CHUNK, BoundedStream, FullError
from assay.intake.gradescope import METADATA
from assay.intake.limits import HEAD_BYTES, MAX_BYTES, max_bytes
from assay.intake.matching import ending_of
from assay.intake.tree import ARCHIVES, IRREGULAR, LINK, ending, path_text

if TYPE_CHECKING:
    import gzip

    from assay.intake.archives.archive_tree import ArchiveTree

__all__ = ["read_tar"]

_BLOCK_BYTES = 512

_LATEST = 2**33
"""Seconds since 1970: a later time in a header is made up."""


def read_tar(file: BinaryIO | gzip.GzipFile, tree: ArchiveTree) -> None:
    """Fill the tree with the members and their bytes.

    A damaged place, or too many bytes, ends the reading with a trouble; damage before the first member is raised.
    """
    stream = BoundedStream(file, MAX_BYTES + 1, tree.limits.unpacked)
    count, last = 0, ""
    try:
        with tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape") as archive:  # type: ignore[arg-type]
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # or it keeps them all
                count, last = count + 1, path_text(info.name)
                tree.check_member_count(count)
                _add(archive, info, tree)
        # tarfile takes a broken header for the end of the archive; the end is a block of zeros.
        if stream.latest != bytes(_BLOCK_BYTES):
            raise EOFError
    except FullError:
        tree.troubles.append(f"{tree.overfull}: what comes after {member_text(last)} was not read")
    except DAMAGE:
        if not count:
            raise
        tree.troubles.append(f"it is damaged after {member_text(last)}: the members after that were not read")


def _add(archive: tarfile.TarFile, info: tarfile.TarInfo, tree: ArchiveTree) -> None:
    trouble = LINK if info.issym() or info.islnk() else ""
    if not (trouble or info.isdir() or (info.isreg() and not info.issparse())):
        trouble = IRREGULAR
    node = tree.add(path_text(info.name), "folder" if info.isdir() else "file", trouble)
    if node is None or node.kind == "folder":
        return
    node.modified = int(min(max(0, info.mtime), _LATEST) * 10**9)
    if node.trouble or not _is_kept(node.name):
        return
    node.trouble = "it could not be read to its end"  # holds if one of the next lines raises
    opened = archive.extractfile(info)
    data = bytearray()
    while opened is not None and len(data) <= max_bytes(bytes(data[:HEAD_BYTES])) and (chunk := opened.read(CHUNK)):
        data += chunk
    if len(data) < info.size and len(data) <= max_bytes(bytes(data[:HEAD_BYTES])):
        raise EOFError
    node.unpack = partial(checked_size, bytes(data))
    node.trouble = ""


def _is_kept(name: str) -> bool:
    """Return whether a member's bytes are kept, because a tar is read once: the intake may ask for these."""
    return bool(ending_of(name) or ending(name, ARCHIVES)) or name == METADATA

"""Tar archives, compressed or not: read once, from the beginning to the end."""

from __future__ import annotations

import tarfile
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from assay.intake.archives.damage import DAMAGE
from assay.intake.archives.nodes import checked_size, member_text
from assay.intake.archives.streams import BoundedStream, FullError
from assay.intake.tree import IRREGULAR, LINK, MAX_BYTES, path_text

if TYPE_CHECKING:
    import gzip

    from assay.intake.archives.nodes import ArchiveTree

__all__ = ["read_tar"]

_BLOCK_BYTES = 512


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
                tree.count(count)
                _add(archive, info, tree)
        # tarfile takes a broken header for the end of the archive; the end is a block of zeros.
        if stream.latest != bytes(_BLOCK_BYTES):
            raise EOFError
    except FullError:
        tree.troubles.append(f"{tree.overfull}: what comes after {member_text(last)} was not read")
    except DAMAGE:
        if not count:
            raise
        tree.troubles.append(f"it is damaged after {member_text(last)}: what comes there was not read")


def _add(archive: tarfile.TarFile, info: tarfile.TarInfo, tree: ArchiveTree) -> None:
    trouble = LINK if info.issym() or info.islnk() else ""
    if not (trouble or info.isdir() or (info.isreg() and not info.issparse())):
        trouble = IRREGULAR
    node = tree.add(path_text(info.name), "folder" if info.isdir() else "file", trouble)
    if node is None or node.kind == "folder":
        return
    node.modified = info.mtime
    if node.trouble:
        return
    node.trouble = "it could not be read to its end"  # holds if one of the next lines raises
    opened = archive.extractfile(info)
    size = min(MAX_BYTES + 1, info.size)
    data = opened.read(size) if opened is not None else b""
    if len(data) != size:
        raise EOFError
    node.unpack = partial(checked_size, data)
    node.trouble = ""

"""Zip archives: the list of members is at the end, and a member is unpacked when it is read."""

from __future__ import annotations

import calendar
import contextlib
import stat
import zipfile
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from assay.errors import IntakeError
from assay.intake.archives.archive_tree import checked_size
from assay.intake.archives.damage import DAMAGE
from assay.intake.archives.streams import CHUNK, BoundedStream
from assay.intake.limits import HEAD_BYTES, MAX_NOTEBOOK_BYTES, max_bytes
from assay.intake.tree import IRREGULAR, LINK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.intake.archives.archive_tree import ArchiveTree

__all__ = ["read_zip"]

_NAME_BYTES = 200
"""Of the list of members, for each member: zipfile makes records of the whole list before we can count them."""

_LOCAL_HEADER_BYTES = 30
_ENCRYPTED, _UTF8 = 0x1, 0x800


def read_zip(file: BinaryIO, tree: ArchiveTree) -> None:
    """Fill the tree; the file is read from as long as its members are."""
    archive = zipfile.ZipFile(BoundedStream(file, tree.limits.members * _NAME_BYTES))
    members = archive.infolist()
    tree.check_member_count(len(members))
    _check_overlap(members)
    for info in members:
        mode = info.external_attr >> 16
        kind = stat.S_IFMT(mode)
        trouble = LINK if stat.S_ISLNK(mode) else IRREGULAR if kind not in (0, stat.S_IFREG, stat.S_IFDIR) else ""
        name = _member_name(info)
        folder = name.endswith("/") or stat.S_ISDIR(mode)
        node = tree.add(name, "folder" if folder else "file", trouble)
        if node is not None:
            node.modified = _nanoseconds(info)
            node.unpack = partial(_unpacked, archive, info, tree)


def _check_overlap(members: Sequence[zipfile.ZipInfo]) -> None:
    """Raise IntakeError if members share bytes, which makes a bomb of a small file."""
    for one, after in pairwise(sorted(members, key=lambda member: member.header_offset)):
        least = _LOCAL_HEADER_BYTES + len(one.orig_filename) + one.compress_size
        if one.header_offset + least > after.header_offset:
            reason = "its members overlap, as in a zip bomb"
            raise IntakeError(reason)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, tree: ArchiveTree) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        reason = "it is encrypted: hand it in without a password"
        raise IntakeError(reason)
    # zipfile does not bound what bzip2 and lzma make of a few bytes.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        reason = "its compression is not supported: only that of ordinary .zip files is (deflate)"
        raise IntakeError(reason)
    info.file_size = MAX_NOTEBOOK_BYTES + CHUNK  # so that zipfile goes on to the real end, or until we stop
    data = bytearray()
    try:
        with archive.open(info) as file:
            while len(data) <= min(max_bytes(bytes(data[:HEAD_BYTES])), tree.bytes_left) and (
                chunk := file.read(CHUNK)
            ):
                data += chunk
    except DAMAGE as error:
        reason = "it is damaged"
        raise IntakeError(reason) from error
    finally:
        over = len(data) > tree.bytes_left
        tree.bytes_left = max(0, tree.bytes_left - len(data))
    if over:
        raise IntakeError(tree.overfull)
    return checked_size(bytes(data))


def _nanoseconds(info: zipfile.ZipInfo) -> int:
    """Return the member's time; the fields need not be a real date."""
    year, month, *rest = info.date_time
    return calendar.timegm((year, min(max(month, 1), 12), *rest)) * 10**9


def _member_name(info: zipfile.ZipInfo) -> str:
    r"""Return the member's name; many tools write UTF-8 without the flag that says so, and `\` between folders."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeDecodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")

"""Open an archive: the name's ending says of which kind it is."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, BinaryIO

from assay.errors import IntakeError
from assay.intake.archives.archive_tree import ArchiveTree
from assay.intake.archives.damage import DAMAGE
from assay.intake.archives.tars import read_tar
from assay.intake.archives.zips import read_zip
from assay.intake.tree import ARCHIVES, OTHER_ARCHIVES, Node, ending

if TYPE_CHECKING:
    from pathlib import Path

    from assay.intake.limits import ArchiveLimits

__all__ = ["check_openable", "is_archive", "open_archive"]


def is_archive(node: Node) -> bool:
    """Return whether a node's name ends like an archive's, of a kind that is opened or not."""
    return node.kind != "folder" and bool(ending(node.name, (*ARCHIVES, *OTHER_ARCHIVES)))


def check_openable(node: Node) -> None:
    """Raise IntakeError if archives of this kind are not opened."""
    if not ending(node.name, ARCHIVES):
        reason = "only .zip, .tar and .tar.gz archives are opened"
        raise IntakeError(reason)


def open_archive(file: BinaryIO, path: Path, limits: ArchiveLimits) -> ArchiveTree:
    """Read which members an archive has.

    Args:
        file: its bytes; a zip's are read from there as long as its members are.
        path: the path for the report.
        limits: how much it may hold.

    Raises:
        IntakeError: nothing of it can be read.
    """
    tree = ArchiveTree(path, limits)
    kind = ending(path.name, ARCHIVES)
    try:
        if kind == ".zip":
            read_zip(file, tree)
        else:
            read_tar(file if kind == ".tar" else gzip.GzipFile(fileobj=file), tree)
    except DAMAGE as error:
        reason = f"it is not a {kind} archive, or it is damaged"
        raise IntakeError(reason) from error
    tree.tell_strays()
    return tree

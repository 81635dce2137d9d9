"""How much is taken in: the bytes of a file and of an archive, the members of an archive, the depth of folders."""

from __future__ import annotations

from typing import NamedTuple

from assay.content import readable_text

__all__ = [
    "CLASS",
    "HEAD_BYTES",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NOTEBOOK_BYTES",
    "STUDENT",
    "ArchiveLimits",
    "max_bytes",
    "remedy",
]

MAX_BYTES = 10_000_000
"""Of one module, of a notebook's code, or of one student's archive: a class of them fits in memory."""

MAX_NOTEBOOK_BYTES = 100_000_000
"""Of a notebook with its outputs, which are removed before anything else reads it."""

MAX_DEPTH = 6
"""Folders below a path or an archive that are read: term/group/student/assignment/wrapping are five."""

HEAD_BYTES = 64
"""Of a file, enough to see whether it can be a notebook."""


class ArchiveLimits(NamedTuple):
    """How much one archive may hold: bytes as they come out of it, and members."""

    unpacked: int
    members: int


CLASS = ArchiveLimits(1_000_000_000, 100_000)
"""300 students with three megabytes each, one of them with a virtual environment; it takes a few seconds."""

STUDENT = ArchiveLimits(100_000_000, 10_000)
"""A data set may lie beside the work; 300 bombs of this size cost minutes, not hours."""


def max_bytes(head: bytes) -> int:
    """Return how many bytes a file that begins so may have: more if it begins like JSON, as notebooks do."""
    return MAX_NOTEBOOK_BYTES if readable_text(head).lstrip().startswith("{") else MAX_BYTES


def remedy(limit: int) -> str:
    """Return what helps against too many bytes, as the end of a sentence."""
    return ": clear all outputs of the notebook and hand it in again" if limit == MAX_NOTEBOOK_BYTES else ""

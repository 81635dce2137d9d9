"""Messages between the command and the process that reads submissions: one request, one reply."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = ["MAX_FRAME_BYTES", "MAX_SOURCE_BYTES", "Code", "Refusal", "Reply", "Source"]

MAX_SOURCE_BYTES = 200_000
"""Of a submission's source: ten times the longest right answers of a course."""

MAX_FRAME_BYTES = 2**24
"""A character of the largest source takes at most 18 bytes: itself, its fingerprint and the number of its line."""


class Source(msgspec.Struct, frozen=True):
    """The source of a submission, or a file of the course."""

    kind: Literal["module", "notebook"]
    data: bytes


class Code(msgspec.Struct, frozen=True, tag=True):
    """The code of a source, and its normalised text: without comments and blanks, each name and string one letter.

    Args:
        text: the code as its author wrote it; of a notebook the cells one after the other.
        fingerprints: of the passage that begins at each character of the normalised text.
        lines: the line of the code that each character of the normalised text comes from, counted from 0.
    """

    text: str
    fingerprints: tuple[int, ...]
    lines: tuple[int, ...]


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """The source cannot be read, and why."""

    reason: str


Reply: TypeAlias = Code | Refusal

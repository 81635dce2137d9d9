"""Messages between the intake and its reader: one request, one reply."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import msgspec

__all__ = [
    "MAX_FRAME_BYTES",
    "Close",
    "Content",
    "NodeRecord",
    "Open",
    "Opened",
    "Read",
    "Refusal",
    "Reply",
    "Request",
    "Unreadable",
    "WithoutOutputs",
]

MAX_FRAME_BYTES = 200_000_000
"""The largest file is a notebook of 100 MB; the list of 100,000 members has fewer."""


class Open(msgspec.Struct, frozen=True, tag=True):
    """Open an archive under a number; if there are no bytes, its file's descriptor comes first."""

    key: int
    ending: str
    unpacked: int
    members: int
    data: bytes | None


class Read(msgspec.Struct, frozen=True, tag=True):
    """Return the bytes of an archive's node; `index` counts the nodes as `Opened` lists them."""

    key: int
    index: int


class Close(msgspec.Struct, frozen=True, tag=True):
    """Forget an archive."""

    key: int


class WithoutOutputs(msgspec.Struct, frozen=True, tag=True):
    """Return a notebook without outputs, attachments and metadata."""

    data: bytes


class NodeRecord(NamedTuple):
    """A node of an archive; `parent` is the index of its folder, and the archive's own is 0."""

    parent: int
    name: str
    kind: Literal["file", "folder", "link"]
    trouble: str
    modified: int


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The nodes of an archive but its root, each after its folder, and sentences about members without nodes."""

    nodes: list[NodeRecord]
    troubles: list[str]


class Content(msgspec.Struct, frozen=True, tag=True):
    """Bytes."""

    data: bytes


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """The sentence of an IntakeError."""

    reason: str


class Unreadable(msgspec.Struct, frozen=True, tag=True):
    """The bytes are not a notebook that can be read: they may be cut off."""


Request: TypeAlias = Open | Read | Close | WithoutOutputs
Reply: TypeAlias = Opened | Content | Refusal | Unreadable

"""The intake's side of the reader: a process that is started when it is needed, and again after it died."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from assay.errors import IntakeError, WireError
from assay.intake.archives.archive_tree import ArchiveNode, ArchiveTree
from assay.intake.reader import messages
from assay.intake.reader.messages import Close, Content, Open, Opened, Read, Refusal, WithoutOutputs
from assay.intake.tree import ARCHIVES, ending
from assay.wire.limited_process import LimitedProcess, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from assay.intake.limits import ArchiveLimits

__all__ = ["LIMITS", "Reader"]

_decode = msgspec.msgpack.Decoder(messages.Reply).decode
_encode = msgspec.msgpack.Encoder().encode


LIMITS = Limits(2 * 2**30, 60, 600)
"""A class's .tar.gz of 1 GB takes ten seconds and as much memory as its submissions have bytes."""


class _OpenArchive(NamedTuple):
    file: BinaryIO | bytes
    ending: str
    limits: ArchiveLimits


class Reader(LimitedProcess):
    """Opens archives and notebooks in a process with limits; an item on which it dies is refused alone."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__("assay.intake.reader", limits or LIMITS, messages.MAX_FRAME_BYTES)
        self._archives: dict[int, _OpenArchive] = {}
        self._known: set[int] = set()  # the archives that the process has open
        self._count = 0

    def open(self, file: BinaryIO | bytes, path: Path, limits: ArchiveLimits) -> ArchiveTree:
        """Return an archive's tree; `file` stays open, and the tree readable, as long as the reader.

        Raises:
            IntakeError: nothing of it can be read.
        """
        self._count += 1
        key = self._count
        self._archives[key] = _OpenArchive(file, ending(path.name, ARCHIVES), limits)
        opened = self._open(key)
        tree = ArchiveTree(path, limits)
        nodes = [tree.root]
        for index, (parent, name, kind, trouble, modified) in enumerate(opened.nodes, start=1):
            node = ArchiveNode(nodes[parent].path / name, kind, trouble)
            node.modified = modified
            node.unpack = partial(self._read, key, index)
            nodes[parent].below[name] = node
            nodes.append(node)
        tree.troubles = opened.troubles
        tree.forget = partial(self._close, key)
        return tree

    def without_outputs(self, data: bytes) -> bytes | None:
        """Return a notebook without outputs, attachments and metadata, or None if it cannot be read as a notebook.

        Raises:
            IntakeError: it costs too much to read, or its code is too large.
        """
        reply = self._ask(WithoutOutputs(data))
        return reply.data if isinstance(reply, Content) else None

    def _open(self, key: int) -> Opened:
        archive = self._archives[key]
        data = archive.file if isinstance(archive.file, bytes) else None
        descriptor = None if isinstance(archive.file, bytes) else archive.file.fileno()
        reply = self._ask(Open(key, archive.ending, *archive.limits, data), descriptor)
        if not isinstance(reply, Opened):
            raise WireError
        self._known.add(key)
        return reply

    def _read(self, key: int, index: int) -> bytes:
        if key not in self._known:
            self._open(key)
        reply = self._ask(Read(key, index))
        if not isinstance(reply, Content):
            raise WireError
        return reply.data

    def _close(self, key: int) -> None:
        if key in self._known:
            self._known.discard(key)
            self._ask(Close(key))
        del self._archives[key]

    def _ask(self, request: messages.Request, descriptor: int | None = None) -> messages.Reply:
        """Return the reply; raise IntakeError if it is a refusal, or if the process dies of the request."""
        reply: messages.Reply = _decode(self._exchange(_encode(request), descriptor))
        if isinstance(reply, Refusal):
            raise IntakeError(reply.reason)
        return reply

    def _stop(self) -> None:
        self._known.clear()
        super()._stop()

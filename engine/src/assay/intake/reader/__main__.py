"""The reader: it opens archives and notebooks for the intake, one request after the other, with limits on each.

Started as `python -m assay.intake.reader SOCKET MEMORY SECONDS`; it ends when the intake closes the socket.
"""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from assay.errors import IntakeError
from assay.intake.archives.opening import open_archive
from assay.intake.limits import ArchiveLimits
from assay.intake.reader import messages
from assay.intake.reader.messages import Close, Content, NodeRecord, Open, Opened, Read, Refusal, Unreadable
from assay.intake.reader.notebooks import without_outputs
from assay.wire.limited_process import answer_requests

if TYPE_CHECKING:
    from assay.intake.archives.archive_tree import ArchiveNode

_decode = msgspec.msgpack.Decoder(messages.Request).decode
_encode = msgspec.msgpack.Encoder().encode
_archives: dict[int, list[ArchiveNode]] = {}


def _reply(sock: socket.socket, data: bytes) -> bytes:
    request = _decode(data)
    try:
        return _encode(_answer(sock, request))
    except IntakeError as error:
        return _encode(Refusal(str(error)))


def _answer(sock: socket.socket, request: messages.Request) -> messages.Reply:
    match request:
        case Open():
            return _open(sock, request)
        case Read(key, index):
            return Content(_archives[key][index].read())
        case Close(key):
            _archives.pop(key, None)
            return Content(b"")
        case _:
            plain = without_outputs(request.data)
            return Unreadable() if plain is None else Content(plain)


def _open(sock: socket.socket, request: Open) -> Opened:
    file: BinaryIO
    if request.data is None:
        _, numbers, _, _ = socket.recv_fds(sock, 1, 1)
        file = os.fdopen(numbers[0], "rb")
        file.seek(0)
    else:
        file = io.BytesIO(request.data)
    tree = open_archive(file, Path(f"archive{request.ending}"), ArchiveLimits(request.unpacked, request.members))
    nodes, records = [tree.root], []
    for index, node in enumerate(nodes):  # grows: a folder's nodes are added behind it
        for child in node.children():
            nodes.append(child)
            records.append(NodeRecord(index, child.name, child.kind, child.trouble, child.modified))
    _archives[request.key] = nodes
    return Opened(records, tree.troubles)


if __name__ == "__main__":
    answer_requests(_reply, messages.MAX_FRAME_BYTES)

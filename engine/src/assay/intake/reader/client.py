"""The intake's side of the reader: a process that is started when it is needed, and again after it died."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

import msgspec

from assay.errors import IntakeError, WireError
from assay.intake.archives.nodes import ArchiveLimits, ArchiveNode, ArchiveTree
from assay.intake.reader import messages
from assay.intake.reader.messages import Close, Content, Open, Opened, Read, Refusal, WithoutOutputs
from assay.intake.tree import ARCHIVES, ending
from assay.wire import frames

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["LIMITS", "OUT_OF_MEMORY", "Reader", "ReaderLimits"]

OUT_OF_MEMORY = 70
"""The reader's exit code if an item takes more memory than the limit."""

_decode = msgspec.msgpack.Decoder(messages.Reply).decode
_encode = msgspec.msgpack.Encoder().encode


class ReaderLimits(NamedTuple):
    """The limits of one item: bytes of address space, seconds of processor time, seconds of waiting."""

    memory: int
    cpu_seconds: int
    seconds: int


LIMITS = ReaderLimits(2 * 2**30, 60, 600)
"""A class's .tar.gz of 1 GB takes ten seconds and as much memory as its submissions have bytes."""


class _OpenArchive(NamedTuple):
    file: BinaryIO | bytes
    ending: str
    limits: ArchiveLimits


class Reader:
    """Opens archives and notebooks in a process with limits; an item on which it dies is refused alone."""

    def __init__(self, limits: ReaderLimits | None = None) -> None:
        self._limits = limits or LIMITS
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None
        self._archives: dict[int, _OpenArchive] = {}
        self._known: set[int] = set()  # the archives that the process has open
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

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
        sock = self._start()
        try:
            sock.settimeout(self._limits.seconds)
            frames.send(sock, _encode(request), messages.MAX_FRAME_BYTES)
            if descriptor is not None:
                socket.send_fds(sock, [b"+"], [descriptor])
            data = frames.receive(sock, time.monotonic() + self._limits.seconds, messages.MAX_FRAME_BYTES)
        except frames.Silence:
            self._stop()
            reason = f"reading it took more than {self._limits.seconds} seconds"
            raise IntakeError(reason) from None
        except (WireError, OSError):
            raise IntakeError(self._ending()) from None
        reply: messages.Reply = _decode(data)
        if isinstance(reply, Refusal):
            raise IntakeError(reply.reason)
        return reply

    def _start(self) -> socket.socket:
        if self._sock is not None:
            return self._sock
        self._sock, other = socket.socketpair()
        with other:
            # -P: the current folder may be a student's, and a module in it must not be imported.
            numbers = map(str, (other.fileno(), self._limits.memory, self._limits.cpu_seconds))
            command = [sys.executable, "-P", "-m", "assay.intake.reader", *numbers]
            null = subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, pass_fds=[other.fileno()])
        return self._sock

    def _ending(self) -> str:
        """Return why the process died."""
        process = self._process
        self._close_socket()
        code = process.wait() if process else 0
        self._stop()
        if code == -signal.SIGXCPU:
            return f"reading it took more than {self._limits.cpu_seconds} seconds of processor time"
        if code == OUT_OF_MEMORY:
            return f"reading it took more than {self._limits.memory:,} bytes of memory"
        return "the process that read it died"

    def _close_socket(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _stop(self) -> None:
        self._known.clear()
        self._close_socket()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None

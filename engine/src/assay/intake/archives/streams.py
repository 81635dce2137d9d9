"""The file that zipfile and tarfile read: it bounds how much they take at once and in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from assay.errors import IntakeError

if TYPE_CHECKING:
    import gzip

__all__ = ["CHUNK", "BoundedStream", "FullError"]

CHUNK = 1 << 16
"""Bytes that are read at once if nothing asks for fewer."""


class FullError(Exception):
    """More bytes came out of an archive than it may hold."""


class BoundedStream:
    """A file that gives no more than `most` bytes at once, and `total` in one pass.

    Without a total the file can go back, as zipfile must. With a total it cannot, so that no header leads in circles.
    """

    def __init__(self, file: BinaryIO | gzip.GzipFile, most: int, total: int | None = None) -> None:
        self._file = file
        self._most = most
        self._total = total
        self.latest = b""

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes.

        Raises:
            IntakeError: more are asked for at once than `most`, and are there.
            FullError: more than `total` have come.
        """
        self.latest = self._file.read(self._most + 1 if size < 0 else min(size, self._most + 1))
        if len(self.latest) > self._most:
            reason = f"its list of members, or a name in it, has more than {self._most:,} bytes"
            raise IntakeError(reason)
        if self._total is not None and self._file.tell() > self._total:
            raise FullError
        return self.latest

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset; with a total, forwards only, by reading."""
        if self._total is None:
            return self._file.seek(offset, whence)
        if whence or offset < self._file.tell():
            raise EOFError
        while (left := offset - self._file.tell()) and self.read(min(CHUNK, left)):
            pass
        return self._file.tell()

    def tell(self) -> int:
        """Return the offset."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return True: zipfile asks."""
        return True

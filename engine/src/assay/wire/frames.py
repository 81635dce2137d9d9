"""How bytes travel over a Unix stream socket: four bytes of length, then the data."""

from __future__ import annotations

import socket
import struct
import time

from assay.errors import WireError

LIMIT = 4 * 2**20
"""Bytes in one frame: a million float32. The largest answers of a course are tens of thousands."""

TASK_LIMIT = 4 * LIMIT
"""Bytes in the frame that carries a submission from the judge to its process."""

_HEAD = struct.Struct(">I")
_CHUNK = 2**20


class Silence(WireError):
    """No whole frame before the deadline."""


class Hangup(WireError):
    """The other end closed before a whole frame."""


def send(sock: socket.socket, data: bytes, limit: int = LIMIT) -> None:
    """Send one frame. Raise WireError if it is too long, Hangup if nobody listens, Silence if nobody takes it."""
    if len(data) > limit:
        text = f"a frame of {len(data)} bytes, over the limit of {limit}"
        raise WireError(text)
    try:
        sock.sendall(_HEAD.pack(len(data)) + data)
    except TimeoutError as error:
        raise Silence from error
    except OSError as error:
        raise Hangup from error


def receive(sock: socket.socket, deadline: float | None = None, limit: int = LIMIT) -> bytes:
    """Return the next frame's bytes.

    Args:
        sock: a connected stream socket.
        limit: the most bytes that are taken.
        deadline: on `time.monotonic()`'s clock; for the whole frame, so that a slow drip does not extend it.

    Raises:
        Silence: at the deadline.
        Hangup: the other end closed.
        WireError: the announced length is over the limit.
    """
    (size,) = _HEAD.unpack(_exactly(sock, _HEAD.size, deadline))
    if size > limit:
        text = f"a frame of {size} bytes, over the limit of {limit}"
        raise WireError(text)
    return bytes(_exactly(sock, size, deadline))


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytearray:
    # Grows with the bytes that came: an announced length alone allocates nothing.
    data = bytearray()
    while len(data) < size:
        if deadline is None:
            sock.settimeout(None)
        else:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Silence
            sock.settimeout(left)
        try:
            chunk = sock.recv(min(size - len(data), _CHUNK))
        except TimeoutError as error:
            raise Silence from error
        except OSError as error:
            raise Hangup from error
        if not chunk:
            raise Hangup
        data += chunk
    return data


def send_socket(sock: socket.socket, other: socket.socket) -> None:
    """Send `other` to the process at the end of `sock`; its frame follows."""
    try:
        socket.send_fds(sock, [b"+"], [other.fileno()])
    except OSError as error:
        raise Hangup from error


def receive_socket(sock: socket.socket) -> socket.socket:
    """Return a socket that `send_socket` sent. Raise Hangup if the other end closed."""
    try:
        data, numbers, _, _ = socket.recv_fds(sock, 1, 1)
    except OSError as error:
        raise Hangup from error
    if not data or len(numbers) != 1:
        raise Hangup
    return socket.socket(fileno=numbers[0])

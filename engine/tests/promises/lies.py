"""A guest that lies, and what the judge's own code does with what it says."""

import contextlib
import datetime as dt
import math
import socket
import struct
import threading
import time

import msgspec
import torch

from assay.checks import assert_close, require
from assay.checks.compare import number, take, tensor
from assay.errors import GuestEnded, Mismatch, NameMissing, SubmissionRaised
from assay.host.channel import Channel, _stays
from assay.host.lines import SocketLine
from assay.host.proxy import Handle, Method, Proxy
from assay.judge.messages import describe_raised
from assay.judge.yours_and_expected import pair
from assay.text import shorten
from assay.wire.messages import Measured, Returned
from assay.wire.values import Ref, encode, portable

__all__ = ["NASTY", "OUTCOMES", "SECONDS", "against", "digest", "ext", "frame", "given", "shown", "tensor_bytes", "use"]

OUTCOMES = (Mismatch, SubmissionRaised, NameMissing, GuestEnded)
SECONDS = 0.3
NASTY = "\x1b]0;owned\x07\r\n::error::x\u202e[bold]" * 3
PLAIN = (type(None), bool, int, float, str, bytes, dt.datetime, torch.Tensor)
EXPECTED = (torch.ones(2, 2), 0.5, [1.0, 2.0], {"a": 1}, "text", None, True, math.nan)


def frame(data):
    return struct.pack(">I", len(data)) + data


def given(value):
    """Return the bytes of a Given whose value is these bytes."""
    return b"\x92\xa8Returned" + value


def ext(code, data):
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(code, data))


def tensor_bytes(code, dims, shape, data=b""):
    return ext(1, struct.pack(f"<BB{len(shape)}q", code, dims, *shape) + data)


def against(play, seconds=SECONDS, ask=None, whole=2 * SECONDS):
    """Return what a check's questions come to, against a guest that does what `play` says with its socket; and how long."""
    ours, theirs = socket.socketpair()

    def guest():
        with contextlib.suppress(OSError), theirs:
            play(theirs)

    line = SocketLine(
        ours, seconds, whole, lambda how, _: GuestEnded("crashed", how), lambda: Measured(0, 0, runs=False)
    )
    proxy = Proxy(Channel(line, frozenset({"f"}), "d2l"))
    thread = threading.Thread(target=guest)
    thread.start()
    started = time.monotonic()
    try:
        outcome = (ask or use)(proxy)
    except OUTCOMES as error:
        outcome = error
    finally:
        took = time.monotonic() - started
        ours.close()
        thread.join(10)
    assert not thread.is_alive()
    return outcome, took


def use(proxy):
    """Asks, looks at the answer in every way that a check and a report do, and asks on with what came."""
    value = proxy.f(1)
    digest(value)
    with contextlib.suppress(*OUTCOMES, TypeError):  # TypeError: what only the guest's lie made a thing not to be sent
        proxy.f(value)
    if isinstance(value, Handle):
        for ask in (lambda: value.w, value, lambda: take(value, 200)):
            with contextlib.suppress(*OUTCOMES):
                digest(ask())
    told = proxy._channel.transcript.text()
    assert all(part.isprintable() for part in told.split("\n"))
    assert len(told) < 2000
    return value


def digest(value):
    """Do what is done with any answer; whatever it is, the outcome is a pass or a Mismatch."""
    plain(value)
    assert shorten(value).isprintable()
    assert len(shorten(value)) <= 200
    for expected in EXPECTED:
        for text in pair(value, expected, "a bound"):
            assert len(text) < 2000
            assert all(line.isprintable() for line in text.split("\n"))
        for check in (
            lambda expected=expected: assert_close(value, expected),
            lambda expected=expected: assert_close(expected, value),
            lambda: require(value, yours=value, expected="true"),
            lambda: number(value),
            lambda: tensor(value, (2, None)),
        ):
            with contextlib.suppress(Mismatch):
                check()
    with contextlib.suppress(TypeError):  # as for every value of the judge that does not cross
        encode(Returned(portable(value, _stays)))


def plain(value):
    """Assert that there is nothing in the value but data."""
    open_ = [value]
    while open_:
        item = open_.pop()
        if isinstance(item, dict):
            assert all(type(key) in {type(None), bool, int, float, str} for key in item)
            open_ += item.values()
        elif isinstance(item, list):
            open_ += item
        else:
            assert type(item) in (*PLAIN, Handle, Method, Ref)


def shown(error):
    """Return what a report says of an exception that the guest told of."""
    text = describe_raised(error)
    assert len(text) < 2000
    assert all(line.isprintable() for line in text.split("\n"))
    return text

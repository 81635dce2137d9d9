"""Frames arrive whole, in time and within their limit, or not at all."""

import socket
import threading
import time

import pytest

from assay.errors import WireError
from assay.wire import frames


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_frame_arrives_as_it_was_sent(pair):
    ours, theirs = pair
    sender = threading.Thread(target=frames.send, args=(theirs, b"x" * 3_000_000))
    sender.start()
    assert frames.receive(ours, time.monotonic() + 10) == b"x" * 3_000_000
    sender.join()


def test_an_empty_frame_arrives(pair):
    frames.send(pair[1], b"")
    assert frames.receive(pair[0]) == b""


def test_a_frame_over_the_limit_is_not_sent(pair):
    with pytest.raises(WireError, match="a frame of 4194305 bytes, over the limit of 4194304"):
        frames.send(pair[0], bytes(frames.LIMIT + 1))


def test_an_announced_length_over_the_limit_is_refused_before_anything_is_read(pair):
    pair[1].sendall(b"\xff\xff\xff\xff")
    with pytest.raises(WireError, match="a frame of 4294967295 bytes, over the limit of 4194304"):
        frames.receive(pair[0])


def test_silence_ends_at_the_deadline(pair):
    with pytest.raises(frames.Silence):
        frames.receive(pair[0], time.monotonic() + 0.01)


def test_a_slow_drip_does_not_extend_the_deadline(pair):
    ours, theirs = pair
    stop = threading.Event()

    def drip():
        theirs.sendall(b"\0\0\0\xff")
        while not stop.wait(0.01):
            theirs.sendall(b".")

    dripper = threading.Thread(target=drip)
    dripper.start()
    started = time.monotonic()
    with pytest.raises(frames.Silence):
        frames.receive(ours, started + 0.2)
    stop.set()
    dripper.join()


def test_a_deadline_that_has_passed_is_silence(pair):
    with pytest.raises(frames.Silence):
        frames.receive(pair[0], time.monotonic() - 1)


def test_a_closed_line_is_a_hangup(pair):
    pair[1].sendall(b"\0\0\0\x05abc")
    pair[1].close()
    with pytest.raises(frames.Hangup):
        frames.receive(pair[0])


def test_a_reset_line_is_a_hangup(pair):
    pair[0].sendall(b"unread")
    pair[1].close()
    with pytest.raises(frames.Hangup):
        frames.receive(pair[0])
    with pytest.raises(frames.Hangup):
        frames.send(pair[0], b"x")


def test_a_frame_that_nobody_takes_is_silence(pair):
    pair[0].settimeout(0.05)
    with pytest.raises(frames.Silence):
        frames.send(pair[0], bytes(4_000_000))


def test_a_socket_is_handed_over(pair):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames.send_socket(pair[0], theirs)
        with frames.receive_socket(pair[1]) as taken:
            frames.send(ours, b"through")
            assert frames.receive(taken) == b"through"


def test_no_socket_from_a_closed_line(pair):
    pair[0].close()
    with pytest.raises(frames.Hangup):
        frames.receive_socket(pair[1])
    with pytest.raises(frames.Hangup):
        frames.send_socket(pair[1], pair[1])


def test_a_byte_without_a_socket_is_a_hangup(pair):
    pair[0].sendall(b"+")
    with pytest.raises(frames.Hangup):
        frames.receive_socket(pair[1])

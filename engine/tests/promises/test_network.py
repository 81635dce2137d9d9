"""A submission cannot reach the network or a socket on this machine."""

from __future__ import annotations

import ast
import asyncio
import concurrent.futures.thread
import contextlib
import os
import select
import socket

import pytest
from walls import tell

from assay.promises import Kept

OWN = {"root", "user", "root-without-cell"}
"""Machines that allow a network of the guest's own."""

FAMILIES = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, 0),
    "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "packet": (socket.AF_PACKET, socket.SOCK_RAW, 0),
    "netlink": (socket.AF_NETLINK, socket.SOCK_RAW, 0),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM, 0),
    "crypto": (socket.AF_ALG, socket.SOCK_SEQPACKET, 0),
    "vsock": (socket.AF_VSOCK, socket.SOCK_STREAM, 0),
}


def test_it_cannot_make_a_socket(wall):
    def ask():
        return {name: tell(lambda family=family: socket.socket(*family)) for name, family in FAMILIES.items()}

    assert wall.submission(ask).text == str(dict.fromkeys(FAMILIES, "EPERM"))
    assert wall.check(ask).text == str(dict.fromkeys(FAMILIES, "EPERM"))


PAIRS = {
    "datagrams": (socket.AF_UNIX, socket.SOCK_DGRAM, 0),
    "packets": (socket.AF_UNIX, socket.SOCK_SEQPACKET, 0),
    "raw": (socket.AF_UNIX, socket.SOCK_RAW, 0),
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0),
    "tipc": (socket.AF_TIPC, socket.SOCK_STREAM, 0),
}


def test_it_can_make_only_stream_socket_pairs(wall):
    def ask():
        return {name: tell(lambda pair=pair: socket.socketpair(*pair)) for name, pair in PAIRS.items()}

    assert wall.submission(ask).text == str(dict.fromkeys(PAIRS, "EPERM"))
    assert wall.check(ask).text == str(dict.fromkeys(PAIRS, "EPERM"))


def test_a_socket_pair_connects_only_its_own_two_ends(wall, monkeypatch):
    monkeypatch.chdir(wall.place)
    addresses = [os.path.abspath("course/socket"), "\0assay-test"]

    def lead_away():
        met = []
        for address in addresses:
            one, other = socket.socketpair()
            leads = (
                lambda end=one, to=address: end.connect(to),
                lambda end=one, to=address: end.sendto(b"x", to),
                lambda end=one, to=address: end.sendmsg([b"x"], [], 0, to),
                lambda end=one, to=address: end.bind(to),
                one.listen,
                one.accept,
                lambda end=one: end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1),
            )
            met += map(tell, leads)
            one.shutdown(socket.SHUT_RDWR)
            met.append(tell(lambda end=one, to=address: end.sendmsg([b"x"], [], 0, to)))
            other.close()
            met.append(tell(lambda end=one, to=address: end.sendmsg([b"x"], [], 0, to)))
        return sorted(set(met))

    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(socket.socket(socket.AF_UNIX, kind)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        ]
        servers[0].bind(addresses[1])
        servers[0].listen()
        servers[1].bind(addresses[0])
        os.chmod(addresses[0], 0o777)
        for place in (wall.submission, wall.check):
            assert ast.literal_eval(place(lead_away).text) == ["EISCONN", "EPERM"]
        for server, ask in zip(servers, (socket.socket.accept, lambda end: end.recv(1)), strict=True):
            server.settimeout(0)
            with pytest.raises(BlockingIOError):
                ask(server)


def test_a_descriptor_sent_over_a_socket_pair_stays_inside(wall):
    """A descriptor that is sent goes to the other end, which no process outside has."""
    (ready, tell_ready), open_ones = os.pipe(), []

    def hand_over():
        open_ones.extend(socket.socketpair())
        one, other = open_ones
        read_end, write_end = os.pipe()
        socket.send_fds(one, [b"x"], [write_end])
        os.write(socket.recv_fds(other, 1, 1)[1][0], b"mine")
        os.write(tell_ready, b".")
        return os.read(read_end, 4).decode()

    def descriptors_outside(_pid):
        assert select.select([ready], [], [], 30)[0]
        os.read(ready, 1)
        found = []
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(FileNotFoundError):  # the list's own
                found.append(os.readlink(f"/proc/self/fd/{name}"))
        return found

    before = wall.submission(lambda: os.write(tell_ready, b"."), outside=descriptors_outside)
    outcome = wall.submission(hand_over, outside=descriptors_outside)
    assert outcome.text == "mine"
    assert outcome.status.count("socket:") == before.status.count("socket:")
    os.close(ready)
    os.close(tell_ready)


def test_asyncio_and_threads_work(wall):
    def work():
        async def answer():
            loop = asyncio.get_running_loop()
            await asyncio.sleep(0)
            return await loop.run_in_executor(None, lambda: 2)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return asyncio.run(answer()) + sum(pool.map(abs, (-1, -1)))

    assert wall.submission(work).text == "4"
    assert wall.check(work).text == "4"


@pytest.mark.parametrize(
    ("family", "kind", "address"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "course/socket"),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0assay-test"),
    ],
    ids=["tcp", "path", "abstract"],
)
def test_a_socket_opened_before_reaches_no_server(wall, monkeypatch, family, kind, address):
    monkeypatch.chdir(wall.place)
    with socket.socket(family, kind) as server, socket.socket(family, kind) as stray:
        server.bind(address)
        server.listen()
        server.settimeout(0.2)
        there = server.getsockname()
        there = os.path.abspath(there) if there == address == "course/socket" else there
        assert wall.submission(lambda: stray.connect(there)).text == "EPERM"
        assert wall.submission(lambda: stray.bind(address)).text == "EPERM"
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_datagram_cannot_be_sent_anywhere(wall):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, socket.socket(*FAMILIES["udp"]) as stray:
        server.bind(("127.0.0.1", 0))
        assert wall.submission(lambda: stray.sendto(b"x", server.getsockname())).text == "EPERM"
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.recv(1)


def test_it_can_use_the_line_that_it_was_given(wall):
    ours, theirs = socket.socketpair()
    inner, outer = socket.socketpair()

    def talk():
        line = socket.socket(fileno=os.dup(theirs.fileno()))
        line.settimeout(5)
        data, descriptors, _, _ = socket.recv_fds(line, 16, 1)
        line.sendall(b"heard " + data)
        with socket.socket(fileno=descriptors[0]) as given:
            given.sendall(b"through the given one")
        return line.recv(16).decode()

    with ours, theirs, inner, outer:
        socket.send_fds(ours, [b"line"], [inner.fileno()])
        ours.sendall(b"more")
        assert wall.check(talk).text == "more"
        assert ours.recv(64) == b"heard line"
        assert outer.recv(64) == b"through the given one"


def test_its_network_is_empty_where_the_machine_allows_one(wall):
    outcome = wall.submission(lambda: "")
    empty = wall.machine.name in OWN
    assert outcome.report["network"] == Kept("an empty network namespace, seccomp" if empty else "seccomp")
    assert ("network" not in outcome.refused) == empty


def test_the_fork_server_itself_reaches_no_server(wall):
    if wall.machine.name not in OWN:
        assert wall.submission(lambda: "").refused["network"].startswith("unshare: E")
        return
    with socket.create_server(("127.0.0.1", 0)) as server:

        def connect(_pid):
            with contextlib.closing(socket.socket()) as sock:
                return str(sock.connect_ex(server.getsockname()))

        assert wall.submission(lambda: "", outside=connect).status != "0"

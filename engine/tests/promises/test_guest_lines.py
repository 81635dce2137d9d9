"""A submission's process cannot gain by lying about itself, its import or its checks."""

import contextlib
import socket
import threading

import msgspec
import pytest
from lies import NASTY, OUTCOMES, SECONDS

from assay.course.budgets import DEFAULTS
from assay.errors import GuestEnded, PromiseBroken, WireError
from assay.host import waiting
from assay.host.forkserver import Budget
from assay.host.guest import Guest
from assay.promises import CORE, Broken, Kept
from assay.wire import frames
from assay.wire.messages import CheckExited, Closed, DescendantsKilled, Imported, LockedDown, Request, Returned
from assay.wire.values import encode

KEPT = encode(LockedDown(dict.fromkeys(CORE, Kept("magic"))))
ASKED = Request("call", 0, "f")
pack = msgspec.msgpack.encode


def locked(state):
    """Return the bytes of a LockedDown in which every promise has that state."""
    return pack(["LockedDown", dict.fromkeys(CORE, state)])


class LyingForkServer:
    """A fork server whose submission process does what the test plays."""

    def __init__(self, play):
        self.play, self.threads = play, []

    def open(self, *_):
        """Start the play; return a process id and the line to it."""
        ours, theirs = socket.socketpair()

        def run():
            with contextlib.suppress(OSError, WireError), theirs:
                self.play(theirs)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        return 1234, ours

    def kill_descendants(self, _):
        """Find nothing."""
        return DescendantsKilled(clean=True, alive=True, seconds=0.0)

    def close(self, _, **__):
        """Find it ended."""
        return Closed(0, 0)


LOADED = encode(Imported(["f"], [NASTY] * 3, {NASTY: NASTY}))
IMPORTS = {
    "nothing": ([], "ungraded"),
    "promises that are texts": ([locked("kept")], "ungraded"),
    "promises that are lists": ([locked(["kept", "magic"])], "ungraded"),
    "promises that are true": ([locked(True)], "ungraded"),
    "a state that there is not": ([locked({"status": "sure", "by": "magic"})], "ungraded"),
    "no state": ([locked({"by": "magic"})], "ungraded"),
    "kept by a number": ([locked({"status": "kept", "by": 1})], "ungraded"),
    "kept by nothing": ([locked({"status": "kept"})], "ungraded"),
    "broken, for the reason that would be kept": ([locked({"status": "broken", "by": "magic"})], "ungraded"),
    "another message first": ([encode(CheckExited(0, 0))], "ungraded"),
    "locked twice": ([KEPT, KEPT], "crashed"),
    "ended for loaded": ([KEPT, encode(CheckExited(2**63, -(2**63)))], "crashed"),
    "names that are numbers": ([KEPT, pack(["Imported", [1], [], {}])], "crashed"),
    "answers that are lists": ([KEPT, pack(["Imported", [], [], {"1": ["x"]}])], "crashed"),
    "answers under keys that are lists": ([KEPT, b"\x94\xa8Imported\x90\x90\x81\x91\x01\xa1x"], "crashed"),
    "notes nested 10000 deep": ([KEPT, b"\x94\xa8Imported\x90" + b"\x91" * 10_000], "crashed"),
    "a reply of a check": ([KEPT, encode(Returned(1))], "crashed"),
}


@pytest.fixture
def short_walls(monkeypatch):
    monkeypatch.setattr(waiting, "wall_seconds", lambda _: SECONDS)
    monkeypatch.setattr(waiting, "EXIT_SECONDS", SECONDS)


ONE_MISSING = dict.fromkeys(CORE, Kept("magic"))
del ONE_MISSING["files"]
BROKEN = {
    "a promise that is not named": (ONE_MISSING, "files: not told"),
    "a promise under a name like it": (ONE_MISSING | {"files ": Kept("magic")}, "files: not told"),
    "a promise that is broken": (ONE_MISSING | {"files": Broken("no Landlock")}, "files: not kept: no Landlock"),
    "a promise that is broken, by the word kept": (ONE_MISSING | {"files": Broken("kept")}, "files: not kept: kept"),
}


@pytest.mark.usefixtures("short_walls")
@pytest.mark.parametrize(("isolation", "reason"), BROKEN.values(), ids=BROKEN)
def test_only_kept_keeps_a_promise(isolation, reason):
    fork_server = LyingForkServer(lambda sock: frames.send(sock, encode(LockedDown(isolation))))
    guest = Guest(lambda: fork_server, None, Budget(**DEFAULTS))
    with pytest.raises(PromiseBroken) as caught:
        guest.open()
    assert str(caught.value) == (
        f"this machine does not keep a core promise ({reason}); to grade anyway, waive it: --waive files"
    )


@pytest.mark.usefixtures("short_walls")
@pytest.mark.parametrize(("messages", "status"), IMPORTS.values(), ids=IMPORTS)
def test_a_lie_about_the_import_is_a_failed_import(messages, status):
    fork_server = LyingForkServer(lambda sock: [frames.send(sock, each) for each in messages])
    guest = Guest(lambda: fork_server, None, Budget(**DEFAULTS))
    guest.open()
    assert guest.failure.status == status
    with pytest.raises(GuestEnded):
        guest.begin(1, []).ask(ASKED)
    guest.end()


ENDS = {
    "an end told before the check began": [encode(CheckExited(9, 0))] * 3,
    "a signal that there is not": [encode(CheckExited(2**63, 0))],
    "a negative signal": [encode(CheckExited(-9, 0))],
    "an exit code of 2**63": [encode(CheckExited(0, 2**63))],
    "loaded once more": [LOADED],
    "no message": [b"\xc1"],
    "a frame nested 10000 deep": [b"\x91" * 10_000],
    "nothing": [],
}


@pytest.mark.usefixtures("short_walls")
@pytest.mark.parametrize("messages", ENDS.values(), ids=ENDS)
def test_a_lie_about_a_checks_end_ends_that_check(messages):
    def play(sock):
        for each in (KEPT, LOADED, *messages):
            frames.send(sock, each)
        frames.receive_socket(sock).close()
        sock.recv(2**20)
        sock.recv(2**20)

    fork_server = LyingForkServer(play)
    guest = Guest(lambda: fork_server, None, Budget(**DEFAULTS))
    guest.open()
    assert guest.loaded.found == ["f"]
    with pytest.raises(OUTCOMES) as caught:
        guest.begin(1, []).ask(ASKED)
    assert caught.value.text.isprintable()
    guest.end()
    guest.close()
    fork_server.threads[0].join(5)

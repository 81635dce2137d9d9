"""A fork server that forks often moves its memory to large pages, because a fork copies the tables of pages."""

import platform
import re
from pathlib import Path

import pytest

from assay.course.budgets import DEFAULTS
from assay.guest.__main__ import _FORKS
from assay.host.bare import BareProcess, fork_fork_server
from assay.host.forkserver import Budget, ForkServer, Task
from assay.host.guest import Guest
from assay.wire.messages import Request

KERNEL = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
pytestmark = pytest.mark.skipif(KERNEL < (6, 1), reason="this kernel makes no large pages on request")

TASK = Task("answers", "module", b"def f(): return 1", ("f",), 0)


@pytest.fixture
def fork_server():
    bare = BareProcess()
    fork_server = ForkServer(fork_fork_server(bare), None)
    fork_server.wait_until_ready()
    yield fork_server
    fork_server.stop()
    bare.close()


def large_pages(fork_server):
    """Return how many kilobytes of memory, files apart, are on large pages."""
    pid = re.search(r"Pid:\t(\d+)", Path(f"/proc/self/fdinfo/{fork_server._process.handle}").read_text())[1]
    memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"AnonHugePages: +(\d+) kB", memory)[1])


def grade_once(fork_server, checks):
    guest = Guest(lambda: fork_server, TASK, Budget(**DEFAULTS))
    guest.open()
    for number in range(checks):
        assert guest.begin(number, []).ask(Request("call", 0, "f")).value == 1
        guest.end()
    guest.close()


def test_a_fork_server_makes_large_pages_after_many_forks(fork_server):
    grade_once(fork_server, _FORKS - 2)
    before = large_pages(fork_server)
    grade_once(fork_server, 1)
    assert large_pages(fork_server) > before

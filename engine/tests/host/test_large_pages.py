"""A fork server moves its memory to large pages, because a fork copies the tables of pages."""

import platform
import re
from pathlib import Path

import pytest

from assay.host.bare import BareProcess, fork_fork_server
from assay.host.forkserver import ForkServer

KERNEL = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
pytestmark = pytest.mark.skipif(KERNEL < (6, 1), reason="this kernel makes no large pages on request")


@pytest.fixture
def fork_server():
    bare = BareProcess()
    fork_server = ForkServer(fork_fork_server(bare), None)
    fork_server.wait_until_ready()
    yield fork_server
    fork_server.stop()
    bare.close()


def memory_of(fork_server):
    """Return the kilobytes of memory, files apart: on large pages, and all."""
    pid = re.search(r"Pid:\t(\d+)", Path(f"/proc/self/fdinfo/{fork_server._process.handle}").read_text())[1]
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return [int(re.search(rf"^{name}: +(\d+) kB", text, re.MULTILINE)[1]) for name in ("AnonHugePages", "Anonymous")]


def test_most_memory_of_a_fork_server_is_on_large_pages_before_its_first_fork(fork_server):
    large, all_of_it = memory_of(fork_server)
    assert large > all_of_it / 2

"""The bare process: it forks only while it has one thread, and its end is an error."""

import signal
import threading
from importlib import import_module

import pytest

from assay.errors import ForkServerError
from assay.host.bare import BareProcess, fork_fork_server

bare_main = import_module("assay.bare.__main__")


@pytest.fixture
def bare():
    bare = BareProcess()
    yield bare
    bare.close()


def test_a_bare_process_that_is_killed_says_nothing(bare):
    bare.kill()
    with pytest.raises(ForkServerError, match=r"^the process that imports torch is gone: it left no message$"):
        fork_fork_server(bare)
    assert not bare.alive


def test_a_fork_server_goes_on_without_its_bare_process(bare):
    started = fork_fork_server(bare)
    bare.close()
    assert started.process.alive
    started.sock.close()
    assert started.process.wait(10)
    started.process.close()
    started.errors.close()


def test_it_forks_with_one_thread_only():
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    text = r"^the bare process has \d+ threads: a fork of it could wait for a lock for ever$"
    with pytest.raises(RuntimeError, match=text):
        bare_main._insist_on_one_thread()
    waiting.set()
    thread.join()


def test_a_handle_kills_its_process_alone(bare):
    first, second = fork_fork_server(bare), fork_fork_server(bare)
    first.process.kill()
    assert first.process.wait(10)
    first.process.kill()  # of a process that is gone
    assert second.process.alive
    signal.pidfd_send_signal(second.process.handle, signal.SIGKILL)
    assert second.process.wait(10)
    for started in (first, second):
        started.close()

"""Two submissions of two judges, forked from one bare process, open at once: neither reaches the other."""

import contextlib
import os
import signal
import socket
from importlib import import_module

import msgspec
import pytest
from walls import MACHINES, _fork, machines

import assay.guest.submission  # noqa: F401 - the users below cannot read the folder of Python's packages
from assay.bare.warmup import warm_up
from assay.course.budgets import DEFAULTS
from assay.host.bare import BareProcess, fork_fork_server
from assay.host.forkserver import Budget, ForkServer, GuestSubmission
from assay.host.guest import Guest
from assay.promises import CORE, Isolation, Kept
from assay.wire.messages import Request

# Returns what an attack on each process achieved, and the descriptors that are open.
SOURCE = b"""
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
MARK = "unharmed"

def iovec(address, size):
    return (ctypes.c_size_t * 2)(address, size)

def attempts(pid):
    yield "signal", lambda: os.kill(pid, 0)
    yield "kill", lambda: os.kill(pid, signal.SIGKILL)
    yield "handle", lambda: os.pidfd_open(pid)
    for name in ("mem", "maps", "environ", "cmdline", "stat", "root", "fd"):
        path = f"/proc/{pid}/{name}"
        yield name, lambda: os.listdir(path) if name in ("root", "fd") else open(path, "rb").read(1)
    yield "priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)
    yield "affinity", lambda: os.sched_getaffinity(pid)
    yield "trace", lambda: call(libc.ptrace, 16, pid, 0, 0)
    room = ctypes.create_string_buffer(8)
    here, there = iovec(ctypes.addressof(room), 8), iovec(id(MARK), 8)  # forked from one process, they have the same addresses
    yield "read memory", lambda: call(libc.process_vm_readv, pid, ctypes.addressof(here), 1, ctypes.addressof(there), 1, 0)

def call(function, *arguments):
    if function(*map(ctypes.c_void_p, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "denied")

def attack(pids):
    done = []
    for pid in pids:
        if pid != os.getpid():  # in a pid namespace the numbers are its own
            for name, attempt in attempts(pid):
                try:
                    attempt()
                except OSError:
                    continue
                done.append(f"{name} of {pid}")
    return done

def descriptors():
    found = []
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found

def mark():
    return MARK
"""
bare_main = import_module("assay.bare.__main__")
import_module("assay.guest.__main__")
SUBMISSION = GuestSubmission("answers", "module", SOURCE, ("attack", "descriptors", "mark"), 0)


class Told(msgspec.Struct):
    """The events on a machine."""

    isolations: list[Isolation]
    achieved: list[list[str]]
    descriptors: list[list[int]]
    marks: list[str]
    alive: bool


class ForkedProcess:
    """As much of `subprocess.Popen` as the bare process needs, for one that is forked."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        """Return None while it runs."""
        return None if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None else 0

    def wait(self):
        """Wait for its end."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def kill(self):
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)


class ForkedBareProcess(BareProcess):
    """A bare process of a user who may not execute this machine's Python: it is forked, and torch is there."""

    def _keep(self, theirs, started):
        pid = _fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                bare_main._keep_only([theirs.fileno()] * 4)
                theirs.detach()
                package = bare_main._fork_on_request(socket.socket(fileno=3))
                import_module(f"{package}.__main__").main()
            os._exit(0)
        theirs.close()
        started.set_result(ForkedProcess(pid))
        started.result().wait()


def open_two():
    """Open two guests of two fork servers, and let each attack the other, both fork servers and the bare process."""
    bare = ForkedBareProcess()
    servers = [ForkServer(fork_fork_server(bare), None, CORE) for _ in range(2)]
    for server in servers:
        server.wait_until_ready()
    guests = [Guest(lambda server=server: server, SUBMISSION, Budget(**DEFAULTS), CORE) for server in servers]
    with contextlib.ExitStack() as stack:
        stack.callback(bare.close)
        for server in servers:
            stack.callback(server.stop)
        for guest in guests:
            guest.open()
            stack.callback(guest.close)
        lines = [guest.begin(1, []) for guest in guests]
        bystanders = [bare.pid, os.getpid(), *_children(bare.pid)]
        achieved = []
        for line, victim in zip(lines, reversed(guests), strict=True):
            pids = [victim._pid, *_children(victim._pid), *bystanders]
            achieved.append(line.ask(Request("call", 0, "attack", [pids])).value)
        told = Told(
            [guest.isolation for guest in guests],
            achieved,
            [line.ask(Request("call", 0, "descriptors")).value for line in lines],
            [line.ask(Request("call", 0, "mark")).value for line in lines],
            bare.alive and all(server.alive for server in servers),
        )
        for guest in guests:
            guest.end()
        return told


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


@machines(*MACHINES)
def test_neither_of_two_open_submissions_sees_signals_or_traces_the_other_or_its_fork_server(wall):
    warm_up()  # imports what a fork server would import
    words, _ = wall.machine.run(open_two)
    try:
        told = msgspec.json.decode(words, type=Told)
    except msgspec.MsgspecError:
        pytest.fail(words.decode())
    assert [len(found) for found in told.descriptors] == [4, 4]  # the standard ones and the line of the check
    for isolation, achieved in zip(told.isolations, told.achieved, strict=True):
        if isinstance(kept := isolation["processes"], Kept):
            # Without a pid namespace the scheduler tells whether a number is a process's, and nothing else of it.
            pid_namespace = "a pid namespace" in kept.by
            assert [found for found in achieved if pid_namespace or not found.startswith("affinity")] == []
    if all(isinstance(isolation["processes"], Kept) for isolation in told.isolations):
        assert (told.marks, told.alive) == (["unharmed"] * 2, True)

"""A submission cannot take more than its memory, time, file size and descriptors."""

from __future__ import annotations

import itertools
import mmap
import os
import resource
import signal
import time

import pytest

from assay.course.budgets import DEFAULTS
from assay.errors import GuestEnded
from assay.guest.lockdown import limits
from assay.host.forkserver import Budget, GuestSubmission, shared
from assay.host.guest import Guest
from assay.wire.messages import Request


def test_it_cannot_take_more_than_its_memory(wall):
    wall.bounds = limits.Limits(memory=2**30)
    assert wall.submission(lambda: bytearray(2**31)).text == "MemoryError"
    assert wall.check(lambda: mmap.mmap(-1, 40 * 2**30)).text == "ENOMEM"


def test_it_can_use_its_memory(wall):
    wall.bounds = limits.Limits(memory=2**30)
    assert wall.check(lambda: len(bytearray(2**29))).text == str(2**29)


def test_it_cannot_write_a_file_above_the_size_limit(wall):
    wall.bounds = limits.Limits(file_size=2**16)

    def write(size):
        with open(f"file of {size}", "wb", buffering=0) as file:
            file.truncate(size)

    assert wall.submission(lambda: write(2 * 2**30)).text == "EFBIG"
    assert wall.check(lambda: write(2**16 + 1)).text == "EFBIG"
    assert wall.check(lambda: write(2**16)).text == "None"


def test_it_cannot_open_many_files(wall):
    wall.bounds = limits.Limits(open_files=50)
    assert wall.check(lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(50)]).text == "EMFILE"


def test_it_cannot_keep_memory_in_anonymous_files(wall):
    assert wall.check(lambda: os.memfd_create("mine")).text == "ENOSYS"


def test_the_import_cannot_take_more_than_its_time(wall):
    wall.bounds = limits.Limits(cpu_seconds=1)
    assert wall.submission(_spin).signal == signal.SIGKILL


def test_a_call_cannot_take_more_than_its_time(wall):
    def call():
        limits.allow_cpu(1)
        _spin()

    start = time.monotonic()
    assert wall.check(call).text == "SIGXCPU"
    assert time.monotonic() - start < 10


def test_time_already_used_does_not_count_against_a_call():
    before = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        limits.allow_cpu(1000.5)
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = resource.getrlimit(resource.RLIMIT_CPU)[0]
        assert 0 <= soft - (used.ru_utime + used.ru_stime + 1000.5) <= 1.1
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)


def test_it_cannot_raise_its_limits(wall):
    def raise_(which):
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        assert wall.check(lambda which=which: raise_(which)).text in {"EPERM", "ValueError"}


def test_the_kernel_kills_it_first_when_memory_runs_out(wall):
    def score(pid):
        with open(f"/proc/{pid}/oom_score_adj", encoding="utf-8") as file:
            return file.read().strip()

    assert wall.submission(lambda: None, outside=score).status == "1000"


def test_nothing_is_left_of_a_crash_in_a_file(wall):
    assert wall.check(lambda: resource.getrlimit(resource.RLIMIT_CORE)).text == "(0, 0)"


def _spin():
    for _ in itertools.count():
        pass


BURN = b"""
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""


def test_the_calls_of_a_check_together_cannot_take_more_than_their_time():
    submission = GuestSubmission("answers", "module", BURN, ("burn",), 0)
    guest = Guest(lambda: shared(None), submission, Budget(**DEFAULTS | {"import_seconds": 3, "call_seconds": 2}))
    guest.open()
    line = guest.begin(1, [])
    for _ in range(2):
        line.ask(Request("call", 0, "burn", [0.9]))
    with pytest.raises(GuestEnded) as caught:
        line.ask(Request("call", 0, "burn", [1.9]))
    guest.end()
    guest.close()
    text = "the calls of this check did not end within 3 s of processor time"
    assert (caught.value.status, caught.value.text) == ("timeout", text)

"""A submission cannot see or signal a process outside, and none of its processes outlives its check."""

from __future__ import annotations

import ctypes
import faulthandler
import fcntl
import os
import resource
import select
import signal
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from assay.guest import processes
from assay.guest.lockdown.syscalls import MACHINE
from assay.promises import Kept


def _call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number[MACHINE], *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
    return "done"


@contextmanager
def _bystander(wall):
    """Return a process of the same user's that must not be touched."""
    pid = os.fork()
    if pid == 0:
        if wall.user and os.getuid() == 0:
            os.setresuid(wall.user, wall.user, wall.user)
        time.sleep(60)
        os._exit(0)
    try:
        yield pid
        assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("number", [0, signal.SIGTERM])
def test_it_cannot_signal_a_process_outside(wall, number):
    with _bystander(wall) as bystander:
        assert wall.submission(lambda: os.kill(bystander, number)).text in {"ESRCH", "EPERM"}
        assert wall.check(lambda: os.kill(bystander, number)).text == "EPERM"
        assert wall.submission(lambda: os.kill(wall.fork_server, number)).text in {"ESRCH", "EPERM"}
        assert wall.submission(lambda: signal.pidfd_send_signal(os.pidfd_open(bystander), number)).text == "ENOSYS"


def test_it_cannot_trace_or_read_a_process_outside(wall):
    with _bystander(wall) as bystander:
        assert wall.submission(lambda: _call({"x86_64": 101, "aarch64": 117}, 16, bystander, 0, 0)).text == "EPERM"
        assert wall.submission(lambda: _call({"x86_64": 310, "aarch64": 270}, bystander, 0, 0, 0, 0, 0)).text == "EPERM"
        assert wall.submission(lambda: open(f"/proc/{bystander}/mem", "rb")).text in {"EACCES", "ENOENT"}
        assert wall.submission(lambda: open(f"/proc/{bystander}/environ", "rb")).text in {"EACCES", "ENOENT"}


def test_it_cannot_slow_or_limit_a_process_outside(wall):
    with _bystander(wall) as bystander:
        assert wall.submission(lambda: os.setpriority(os.PRIO_PROCESS, bystander, 19)).text == "EPERM"
        assert wall.submission(lambda: os.sched_setaffinity(bystander, {0})).text == "EPERM"
        assert wall.submission(lambda: resource.prlimit(bystander, resource.RLIMIT_CPU, (1, 1))).text == "EPERM"


def test_it_cannot_have_a_signal_sent_to_a_process_outside(wall):
    read_end, write_end = os.pipe()
    assert wall.submission(lambda: fcntl.fcntl(read_end, fcntl.F_SETOWN, wall.fork_server)).text == "EPERM"
    os.close(read_end)
    os.close(write_end)


def test_it_cannot_hide_the_processor_time_of_its_children(wall):
    assert wall.submission(lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)).text == "EPERM"
    assert wall.submission(lambda: int(signal.signal(signal.SIGTERM, signal.SIG_IGN))).text == "0"


def _daemonise(remote):
    """Start a daemon: two forks, a new session, all signals ignored."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.write(write_end, b"daemon up")
            time.sleep(60)
            os.write(remote, b"survived")
        os._exit(0)
    return os.read(read_end, 16).decode()


def _is_over(read_end):
    """Whether the last process that holds the other end is gone."""
    return bool(select.select([read_end], [], [], 30)[0]) and os.read(read_end, 16) == b""


def _up(read_end):
    assert select.select([read_end], [], [], 30)[0]
    return b"up" in os.read(read_end, 16)


def test_no_process_outlives_the_submission(wall):
    read_end, write_end = os.pipe()
    outcome = wall.submission(lambda: _daemonise(write_end), outside=lambda _pid: os.close(write_end))
    os.close(write_end)
    assert outcome.text == "daemon up"
    assert outcome.clean
    assert _is_over(read_end)
    os.close(read_end)


def test_a_daemon_is_killed_and_the_submission_goes_on(wall):
    read_end, write_end = os.pipe()

    def stay():
        os.write(write_end, _daemonise(write_end).encode())
        os.wait()  # the first of the two
        return "stayed"

    def kill_descendants(pid):
        up = _up(read_end)
        found = [seen.pid for seen in processes._descendants(pid, ())]
        clean = processes.kill_descendants(pid, {pid})
        return f"{up} {bool(found)} {clean} {[found for found in found if _runs(found)]} {_runs(pid)}"

    outcome = wall.submission(stay, outside=kill_descendants)
    assert (outcome.status, outcome.text) == ("True True True [] True", "stayed")
    os.close(read_end)
    os.close(write_end)


def _runs(pid):
    return not processes._states(pid) <= set("ZX")


def test_it_stands_still_with_all_that_it_starts(wall):
    (read_end, write_end), (seen, tell_seen) = os.pipe(), os.pipe()

    def hand_over():
        if os.fork() == 0:
            for _ in range(3000):  # each lives for a moment, and another one follows
                os.write(write_end, b".")
                if os.fork():
                    os._exit(0)
            os._exit(0)
        while not select.select([seen], [], [], 0)[0]:
            with suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)  # no zombies, which count
        return "stayed"

    def more(seconds):
        """Whether there were more of them until then."""
        return bool(select.select([read_end], [], [], seconds)[0])

    def pause(pid):
        os.read(read_end, 1)  # they are on their way
        still = processes.pause(pid)
        if more(0):
            os.read(read_end, 65536)
        meanwhile = more(0.3)
        processes.resume(pid)
        afterwards = more(30)
        os.write(tell_seen, b".")
        return f"{still} {meanwhile} {afterwards}"

    outcome = wall.submission(hand_over, outside=pause)
    assert (outcome.status, outcome.text) == ("True False True", "stayed")
    for end in (read_end, write_end, seen, tell_seen):
        os.close(end)


def _without_its_first_thread(write_end):
    """Return a process that goes on while its first thread, whose state is the one that is shown, has ended."""
    if os.fork() == 0:

        def go_on():
            os.write(write_end, b"up")
            time.sleep(60)
            os.write(write_end, b"survived")

        threading.Thread(target=go_on).start()
        _call({"x86_64": 60, "aarch64": 93}, 0)


def _waiting_for_a_vfork():
    """Return a process that the kernel stops as soon as the child that it waits for has ended, not before."""
    if os.fork() == 0:
        _call({"x86_64": 56, "aarch64": 220}, 0x4000 | signal.SIGCHLD, 0, 0, 0, 0)
        time.sleep(60)


def test_a_process_whose_first_thread_has_ended_ends_too(wall):
    read_end, write_end = os.pipe()

    def stay():
        _without_its_first_thread(write_end)
        return "stayed"

    def kill_descendants(pid):
        up = _up(read_end)
        time.sleep(0.1)
        still = processes.pause(pid)
        processes.resume(pid)
        os.close(write_end)
        clean = processes.kill_descendants(pid, {pid})
        return f"{up} {still} {clean} {[seen for seen in processes._descendants(pid, ()) if _runs(seen.pid)]}"

    outcome = wall.submission(stay, outside=kill_descendants)
    os.close(write_end)
    assert outcome.status == "True True True []"
    assert _is_over(read_end)
    os.close(read_end)


@pytest.mark.serial
def test_a_process_that_waits_for_another_holds_up_no_pause(wall):
    def stay():
        _waiting_for_a_vfork()
        return "stayed"

    def pause(pid):
        time.sleep(0.3)
        begun = time.monotonic()
        still = processes.pause(pid)
        took = time.monotonic() - begun
        processes.resume(pid)
        # Not believed at once: who waits may be starting another.
        return f"{still} {processes._FORK_SECONDS <= took < 1}"

    outcome = wall.submission(stay, outside=pause)
    assert (outcome.status, outcome.text) == ("True True", "stayed")


def test_what_starts_others_faster_than_they_can_be_stopped_is_told(monkeypatch):
    monkeypatch.setattr(processes, "_DEADLINE", -1)
    assert not processes.pause(os.getpid())


def test_it_ends_with_its_nursery(wall):
    read_end, write_end = os.pipe()

    def stay():
        os.write(write_end, b"up")
        time.sleep(60)

    def die(_pid):
        if _up(read_end):
            os.kill(os.getpid(), signal.SIGKILL)

    assert wall.submission(stay, outside=die).signal == signal.SIGKILL
    os.close(write_end)
    assert _is_over(read_end)
    os.close(read_end)


def test_a_check_cannot_start_a_process(wall):
    assert wall.check(os.fork).text == "EPERM"
    assert wall.check(lambda: _call({"x86_64": 58, "aarch64": -1})).text in {"EPERM", "ENOSYS"}
    assert wall.check(lambda: _call({"x86_64": 435, "aarch64": 435}, 0, 0)).text == "ENOSYS"


def test_a_check_may_start_threads(wall):
    def count():
        found = []
        threads = [threading.Thread(target=found.append, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert wall.check(count).text == "[0, 1, 2]"


def test_a_check_cannot_end_the_submission(wall):
    assert wall.check(lambda: os.kill(os.getppid(), signal.SIGKILL)).text == "EPERM"


def test_a_check_may_end_itself(wall):
    assert wall.check(lambda: os.kill(os.getpid(), signal.SIGTERM)).text == "SIGTERM"

    def abort():
        faulthandler.disable()
        os.abort()

    assert wall.check(abort).text == "SIGABRT"


def test_a_fork_bomb_stays_small(wall):
    from assay.guest.lockdown import limits

    wall.bounds = limits.Limits(memory=2**30, tasks=10)
    read_end, write_end = os.pipe()

    def bomb():
        count = 0
        for _ in range(50):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            count += 1
        return count

    outcome = wall.submission(bomb)
    os.close(write_end)
    assert outcome.clean
    if wall.machine.name == "user-without-namespaces":  # the kernel counts whatever else that user runs
        assert outcome.text == "50"
    else:
        assert outcome.text == "EAGAIN"
    assert _is_over(read_end)
    os.close(read_end)


def test_it_is_alone_in_its_process_table_where_the_machine_allows_one(wall):
    outcome = wall.submission(os.getpid)
    alone = wall.machine.name in {"root", "user", "root-without-cell"}
    assert (outcome.text == "1") == alone
    by = "a pid namespace" if alone else "the fork server, which gets them and ends them"
    assert outcome.report["descendants"] == Kept(by)


@pytest.mark.serial
def test_a_sweep_is_quick_where_there_is_nothing_to_sweep():
    pids = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
            os._exit(0)
        pids.append(pid)
    try:
        times = []
        for _ in range(50):
            start = time.perf_counter()
            assert processes.kill_descendants(pids[0], pids)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.0005
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

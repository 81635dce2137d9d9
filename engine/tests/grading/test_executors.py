"""Local processes: warm, reused, replaced when they die, and deaf to Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.errors import AssayError, WorkerDied
from assay.grading.executors import LocalProcesses


@pytest.fixture(scope="module")
def two():
    with LocalProcesses(2) as executor:
        yield executor


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def close_the_pipe():
    os.closerange(3, 256)


def ignored_and_blocked():
    lines = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return [bool(int(lines[name], 16) >> signal.SIGINT - 1 & 1) for name in ("SigIgn", "SigBlk")]


class Unreadable(Exception):
    """Can be pickled and not read again."""

    def __init__(self, number, *, kind):
        super().__init__(number, kind)


def fail(kind):
    raise kind(1, kind=2) if kind is Unreadable else kind("oh")


def test_a_worker_is_reused(two):
    assert len({future.result() for future in [two.submit(os.getpid) for _ in range(20)]}) <= 2


def test_results_keep_the_order_of_map(two):
    assert list(two.map(abs, range(-50, 0))) == list(range(50, 0, -1))


def test_a_worker_that_dies_fails_its_task_alone_and_is_replaced(two):
    futures = [two.submit(die), *(two.submit(os.getpid) for _ in range(10))]
    with pytest.raises(WorkerDied, match=r"^a worker's process ended: a check ended it, or the machine did"):
        futures[0].result()
    assert all(future.result() for future in futures[1:])


def test_a_worker_that_died_while_it_was_idle_is_replaced():
    with LocalProcesses(1) as one:
        pid = one.submit(os.getpid).result()
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.01)
        assert one.submit(os.getpid).result() != pid


def test_a_worker_that_closes_its_pipe_is_replaced():
    with LocalProcesses(1) as one:
        pid = one.submit(os.getpid).result()
        with pytest.raises(WorkerDied):
            one.submit(close_the_pipe).result()
        assert one.submit(os.getpid).result() != pid
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("kind", [ValueError, AssayError])
def test_an_exception_of_a_task_is_its_futures(two, kind):
    with pytest.raises(kind, match=r"^oh$"):
        two.submit(fail, kind).result()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (KeyboardInterrupt, "KeyboardInterrupt in a worker: oh"),
        (SystemExit, "SystemExit in a worker: oh"),
        (Unreadable, r"Unreadable in a worker: \(1, 2\)"),
    ],
)
def test_an_exception_that_cannot_be_passed_on_is_told_in_words(two, kind, text):
    with pytest.raises(AssayError, match=f"^{text}$"):
        two.submit(fail, kind).result()


def test_what_cannot_be_pickled_fails_its_task_alone(two):
    with pytest.raises(Exception, match="pickle"):
        two.submit(lambda: 0).result()
    with pytest.raises(Exception, match="pickle"):
        two.submit(eval, "lambda: 0").result()
    assert two.submit(abs, -1).result() == 1


def test_a_worker_is_deaf_to_ctrl_c(two):
    assert two.submit(ignored_and_blocked).result() == [True, False]


def test_no_task_is_taken_after_the_shutdown():
    executor = LocalProcesses(1)
    future = executor.submit(abs, -1)
    executor.shutdown()
    assert future.result() == 1
    with pytest.raises(RuntimeError, match="after the shutdown"):
        executor.submit(abs, -1)


def test_an_exception_inside_the_block_ends_the_workers_at_once():
    started = time.monotonic()
    with pytest.raises(ZeroDivisionError), LocalProcesses(1) as one:  # noqa: PT012 - the block is what is tested
        pid = one.submit(os.getpid).result()
        futures = [one.submit(time.sleep, 100), one.submit(time.sleep, 100)]
        while not futures[0].running():
            time.sleep(0.01)
        1 / 0  # noqa: B018
    assert time.monotonic() - started < 50
    assert not Path(f"/proc/{pid}").exists()
    assert isinstance(futures[0].exception(), WorkerDied)
    assert futures[1].cancelled()


FORGETFUL = """
import os
from assay.grading.executors import LocalProcesses
if __name__ == "__main__":
    executor = LocalProcesses(1)
    print(executor.submit(os.getpid).result())
"""


def test_a_script_that_never_shuts_down_ends_with_its_workers(tmp_path):
    (tmp_path / "script.py").write_text(FORGETFUL)
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    assert not Path(f"/proc/{done.stdout.strip()}").exists()

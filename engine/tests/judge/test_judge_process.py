"""Judges in local processes: what they inherit, what ends them, and what ends with them."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assay.errors import AssayError, WorkerDied
from assay.grading.executors import LocalProcesses


@pytest.fixture(scope="module")
def executor():
    with LocalProcesses(1) as executor:
        yield executor


def comm(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def process(executor, name):
    """Return the id of the executor's only process of that name."""
    executor.submit(os.getpid).result()
    (found,) = [pid for pid in children(executor._bare.pid) if comm(pid) == name]
    return found


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def wait_for_end(pids):
    wait_for(lambda: not [pid for pid in pids if is_running(pid)])


def surroundings():
    return sys.path, sys.argv, sys.dont_write_bytecode, dict(os.environ)


def test_a_judge_has_what_the_command_has(executor):
    assert executor.submit(surroundings).result() == surroundings()
    assert executor.submit(os.getcwd).result() == os.getcwd()
    told = executor.submit(subprocess.check_output, ["env", "-0"]).result().decode().split("\0")
    assert dict(line.split("=", 1) for line in told if line) == dict(os.environ)


def test_a_fork_server_has_the_small_environment_and_only_its_line(executor):
    from assay.host.environment import guest_environment

    server = process(executor, "assay.guest")
    environment = Path(f"/proc/{server}/environ").read_bytes().decode().split("\0")
    assert dict(line.split("=", 1) for line in environment if line) == guest_environment()
    wait_for(lambda: len(os.listdir(f"/proc/{server}/fd")) == 4)  # until it waits for its judge
    links = {fd.name: os.readlink(fd) for fd in Path(f"/proc/{server}/fd").iterdir()}
    assert sorted(links) == ["0", "1", "2", "3"]
    assert links["0"] == links["1"] == os.devnull
    assert (links["2"].endswith("(deleted)"), links["3"].startswith("socket:")) == (True, True)
    wait_for(lambda: os.getsid(server) == server)


def test_the_bare_process_has_one_thread_and_only_its_line_and_its_judges(executor):
    executor.submit(os.getpid).result()
    bare = executor._bare.pid
    assert os.listdir(f"/proc/{bare}/task") == [str(bare)]
    links = [os.readlink(fd) for fd in Path(f"/proc/{bare}/fd").iterdir()]
    kinds = sorted(link.partition(":")[0].partition("/")[0] for link in links if link.startswith(("socket", "anon")))
    assert kinds == ["anon_inode", "anon_inode", "socket"]  # a handle for both processes, and its line
    assert len(links) == 6


def test_a_judge_imports_no_torch_again(executor):
    assert executor.submit(_modules_before_a_task).result() is True


def _modules_before_a_task():
    return "torch" in sys.modules and comm(os.getppid()) == "assay.bare"


def test_an_exception_of_a_task_is_the_callers(executor):
    with pytest.raises(ZeroDivisionError, match=r"^integer division or modulo by zero$"):
        executor.submit(divmod, 1, 0).result()
    with pytest.raises(AssayError, match=r"^SystemExit in a worker: 3$"):
        executor.submit(sys.exit, 3).result()
    assert executor.submit(len, "abc").result() == 3


def test_a_judge_that_dies_fails_its_task_and_is_replaced_with_its_fork_server():
    with LocalProcesses(1) as executor:
        before, server = executor.submit(os.getpid).result(), process(executor, "assay.guest")
        with pytest.raises(WorkerDied):
            executor.submit(os._exit, 1).result()
        assert executor.submit(os.getpid).result() != before
        wait_for_end([server])
        judge = process(executor, "assay.judge")
        os.kill(judge, signal.SIGKILL)
        wait_for_end([judge])
        assert executor.submit(len, "ab").result() == 2


def test_a_bare_process_that_dies_is_replaced():
    with LocalProcesses(1) as executor:
        first = executor.submit(os.getpid).result()
        os.kill(executor._bare.pid, signal.SIGKILL)
        wait_for_end([first])
        assert executor.submit(len, "ab").result() == 2


def test_a_kill_ends_everything_at_once():
    executor = LocalProcesses(1)
    server = process(executor, "assay.guest")
    everything = [executor._bare.pid, *children(executor._bare.pid)]
    future = executor.submit(time.sleep, 60)
    wait_for(future.running)
    with pytest.raises(KeyError), executor:
        raise KeyError
    with pytest.raises(WorkerDied):
        future.result(10)
    assert server in everything
    wait_for_end(everything)


def test_a_kill_does_not_wait_for_the_import_of_torch():
    executor = LocalProcesses(1)
    future = executor.submit(os.getpid)
    threading.Timer(0.1, executor.kill).start()
    with pytest.raises(WorkerDied):
        future.result(10)
    executor.shutdown()


SCRIPT = """
import os, sys, time
from assay.grading.executors import LocalProcesses
executor = LocalProcesses(1)
if sys.argv[1] == "early":
    print(executor._bare.pid, flush=True)
else:
    print(executor._bare.pid, executor.submit(os.getpid).result(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("when", ["early", "late"])
def test_everything_dies_with_the_command_even_of_a_script_without_a_main_guard(tmp_path, when):
    (tmp_path / "script.py").write_text(SCRIPT)
    with subprocess.Popen([sys.executable, tmp_path / "script.py", when], stdout=subprocess.PIPE, text=True) as run:
        pids = [int(pid) for pid in run.stdout.readline().split()]
        pids += children(pids[0])
        run.kill()
    wait_for_end(pids)


@pytest.mark.parametrize("when", ["early", "late"])
def test_an_interrupt_of_the_terminal_reaches_no_judge(tmp_path, when):
    (tmp_path / "script.py").write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py", when], stdout=subprocess.PIPE, text=True, process_group=0
    ) as run:
        pids = [int(pid) for pid in run.stdout.readline().split()]
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.5)
        assert all(is_running(pid) for pid in pids)
        run.kill()


def test_the_command_itself_imports_neither_torch_nor_pytest_nor_hypothesis(course_root, tmp_path):
    (tmp_path / "basics.py").write_bytes((course_root / "reference" / "basics.py").read_bytes())
    code = (
        "import sys; from click.testing import CliRunner; from assay.command.main import main\n"
        f"result = CliRunner().invoke(main, ['check', {str(tmp_path / 'basics.py')!r}, '--course', {str(course_root)!r}])\n"
        "print(result.exit_code, *sorted({'torch', 'numpy', 'pytest', '_pytest', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"

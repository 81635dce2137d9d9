"""Grading on a real Dask cluster: equal reports whatever dies, refusals in a sentence, and encryption."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from concurrent.futures import Executor, Future
from pathlib import Path

import msgspec
import pytest
from commands import UNPROTECTED, assay, run_here
from dask_cluster import dask_processes
from small_course import RIGHT, VARIANTS, without_durations, write_class

from assay.course.read import read_course
from assay.errors import ClusterError, GradebookError, WorkerDiffers
from assay.gradebook.store import open_gradebook
from assay.grading.cluster import DaskCluster, is_open
from assay.grading.run import grade
from assay.intake.collect import take_in
from assay.model import Document

PAGE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text()

NOT_GRADED = "the Dask cluster could not be used any more before this submission was graded"
SLOWLY = "import time\ntime.sleep(0.2)\n"

# A check that ends the worker of the cluster: it is the parent of the bare process, which is the judge's parent.
DEADLY = '''
"""Deadly"""
import os
import signal
from pathlib import Path


def test_deadly(submission):
    """nothing is asked"""
    if submission.scaled(-1) == "die":
        status = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2]
        os.kill(int(status.split()[1]), signal.SIGKILL)
'''


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Return a scheduler without workers."""
    with dask_processes(tmp_path_factory.mktemp("dask") / "cluster") as processes:
        yield processes


@pytest.mark.parametrize("students", [8, pytest.param(60, marks=pytest.mark.nightly)], ids=["short", "nightly"])
def test_one_process_two_and_a_cluster_with_a_dying_worker_give_equal_reports(course_root, tmp_path, students):
    write_class(
        tmp_path / "class",
        {f"{place:02}": f"{VARIANTS[place % len(VARIANTS)]}{SLOWLY}# {place}\n" for place in range(students)},
    )
    local = ["grade", "class", "--course", course_root, "--seed", "7", "--json"]
    with dask_processes(tmp_path / "dask") as cluster:
        cluster.add_workers(3, course_root)
        command = [sys.executable, "-m", "assay", *local, "cluster.json", "--gradebook", "grades.db"]
        with subprocess.Popen(
            list(map(str, [*command, "--scheduler", cluster.address])),
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as run:
            while run.poll() is None and stored(tmp_path / "grades.db") < students // 4:
                time.sleep(0.05)
            cluster.workers[1].kill()
            assert stored(tmp_path / "grades.db") < students
            assert (run.stderr.read(), run.wait()) == (b"", 0)
        words = ("--gradebook", "grades.db", "--student", "00", "--scheduler", cluster.address)
        code, output, _ = assay("regrade", "class", "--course", course_root, *words, cwd=tmp_path)
        assert (code, output.splitlines()[-2]) == (0, "gain: 0, lose: 0, the same points: 1")
    processors = sorted(os.sched_getaffinity(0))
    for count in {1, min(2, len(processors))}:
        chosen = ",".join(map(str, processors[:count]))
        command = ["taskset", "-c", chosen, sys.executable, "-m", "assay", *map(str, local), f"{count}.json"]
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
        assert reports(tmp_path / f"{count}.json") == reports(tmp_path / "cluster.json")
    assert len(reports(tmp_path / "cluster.json")) == students


@pytest.mark.nightly
def test_a_submission_that_kills_two_workers_is_set_aside_and_the_others_are_graded(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "basics" / "test_3_deadly.py").write_text(DEADLY)
    sources = dict.fromkeys(("ada", "cem", "eve", "kim"), RIGHT)
    sources["bob"] = RIGHT.replace("return x * factor", "return 'die' if isinstance(x, int) else x * factor")
    write_class(tmp_path / "class", sources)
    # The hardest setting: for each death, Dask gives up every task that waited on the worker.
    with dask_processes(tmp_path / "dask", {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as cluster:
        cluster.add_workers(3, course)
        words = ("grade", "class", "--course", course, "--json", "reports.json", "--scheduler", cluster.address)
        code, _, errors = assay(*words, cwd=tmp_path)
        assert (code, errors) == (0, "")
        assert sorted(worker.poll() is None for worker in cluster.workers) == [False, False, True]
    found = {report["submission"]["name"]: report for report in reports(tmp_path / "reports.json")}
    assert {name for name, report in found.items() if report["status"] == "graded"} == {"ada", "cem", "eve", "kim"}
    text = "2 workers of the Dask cluster died while they graded this submission, so it was set aside"
    assert found["bob"]["reason"] == text


@pytest.mark.nightly
def test_workers_that_die_before_they_begin_anything_end_the_run(course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": RIGHT})
    broken = tmp_path / "broken" / "assay" / "__init__.py"
    broken.parent.mkdir(parents=True)
    broken.write_text("import os\nos._exit(1)\n")
    # Dask gives up the task at each fourth death, as by default.
    with dask_processes(tmp_path / "dask") as cluster:
        cluster.add_workers(2, course_root, nanny="--nanny", PYTHONPATH=str(tmp_path / "broken"))
        words = ("grade", "class", "--course", course_root, "--scheduler", cluster.address)
        said = assay(*words, cwd=tmp_path)
    text = "assay: workers of the Dask cluster died 8 times before any began a submission: their logs say why\n"
    assert said == (3, "", text)


@pytest.mark.parametrize(
    "kind",
    [*(pytest.param(kind, marks=pytest.mark.nightly) for kind in ("none", "not a course", "version")), "another"],
)
def test_a_worker_that_is_set_up_in_another_way_refuses(cluster, course_root, tmp_path, kind):
    write_class(tmp_path / "class", {"alice": RIGHT})
    course, variables = course_root, {}
    if kind == "none":
        course, text = None, "has no course, because ASSAY_COURSE is not set in its environment"
    elif kind == "not a course":
        course, text = tmp_path, f"has no course, because ASSAY_COURSE={tmp_path} is not a course in its environment"
    elif kind == "another":
        course = shutil.copytree(course_root, tmp_path / "course")
        (course / "conftest.py").write_text("")
        text = f"has another version of the course in {course}"
    else:
        metadata = tmp_path / "other" / "assay-0.0.1.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text("Metadata-Version: 2.1\nName: assay\nVersion: 0.0.1\n")
        variables["PYTHONPATH"] = str(tmp_path / "other")
        text = "has assay 0.0.1, and the command has 0.1.0"
    cluster.add_workers(1, course, **variables)
    words = ("grade", "class", "--course", course_root, "--scheduler", cluster.address)
    code, output, errors = assay(*words, cwd=tmp_path)
    cluster.end_last_worker()
    start, _, told = errors.partition(" has ")
    assert (code, output) == (3, "")
    assert start.startswith("assay: the worker at tcp://127.0.0.1:")
    assert f"has {told}" == f"{text}\n"


@pytest.mark.nightly
def test_a_worker_whose_machine_does_not_keep_a_promise_is_named(cluster, course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": RIGHT})
    cluster.add_workers(1, course_root, start=("-c", UNPROTECTED))
    words = ("grade", "class", "--course", course_root, "--scheduler", cluster.address)
    code, output, errors = assay(*words, cwd=tmp_path)
    cluster.end_last_worker()
    assert (code, output) == (3, "")
    text = r"assay: the worker at tcp://127\.0\.0\.1:\d+: this machine does not keep a core promise \(files: not kept: "
    assert re.match(text, errors)


class Refusing(Executor):
    """Grades its first task, refuses the second, and never comes to the third."""

    def __init__(self, executor):
        self._executor = executor
        self._others = [Future(), Future()]
        self._others[1].set_exception(WorkerDiffers("the worker has another course"))

    def submit(self, fn, /, *args):
        """Run a task, or not."""
        if len(self._others) == 2 and self._executor is not None:
            future = self._executor.submit(fn, *args)
            future.result()
            self._executor = None
            return future
        return self._others.pop()


def test_a_refusal_ends_the_run_and_keeps_the_finished_reports(course_root, executor, tmp_path):
    write_class(tmp_path / "class", dict.fromkeys(("ada", "bob", "eve"), RIGHT))
    submissions = take_in([tmp_path / "class"], ["basics"]).submissions
    said = []
    settings = {"executor": Refusing(executor), "on_trouble": said.append}
    ada, bob, eve = grade(read_course(course_root), submissions, seed=7, **settings)
    assert said == ["bob, basics: the worker has another course"]
    assert ada.status == "graded"
    for report in (bob, eve):
        assert (report.cause, report.reason) == ("cluster", NOT_GRADED)


def test_after_a_refusal_half_way_reports_are_written_and_the_exit_code_tells(course_root, executor, tmp_path):
    write_class(tmp_path / "class", dict.fromkeys(("ada", "bob", "eve"), RIGHT))
    words = ("grade", "class", "--course", course_root, "--seed", "7", "--json", "reports.json", "--pages", "pages")
    code, output, errors = run_here(Refusing(executor), *words, "--gradebook", "grades.db", cwd=tmp_path)
    assert code == 3
    assert errors.splitlines() == [
        "assay: bob, basics: the worker has another course",
        "assay: the Dask cluster could not be used any more: 2 of 3 were not graded",
    ]
    assert "ada" in output
    assert [report["reason"] for report in reports(tmp_path / "reports.json")] == [None, NOT_GRADED, NOT_GRADED]
    assert (tmp_path / "pages" / "index.html").exists()
    code, _, errors = run_here(executor, *words, "--gradebook", "grades.db", cwd=tmp_path)
    assert (code, errors.splitlines()[-1]) == (0, "assay: 2 of 3 to grade: could not be graded before")
    assert [report["reason"] for report in reports(tmp_path / "reports.json")] == [None] * 3


def test_after_a_refusal_repeated_submissions_are_not_compared(course_root, executor, tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for day in (1, 2, 3):
            archive.writestr(f"HW_ada_attempt_2026-09-0{day}-10-00-00_basics.py", f"{RIGHT}# {day}")
    words = ("grade", "class.zip", "--course", course_root, "--submission", "best", "--seed", "7")
    code, output, errors = run_here(Refusing(executor), *words, cwd=tmp_path)
    assert (code, output) == (3, "")
    assert errors.splitlines()[-1] == (
        "assay: repeated submissions could not be compared to the end: nothing is stored"
    )


def test_a_cluster_that_goes_away_is_told(course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": RIGHT + "import time\ntime.sleep(1.5)\n"})
    with dask_processes(tmp_path / "dask", {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}) as cluster:
        cluster.add_workers(1, course_root)
        command = [
            sys.executable,
            "-m",
            "assay",
            "grade",
            "class",
            "--course",
            course_root,
            "--scheduler",
            cluster.address,
        ]
        with subprocess.Popen(
            list(map(str, command)),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=cluster.environment,
        ) as run:
            cluster.wait_for(cluster.is_grading)
            cluster.kill_scheduler()
            said = run.communicate()
    text = "assay: the connection to the Dask cluster was lost before this submission was graded\n"
    assert (run.returncode, *said) == (3, b"", text.encode())


@pytest.mark.nightly
def test_the_progress_names_the_submission_that_a_worker_is_at(cluster, course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": f"{RIGHT}import time\ntime.sleep(1.5)\n"})
    cluster.add_workers(1, course_root)
    command = [sys.executable, "-m", "assay", "grade", "class", "--course", course_root, "--scheduler", cluster.address]
    ours, theirs = os.openpty()
    settings = {"cwd": tmp_path, "env": {**os.environ, "TERM": "xterm", "COLUMNS": "100"}}
    with subprocess.Popen(list(map(str, command)), **settings, stdout=subprocess.DEVNULL, stderr=theirs) as run:
        os.close(theirs)
        said = b""
        while b"alice" not in said:
            said += os.read(ours, 1000)  # it raises when the run has ended
        run.kill()
    os.close(ours)
    cluster.end_last_worker()


def test_a_cluster_without_a_worker_is_told(cluster, course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": RIGHT})
    command = [sys.executable, "-m", "assay", "grade", "class", "--course", course_root, "--scheduler", cluster.address]
    with subprocess.Popen(
        list(map(str, command)), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        said = run.stderr.readline().decode()
        run.kill()
    assert said == f"assay: the Dask cluster of {cluster.address} has no worker yet: grading waits for the first one\n"


def test_a_scheduler_that_is_not_there_is_told(course_root, tmp_path, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    write_class(tmp_path / "class", {"alice": RIGHT})
    words = ("grade", "class", "--course", course_root, "--scheduler", "tcp://127.0.0.1:1")
    code, output, errors = assay(*words, cwd=tmp_path)
    assert (code, output) == (2, "")
    assert (
        errors
        == "assay: the scheduler at tcp://127.0.0.1:1 cannot be reached: Timed out trying to connect to tcp://127.0.0.1:1 after 1 s\n"
    )


def test_the_address_of_a_worker_is_refused(cluster, course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": RIGHT})
    cluster.add_workers(1, None)
    address = re.findall(r"Register worker addr: (\S+)", cluster.log())[-1]
    words = ("grade", "class", "--course", course_root, "--scheduler", address)
    said = assay(*words, cwd=tmp_path)
    cluster.end_last_worker()
    assert said == (2, "", f"assay: {address} is the address of a worker of Dask: give the scheduler's\n")


def test_without_the_extra_a_sentence_says_how_to_install_it(course_root):
    code = "import sys; sys.modules['distributed'] = None; from assay.command.main import main; main()"
    words = [sys.executable, "-c", code, "grade", ".", "--scheduler", "tcp://127.0.0.1:1"]
    done = subprocess.run(words, cwd=course_root, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "assay: --scheduler needs a library that is not installed: pip install 'assay[dask]'\n"


def test_a_scheduler_that_is_gone_before_anything_is_sent_is_told(tmp_path):
    with dask_processes(tmp_path / "dask") as processes, DaskCluster(processes.address) as dask:
        processes.kill_scheduler()
        with pytest.raises(ClusterError) as told:
            dask.notes()
    assert str(told.value) == f"the connection to the scheduler at {processes.address} was lost"


@pytest.mark.parametrize(
    ("address", "is_readable"),
    [
        ("tcp://127.0.0.1:1", False),
        ("tcp://[::1]:1", False),
        ("tcp://192.0.2.1:1", True),
        ("tcp://nosuchhost.invalid:1", True),
        (f"tcp://{'a' * 64}.invalid:1", True),
        ("tls://nosuchhost.invalid:1", False),
    ],
)
def test_an_address_that_this_machine_cannot_resolve_counts_as_readable(address, is_readable):
    assert is_open(address) is is_readable


def test_a_connection_that_others_can_read_is_told(course_root, tmp_path):
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    if not own:
        pytest.skip("this machine has no address but loopback")
    write_class(tmp_path / "class", {"alice": RIGHT})
    with dask_processes(tmp_path / "dask", host=own[0]) as cluster:
        cluster.add_workers(1, None)
        code, _, errors = assay("grade", "class", "--course", course_root, "--scheduler", cluster.address, cwd=tmp_path)
    first, _, _ = errors.partition("\n")
    assert (code, first) == (
        3,
        f"assay: the connection to {cluster.address} is not encrypted, and tasks carry the seed: use TLS",
    )


@pytest.fixture
def certificates(tmp_path):
    """Make the page's certificates; return the environment that the page sets."""
    make, export = re.findall(r"^```sh\n((?:openssl|export).*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    subprocess.run(["sh", "-ec", make], cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(["sh", "-ec", f"{export}\nenv"], cwd=tmp_path, check=True, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("DASK_DISTRIBUTED__COMM__"))


def test_with_certificates_everything_is_encrypted_and_nobody_else_can_talk_to_the_cluster(
    course_root, tmp_path, certificates, monkeypatch
):
    write_class(tmp_path / "class", {"alice": RIGHT})
    with dask_processes(tmp_path / "dask", certificates) as cluster:
        cluster.add_workers(1, course_root)
        assert cluster.address.startswith("tls://")
        words = ("grade", "class", "--course", course_root, "--scheduler", cluster.address)
        code, output, errors = assay(*words, cwd=tmp_path)
        assert (code, output) == (2, "")
        text = f"assay: the scheduler at {cluster.address} cannot be reached: TLS expects a `ssl_context` argument"
        assert errors.startswith(text)
        assert errors.count("\n") == 1
        for name, value in certificates.items():
            monkeypatch.setenv(name, value)
        code, _, errors = assay(*words, cwd=tmp_path)
        assert (code, errors) == (0, "")


def test_the_commands_of_the_page_grade_a_class(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    write_class(course / "class", {"alice": RIGHT})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    commands = [text.replace("8786", port) for text in re.findall(r"^```console\n\$ (.*)$", PAGE, re.MULTILINE)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"cwd": course, "env": {**os.environ, "PATH": path}, "shell": True, "text": True}
    with contextlib.ExitStack() as stack:
        for command in commands[:2]:
            started = stack.enter_context(
                subprocess.Popen(
                    command, **settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
                )
            )
            stack.callback(os.killpg, started.pid, signal.SIGTERM)
        done = subprocess.run(commands[2], **settings, capture_output=True, timeout=120)
    assert done.returncode == 0
    assert "alice" in done.stdout


def stored(path):
    """Return how many reports a gradebook has."""
    if not path.exists():
        return 0
    with contextlib.suppress(GradebookError), open_gradebook(path) as book:
        return len(list(book.current()))
    return 0


def reports(path):
    return [without_durations(report) for report in msgspec.json.decode(path.read_bytes(), type=Document).reports]

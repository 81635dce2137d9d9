"""Ctrl-C, at any time, ends a command with a line and costs no report that is finished."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from archive_files import zipped
from commands import RIGHT
from small_course import write_class

pytestmark = pytest.mark.serial


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"), {"alice": RIGHT, "bob": RIGHT})


def test_an_interrupt_ends_a_students_own_run_with_a_line(course_root, tmp_path):
    (tmp_path / "basics.py").write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "assay", "check", tmp_path / "basics.py"]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],  # what runs in the background ignores it
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, "assay.guest"):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
        assert run.communicate()[0] == "assay: interrupted\n"
    assert run.returncode == 130


def test_an_interrupt_while_repeated_submissions_are_compared_stores_nothing(course_root, tmp_path):
    sleeper = "import time\ntime.sleep(60)\n"
    names = [f"HW_ada_attempt_2026-11-0{day}-10-00-00_basics.py" for day in (1, 2)]
    (tmp_path / "class.zip").write_bytes(zipped([(name, sleeper) for name in names]))
    words = ["grade", tmp_path / "class.zip", "--submission", "best", "--gradebook", tmp_path / "grades.db"]
    with subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-m", "assay", *words],
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, "assay.guest"):
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGINT)
        output, errors = run.communicate()
    assert (run.returncode, output) == (130, "")
    assert errors == "assay: interrupted while repeated submissions were compared: nothing is stored\n"


def test_an_interrupt_while_the_reports_are_written_costs_none_of_them(course_root, students, tmp_path):
    os.mkfifo(tmp_path / "r.json")  # to write waits until somebody reads
    command = [sys.executable, "-m", "assay", "grade", students / "alice", "--json", tmp_path / "r.json"]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, "assay.judge"):
            time.sleep(0.05)
        while below(run.pid, "assay.judge"):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(run.pid, signal.SIGINT)
        written = json.loads((tmp_path / "r.json").read_bytes())
        assert "alice" in run.communicate()[0]
    assert run.returncode == 0
    assert [report["status"] for report in written["reports"]] == ["graded"]


def below(pid, name):
    """Return the descendants of a process, whichever of its threads started them, that have this name."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in children.read_text().split():
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    found += [child] * (Path(f"/proc/{child}/comm").read_text().strip() == name)
                    found += below(child, name)
    return found


@pytest.mark.parametrize("milliseconds", range(100, 500, 50))
def test_an_interrupt_while_workers_start_ends_with_a_line(course_root, students, milliseconds):
    command = [sys.executable, "-m", "assay", "grade", students]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, "assay.bare"):  # is started before the submissions are read
            time.sleep(0.001)
        time.sleep(milliseconds / 1000 - 0.1)
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate()
    assert run.returncode == 130
    assert errors == "assay: interrupted\n" or errors.endswith("were not graded\n")
    assert "Traceback" not in errors

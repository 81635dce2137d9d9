"""kill -9 of a whole run, at any moment: no stored report is lost, none is graded again, and the end is the same."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from small_course import VARIANTS, write_class

from assay.gradebook.store import open_gradebook


@pytest.mark.parametrize(
    ("kills", "students"), [(3, 20), pytest.param(25, 200, marks=pytest.mark.nightly)], ids=["short", "nightly"]
)
def test_a_killed_run_goes_on_where_it_was(course_root, tmp_path, kills, students):
    write_class(
        tmp_path / "class",
        {f"{place:03}": f"{VARIANTS[place % len(VARIANTS)]}# {place}\n" for place in range(students)},
    )
    assert start(course_root, tmp_path, "undisturbed.db").wait() == 0
    chance = random.Random(20)
    stored = []
    for number in range(kills):
        run = start(course_root, tmp_path, "killed.db")
        with run:
            while number % 2 and run.poll() is None and len(rows(tmp_path / "killed.db")) == len(stored):
                time.sleep(0.1)  # every other one is killed while it grades, the others while it starts
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(chance.uniform(0, 3))
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
        assert run.returncode in (0, -signal.SIGKILL)
        now = rows(tmp_path / "killed.db")
        assert now[: len(stored)] == stored
        stored = now
    assert stored
    assert start(course_root, tmp_path, "killed.db").wait() == 0
    assert rows(tmp_path / "killed.db")[: len(stored)] == stored
    graded = [name for _, name, _ in rows(tmp_path / "killed.db")]
    assert sorted(graded) == [f"{place:03}" for place in range(students)]
    assert dump(tmp_path / "killed.db") == dump(tmp_path / "undisturbed.db")


def start(course, folder, gradebook):
    """Start the command as the leader of its own group of processes."""
    command = [
        sys.executable,
        "-m",
        "assay",
        "grade",
        "class",
        "--course",
        course,
        "--seed",
        "7",
        "--gradebook",
        gradebook,
    ]
    return subprocess.Popen(
        list(map(str, command)), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
    )


def rows(path):
    """Return what is stored, in order; a command that was killed early has not made the file."""
    if not path.exists():
        return []
    with open_gradebook(path) as book:
        names = [f"{place:03}" for place in range(200)]
        entries = [entry for name in names for entry in book.history(name)]
    return sorted((entry.number, entry.report.submission.name, entry.report.score) for entry in entries)


def dump(path):
    return subprocess.run(
        [sys.executable, "-m", "assay", "dump", "--gradebook", path], check=True, capture_output=True
    ).stdout

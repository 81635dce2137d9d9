"""How a run ends before its time: with its reports if it is interrupted, and without a process in any case."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest
from small_course import PASSED, RIGHT, statuses, write_class

from assay.model import Document

pytestmark = pytest.mark.serial

PR_SET_CHILD_SUBREAPER = 36

# A student's process that seems to be alone with its judge, and takes its time.
SLEEPER = "import time\ntime.sleep(60)\n"


def test_a_run_that_is_killed_leaves_no_process(course_root, tmp_path):
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    (tmp_path / "basics.py").write_text(SLEEPER)
    command = [sys.executable, "-m", "assay", "grade", str(tmp_path / "basics.py"), "--course", str(course_root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        wait_for(lambda: "assay.guest" in map(name, descendants(run.pid)))
        theirs = descendants(run.pid)
        run.kill()
    wait_for(lambda: not [pid for pid in theirs if alive(pid)])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_a_run_with_the_reports_that_there_are(course_root, tmp_path, number):
    course = shutil.copytree(course_root, tmp_path / "course")
    settings = course / "tox.ini"
    settings.write_text(settings.read_text().replace("assay_import_seconds = 2", "assay_import_seconds = 60"))
    write_class(tmp_path / "class", {f"{place:02}": RIGHT if place < 3 else SLEEPER for place in range(4)})
    ours, theirs = os.openpty()  # a person's terminal, on which there is a progress bar
    command = [sys.executable, "-m", "assay", "grade", "class", "--course", course, "--json", "reports.json"]
    one = str(min(os.sched_getaffinity(0)))  # so that the sleeper comes last
    with (
        open(tmp_path / "out", "wb") as out,
        subprocess.Popen(
            ["env", "--default-signal=INT", "taskset", "-c", one, *command],  # what runs in the background ignores it
            cwd=tmp_path, stdout=out, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}, process_group=0,
        ) as run,
    ):  # fmt: skip
        os.close(theirs)
        said = b""
        while b"3/4" not in said:
            said += os.read(ours, 1000)
        theirs = descendants(run.pid)
        insisting = threading.Thread(target=insist, args=(run, number))
        insisting.start()
        said = b"".join(iter(lambda: rest(ours), b""))
        insisting.join()
    os.close(ours)
    assert run.returncode == 130
    assert said.rstrip().endswith(b"assay: interrupted: 1 of 4 were not graded")
    assert b"Traceback" not in said
    wait_for(lambda: not [pid for pid in theirs if alive(pid)])
    reports = msgspec.json.decode((tmp_path / "reports.json").read_bytes(), type=Document).reports
    assert [statuses(report) for report in reports[:3]] == [PASSED] * 3
    reason = "grading was interrupted before this submission was graded to its end: grade it again"
    assert (reports[3].status, reports[3].reason) == ("ungraded", reason)
    assert (tmp_path / "out").read_text().count("grade it again") == 1
    assert "a person decides" not in (tmp_path / "out").read_text()


def insist(run, number):
    """Send a signal until the run has ended, as one does who pressed Ctrl-C and sees nothing happen."""
    send = os.killpg if number == signal.SIGINT else os.kill  # Ctrl-C goes to all of them
    while run.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            send(run.pid, number)
        time.sleep(0.01)


def rest(terminal):
    """Return what comes next of a terminal's text; nothing once nobody writes to it any more."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


def wait_for(condition, seconds=60):
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds
        time.sleep(0.1)


def descendants(pid):
    try:
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [found for child in map(int, text.split()) for found in (child, *descendants(child))]


def name(pid):
    """Return the name of a process, which a fork of the bare process gives itself."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def alive(pid):
    """Whether a process runs; one that nobody has asked about since it ended does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

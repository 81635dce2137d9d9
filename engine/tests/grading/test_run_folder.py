"""The temporary files of a run lie in one folder, which the run removes, or the next run if it was killed."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest
from commands import RIGHT
from small_course import write_class

from assay.errors import AssayError
from assay.grading.run_folder import run_folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the folder for temporary files, for this process."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path / "temporary"


def test_temporary_files_lie_in_the_folder_during_the_run_alone(place):
    with run_folder():
        assert os.path.dirname(os.environ["TMPDIR"]) == str(place)
        inside = tempfile.mkdtemp()
        assert os.path.dirname(inside) == os.environ["TMPDIR"]
    assert os.environ["TMPDIR"] == str(place)
    assert list(place.iterdir()) == []


def test_folders_of_ended_runs_are_removed_and_those_of_running_ones_and_of_others_are_not(place):
    for name in ("assay-run-left", "assay-run-running", "assay-other"):
        (place / name / "assay-scratch").mkdir(parents=True)
    (place / "elsewhere").mkdir()
    (place / "assay-run-link").symlink_to(place / "elsewhere")
    lock = os.open(place / "assay-run-running", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with run_folder():
        pass
    os.close(lock)
    left = ["assay-other", "assay-run-link", "assay-run-running", "elsewhere"]
    assert sorted(path.name for path in place.iterdir()) == left


def test_a_folder_that_cannot_be_made_is_said(place, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(place / "gone"))
    with pytest.raises(AssayError) as caught, run_folder():
        pass
    assert str(caught.value) == (
        "no folder for temporary files can be made: No such file or directory: set TMPDIR to a folder with room"
    )


def test_an_error_of_the_run_itself_stays_as_it_is(place):
    with pytest.raises(FileNotFoundError), run_folder():
        (place / "gone").read_bytes()
    assert list(place.iterdir()) == []


def test_the_next_run_removes_the_folders_of_a_killed_one(course_root, tmp_path, place):
    sleeper = "import time\ntime.sleep(60)\n"
    write_class(tmp_path / "class", {"alice": sleeper})
    command = [sys.executable, "-m", "assay", "grade", tmp_path / "class", "--course", course_root]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0) as run:
        while not list(place.glob("assay-run-*/assay-*")):
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGKILL)
    (tmp_path / "class" / "alice" / "basics.py").write_text(RIGHT)
    done = subprocess.run(command, capture_output=True, text=True)
    assert "alice  basics" in done.stdout
    assert "5 / 7" in done.stdout
    assert list(place.iterdir()) == []

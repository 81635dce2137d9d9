"""Gradescope's script is run in a folder laid out like its container, and always leaves results that can be read."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_course import RIGHT

SCRIPT = Path(__file__).parents[1] / "gradescope" / "run_autograder"

UNFINISHED = {
    "score": 0,
    "output": "Grading was not finished: the 0 stands for points that are not known. Tell your instructor if this text stays.",
    "output_format": "text",
    "stdout_visibility": "hidden",
}


@pytest.fixture
def container(course_root, tmp_path):
    """Return a folder like `/autograder`, with the course and the environment that `setup.sh` makes."""
    shutil.copytree(course_root, tmp_path / "source")
    (tmp_path / "submission").mkdir()
    (tmp_path / "venv").symlink_to(sys.prefix)
    return tmp_path


def start(container):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment["AUTOGRADER"] = str(container)
    return subprocess.Popen(
        [SCRIPT], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def run(container):
    script = start(container)
    output, errors = script.communicate()
    return script.returncode, output, errors


def results(container):
    return json.loads((container / "results" / "results.json").read_text())


def test_a_submission_gets_its_points_and_a_hidden_check_stays_hidden(container):
    (container / "submission" / "basics.py").write_text(RIGHT.replace("x * factor", "x + factor"))
    assert run(container) == (0, "", "")
    found = results(container)
    assert (found["score"], found["stdout_visibility"]) == (5, "hidden")
    assert {test["name"]: (test["score"], test["max_score"], test["visibility"]) for test in found["tests"]} == {
        "labels of shape (n,) are reshaped": (2, 2, "visible"),
        "hidden check 1": (1, 1, "hidden"),
        "scaled doubles without a factor": (0, 1, "visible"),
        "scaled takes the factor by keyword": (0, 1, "visible"),
        "a counter counts from its start": (1, 1, "visible"),
        "noise has mean zero": (1, 1, "visible"),
    }
    assert [path.name for path in (container / "results").iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("answers.pdf", "nothing to grade in ROOT/submission"),
        (
            "answers.py",
            "Gradescope takes no report without points, and answers has none: answers.py: it is not named after an assignment: call it basics.py",
        ),
    ],
)
def test_a_student_reads_why_there_are_no_points(container, name, text):
    (container / "submission" / name).touch()
    told = text.replace("ROOT", str(container))
    assert run(container) == (0, "", f"assay: {told}\n")
    assert results(container) == {**UNFINISHED, "output": told}


def test_results_without_points_are_there_before_grading_and_after_a_kill(container):
    (container / "submission" / "basics.py").write_text(RIGHT)
    script = start(container)
    while not (container / "results" / "results.json").exists():
        time.sleep(0.01)
    assert results(container) == UNFINISHED
    os.killpg(script.pid, signal.SIGTERM)
    script.communicate()
    assert script.returncode == -signal.SIGTERM
    assert results(container) == UNFINISHED


def test_points_that_are_unknown_are_not_told(container):
    path = container / "source" / "tests" / "basics" / "test_10_noise.py"
    path.write_text(path.read_text() + "    1 / 0\n")
    (container / "submission" / "basics.py").write_text(RIGHT)
    told = (
        "Gradescope takes no report without points, and submission has none: 1 of the checks could not be graded, the "
        "first because: ZeroDivisionError in the check itself: division by zero"
    )
    assert run(container) == (0, "", f"assay: {told}\n")
    assert results(container) == {**UNFINISHED, "output": told}


def test_a_traceback_is_not_for_the_student(container, monkeypatch):
    (container / "site" / "assay").mkdir(parents=True)
    (container / "site" / "assay" / "__init__.py").write_text("raise ImportError('an installation that is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(container / "site"))
    code, output, errors = run(container)
    assert (code, output) == (1, "")
    assert errors.endswith("ImportError: an installation that is broken\n")
    assert results(container) == UNFINISHED

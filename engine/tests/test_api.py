"""A script or a notebook grades with three names, whatever it is run by."""

import json
import os
import subprocess
import sys

import pytest
from reports import document_bytes, report

import assay
from assay.errors import CourseError, IntakeError, ReportError
from assay.grading.executors import LocalProcesses

RIGHT = """
def squared_loss(y_hat, y): return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean() / 2
def scaled(x, factor=2.0): return x * factor
"""


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    (folder / "alice").mkdir()
    (folder / "alice" / "basics.py").write_text(RIGHT)
    (folder / "bob").mkdir()
    (folder / "bob" / "basics.py").symlink_to("nowhere")
    return folder


def test_the_public_names_are_these():
    assert assay.__all__ == ["AssayError", "Report", "grade", "read_report"]
    assert dir(assay) == sorted(assay.__all__)
    assert all(getattr(assay, name) is not None for name in assay.__all__)
    with pytest.raises(AttributeError, match=r"^module 'assay' has no attribute 'grades'$"):
        assay.grades  # noqa: B018 - it is asked for


def test_every_public_function_says_what_it_raises():
    assert all("Raises:" in function.__doc__ for function in (assay.grade, assay.read_report))


def test_importing_it_imports_nothing_heavy():
    code = "import sys, assay; print(*sorted({'torch', 'pytest', 'hypothesis', 'msgspec', 'click'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_class_is_graded_and_each_report_is_told_when_it_is_finished(course_root, students):
    told = []
    with LocalProcesses(1) as executor:
        reports = assay.grade(students, course=course_root, seed=7, executor=executor, sink=told.append)
        (visible,) = assay.grade([students / "alice"], course=course_root, visible_only=True, executor=executor)
    assert [(r.submission.name, r.status, r.score, r.seed) for r in reports] == [
        ("alice", "graded", 5, "7"),
        ("bob", "ungraded", 0, "7"),
    ]
    assert all(isinstance(report, assay.Report) for report in reports)
    assert reports[1].reason == "basics.py: it is a link, and links are not followed"
    assert told == reports[:1]
    assert visible.max_score == reports[0].max_score - 1


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        ("nobody", "nobody does not exist"),
        ([], "nothing to grade in no path"),
        (["empty"], "nothing to grade in empty"),
    ],
)
def test_nothing_to_grade_is_an_error(course_root, tmp_path, monkeypatch, paths, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(IntakeError) as caught:
        assay.grade(paths, course=course_root)
    assert str(caught.value) == text


def test_a_folder_in_no_course_is_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError) as caught:
        assay.grade(tmp_path)
    assert str(caught.value) == f"{tmp_path} is in no course: a course is a folder with reference/ and tests/"


SCRIPT = """
import asyncio, sys, assay
print("started")
async def cell():
    return assay.grade(sys.argv[1], course=sys.argv[2])
print([(report.submission.name, report.score) for report in asyncio.run(cell())])
"""


def test_a_script_without_a_guard_and_a_notebooks_running_loop_can_grade(course_root, students, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, tmp_path / "script.py", students / "alice", course_root]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("started\n[('alice', 5.0)]\n", "")


def test_a_written_report_is_read(tmp_path):
    written = report(status="ungraded", reason="ours")
    (tmp_path / "r.json").write_bytes(document_bytes([written]))
    assert assay.read_report(tmp_path / "r.json") == [written]
    assert assay.read_report(str(tmp_path / "r.json")) == [written]


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ([], "this is not a report of assay: Expected `object`, got `array`"),
        ({"schema": "assay/report/v1"}, "this is not a report of assay: Object missing required field `reports`"),
        (
            {"schema": "assay/report/v2", "classes": []},
            "this report's schema is 'assay/report/v2', and 'assay/report/v1' is what this version reads",
        ),
    ],
)
def test_another_file_is_refused_with_a_sentence(tmp_path, document, text):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ReportError) as caught:
        assay.read_report(path)
    assert str(caught.value) == f"{path}: {text}"
    assert isinstance(caught.value, assay.AssayError)


def test_a_file_that_is_not_there_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        assay.read_report(tmp_path / "r.json")

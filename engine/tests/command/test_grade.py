"""`assay grade` as an instructor meets it: what it prints, what it writes, how it exits."""

import functools
import io
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from commands import RIGHT, WRONG, run_here
from small_course import write_class


@pytest.fixture(scope="module")
def assay(executor):
    return functools.partial(run_here, executor)


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"), {"alice": RIGHT, "bob": WRONG})


@pytest.fixture(scope="module")
def graded(course_root, students, tmp_path_factory, assay):
    path = tmp_path_factory.mktemp("json") / "report.json"
    code, output, errors = assay("grade", students, "--json", path, "--seed", "7", cwd=course_root)
    assert (code, errors) == (0, "")
    return output, path.read_bytes()


def test_a_class_is_graded_with_one_command(graded):
    output, _ = graded
    assert "alice  basics" in output
    assert "✗ scaled doubles without a factor" in output
    assert "yours     [3.0, 3.0]" in output


def test_the_canonical_report_is_written(graded):
    document = json.loads(graded[1])
    assert list(document) == ["schema", "reports"]
    assert document["schema"] == "assay/report/v1"
    assert [(r["submission"]["name"], r["status"], r["score"], r["seed"]) for r in document["reports"]] == [
        ("alice", "graded", 5, "7"),
        ("bob", "graded", 3, "7"),
    ]
    assert list(document["reports"][0]) == [
        "submission", "assignment", "status", "reason", "cause", "score", "max_score", "isolation", "seed", "course", "engine",
        "exercises", "environment", "answers", "handed_in", "duration",
    ]  # fmt: skip


def test_grading_again_gives_the_same_bytes_but_for_durations(graded, course_root, students, tmp_path, assay):
    assay("grade", students / "bob", "--json", tmp_path / "again.json", "--seed", "7", cwd=course_root)
    bob = json.loads(graded[1])["reports"][1]
    (again,) = json.loads((tmp_path / "again.json").read_bytes())["reports"]
    for report in (bob, again):
        report["duration"] = report["submission"]["path"] = None
        for exercise in report["exercises"]:
            for check in exercise["checks"]:
                check["duration"] = None
    assert json.dumps(again) == json.dumps(bob)


def test_every_core_promise_is_reported(graded):
    isolation = json.loads(graded[1])["reports"][0]["isolation"]
    assert {"files", "network", "processes", "descendants", "memory", "time", "privileges"} <= set(isolation)


def test_fail_under_exits_with_1_if_somebody_is_below(course_root, students, assay):
    assert assay("grade", students, "--fail-under", "60", cwd=course_root)[0] == 1
    assert assay("grade", students / "alice", "--fail-under", "60", cwd=course_root)[0] == 0


def test_only_the_named_assignment_is_graded_and_everything_is_the_named_students(course_root, tmp_path, assay):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "reference" / "other.py").write_text('"""Other."""\n')
    (course / "tests" / "other").mkdir()
    (course / "tests" / "other" / "test_1_one.py").write_text('"""One"""\ndef test_one(submission): ...\n')
    write_class(tmp_path / "repository", {"bob": RIGHT})
    (tmp_path / "repository" / "eve").mkdir()
    (tmp_path / "repository" / "eve" / "other.py").touch()
    words = ("grade", tmp_path / "repository", "--course", course, "--student", "Ada", "--json", tmp_path / "r.json")
    assert assay(*words, "--assignment", "basics", cwd=tmp_path)[::2] == (0, "")
    (report,) = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert (report["submission"]["name"], report["assignment"], report["score"]) == ("Ada", "basics", 5)
    assert assay("grade", tmp_path / "repository" / "eve", "--course", course, "--assignment", "basics", cwd=tmp_path) == (
        2, "", f"assay: nothing to grade in {tmp_path}/repository/eve\n",
    )  # fmt: skip
    assert assay(*words, "--assignment", "algebra", cwd=tmp_path) == (
        2, "", "assay: no assignment 'algebra'; this course has basics, other\n",
    )  # fmt: skip


def test_the_seed_may_come_from_the_environment(course_root, students, tmp_path, assay, monkeypatch):
    monkeypatch.setenv("ASSAY_SEED", "11")
    assert assay("grade", students / "bob", "--json", tmp_path / "r.json", cwd=course_root)[0] == 0
    assert json.loads((tmp_path / "r.json").read_bytes())["reports"][0]["seed"] == "11"


def test_names_that_are_no_utf8_cost_nobody_anything(course_root, tmp_path, assay):
    for name in (b"wrap/M\xfcller/L\xf6sung", b"wrap/M\xf6ller", "wrap/M\N{REPLACEMENT CHARACTER}ller".encode()):
        folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        folder.mkdir(parents=True)
        (folder / "basics.py").write_text(RIGHT)
    (tmp_path / os.fsdecode(b"wrap/M\xf6ller/\xff.zip")).write_bytes(b"x")
    code, _, _ = assay("grade", "wrap", "--json", "r.json", "--course", course_root, cwd=tmp_path)
    assert code == 0
    reports = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    odd = "M\N{REPLACEMENT CHARACTER}ller"
    assert sorted(report["submission"]["name"] for report in reports) == [odd, odd, f"{odd} (2)"]
    assert {report["score"] for report in reports} == {5.0}
    notes = sorted(note for report in reports for note in report["handed_in"]["notes"])
    assert notes == [
        "the graded file is in the folder L\N{REPLACEMENT CHARACTER}sung",
        "\N{REPLACEMENT CHARACTER}.zip was not opened: other files were graded",
    ]


def test_whoever_could_not_be_graded_is_below_every_percentage(course_root, tmp_path, assay):
    (tmp_path / "carol").mkdir()
    (tmp_path / "carol" / "basics.py").symlink_to("nowhere")
    assert assay("grade", tmp_path, cwd=course_root)[0] == 0
    assert assay("grade", tmp_path, "--fail-under", "0", cwd=course_root)[0] == 1


def test_no_line_of_what_a_file_gets_ends_with_blanks(graded):
    output, _ = graded
    assert len(output.splitlines()) > 10
    assert [line for line in output.splitlines() if line != line.rstrip()] == []


def test_what_is_refused_gets_a_report_that_says_why(course_root, students, tmp_path, assay):
    (tmp_path / "carol").mkdir()
    (tmp_path / "carol" / "basics.py").symlink_to(students / "alice" / "basics.py")
    code, output, _ = assay("grade", tmp_path, "--json", tmp_path / "r.json", cwd=course_root)
    assert code == 0
    assert "basics.py: it is a link, and links are not followed" in output
    (report,) = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert (report["status"], report["submission"]["name"]) == ("ungraded", "carol")


def test_an_archive_of_a_class_is_graded_as_its_folder_is(course_root, tmp_path, assay):
    homework = io.BytesIO()
    for target, files in (
        (homework, {"basics.py": WRONG}),
        (tmp_path / "class.zip", {"Jane Doe/basics.py": RIGHT, "Bob_1_file_/h.zip": homework.getvalue, "eve.zip": b""}),
    ):
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content() if callable(content) else content)
    code, output, errors = assay(
        "grade", "class.zip", "--course", course_root, "--json", tmp_path / "r.json", cwd=tmp_path
    )
    assert (code, errors) == (0, "")
    assert "eve.zip: it is not a .zip archive, or it is damaged" in output
    reports = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert [(r["submission"]["name"], r["submission"]["path"], r["status"], r["score"]) for r in reports] == [
        ("Bob_1_file_", "class.zip/Bob_1_file_/h.zip/basics.py", "graded", 3),
        ("Jane Doe", "class.zip/Jane Doe/basics.py", "graded", 5),
        ("eve", "class.zip/eve.zip", "ungraded", 0),
    ]


def test_a_folder_that_looks_like_a_group_is_said(course_root, tmp_path, assay):
    write_class(tmp_path / "tutorial", {"alice": RIGHT, "bob": WRONG})
    write_class(tmp_path, {"solution": RIGHT})
    code, _, errors = assay("grade", tmp_path, cwd=course_root)
    assert (code, errors) == (
        0, f"{tmp_path}/tutorial is graded as one student: grade it by its own path if it is a group\n"
    )  # fmt: skip


def test_an_empty_folder_beside_others_is_said(course_root, tmp_path, assay):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "basics.py").write_text(RIGHT)
    (tmp_path / "empty").mkdir()
    code, _, errors = assay("grade", tmp_path / "alice", tmp_path / "empty", cwd=course_root)
    assert (code, errors) == (0, f"nothing to grade in {tmp_path}/empty\n")
    code, output, errors = assay("grade", tmp_path, cwd=course_root)
    assert (code, errors) == (0, "")
    reason = (
        "no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count"
    )
    assert f"empty: {reason}" in " ".join(output.split())

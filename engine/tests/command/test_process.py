"""Commands as processes of their own: streams, exit codes, a machine that keeps few promises."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from commands import RIGHT, UNPROTECTED, assay
from small_course import write_class


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"), {"alice": RIGHT})


@pytest.mark.parametrize("command", ["grade", "check", "self-test", "tolerances"])
def test_a_check_that_cannot_be_imported_is_no_report_and_said_with_what_pytest_said(
    course_root, students, tmp_path, command
):
    broken = shutil.copytree(course_root, tmp_path / "course")
    (broken / "tests" / "basics" / "test_3_broken.py").write_text('"""Broken"""\nimport nowhere\n')
    what = {"grade": students / "alice", "check": students / "alice" / "basics.py"}.get(command, "basics")
    code, output, errors = assay(command, what, cwd=broken)
    assert (code, output) == (3, "")
    assert "ModuleNotFoundError: No module named 'nowhere'" in errors


def test_the_doctor_says_promise_by_promise_how_it_is_kept(course_root):
    code, output, _ = assay("doctor", cwd=course_root)
    assert code == 0
    assert [line.split()[0] for line in output.splitlines()][:8] == [
        "promise", "files", "network", "processes", "descendants", "memory", "time", "process_count",
    ]  # fmt: skip


def test_a_student_starts_from_a_starter_and_checks_it(course_root, tmp_path):
    code, output, _ = assay("new", "basics", "--course", course_root, cwd=tmp_path)
    assert (code, output) == (0, "basics.py is written; try it with: assay check basics.py\n")
    code, output, _ = assay("check", "basics.py", "--course", course_root, cwd=tmp_path)
    assert code == 1
    assert "this is not written yet" in output
    assert "the loss of a secret pair is right" not in output


def test_a_right_answer_passes_its_own_check(course_root, tmp_path):
    (tmp_path / "basics.py").write_bytes((course_root / "reference" / "basics.py").read_bytes())
    code, output, _ = assay("check", "basics.py", "--course", course_root, cwd=tmp_path)
    assert code == 0
    assert "6 / 6" in output


def test_two_assignments_whose_files_have_equal_names_are_graded_by_one_worker(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    shutil.copy(course / "reference" / "basics.py", course / "reference" / "more.py")
    shutil.copytree(course / "tests" / "basics", course / "tests" / "more")
    (tmp_path / "alice").mkdir()
    for name in ("basics.py", "more.py"):
        shutil.copy(course / "reference" / name, tmp_path / "alice" / name)
    code, output, errors = assay("check", tmp_path / "alice", "--course", course, cwd=tmp_path)
    assert (code, errors) == (0, "")
    assert output.count("6 / 6") >= 2


def test_the_file_is_written_though_nobody_reads_what_is_printed(course_root, students, tmp_path):
    command = [sys.executable, "-m", "assay", "grade", students / "alice", "--json", tmp_path / "r.json"]
    with subprocess.Popen(command, cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        run.stdout.close()
    assert json.loads((tmp_path / "r.json").read_bytes())["reports"][0]["submission"]["name"] == "alice"


def assay_unprotected(*arguments, cwd):
    command = [sys.executable, "-c", UNPROTECTED, "assay", *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def test_where_a_core_promise_is_not_kept_grading_refuses_and_names_it(course_root, students):
    code, output, errors = assay_unprotected("grade", students / "alice", cwd=course_root)
    assert (code, output) == (3, "")
    assert errors.startswith("assay: this machine does not keep a core promise (files: not kept: ")
    assert "; to grade anyway, waive it: --waive files\n" in errors


def test_a_promise_given_up_by_name_is_told_in_the_report(course_root, students, tmp_path):
    waived = ["--waive", "files", "--waive", "processes"]
    code, output, errors = assay_unprotected(
        "grade", students / "alice", *waived, "--json", tmp_path / "r.json", cwd=course_root
    )
    assert (code, errors) == (0, "")
    assert "files: not kept: " in output
    (report,) = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert report["status"] == "graded"
    assert report["isolation"]["files"]["status"] == "broken"


def test_the_doctor_exits_with_1_where_a_core_promise_is_not_kept(course_root):
    code, output, errors = assay_unprotected("doctor", cwd=course_root)
    assert code == 1
    assert "not kept" in output
    assert errors == (
        "assay: a core promise is broken: grading refuses on this machine unless you waive it with --waive\n"
    )

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


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--fail-under", "100"), 1)])
def test_a_reader_that_goes_early_costs_no_page_and_changes_no_exit_code(course_root, students, tmp_path, more, code):
    command = [sys.executable, "-m", "assay", "grade", students, "--pages", tmp_path / "pages", *more]
    with subprocess.Popen(command, cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        run.stdout.close()
        errors = run.stderr.read()
    assert (run.returncode, errors) == (code, "")
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"alice", "index.html"}


FULL = "assay: standard output cannot be written: No space left on device\n"


def assay_into(file, *arguments, cwd, **streams):
    """Run the command with this file as its standard output; return its exit code and standard error."""
    with open(file, "w") as output:
        command = [sys.executable, "-m", "assay", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, text=True, check=False, **{"stdout": output, "stderr": subprocess.PIPE} | streams
        )
    return done.returncode, done.stderr


def test_a_full_standard_output_costs_no_page_and_is_said(course_root, students, tmp_path):
    words = ("grade", students, "--pages", tmp_path / "pages")
    assert assay_into("/dev/full", *words, cwd=course_root) == (3, FULL)
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"alice", "index.html"}


def test_a_full_standard_output_hides_no_other_trouble(course_root, students):
    words = ("grade", students, "--json", "/dev/full")
    said = "assay: /dev/full cannot be written: No space left on device\n"
    assert assay_into("/dev/full", *words, cwd=course_root) == (3, FULL + said)


@pytest.mark.parametrize("file", ["/dev/full", "/dev/null"])
@pytest.mark.parametrize(
    "words",
    [
        ("dump", "--gradebook", "grades.db"),
        ("export", "csv", "--gradebook", "grades.db"),
        ("history", "bob", "--gradebook", "grades.db"),
        ("history", "bob", "--check", "scaled", "--gradebook", "grades.db"),
        ("excuse", "bob", "1", "--reason", "ill", "--gradebook", "grades.db"),
        ("new", "basics", "--course", "course"),
        ("similar", "class", "--course", "course"),
        ("doctor",),
    ],
)
def test_every_command_says_that_its_output_cannot_be_written(room, words, file):
    assert assay_into(file, *words, cwd=room) == ((3, FULL) if file == "/dev/full" else (0, ""))


def test_what_cannot_be_said_changes_no_exit_code(room):
    with open("/dev/full", "w") as errors:
        assert assay_into("/dev/null", "history", "zoe", "--gradebook", "grades.db", cwd=room, stderr=errors)[0] == 2


def test_without_a_folder_for_temporary_files_a_students_own_run_ends_with_a_line(course_root, tmp_path):
    (tmp_path / "basics.py").write_text(RIGHT)
    command = f"ulimit -f 0 && {sys.executable} -m assay check basics.py --course {course_root}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(
        "assay: no folder for temporary files can be made: No usable temporary directory found"
    )
    assert done.stderr.endswith(": set TMPDIR to a folder with room\n")
    assert len(done.stderr.splitlines()) == 1


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

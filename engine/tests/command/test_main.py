"""The command as an instructor meets it: what it prints, what it writes, how it exits."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

RIGHT = """
def squared_loss(y_hat, y): return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean() / 2
def scaled(x, factor=2.0): return x * factor
"""
WRONG = RIGHT.replace("x * factor", "x + factor")


def assay(*arguments, cwd, start=None):
    """Runs the command; gives its exit code, standard output and standard error."""
    command = [sys.executable, "-m", "assay", *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment, preexec_fn=start)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for name, source in (("alice", RIGHT), ("bob", WRONG)):
        (folder / name).mkdir()
        (folder / name / "basics.py").write_text(source)
    return folder


@pytest.fixture(scope="module")
def graded(course_root, students, tmp_path_factory):
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
        ("alice", "graded", 5, 7),
        ("bob", "graded", 3, 7),
    ]
    assert list(document["reports"][0]) == [
        "submission", "assignment", "status", "reason", "score", "max_score", "isolation", "seed", "course", "engine",
        "exercises", "answers", "handed_in", "duration",
    ]  # fmt: skip


def test_grading_again_gives_the_same_bytes_but_for_durations(graded, course_root, students, tmp_path):
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


def test_fail_under_exits_with_1_if_somebody_is_below(course_root, students):
    assert assay("grade", students, "--fail-under", "60", cwd=course_root)[0] == 1
    assert assay("grade", students / "alice", "--fail-under", "60", cwd=course_root)[0] == 0


def test_a_seed_that_does_not_fit_is_refused_before_anything_is_graded(course_root, students):
    code, output, errors = assay("grade", students, "--seed", str(2**63), cwd=course_root)
    assert (code, output) == (2, "")
    assert "9223372036854775808 is not in the range 0<=x<=9223372036854775807" in errors


def test_names_that_are_no_utf8_cost_nobody_anything(course_root, tmp_path):
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
        "the graded file lies in the folder L\N{REPLACEMENT CHARACTER}sung",
        "\N{REPLACEMENT CHARACTER}.zip lies beside the files that were graded: it was not opened",
    ]


def test_whoever_could_not_be_graded_is_below_every_percentage(course_root, tmp_path):
    (tmp_path / "carol").mkdir()
    (tmp_path / "carol" / "basics.py").symlink_to("nowhere")
    assert assay("grade", tmp_path, cwd=course_root)[0] == 0
    assert assay("grade", tmp_path, "--fail-under", "0", cwd=course_root)[0] == 1


def test_an_interrupt_ends_a_students_own_run_with_a_line(course_root, tmp_path):
    (tmp_path / "basics.py").write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "assay", "check", tmp_path / "basics.py"]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],  # what runs in the background ignores it
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, b"assay.guest"):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
        assert run.communicate()[0] == "assay: interrupted\n"
    assert run.returncode == 130


def test_an_interrupt_while_the_reports_are_written_costs_none_of_them(course_root, students, tmp_path):
    os.mkfifo(tmp_path / "r.json")  # to write waits until somebody reads
    command = [sys.executable, "-m", "assay", "grade", students / "alice", "--json", tmp_path / "r.json"]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, b"spawn_main"):
            time.sleep(0.05)
        while below(run.pid, b"spawn_main"):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(run.pid, signal.SIGINT)
        written = json.loads((tmp_path / "r.json").read_bytes())
        assert "alice" in run.communicate()[0]
    assert run.returncode == 0
    assert [report["status"] for report in written["reports"]] == ["graded"]


def below(pid, word):
    """Find the descendants of a process whose command has this word."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in path.read_text().split():
                found += [child] * (word in Path(f"/proc/{child}/cmdline").read_bytes())
                found += below(child, word)
    return found


@pytest.mark.parametrize("milliseconds", range(100, 500, 50))
def test_an_interrupt_while_workers_start_ends_with_a_line(course_root, students, milliseconds):
    command = [sys.executable, "-m", "assay", "grade", students]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as run:  # fmt: skip
        while not below(run.pid, b"resource_tracker"):  # is started right before the first worker
            time.sleep(0.001)
        time.sleep(milliseconds / 1000 - 0.1)
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate()
    assert run.returncode == 130
    assert errors.endswith("were not graded\n")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["grade", ""], "Error: Invalid value for 'PATHS...': a path is empty.\n"),
        (["grade", ".", "--json", ""], "Error: Invalid value for '--json': a path is empty.\n"),
        (["grade", ".", "--fail-under", "nan"], "Error: Invalid value for '--fail-under': nan is no percentage.\n"),
    ],
)
def test_values_that_would_be_taken_for_others_are_wrong_usage(course_root, arguments, text):
    code, _, errors = assay(*arguments, cwd=course_root)
    assert code == 2
    assert errors.endswith(text)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nobody"], "assay: nobody does not exist\n"),
        (["."], "assay: nothing to grade in .\n"),
        (["x.py"], "assay: x.py is named for no assignment: call it basics.py\n"),
        (["basics.txt"], "assay: basics.txt is named for no assignment: call it basics.py\n"),
    ],
)
def test_a_wrong_path_exits_with_2_and_says_why(course_root, tmp_path, arguments, text):
    (tmp_path / "basics.txt").touch()
    if arguments == ["x.py"]:
        (tmp_path / "x.py").touch()
        (course_root / "reference" / "other.py").write_text("def f(): pass\n")
        (course_root / "tests" / "other").mkdir()
        (course_root / "tests" / "other" / "test_1_f.py").write_text('"""F"""\n')
        text = text.replace("basics.py", "basics.py or other.py")
    try:
        code, output, errors = assay("grade", *arguments, "--course", course_root, cwd=tmp_path)
    finally:
        for path in (course_root / "reference" / "other.py", course_root / "tests" / "other" / "test_1_f.py"):
            path.unlink(missing_ok=True)
        if (course_root / "tests" / "other").is_dir():
            (course_root / "tests" / "other").rmdir()
    assert (code, output, errors) == (2, "", text)


def test_a_folder_in_no_course_exits_with_2(tmp_path):
    code, _, errors = assay("grade", ".", cwd=tmp_path)
    assert code == 2
    assert errors == f"assay: {tmp_path} is in no course: a course is a folder with reference/ and tests/\n"


def test_no_path_is_a_usage_error(course_root):
    code, _, errors = assay("grade", cwd=course_root)
    assert code == 2
    assert "Missing argument 'PATHS...'" in errors


def test_a_file_that_cannot_be_written_exits_with_3(course_root, students):
    code, output, errors = assay("grade", students / "alice", "--json", "/dev/full", cwd=course_root)
    assert code == 3
    assert "alice" in output
    assert errors == "assay: /dev/full cannot be written: No space left on device\n"


@pytest.mark.parametrize("name", ["no/r.json", "r" * 300, f"{__file__}/r.json"], ids=["no folder", "long", "a file"])
def test_a_file_that_cannot_be_written_is_refused_before_a_class_is_graded(course_root, students, tmp_path, name):
    code, output, errors = assay("grade", students, "--json", tmp_path / name, cwd=course_root)
    assert (code, output) == (3, "")
    assert errors == f"assay: no file can be written at {tmp_path / name}\n"


def test_the_file_is_written_though_nobody_reads_what_is_printed(course_root, students, tmp_path):
    command = [sys.executable, "-m", "assay", "grade", students / "alice", "--json", tmp_path / "r.json"]
    with subprocess.Popen(command, cwd=course_root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        run.stdout.close()
    assert json.loads((tmp_path / "r.json").read_bytes())["reports"][0]["submission"]["name"] == "alice"


def test_no_line_of_what_a_file_gets_ends_with_blanks(graded):
    output, _ = graded
    assert len(output.splitlines()) > 10
    assert [line for line in output.splitlines() if line != line.rstrip()] == []


def test_what_is_refused_gets_a_report_that_says_why(course_root, students, tmp_path):
    (tmp_path / "carol").mkdir()
    (tmp_path / "carol" / "basics.py").symlink_to(students / "alice" / "basics.py")
    code, output, _ = assay("grade", tmp_path, "--json", tmp_path / "r.json", cwd=course_root)
    assert code == 0
    assert "basics.py: it is a link, and links are not followed" in output
    (report,) = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert (report["status"], report["submission"]["name"]) == ("ungraded", "carol")


def test_an_archive_of_a_class_is_graded_as_its_folder_is(course_root, tmp_path):
    import io
    import zipfile

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
    assert "eve.zip: it is no .zip archive, or it is damaged" in output
    reports = json.loads((tmp_path / "r.json").read_bytes())["reports"]
    assert [(r["submission"]["name"], r["submission"]["path"], r["status"], r["score"]) for r in reports] == [
        ("Bob_1_file_", "class.zip/Bob_1_file_/h.zip/basics.py", "graded", 3),
        ("Jane Doe", "class.zip/Jane Doe/basics.py", "graded", 5),
        ("eve", "class.zip/eve.zip", "ungraded", 0),
    ]


def test_an_empty_folder_beside_others_is_said(course_root, tmp_path):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "basics.py").write_text(RIGHT)
    (tmp_path / "empty").mkdir()
    code, _, errors = assay("grade", tmp_path / "alice", tmp_path / "empty", cwd=course_root)
    assert (code, errors) == (0, f"nothing to grade in {tmp_path}/empty\n")
    code, output, errors = assay("grade", tmp_path, cwd=course_root)
    assert (code, errors) == (0, "")
    assert "empty: no file lies in it, nor in the folders below it, which are read to a depth of 6" in output


@pytest.mark.parametrize("command", ["grade", "check", "self-test", "tolerances"])
def test_a_check_that_cannot_be_imported_is_no_report_and_said_with_what_pytest_said(
    course_root, students, tmp_path, command
):
    import shutil

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


def test_the_self_test_proves_the_checks_of_a_course(course_root, tmp_path):
    import shutil

    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "basics" / "test_10_noise.py").unlink()  # for which there are no checks that notice mutants
    code, output, errors = assay("self-test", "--seeds", "2", cwd=course)
    assert (code, errors) == (1, "")
    first, second, third, *survivors = output.splitlines()
    assert first == "the reference under 2 seeds: 0 checks not passed"
    assert second == "basics: known mistakes: 2, caught and named by their own exercise and no other: 2"
    assert third.startswith("basics: mutants: ")
    assert third.endswith(", equivalent 0")
    assert "  line 28: return torch.randn(size)" in survivors
    assert "    slips through as: return size" in survivors
    assert not [line for line in survivors if "y_hat" in line]


def test_the_self_test_names_a_mistake_that_slips_through(course_root, tmp_path):
    import shutil

    course = shutil.copytree(course_root, tmp_path / "course")
    path = course / "tests" / "basics" / "test_2_scales.py"
    survived = '@mistake("noise", hint="h")\ndef quiet(size):\n    return torch.randn(size)\n'
    path.write_text(path.read_text().replace("import assert_close", "import assert_close, mistake") + survived)
    code, output, _ = assay("self-test", "--seeds", "0", cwd=course)
    assert code == 1
    assert "known mistakes: 3, caught and named by their own exercise and no other: 2" in output
    assert "  2 quiet: caught by nothing, not named, elsewhere nothing" in output


def test_a_check_that_ends_a_worker_of_the_self_test_is_told(course_root, tmp_path):
    import shutil

    course = shutil.copytree(course_root, tmp_path / "course")
    path = course / "tests" / "basics" / "test_2_scales.py"
    path.write_text(path.read_text() + "\n\nimport os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)\n")
    code, output, errors = assay("self-test", "--seeds", "1", cwd=course)
    assert (code, output) == (3, "")
    assert (
        errors
        == "assay: a worker's process ended: a check ended it, or the machine did, whose memory may be too small\n"
    )


def test_a_promise_that_there_is_not_cannot_be_given_up(course_root, students):
    code, output, errors = assay("grade", students / "alice", "--waive", "fairness", cwd=course_root)
    assert (code, output) == (2, "")
    assert "Invalid value for '--waive': 'fairness' is not one of 'files', 'network', 'processes'" in errors


def test_the_version_and_help_are_there(course_root):
    assert assay("--version", cwd=course_root)[1].startswith("assay, version 0.")
    assert "Grade submissions: each PATH is a file" in assay("grade", "--help", cwd=course_root)[1]


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


def test_a_starter_overwrites_nothing(course_root, tmp_path):
    (tmp_path / "basics.ipynb").write_text("my work")
    code, _, errors = assay("new", "basics", "--notebook", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: basics.ipynb is there already, and stays as it is\n")
    assert (tmp_path / "basics.ipynb").read_text() == "my work"


def test_an_unknown_assignment_lists_those_there_are(course_root, tmp_path):
    code, _, errors = assay("new", "advanced", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: no assignment 'advanced'; this course has basics\n")


def test_a_file_that_cannot_be_taken_in_is_said(course_root, tmp_path):
    (tmp_path / "basics.py").mkdir()
    code, _, errors = assay("check", "basics.py", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: nothing to grade in basics.py\n")


UNPROTECTED = """
import os, sys
from assay.guest.lockdown import seccomp
from assay.guest.lockdown.syscalls import call
call("prctl", 38, 1, 0, 0, 0)
denied = dict.fromkeys(("landlock_create_ruleset", "unshare", "mount"), seccomp.deny(38))
seccomp.install(seccomp.program(seccomp.assemble(denied, seccomp.ALLOW)))
os.execv(sys.executable, [sys.executable, "-m", "assay", *sys.argv[1:]])
"""
"""Starts the command on a machine that keeps few promises: no Landlock, no namespaces, no mounts."""


def assay_unprotected(*arguments, cwd):
    command = [sys.executable, "-c", UNPROTECTED, *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def test_where_a_core_promise_is_not_kept_grading_refuses_and_names_it(course_root, students):
    code, output, errors = assay_unprotected("grade", students / "alice", cwd=course_root)
    assert (code, output) == (3, "")
    assert errors.startswith("assay: this machine does not keep a core promise (files: not kept: ")
    assert "; to grade all the same, name it: --waive files\n" in errors


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
        "assay: a core promise is not kept: grading refuses on this machine unless it is named with --waive\n"
    )


def test_two_assignments_whose_files_have_equal_names_are_graded_by_one_worker(course_root, tmp_path):
    import shutil

    course = shutil.copytree(course_root, tmp_path / "course")
    shutil.copy(course / "reference" / "basics.py", course / "reference" / "more.py")
    shutil.copytree(course / "tests" / "basics", course / "tests" / "more")
    (tmp_path / "alice").mkdir()
    for name in ("basics.py", "more.py"):
        shutil.copy(course / "reference" / name, tmp_path / "alice" / name)
    code, output, errors = assay(
        "check", tmp_path / "alice", "--course", course, cwd=tmp_path,
        start=lambda: os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]),  # so there is one worker
    )  # fmt: skip
    assert (code, errors) == (0, "")
    assert output.count("6 / 6") >= 2

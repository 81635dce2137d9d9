"""`assay regrade` grades what a change touches, shows who gains and who loses, and stores nothing without `--apply`."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest
from commands import RIGHT
from small_course import write_class

from assay.gradebook.store import open_gradebook

SCALES = "tests/basics/test_2_scales.py"


def change(room, name=SCALES, old="factor=3.0), torch.full((2,), 3.0)", new="factor=3.0), torch.full((2,), 4.0)"):
    """Change a file of the course; by default a check, so that it takes the wrong answer and refuses the right one."""
    path = room / "course" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def regrade(run, room, *arguments):
    return run("regrade", "class", "--course", "course", "--gradebook", "grades.db", *arguments, cwd=room)


def dump(run, room, name="grades.db"):
    return run("dump", "--gradebook", name, cwd=room)[1]


DIFFERENCES = """\
alice, basics: 5 of 7 → 4 of 7
  2/factor: passed 1 of 1 → not right 0 of 1
bob, basics: 3 of 7 → 4 of 7
  2/factor: not right 0 of 1 → passed 1 of 1
gain: 1, lose: 1, the same points: 0
"""
NOT_STORED = "nothing is stored: --apply stores the new reports\n"


def test_nothing_is_graded_if_nothing_has_changed(room, run):
    assert regrade(run, room) == (0, "", "assay: 2 of 2 skipped: no change touches their reports\n")


def test_gains_and_losses_are_shown_and_nothing_is_stored(room, run):
    change(room)
    before = dump(run, room)
    assert regrade(run, room) == (0, DIFFERENCES + NOT_STORED, "")
    assert dump(run, room) == before


def test_what_is_applied_equals_a_class_graded_anew(room, run):
    change(room)
    assert regrade(run, room, "--apply") == (0, DIFFERENCES, "")
    run("grade", "class", "--course", "course", "--gradebook", "new.db", "--seed", "7", cwd=room)
    assert dump(run, room) == dump(run, room, "new.db")
    assert regrade(run, room)[2] == "assay: 2 of 2 skipped: no change touches their reports\n"
    with open_gradebook(room / "grades.db") as book:
        assert [entry.report.score for entry in book.history("alice")] == [5, 4]


def test_of_a_changed_check_its_exercise_alone_is_graded(room, run):
    change(room)
    change(room, "reference/basics.py", '"""Standard normal numbers."""', '"""Standard normal numbers!"""')
    _, output, _ = regrade(run, room, "--student", "alice", "--exercise", "2")
    assert "alice  basics" in output
    assert " 2  Scales and counters   1 of 3 checks passed" in output
    assert "Losses" not in output


def test_an_exercise_that_is_applied_alone_leaves_the_rest_for_the_next_regrade(room, run):
    change(room)
    change(room, "tests/basics/test_1_losses.py", "torch.tensor(0.5)", "torch.tensor(0.25)")
    assert regrade(run, room, "--exercise", "2", "--apply")[1] == DIFFERENCES
    assert (
        regrade(run, room)[1]
        == """\
alice, basics: 4 of 7 → 3 of 7
  1/hidden: passed 1 of 1 → not right 0 of 1
bob, basics: 4 of 7 → 3 of 7
  1/hidden: passed 1 of 1 → not right 0 of 1
gain: 0, lose: 2, the same points: 0
nothing is stored: --apply stores the new reports
"""
    )


def test_a_change_of_the_reference_touches_everything(room, run):
    change(room, "reference/basics.py", "return factor * x", "return factor * x + 1")
    code, output, errors = regrade(run, room)
    assert (code, errors) == (0, "")
    assert output == "gain: 0, lose: 0, the same points: 2\n" + NOT_STORED


def test_a_correction_stays_and_is_said(room, run):
    change(room)
    run("correct", "alice", "factor", "0.5", "--reason", "a slip", "--gradebook", "grades.db", cwd=room)
    assert regrade(run, room, "--student", "alice", "--apply")[1].endswith(
        "  2/factor: passed 1 of 1 → not right 0 of 1; corrected to 0.5, which stays\ngain: 0, lose: 0, the same points: 1\n"
    )


def test_a_check_that_is_gone_and_a_new_one_are_shown(room, run):
    change(room, old="def test_counter(", new="def test_counting(")
    assert (
        regrade(run, room)[1]
        == """\
alice, basics: 5 of 7 → 5 of 7
  2/counting: not there → not handed in 0 of 1
  2/counter: not handed in 0 of 1 → not there
bob, basics: 3 of 7 → 3 of 7
  2/counting: not there → not handed in 0 of 1
  2/counter: not handed in 0 of 1 → not there
gain: 0, lose: 0, the same points: 2
nothing is stored: --apply stores the new reports
"""
    )


def test_an_exercise_that_is_gone_takes_its_points(room, run):
    (room / "course" / "tests/basics/test_1_losses.py").unlink()
    output = regrade(run, room, "--apply")[1]
    assert output.startswith("alice, basics: 5 of 7 → 2 of 4\n  1/flat_labels: passed 2 of 2 → not there\n")
    with open_gradebook(room / "grades.db") as book:
        assert [exercise.id for exercise in book.history("alice")[-1].report.exercises] == ["2", "10"]


def test_a_report_stays_if_it_cannot_be_graded_again(room, run):
    (room / "course" / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef broken(): raise OSError('the disk is gone')\n"
    )
    before = dump(run, room)
    code, _, errors = regrade(run, room, "--student", "alice", "--apply")
    assert code == 3
    assert "assay: alice, basics: the report before stays, because: 6 of the checks could not be graded" in errors
    assert errors.endswith("assay: 1 of 1 could not be graded again\n")
    assert dump(run, room) == before


def test_new_and_changed_submissions_are_left_to_grade(room, run):
    shutil.copytree(room / "class" / "alice", room / "class" / "carol")
    (room / "class" / "bob" / "basics.py").write_text("x = 1\n")
    assert regrade(run, room)[2] == (
        "assay: 1 of 3 skipped: no change touches their reports\n"
        "assay: 2 of 3 skipped: they are new or have changed, and assay grade PATH --gradebook grades.db grades them\n"
    )


def work_of(run, room, student):
    """Grade a folder as the work of a student whose name it does not have."""
    if not (room / "repository").exists():
        write_class(room, {"repository": RIGHT})
    words = ("--course", "course", "--gradebook", "grades.db", "--student", student)
    assert run("grade", "repository", *words, cwd=room)[::2] == (0, "")


def test_work_that_was_graded_as_a_named_students_is_graded_again_as_such(room, run):
    work_of(run, room, "ada")
    change(room)
    words = ("regrade", "repository", "--course", "course", "--gradebook", "grades.db")
    expected = DIFFERENCES.partition("bob")[0].replace("alice", "ada") + "gain: 0, lose: 1, the same points: 0\n"
    assert run(*words, cwd=room) == (0, expected + NOT_STORED, "")
    assert run(*words, "--apply", cwd=room) == (0, expected, "")
    with open_gradebook(room / "grades.db") as book:
        (before, after) = book.history("ada")
    assert (before.origin, before.origin.student) == (after.origin, "ada")


def test_the_command_of_the_history_grades_a_named_students_work_again(room, run):
    work_of(run, room, "ada l.")
    history = run("history", "ada l.", "--gradebook", "grades.db", "--check", "factor", cwd=room)[1]
    folder, command = history.splitlines()[-1].removeprefix("again: ").split(" && ")
    code, output, errors = run(*shlex.split(command)[1:], cwd=shlex.split(folder)[1])
    assert (code, errors) == (0, "")
    assert output.endswith(f"gain: 0, lose: 0, the same points: 1\n{NOT_STORED}")


def test_a_new_copy_of_a_named_students_work_is_graded_again_by_the_name(room, run):
    work_of(run, room, "ada")
    (room / "repository").rename(room / "copy")
    words = ("regrade", "copy", "--course", "course", "--gradebook", "grades.db")
    assert run(*words, "--student", "ada", cwd=room)[::2] == (0, "")
    assert run(*words, cwd=room)[2].startswith("assay: 1 of 1 skipped: they are new or have changed")


def test_of_a_class_a_named_student_is_regraded_alone(room, run):
    write_class(room, {"repositories/ada": RIGHT, "repositories/kim": RIGHT})
    words = ("--course", "course", "--gradebook", "grades.db", "--student", "ada")
    assert run("grade", "repositories/ada", *words, cwd=room)[::2] == (0, "")
    code, output, errors = run("regrade", "repositories", *words, cwd=room)
    assert (code, errors) == (0, "")
    assert output.endswith(f"gain: 0, lose: 0, the same points: 1\n{NOT_STORED}")


def test_paths_that_were_several_students_work_need_a_name(room, run):
    for student in ("ada", "eve"):
        work_of(run, room, student)
    words = ("regrade", "repository", "--course", "course", "--gradebook", "grades.db")
    sentence = "these paths were graded as the work of several students, so add --student: ada, eve"
    assert run(*words, cwd=room) == (2, "", f"assay: {sentence}\n")
    assert run(*words, "--student", "eve", cwd=room)[::2] == (0, "")


def test_names_that_fit_nothing_are_refused(room, run):
    assert regrade(run, room, "--student", "zoe")[::2] == (2, "assay: no submission of zoe lies there\n")
    assert regrade(run, room, "--exercise", "9")[::2] == (2, "assay: there is no exercise 9; there are 1, 2, 10\n")


def test_a_class_without_a_submission_is_refused(room, run):
    shutil.rmtree(room / "class" / "bob")
    (room / "class" / "alice" / "basics.py").unlink()
    (room / "class" / "alice" / "basics.py").symlink_to("nowhere")
    assert regrade(run, room)[::2] == (2, "assay: no submission lies there\n")


@pytest.mark.serial
@pytest.mark.parametrize(("words", "said"), [((), "nothing is stored"), (("--apply",), "what was graded is stored")])
def test_an_interrupt_ends_a_regrade_with_a_line(room, words, said):
    change(room, old='"""scaled takes the factor by keyword"""', new='"""scaled"""\n    __import__("time").sleep(60)')
    command = [
        sys.executable,
        "-m",
        "assay",
        "regrade",
        "class",
        "--course",
        "course",
        "--gradebook",
        "grades.db",
        *words,
    ]
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command], cwd=room, stderr=subprocess.PIPE, text=True, process_group=0
    ) as run:
        while not (room / "grades.db.lock").exists():
            time.sleep(0.05)
        time.sleep(2)  # the check of the first student takes a minute
        os.killpg(run.pid, signal.SIGINT)
        assert run.communicate()[1] == f"assay: interrupted: {said}\n"
    assert run.returncode == 130


def test_a_regrade_needs_a_gradebook_that_is_there(room, run):
    code, _, errors = run("regrade", "class", "--course", "course", "--gradebook", "none.db", cwd=room)
    assert (code, errors) == (
        3, "assay: none.db does not exist: assay grade PATH --gradebook none.db makes it\n"
    )  # fmt: skip

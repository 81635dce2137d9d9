"""The options that choose how much is shown, and `--exercise`: what is printed, what is refused, and colours."""

import os
import pty
import shutil
import subprocess
import sys

import pytest


def grade(run, room, *more):
    return run("grade", "class", "--course", "course", "--seed", "7", *more, cwd=room)


def test_quiet_prints_a_line_a_student_and_still_tells_errors(room, run):
    (room / "class" / "carol").mkdir()
    (room / "class" / "carol" / "basics.py").symlink_to("nowhere")
    (room / "empty").mkdir()
    assert grade(run, room, "empty", "--quiet") == (
        0,
        "alice  basics  5 / 7\nbob    basics  3 / 7\ncarol  basics  could not be graded\n",
        "nothing to grade in empty\n",
    )


def test_reports_that_a_gradebook_has_get_their_line(room, run):
    output = grade(run, room, "--gradebook", "grades.db", "--quiet")[1]
    assert output == "alice  basics  5 / 7\nbob    basics  3 / 7\n"


def test_the_last_of_the_three_counts(room, run):
    assert "✓ scaled takes the factor by keyword" in grade(run, room, "--quiet", "--failed", "--verbose")[1]
    assert "✓" not in grade(run, room, "--quiet", "--verbose", "--failed")[1]


def test_one_exercise_is_asked_and_reported(room, run):
    code, output, errors = run("grade", "class/bob", "--course", "course", "--seed", "7", "--exercise", "1", cwd=room)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "bob  basics                                               exercise 1 only: 3 / 3",
        "class/bob/basics.py",
        "",
        " 1  Losses   all checks passed                                             3 / 3",
    ]


def test_a_student_checks_one_exercise(room, run):
    words = ("check", "class/alice/basics.py", "--course", "course", "--quiet")
    assert run(*words, "--exercise", "1", cwd=room) == (0, "alice  basics  exercise 1 only: 2 / 2\n", "")
    assert run(*words, "--exercise", "2", "--exercise", "1", cwd=room)[:2] == (
        1,
        "alice  basics  exercises 1, 2 only: 4 / 5\n",
    )


@pytest.mark.parametrize("command", [("grade", "class"), ("check", "class/alice/basics.py")], ids=["grade", "check"])
def test_an_unknown_exercise_lists_those_there_are(room, run, command):
    code, output, errors = run(*command, "--course", "course", "--exercise", "5", cwd=room)
    assert (code, output, errors) == (2, "", "assay: there is no exercise 5; there are 1, 2, 10\n")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--gradebook", "new.db"], "--gradebook"),
        (["--json", "r.json", "--pages", "pages"], "--json and --pages"),
        (["--fail-under", "0"], "--fail-under"),
    ],
)
def test_a_part_is_not_kept_and_not_taken_for_the_whole(room, run, options, named):
    before = sorted(room.iterdir())
    code, output, errors = grade(run, room, "--exercise", "1", *options)
    text = f"assay: --exercise grades only a part of an assignment: leave out {named}\n"
    assert (code, output, errors) == (2, "", text)
    assert sorted(room.iterdir()) == before


def test_submissions_for_an_assignment_without_the_exercise_are_left_out_and_counted(room, run):
    shutil.copy(room / "course" / "reference" / "basics.py", room / "course" / "reference" / "more.py")
    (room / "course" / "tests" / "more").mkdir()
    shutil.copy(room / "course" / "tests" / "basics" / "test_1_losses.py", room / "course" / "tests" / "more")
    shutil.copy(room / "class" / "bob" / "basics.py", room / "class" / "bob" / "more.py")
    code, output, errors = grade(run, room, "--exercise", "2", "--quiet")
    assert (code, errors) == (0, "assay: 1 of more left out: it has no exercise 2\n")
    assert output == "alice  basics  exercise 2 only: 2 / 3\nbob    basics  exercise 2 only: 0 / 3\n"


def test_the_report_of_one_exercise_that_is_graded_again_says_so(room, run):
    words = ("--gradebook", "grades.db", "--student", "alice", "--exercise", "1")
    output = run("regrade", "class", "--course", "course", *words, cwd=room)[1]
    assert "exercise 1 only: 3 / 3" in output


def on_a_terminal(*arguments, cwd, **environment):
    """Run the command with a terminal as its standard output; return what the terminal gets."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "assay", *arguments]
    subprocess.run(command, cwd=cwd, stdout=theirs, env={**os.environ, "TERM": "xterm-256color", **environment})
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        return stream.read1().decode()


def test_a_terminal_gets_colours_unless_no_color_is_set(room):
    words = ("history", "bob", "--check", "scaled", "--gradebook", "grades.db")
    red = "\x1b[31m"
    assert red in on_a_terminal(*words, cwd=room)
    text = on_a_terminal(*words, cwd=room, NO_COLOR="1")
    assert "scaled doubles without a factor" in text
    assert red not in text
    piped = subprocess.run([sys.executable, "-m", "assay", *words], cwd=room, capture_output=True, text=True)
    assert "\x1b" not in piped.stdout

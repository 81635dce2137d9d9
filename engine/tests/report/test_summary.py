"""The summary of a class, as text."""

import io

from reports import HOSTILE, WRONG, check, exercise, report
from rich.console import Console

from assay.gradebook.records import key_of
from assay.model import HIDDEN_TEXT, Message
from assay.report.summary import render_summary
from assay.report.view import View


def text_of(reports, undecided=()):
    console = Console(width=80, file=io.StringIO(), highlight=False)
    console.print(render_summary(reports, [(key_of(each), text) for each, text in undecided], View()))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def student(name, *statuses, assignment="basics"):
    """Return the report of a student with one check of exercise 1 and three of exercise 10."""
    checks = [
        check(f"check {place}", status, WRONG if status == "failed" else None) for place, status in enumerate(statuses)
    ]
    return report(
        name, (exercise("1", "Losses", checks[0]), exercise("10", "Noise", *checks[1:])), assignment=assignment
    )


ALICE = student("alice", "passed", "passed", "passed", "passed")
BOB = student("bob", "passed", "failed", "failed", "passed")
CAROL = student("carol", "missing", "missing", "missing", "missing")


def test_exercises_hints_points_and_people_are_counted():
    assert (
        text_of([ALICE, BOB, CAROL], [(BOB, "the written answer to exercise 1 has no score")])
        == """\
basics: how many have full marks, of 3
 1  Losses  2
10  Noise   1

Hints, and how many submissions were given them
  1  gradients accumulate: set every param.grad to zero, or to None

Points in percent
 0-10   1  █
10-20   0
20-30   0
30-40   0
40-50   0
50-60   1  █
60-70   0
70-80   0
80-90   0
90-100  1  █

A person decides
- bob (basics): the written answer to exercise 1 has no score"""
    )


def test_assignments_are_counted_apart_and_those_without_a_graded_report_are_left_out():
    refused = report("eve", assignment="", status="ungraded", reason="it is a link", cause="refused")
    text = text_of([ALICE, student("alice", "passed", "missing", "missing", "missing", assignment="more"), refused])
    assert [line for line in text.splitlines() if "full marks" in line] == [
        "basics: how many have full marks, of 1",
        "more: how many have full marks, of 1",
    ]


def test_a_hint_that_another_exercise_found_is_the_same_hint_and_hidden_ones_do_not_show():
    here = Message(None, "1", "2", "divide by n")
    there = Message(None, "1", "2", "as in exercise 5: divide by n")
    hidden = Message(help=HIDDEN_TEXT)
    reports = [
        report("a", (exercise("1", "Losses", check("one", "failed", here)),)),
        report(
            "b",
            (
                exercise(
                    "1", "Losses", check("one", "failed", there), check("two", "failed", hidden, visibility="hidden")
                ),
            ),
        ),
    ]
    lines = text_of(reports).splitlines()
    start = lines.index("Hints, and how many submissions were given them")
    assert lines[start + 1 : start + 3] == ["  2  divide by n", ""]


def test_the_bars_of_a_large_class_fit_on_a_line():
    text = text_of([student(str(number), "passed", "passed", "passed", "passed") for number in range(500)])
    assert text.splitlines()[-1] == "90-100  500  " + 40 * "█"


def test_nothing_in_a_name_or_a_reason_can_steer_the_terminal():
    refused = report(HOSTILE, assignment="", status="ungraded", reason=HOSTILE, cause="refused")
    text = text_of([ALICE, refused], [(refused, HOSTILE)])
    assert all(line.isprintable() for line in text.splitlines())


def test_a_reason_is_told_once_with_everybody_whom_it_is_about():
    reports = [student(f"student {number}", "passed", "passed", "passed", "passed") for number in range(22)]
    waiting = [(each, f"the written answer to exercise {number} has no score") for each in reports for number in (1, 2)]
    other = report("eve", assignment="", status="ungraded", reason="it is a link", cause="refused")
    text = text_of(reports, [*waiting[:4], (other, "it is a link")])
    assert text.endswith(
        """
A person decides
- student 0, student 1 (basics): the written answer to exercise 1 has no score
- student 0, student 1 (basics): the written answer to exercise 2 has no score
- eve: it is a link"""
    )
    words = " ".join(text_of(reports, waiting).split())
    assert "student 19 and 2 more (basics): the written answer to exercise 1 has no score" in words


def test_rare_hints_are_counted():
    def failed(number):
        return check(f"check {number}", "failed", Message(None, "1", "2", f"hint {number:02}"))

    eleven = report("a", (exercise("1", "Losses", *map(failed, range(11))),))
    lines = text_of([eleven]).splitlines()
    start = lines.index("Hints, and how many submissions were given them")
    assert lines[start + 10 : start + 12] == ["  1  hint 09", "     … and 1 rarer"]

"""`assay history` shows all that is kept of a student; `assay forget` deletes it."""

import io
import re
import shlex

import pytest
from commands import run_here
from msgspec.structs import replace
from reports import WRONG, check, exercise, report

from assay.gradebook.conditions import Conditions
from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook

BEFORE = Conditions("5" * 64, (), {"tox.ini": "a"}, {}, "7", "0.1.0", "3.11.7", "2.13.0", ())
ORIGIN = Origin("/home/the ta", ("class",), "/home/ta/course")
FIRST = exercise("1", "Losses", check("mean", "failed", WRONG))
SECOND = exercise("1", "Losses", check("mean"))


@pytest.fixture
def room(tmp_path):
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        book.add(report("bob", (FIRST,), answers=[("1", "because\nof it")]), BEFORE, ORIGIN)
        book.add(report("alice", (FIRST,)), BEFORE, ORIGIN)
        after = replace(BEFORE, submission="6" * 64, common={"tox.ini": "b"})
        book.add(report("bob", (SECOND,), answers=[("1", "because\nof it")]), after, ORIGIN)
        book.decide("correction", "bob", "linear_regression_scratch", "1/mean", points=0.5, text="too kind")
    return tmp_path


@pytest.fixture
def assay(room):
    return lambda *arguments: run_here(None, *arguments, "--gradebook", "grades.db", cwd=room)


def without_times(text):
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "TIME", text)


def test_every_report_and_decision_is_shown_and_what_counts(assay, room):
    code, output, errors = assay("history", "bob")
    assert (code, errors) == (0, "")
    assert (
        without_times(output)
        == f"""\
report 1, TIME: bob, linear_regression_scratch, 0 of 1
  submission 555555555555, course cccccccccccc, seed 7, assay 0.1.0, Python 3.11.7, torch 2.13.0
report 3, TIME: bob, linear_regression_scratch, 1 of 1
  submission 666666666666, course cccccccccccc, seed 7, assay 0.1.0, Python 3.11.7, torch 2.13.0
  since the report before: the submission has changed
  since the report before: tox.ini has changed
written answer to exercise 1: because
of it
decision 1, TIME: check 1/mean is corrected to 0.5 points: too kind
counts: 0.5 of 1
a person decides: the written answer to exercise 1 has no score
again: cd '/home/the ta' && assay regrade class --course /home/ta/course --gradebook {room}/grades.db --student bob --assignment linear_regression_scratch
"""
    )


def test_one_check_is_shown_as_it_was_asked_every_time(assay):
    output = assay("history", "bob", "--check", "mean")[1]
    assert "✗ mean                                                         not right   0 / 1\n" in output
    assert (
        "  input     sgd = SGD([w], lr=0.5)\n            sgd.zero_grad()\n  yours     [[1.0, 1.0]]   shape (1, 2), float32\n"
        in output
    )
    assert "✓ mean                                                            passed   1 / 1\n" in output
    assert output.splitlines()[-1].endswith("--exercise 1")


def test_the_command_for_an_appeal_can_be_pasted(assay):
    again = assay("history", "bob")[1].splitlines()[-1].removeprefix("again: ")
    folder, command = again.split(" && ")
    assert shlex.split(folder) == ["cd", "/home/the ta"]
    assert shlex.split(command)[:2] == ["assay", "regrade"]


def test_of_a_refused_submission_the_reason_is_shown(assay, room):
    with open_gradebook(room / "grades.db") as book:
        book.add(
            report("carol", assignment="", status="ungraded", reason="it is a link", cause="refused"), None, ORIGIN
        )
    assert without_times(assay("history", "carol")[1]).splitlines()[:4] == [
        "report 4, TIME: carol, , could not be graded",
        "  reason: it is a link",
        "counts: a person must decide",
        "a person decides: it is a link",
    ]


def test_a_student_is_forgotten_and_the_others_stay(assay):
    assert assay("forget", "bob", "--yes") == (0, "bob is forgotten: reports: 2, decisions: 1\n", "")
    assert assay("history", "bob") == (2, "", "assay: grades.db has no report of bob\n")
    assert assay("history", "alice")[0] == 0
    assert assay("forget", "bob", "--yes") == (2, "", "assay: grades.db has no report of bob\n")


def test_nobody_is_forgotten_without_a_yes(assay, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert assay("forget", "bob")[0] == 1
    assert assay("history", "bob")[0] == 0


def test_nobody_is_forgotten_during_a_run(assay, room):
    with open_gradebook(room / "grades.db", run=True):
        assert assay("forget", "bob", "--yes") == (
            3, "", "assay: grades.db is in use by another run: run this command again when that has ended\n"
        )  # fmt: skip

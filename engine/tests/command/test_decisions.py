"""A person's decisions stand beside the reports, and every wrong name is answered with the right ones."""

import pytest
from commands import run_here
from reports import check, exercise, report

from assay.gradebook.conditions import Conditions
from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook

LOSSES = exercise("1", "Losses", check("flat labels", points=2.0), check("mean", "failed"))
NOISE = exercise("2", "Noise", check("mean", "failed", points=3.0))
CONDITIONS = Conditions("5" * 64, (), {}, {}, "7", "0.1.0", "3.11.7", "2.13.0", ())
ORIGIN = Origin("/home/ta", ("class",), "/home/ta/course")


@pytest.fixture
def room(tmp_path):
    """Return a folder with a gradebook: alice has reports of two assignments, bob of one, carol was refused."""
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        for name, assignment, answers in (
            ("alice", "basics", []),
            ("alice", "more", []),
            ("bob", "basics", [("2", "why")]),
        ):
            book.add(report(name, (LOSSES, NOISE), assignment=assignment, answers=answers), CONDITIONS, ORIGIN)
        refused = report("carol", assignment="", status="ungraded", reason="it is a link", cause="refused")
        book.add(refused, None, ORIGIN)
    return tmp_path


@pytest.fixture
def assay(room):
    return lambda *arguments: run_here(None, *arguments, "--gradebook", "grades.db", cwd=room)


def test_a_correction_says_what_it_does(assay):
    assert assay("correct", "bob", "flat_labels", "1.5", "--reason", "a slip") == (
        0, "bob, basics: check 1/flat_labels has 1.5 of 2 points (decision 1); 1.5 of 6 in all\n", ""
    )  # fmt: skip


def test_a_check_of_an_ambiguous_name_is_named_with_its_exercise(assay):
    assert assay("correct", "bob", "mean", "1", "--reason", "x") == (
        2, "", "assay: several exercises have a check mean: 1/mean and 2/mean\n"
    )  # fmt: skip
    assert assay("correct", "bob", "2/mean", "1", "--reason", "x") == (
        0, "bob, basics: check 2/mean has 1 of 3 points (decision 1); 3 of 6 in all\n", ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bob", "median", "1"), "the report has no check median; it has 1/flat_labels, 1/mean and 2/mean"),
        (("bob", "1/flat_labels", "3"), "the check 1/flat_labels is worth 2 points at most"),
        (("bobby", "1/mean", "1"), "grades.db has no report of bobby; a similar name is bob"),
        (("zoe", "1/mean", "1"), "grades.db has no report of zoe"),
        (("alice", "1/mean", "1"), "alice has reports of basics and more: add --assignment"),
        (("alice", "1/mean", "1", "--assignment", "less"), "alice has no report of less, but of basics and more"),
        (("carol", "1/mean", "1"), "the report has no check 1/mean; it has none, because nothing was graded"),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(assay, arguments, said):
    assert assay("correct", *arguments, "--reason", "x") == (2, "", f"assay: {said}\n")


def test_a_correction_needs_a_reason_and_finite_points(assay):
    code, _, errors = assay("correct", "bob", "1/mean", "1")
    assert (code, "Missing option '--reason'" in errors) == (2, True)
    code, _, errors = assay("correct", "bob", "1/mean", "nan", "--reason", "x")
    assert (code, "nan is no number of points." in errors) == (2, True)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("two", "two is no number of points."),
        ("inf", "inf is no number of points."),
        ("-1", "-1 is below 0 points."),
        ("", "an empty text is no number of points."),
        ("1_0", "1_0 is no number of points."),
        ("1000001", "1000001 is above 1,000,000 points."),
        ("1e26", "1e26 is above 1,000,000 points."),
    ],
)
def test_points_are_a_number_from_0_on(room, points, said):
    words = ("score", "--gradebook", "grades.db", "--", "bob", "2", points)
    code, output, errors = run_here(None, *words, cwd=room)
    assert (code, output, said in errors) == (2, "", True)


def test_a_written_answer_is_scored_once_it_exists(assay):
    assert assay("score", "bob", "2", "4", "--comment", "good") == (
        0, "bob, basics: the written answer to exercise 2 has 4 points (decision 1); 6 of 6 in all\n", ""
    )  # fmt: skip
    assert assay("score", "bob", "3", "4") == (
        2, "", "assay: bob has no written answer to exercise 3, but to 2\n"
    )  # fmt: skip
    assert assay("score", "alice", "3", "4", "--assignment", "more") == (
        2, "", "assay: alice has no written answer to exercise 3\n"
    )  # fmt: skip


def test_an_excuse_is_for_an_exercise_or_for_all(assay):
    assert assay("excuse", "bob", "2", "--reason", "ill") == (
        0, "bob, basics: exercise 2 is excused (decision 1); 2 of 3 in all\n", ""
    )  # fmt: skip
    assert assay("excuse", "alice", "--assignment", "more", "--reason", "ill") == (
        0, "alice, more: the assignment is excused (decision 2); the assignment counts neither for nor against\n", ""
    )  # fmt: skip
    assert assay("excuse", "bob", "1", "--reason", "ill") == (
        0, "bob, basics: exercise 1 is excused (decision 3); the assignment counts neither for nor against\n", ""
    )  # fmt: skip
    assert assay("excuse", "bob", "7", "--reason", "ill") == (
        2, "", "assay: the report has no exercise 7; it has 1, 2\n"
    )  # fmt: skip


def test_who_has_handed_in_nothing_can_be_excused(assay):
    assert assay("excuse", "zoe", "--assignment", "basics", "--reason", "ill") == (
        0, "zoe, basics: the assignment is excused (decision 1); there is no report yet\n", ""
    )  # fmt: skip


def test_a_decision_is_withdrawn_by_its_number_once(assay):
    assay("correct", "bob", "1/mean", "1", "--reason", "x")
    assert assay("withdraw", "1", "--reason", "a slip of mine") == (0, "bob, basics: decision 1 is withdrawn\n", "")
    for number in ("1", "2", "9"):
        assert assay("withdraw", number, "--reason", "x") == (
            2, "", f"assay: grades.db has no decision {number} that stands: assay history STUDENT lists a student's\n"
        )  # fmt: skip


def test_a_gradebook_that_is_not_there_is_said(assay, room):
    (room / "grades.db").unlink()
    assert assay("correct", "bob", "1/mean", "1", "--reason", "x") == (
        3, "", "assay: grades.db does not exist: assay grade PATH --gradebook grades.db makes it\n"
    )  # fmt: skip

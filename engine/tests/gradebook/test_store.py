"""A gradebook keeps every report and decision, for its owner alone, and forgets a student wholly."""

import math
import sqlite3
import stat

import pytest
from entries import CONDITIONS, ORIGIN
from msgspec.structs import replace
from reports import check, exercise, report

from assay.errors import GradebookError
from assay.gradebook.store import open_gradebook

GOOD = exercise("1", "Losses", check("mean"))
BAD = exercise("1", "Losses", check("mean", "failed"))


@pytest.fixture
def book(tmp_path):
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        yield book


def names(entries):
    return [(entry.report.submission.name, entry.report.assignment, entry.report.score) for entry in entries]


def test_its_files_are_for_their_owner_alone(book):
    book.add(report(), CONDITIONS, ORIGIN)
    files = sorted(book.path.parent.iterdir())
    assert [file.name for file in files] == ["grades.db", "grades.db-shm", "grades.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_stored_report_comes_back_with_all_that_it_depends_on(book):
    book.add(report(exercises=(GOOD,)), CONDITIONS, ORIGIN)
    (entry,) = book.current()
    assert (entry.report, entry.conditions, entry.origin) == (report(exercises=(GOOD,)), CONDITIONS, ORIGIN)


def test_the_latest_report_of_a_student_and_assignment_is_current_and_the_others_are_history(book):
    for name, result, assignment in (
        ("bob", BAD, "one"),
        ("alice", GOOD, "one"),
        ("bob", GOOD, "one"),
        ("bob", BAD, "two"),
    ):
        book.add(report(name, (result,), assignment=assignment), CONDITIONS, ORIGIN)
    assert names(book.current()) == [("alice", "one", 1.0), ("bob", "one", 1.0), ("bob", "two", 0.0)]
    assert names(book.history("bob")) == [("bob", "one", 0.0), ("bob", "one", 1.0), ("bob", "two", 0.0)]


def test_a_refusal_for_no_known_assignment_is_current_until_the_student_has_a_later_report(book):
    refusal = report("bob", assignment="", status="ungraded", reason="it is a link", cause="refused")
    book.add(refusal, None, ORIGIN)
    assert names(book.current()) == [("bob", "", 0.0)]
    book.add(report("alice", (GOOD,), assignment="one"), CONDITIONS, ORIGIN)
    assert names(book.current()) == [("alice", "one", 1.0), ("bob", "", 0.0)]
    book.add(report("bob", (GOOD,), assignment="one"), CONDITIONS, ORIGIN)
    assert names(book.current()) == [("alice", "one", 1.0), ("bob", "one", 1.0)]


def test_the_first_seed_is_kept(book):
    assert book.kept_seed() is None
    assert book.seed(2**127) == 2**127
    assert book.seed(5) == book.kept_seed() == 2**127


def test_decisions_are_numbered_and_come_back(book):
    assert book.decide("correction", "bob", "one", "1/mean", points=0.5, text="half right") == 1
    assert book.decide("score", "bob", "one", "2", points=3, text="good", about="a" * 64) == 2
    found = [(d.number, d.kind, d.student, d.assignment, d.target, d.points, d.text, d.about) for d in book.decisions()]
    assert found == [
        (1, "correction", "bob", "one", "1/mean", 0.5, "half right", ""),
        (2, "score", "bob", "one", "2", 3.0, "good", "a" * 64),
    ]


def test_no_byte_of_a_forgotten_student_stays_on_the_disk(book):
    for name in ("alice", "bob_the_forgotten"):
        book.add(report(name, (GOOD,)), CONDITIONS, ORIGIN)
        book.add(report(name, (BAD,)), CONDITIONS, ORIGIN)
        book.decide("excuse", name, "one", "", text=f"{name} is ill")
    assert book.forget("bob_the_forgotten") == (2, 1)
    assert {entry.report.submission.name for entry in book.current()} == {"alice"}
    assert [decision.student for decision in book.decisions()] == ["alice"]
    written = b"".join(file.read_bytes() for file in book.path.parent.iterdir())
    assert b"alice" in written
    assert b"bob_the_forgotten" not in written


def test_numbers_are_not_given_again_after_a_student_is_forgotten(book):
    book.add(report("bob"), CONDITIONS, ORIGIN)
    book.forget("bob")
    book.add(report("bob"), CONDITIONS, ORIGIN)
    assert [entry.number for entry in book.history("bob")] == [2]


def test_a_report_that_an_earlier_version_stored_has_no_named_student(book):
    book.add(report("bob"), CONDITIONS, ORIGIN)
    with sqlite3.connect(book.path) as other:
        other.execute("UPDATE reports SET origin = json_remove(origin, '$.student')")
    other.close()
    assert [entry.origin for entry in book.current()] == [ORIGIN]


def test_points_that_are_not_finite_are_not_stored(book):
    with pytest.raises(GradebookError) as caught:
        book.add(replace(report("bob"), score=math.nan), CONDITIONS, ORIGIN)
    assert str(caught.value) == "the report of bob cannot be stored: a number of points is not finite"
    assert list(book.current()) == []


def test_a_report_that_this_version_cannot_read_is_said(book):
    book.add(report("bob"), CONDITIONS, ORIGIN)
    with sqlite3.connect(book.path) as other:
        other.execute("UPDATE reports SET report = '{}'")
    other.close()
    with pytest.raises(GradebookError) as caught:
        list(book.current())
    assert str(caught.value) == (
        f"{book.path} holds a report that this assay cannot read: Object missing required field `submission`"
    )

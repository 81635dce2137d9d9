"""The gradebook's side of a run: a report is stored once, whatever an interrupt does to the run."""

import pytest
from reports import check, exercise, report

from assay.gradebook.conditions import Conditions
from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook
from assay.grading.resume import Keeper
from assay.model import Submission

ORIGIN = Origin("/home/ta", ("class",), "/home/ta/course")
ALICE = report("alice", (exercise("1", "Losses", check("mean")),), assignment="basics")
REFUSED = {"assignment": "", "status": "ungraded", "cause": "refused"}


@pytest.fixture
def book(tmp_path):
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        yield book


def keeper(book):
    submission = Submission(ALICE.submission, "basics", "module", b"", ())
    return Keeper(book, [submission], [Conditions("0" * 64, (), {}, {}, "7", "1", "3", "2", ())], ORIGIN)


def test_a_report_that_a_run_hands_over_once_more_is_stored_once(book):
    first = keeper(book)
    first.keep(ALICE)
    first.keep(ALICE)
    assert [entry.report for entry in book.history("alice")] == [ALICE]


def test_a_report_that_an_interrupt_kept_from_the_disk_is_stored_when_it_comes_again(book, monkeypatch):
    first = keeper(book)
    with monkeypatch.context() as patch:
        patch.setattr(book, "_connection", None)  # the interrupt comes before anything is written
        with pytest.raises(AttributeError):
            first.keep(ALICE)
    first.keep(ALICE)
    assert [entry.report for entry in book.history("alice")] == [ALICE]


def test_several_refusals_of_a_student_are_one_report_with_all_reasons(book):
    refusals = [report("bob", reason=reason, **REFUSED) for reason in ("a.zip: damaged", "b.zip: damaged")]
    for _ in range(2):
        keeper(book).keep_refusals(refusals)
    assert [entry.report.reason for entry in book.history("bob")] == ["a.zip: damaged; b.zip: damaged"]

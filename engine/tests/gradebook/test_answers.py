"""Every written answer of a class comes with the score that stands, and with whether a person must still decide."""

import pytest
from entries import CONDITIONS, ORIGIN
from reports import check, exercise, report

from assay.command.results import decided_for
from assay.gradebook.answers import give_points, points_in, written_answers
from assay.gradebook.store import open_gradebook
from assay.report.results import result_of


@pytest.fixture
def book(tmp_path):
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        hand_in(book, "because")
        yield book


def hand_in(book, text):
    parts = (exercise("2", "Noise", check("mean")),)
    book.add(report("bob", parts, assignment="basics", answers=[("2", text)]), CONDITIONS, ORIGIN)


def state(book):
    (answer,) = written_answers(book)
    return answer.text, answer.seen, answer.counts, answer.is_open


def test_a_score_counts_for_the_text_that_it_was_given_for(book):
    assert state(book) == ("because", 0, False, True)
    (answer,) = written_answers(book)
    assert give_points(book, answer.report, "2", 1.5, "good") == 1
    assert state(book) == ("because", 1, True, False)
    hand_in(book, "why not")
    assert state(book) == ("why not", 1, False, True)
    hand_in(book, "because")
    assert state(book) == ("because", 1, True, False)


def test_a_withdrawn_score_is_none(book):
    give_points(book, next(written_answers(book)).report, "2", 1.5, "")
    book.decide("withdrawal", "bob", "basics", "1")
    assert state(book) == ("because", 0, False, True)


@pytest.mark.parametrize("target", ["", "2"])
def test_an_excused_answer_is_not_open(book, target):
    book.decide("excuse", "bob", "basics", target)
    assert state(book) == ("because", 0, False, False)


def test_the_highest_points_can_be_exported(book):
    points = points_in("1000000")
    give_points(book, next(written_answers(book)).report, "2", points, "")
    (entry,) = book.current()
    assert result_of(entry.report, decided_for(entry.report, book.decisions()), published=False).rows[-1].score == 10**6


def test_decisions_of_others_do_not_count(book):
    book.decide("excuse", "alice", "basics", "2")
    book.decide("excuse", "bob", "more", "2")
    assert state(book) == ("because", 0, False, True)

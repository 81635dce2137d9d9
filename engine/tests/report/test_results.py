"""A student's result: rounded points, inert texts, unknown points."""

from decimal import Decimal

import pytest
from exports import ADA, NASTY, SECRET, UNGRADED, nasty_report, results
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import WRONG, check, excused_result, exercise, report
from values import steady

from assay.errors import ExportError
from assay.model import HIDDEN_TEXT
from assay.report.decided import Deduction, Given, nothing_handed_in, undecided
from assay.report.results import result_of


def points(*pairs):
    checks = [replace(check(f"check {n}", points=high), score=low) for n, (low, high) in enumerate(pairs)]
    (result,) = results(report("x", (exercise("1", "One", *checks),)))
    return result


def test_whole_points_stay_as_they_are():
    (ada,) = results(ADA)
    assert [(row.score, row.max_score) for row in ada.rows[:3]] == [(2, 2), (1, 1), (0, 1)]
    assert (ada.score, ada.max_score) == (5, 11)


def test_thirds_add_up_to_the_whole():
    result = points(*[(1 / 3, 1 / 3)] * 3)
    assert [row.max_score for row in result.rows] == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]
    assert (result.score, result.max_score) == (1, 1)


@pytest.mark.parametrize("high", [1_000_001.0, 1e30])
def test_points_above_a_million_are_refused(high):
    assert points((1_000_000.0, 1_000_000.0)).score == 1_000_000
    for own in ((0.0, high), (high, 1.0)):
        with pytest.raises(ExportError) as caught:
            points(own)
        text = f"x, linear_regression_scratch: {high:g} points are above 1,000,000, the most of a check or an answer"
        assert str(caught.value) == text


def test_a_score_is_rounded_half_up_in_proportion():
    assert points((0.125, 1.0)).score == Decimal("0.13")


POINTS = st.floats(0, 100, allow_subnormal=False)


@steady
@given(st.lists(st.tuples(POINTS, st.booleans()), min_size=1, max_size=20))
def test_what_is_shown_adds_up_and_full_marks_are_full(pairs):
    result = points(*((high if full else 0.0, high) for high, full in pairs))
    assert result.max_score == sum(map(Decimal, (repr(high) for high, _ in pairs))).quantize(
        Decimal("0.01"), "ROUND_HALF_UP"
    )
    assert result.score == sum(row.score for row in result.rows)
    assert all(row.score == (row.max_score if full else 0) for row, (_, full) in zip(result.rows, pairs, strict=True))


def test_a_check_that_could_not_be_graded_has_no_points():
    (result,) = results(UNGRADED)
    assert (result.score, result.rows[0].score, result.doubt) == (None, None, "1 of the checks could not be graded")


def test_a_submission_that_could_not_be_taken_in_has_no_points():
    (result,) = results(report("x", status="ungraded", reason="x.zip: it is encrypted", assignment=""))
    assert (result.score, result.rows, result.doubt) == (None, (), "x.zip: it is encrypted")


def test_a_message_is_lines_with_labels():
    wrong = replace(check("zero_grad", "failed", WRONG), diagnosis="yours is expected + 1\n\x1b[31m")
    (result,) = results(report("x", (exercise("0", "The model", wrong),)))
    assert result.rows[0].text.split("\n") == [
        "input     sgd = SGD([w], lr=0.5)",
        "          sgd.zero_grad()",
        "yours     [[1.0, 1.0]]   shape (1, 2), float32",
        "expected  [[0.0, 0.0]]   within float32 rounding",
        "related   yours is expected + 1",
        r"          \x1b[31m",
        "help      gradients accumulate: set every param.grad to zero, or to None",
    ]


@pytest.mark.parametrize("published", [False, True])
def test_how_the_answer_of_a_hidden_check_is_related_is_not_told(published):
    hidden = replace(SECRET.checks[0], diagnosis="yours is half what is expected")
    (result,) = results(report("x", (exercise("0", "The model", hidden),)), published=published)
    assert result.rows[0].text == f"help      {HIDDEN_TEXT}"


def test_every_text_is_printable():
    (result,) = results(nasty_report())
    row = result.rows[0]
    assert "\n" not in result.student + result.assignment + row.title + row.check + row.description
    for text in (result.student, result.assignment, row.title, row.description, row.text, *result.notes):
        assert all(line.isprintable() for line in text.split("\n"))
    assert NASTY not in row.text


def test_a_written_answer_waits_for_points():
    (result,) = results(report("x", answers=[("1", "Zero works."), ("9", "Order.", 1.5, "good")]))
    assert result.pending == "the written answer to exercise 1 has no score"
    assert [(row.exercise, row.check, row.status, row.score, row.max_score, row.text) for row in result.rows] == [
        ("9", "answer", "scored", Decimal("1.50"), 0, "good")
    ]


def test_decisions_of_persons_count():
    one = exercise("1", "One", check("a", "failed", WRONG), check("b"))
    two = exercise("2", "Two", check("c", points=4.0))
    graded = report("x", (one, two), answers=[("1", "Zero works.")])
    decided = undecided(graded)._replace(
        corrections={("1", "a"): 0.5}, answers={"1": Given(2.0, "good")},
        excused=frozenset({"2"}), open=(), told=(),
    )  # fmt: skip
    result = result_of(graded, decided, published=False)
    assert [(row.exercise, row.check, row.score, row.max_score) for row in result.rows] == [
        ("1", "a", Decimal("0.50"), 1),
        ("1", "b", 1, 1),
        ("1", "answer", 2, 0),
    ]
    assert result.rows[0].text.endswith("\n          a person has corrected this from 0 to 0.5 points")
    assert (result.score, result.max_score, result.pending) == (Decimal("3.50"), 2, "")
    assert result.notes == ("exercise 2 is excused",)
    assert (result.report.score, result.report.max_score) == (3.5, 2.0)


def test_an_excused_assignment_has_no_rows_and_waits_for_nobody():
    whole = excused_result(replace(ADA, answers=report(answers=[("11", "Zero works.")]).answers))
    assert (whole.state, whole.score, whole.max_score, whole.rows) == ("excused", None, 0, ())
    assert (whole.doubt, whole.pending, whole.open, whole.notes) == ("the assignment is excused", "", "", ())
    assert whole.excused_exercises == ("0", "5", "6", "10", "11")
    assert (whole.report.score, whole.report.max_score) == (0, 0)


def test_the_state_says_how_far_the_grade_is():
    absent = nothing_handed_in("Kim", "basics")
    open_ = replace(ADA, answers=report(answers=[("1", "Zero works.")]).answers)
    assert [each.state for each in results(ADA, open_, UNGRADED, absent)] == ["graded", "open", "ungraded", "absent"]


def test_a_correction_settles_a_check_that_could_not_be_graded():
    decided = undecided(UNGRADED)._replace(corrections={("5", "flat_labels"): 1.0}, graded=True)
    result = result_of(UNGRADED, decided, published=False)
    assert (result.score, result.doubt) == (1, "")


def test_the_report_of_a_result_has_its_points():
    third = replace(check("a", points=1 / 3), score=1 / 6)
    own = report("x", (exercise("1", "One", third, check("b", points=1 / 3)), exercise("2", "Two", third)))
    late = Deduction(0.125, "1 day late")
    result = result_of(own, undecided(own)._replace(excused=frozenset({"2"}), late=late), published=False)
    (one, two), notes = result.report.exercises, result.report.handed_in.notes
    assert [(each.score, each.max_score) for each in (*one.checks, one)] == [(0.17, 0.33), (0.34, 0.34), (0.51, 0.67)]
    assert two == own.exercises[1]
    assert (result.report.score, result.report.max_score) == (0.38, 0.67) == (float(result.score), 0.67)
    assert notes == result.notes == ("-0.13 points: 1 day late", "exercise 2 is excused")


@pytest.mark.parametrize(
    ("path", "file"),
    [("a/basics.py", "a/basics.py"), ("", ""), ("/home/t/basics.py", ""), ("../basics.py", "")],
)
def test_only_a_relative_path_is_told(path, file):
    own = report("x")
    (result,) = results(replace(own, submission=replace(own.submission, path=path)))
    assert result.file == file

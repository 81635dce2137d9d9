"""The points that count are the report's, with the decisions that stand."""

import pytest
from reports import check, exercise, report

from assay.gradebook.effective import answer_hash, comments_in, effective
from assay.gradebook.records import Decision

LOSSES = exercise("1", "Losses", check("flat labels", points=2.0), check("mean", "failed"))
NOISE = exercise("2", "Noise", check("mean", "failed", points=3.0))
ALICE = report("alice", (LOSSES, NOISE), assignment="basics", answers=[("2", "because")])


def decision(number, kind, target, points=None, *, student="alice", assignment="basics", text="", about=""):  # noqa: PLR0913
    return Decision(number, "2026-01-01T00:00:00+00:00", kind, student, assignment, target, points, text, about)


def by_exercise(grade):
    return {points.exercise: (points.score, points.max_score) for points in grade.exercises}


def test_without_decisions_the_reports_own_points_count():
    grade = effective(ALICE, [])
    assert (grade.score, grade.max_score, grade.excused) == (2.0, 6.0, False)
    assert by_exercise(grade) == {"1": (2.0, 3.0), "2": (0.0, 3.0)}
    assert grade.open == ("the written answer to exercise 2 has no score",)


def test_a_correction_replaces_the_points_of_its_check_alone():
    grade = effective(ALICE, [decision(1, "correction", "1/mean", 0.5)])
    assert by_exercise(grade) == {"1": (2.5, 3.0), "2": (0.0, 3.0)}


def test_the_latest_decision_counts_and_a_withdrawn_one_does_not():
    decisions = [decision(1, "correction", "1/mean", 0.5), decision(2, "correction", "1/mean", 1.0)]
    assert effective(ALICE, decisions).score == 3.0
    decisions.append(decision(3, "withdrawal", "2"))
    assert effective(ALICE, decisions).score == 2.5


@pytest.mark.parametrize("other", [{"student": "bob"}, {"assignment": "other"}])
def test_decisions_of_others_do_not_count(other):
    assert effective(ALICE, [decision(1, "correction", "1/mean", 1.0, **other)]).score == 2.0


def test_a_score_for_a_written_answer_is_added_while_its_text_is_the_same():
    scored = decision(1, "score", "2", 4.0, about=answer_hash("because"))
    grade = effective(ALICE, [scored])
    assert (grade.score, by_exercise(grade)["2"], grade.open) == (6.0, (4.0, 3.0), ())
    changed = report("alice", (LOSSES, NOISE), assignment="basics", answers=[("2", "why not")])
    grade = effective(changed, [scored])
    assert grade.score == 2.0
    assert grade.open == ("the written answer to exercise 2: it has changed since it was given 4 points",)


def test_a_written_answer_to_an_exercise_without_checks_counts_too():
    essay = report("alice", (LOSSES,), assignment="basics", answers=[("9", "because")])
    grade = effective(essay, [decision(1, "score", "9", 4.0, about=answer_hash("because"))])
    assert (grade.score, by_exercise(grade)["9"]) == (6.0, (4.0, 0.0))


def test_an_excused_exercise_counts_neither_for_nor_against():
    grade = effective(ALICE, [decision(1, "excuse", "2", text="ill")])
    assert (grade.score, grade.max_score, grade.open) == (2.0, 3.0, ())
    assert [points.exercise for points in grade.exercises if points.excused] == ["2"]


@pytest.mark.parametrize("excused", [[""], ["1", "2"]])
def test_an_excused_assignment_or_one_without_another_exercise_needs_nobody(excused):
    excuses = [decision(number, "excuse", target, text="ill") for number, target in enumerate(excused, 1)]
    grade = effective(ALICE, [*excuses, decision(3, "late", "", 1.0, about="points")])
    assert (grade.excused, grade.open, grade.late, grade.max_score) == (True, (), 0.0, 0.0)
    assert [points.exercise for points in grade.exercises if points.excused] == ["1", "2"]


def test_a_check_that_could_not_be_graded_needs_nobody_in_an_excused_exercise():
    ungraded = exercise("2", "Noise", check("mean", "ungraded", points=3.0))
    own = report("alice", (LOSSES, ungraded), assignment="basics", status="ungraded", cause="checks", reason="ours")
    assert effective(own, []).score is None
    grade = effective(own, [decision(1, "excuse", "2", text="ill")])
    assert (grade.score, grade.max_score, grade.open) == (2.0, 3.0, ())


def test_a_report_without_exercises_is_not_excused():
    refused = report("alice", assignment="basics", status="ungraded", cause="refused", reason="it is encrypted")
    assert effective(refused, []).excused is False


@pytest.mark.parametrize(
    ("amount", "unit", "more", "late"),
    [
        (0.5, "points", [], 0.5),
        (20.0, "percent", [], 1.2),
        (20.0, "percent", [("excuse", "2")], 0.6),
        (9.0, "points", [], 2.0),
        (0.5, "points", [("withdrawal", "1")], 0.0),
        (0.0, "points", [], 0.0),
    ],
)
def test_lateness_costs_points_or_percent_of_what_counts_and_never_more_than_there_is(amount, unit, more, late):
    others = [decision(number, *other) for number, other in enumerate(more, 2)]
    grade = effective(ALICE, [decision(1, "late", "", amount, about=unit), *others])
    assert (grade.late, grade.score) == (pytest.approx(late), pytest.approx(2.0 - late))


def test_the_latest_deduction_counts_alone():
    decisions = [decision(1, "late", "", 1.0, about="points"), decision(2, "late", "", 0.5, about="points")]
    assert effective(ALICE, decisions).late == 0.5


def test_an_ungraded_report_loses_nothing():
    broken = report("alice", assignment="basics", status="ungraded", reason="it is a link", cause="refused")
    grade = effective(broken, [decision(1, "late", "", 1.0, about="points")])
    assert (grade.late, grade.score) == (0.0, None)


def test_a_student_who_handed_in_nothing_needs_nobody():
    absent = report("alice", assignment="basics", status="ungraded", reason="nothing was handed in", cause="absent")
    grade = effective(absent, [])
    assert (grade.score, grade.open) == (None, ())


def test_a_target_that_is_gone_is_for_a_person():
    decisions = [decision(1, "correction", "1/median", 1.0), decision(2, "score", "3", 4.0, about="x")]
    assert effective(report("alice", (LOSSES,), assignment="basics"), decisions).open == (
        "check 1/median, which was corrected to 1 points, is gone",
        "the written answer to exercise 3, which was given 4 points, is gone",
    )


def test_a_student_does_not_read_which_check_is_gone():
    decisions = [
        decision(1, "correction", "1/median", 1.0),
        decision(2, "correction", "1/sums", 2.0),
        decision(3, "score", "3", 4.0, about="x"),
    ]
    assert effective(report("alice", (LOSSES,), assignment="basics"), decisions).told == (
        "a correction waits for a person",
        "the written answer to exercise 3, which was given 4 points, is gone",
    )


def test_an_ungraded_report_has_no_points_until_a_person_corrects_each_ungraded_check():
    broken = exercise("1", "Losses", check("flat labels", points=2.0), check("mean", "ungraded"))
    ungraded = report(
        "bob", (broken,), assignment="basics", status="ungraded", reason="the judge ended", cause="checks"
    )
    assert (effective(ungraded, []).score, effective(ungraded, []).open) == (None, ("the judge ended",))
    settled = effective(ungraded, [decision(1, "correction", "1/mean", 1.0, student="bob")])
    assert (settled.score, settled.open) == (3.0, ())


def test_an_interrupt_is_for_nobody_to_decide():
    interrupted = report("bob", assignment="basics", status="ungraded", reason="interrupted", cause="interrupted")
    assert effective(interrupted, []).open == ()


def test_a_refused_submission_has_no_points():
    refused = report("bob", assignment="basics", status="ungraded", reason="it is a link", cause="refused")
    grade = effective(refused, [])
    assert (grade.score, grade.max_score, grade.open) == (None, 0.0, ("it is a link",))


def test_comments_are_those_about_no_student_that_stand():
    decisions = [
        decision(1, "comment", "aa", student="", text="first"),
        decision(2, "comment", "aa", student="", text="second"),
        decision(3, "comment", "bb", student="", text="withdrawn"),
        decision(4, "withdrawal", "3", student=""),
        decision(5, "excuse", "", student="", text="a name was forgotten"),
    ]
    assert comments_in(decisions) == {"aa": "second"}

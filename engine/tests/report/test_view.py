"""How much of the reports is shown: one line each, every check, only what did not pass, or some exercises only."""

import io

from msgspec.structs import replace
from reports import MODEL, RATES, RESHAPE, check, exercise, report
from rich.console import Console, Group

from assay.report.summary import render_summary
from assay.report.terminal import render, score_lines
from assay.report.view import View, in_view, part_label

RIGHT = report("right", (exercise("0", "The model", check("the loss", points=4.0)), RESHAPE))
WRONG = report("wrong", (MODEL, RESHAPE, RATES), answers=[("1", "Zero works.")], missing=("fit", "learning_rate_sweep"))
LOCKED = report("locked", assignment="", status="ungraded", reason="it is a link", cause="refused")
ABSENT = report("absent", status="ungraded", reason="nothing was handed in", cause="absent")


def text_of(what):
    console = Console(file=io.StringIO(), width=80, highlight=False)
    console.print(what)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def shown(*reports, view):
    return text_of(Group(*render(reports, view=view)))


def test_a_line_a_report_has_name_assignment_and_score():
    assert score_lines([RIGHT, WRONG, LOCKED, ABSENT], View("quiet")) == [
        "right   linear_regression_scratch  6 / 6",
        "wrong   linear_regression_scratch  5 / 8",
        "locked                             could not be graded",
        "absent  linear_regression_scratch  not handed in",
    ]


def test_a_long_name_stays_on_its_line():
    name = "n" * 200
    assert score_lines([report(name, (RESHAPE,))], View("quiet")) == [f"{name}  linear_regression_scratch  2 / 2"]


def test_every_check_is_shown_with_what_it_asks():
    assert (
        shown(WRONG, view=View("verbose"))
        .split("\n", 3)[3]
        .startswith(
            """\
 0  The model   2 of 3 checks passed                                       3 / 4
     ✓ the loss is right                                          passed   2 / 2
     ✓ a step is in place                                         passed   1 / 1
     ✗ zero_grad really clears                                 not right   0 / 1
       input     sgd = SGD([w], lr=0.5)
                 sgd.zero_grad()
       yours     [[1.0, 1.0]]   shape (1, 2), float32
       expected  [[0.0, 0.0]]   within float32 rounding
       help      gradients accumulate: set every param.grad to zero, or to None
 5  Why reshape   its only check passed                                    2 / 2
     ✓ flat labels count the same                                 passed   2 / 2
10  Learning rates   not handed in                                         0 / 2
     ✗ 0.003 still falls                                   not handed in   0 / 1
     ✗ 3 blows up                                          not handed in   0 / 1
       these 2 checks have the same message:
       yours     learning_rate_sweep is not defined
       expected  def learning_rate_sweep(lrs, max_epochs, data)

missing   fit, learning_rate_sweep
"""
        )
    )


def test_exercises_without_a_failed_check_and_written_answers_are_left_out_on_request():
    assert (
        shown(WRONG, view=View("failed"))
        == """\
wrong  linear_regression_scratch                                           5 / 8
submissions/wrong

 0  The model   2 of 3 checks passed                                       3 / 4
     ✗ zero_grad really clears                                 not right   0 / 1
       input     sgd = SGD([w], lr=0.5)
                 sgd.zero_grad()
       yours     [[1.0, 1.0]]   shape (1, 2), float32
       expected  [[0.0, 0.0]]   within float32 rounding
       help      gradients accumulate: set every param.grad to zero, or to None
10  Learning rates   not handed in                                         0 / 2

missing   fit, learning_rate_sweep"""
    )


def test_submissions_without_a_failed_check_are_left_out_on_request_also_from_the_table():
    text = shown(RIGHT, WRONG, ABSENT, view=View("failed"))
    assert "right  linear_regression_scratch" not in text
    assert text.endswith(
        """\
linear_regression_scratch  0  5  10          total
of                         4  2   2              8
wrong                      3  2   0              5
absent                     -  -   -  not handed in"""
    )


def test_nothing_failed_is_said():
    assert shown(RIGHT, view=View("failed")) == "all checks passed"
    assert shown(RIGHT, RIGHT, view=View("failed")) == "all checks passed"


def test_a_right_submission_that_is_left_out_was_handed_in():
    def of(name, assignment, status):
        return report(name, (exercise("1", "x", check("a", status)),), assignment=assignment)

    reports = [of("ada", "one", "passed"), of("ada", "two", "failed"), of("ben", "one", "failed")]
    text = shown(*reports, of("ben", "two", "passed"), view=View("failed"))
    assert text.endswith(
        """\
one  1  total
of   1      1
ben  0      0

two  1  total
of   1      1
ada  0      0"""
    )


def test_absent_students_are_listed_if_nothing_failed():
    also = replace(ABSENT, submission=replace(ABSENT.submission, name="also absent"))
    head = """\
all checks passed

linear_regression_scratch  0  5          total
of                         4  2              6
absent                     -  -  not handed in"""
    assert shown(RIGHT, ABSENT, view=View("failed")) == head
    assert shown(RIGHT, ABSENT, also, view=View("failed")) == f"{head}\nalso absent                -  -  not handed in"


def test_an_assignment_without_a_failed_check_has_no_table():
    other = report("wrong", (RESHAPE,), assignment="linear_regression_concise")
    right = replace(RIGHT, submission=replace(RIGHT.submission, name="wrong"), assignment="warmup")
    lost = report("wrong", (RATES,))
    text = shown(other, right, lost, view=View("failed"))
    assert "all checks passed" not in text
    assert [line for line in text.splitlines() if line.endswith("total")] == ["linear_regression_scratch  10  total"]


def test_reports_that_are_in_the_table_alone_are_not_said_to_have_passed():
    text = text_of(Group(*render([RIGHT, WRONG], skipped={0, 1}, view=View("failed"))))
    assert text.splitlines()[0].startswith("linear_regression_scratch  0  5  10  total")


def test_the_score_of_a_part_names_its_exercises():
    view = View(exercises=("5", "10"))
    (part,) = in_view([report("wrong", (RESHAPE, RATES), missing=("fit", "learning_rate_sweep"))], view)
    assert shown(part, view=view).splitlines() == [
        "wrong  linear_regression_scratch                     exercises 5, 10 only: 2 / 4",
        "submissions/wrong",
        "",
        " 5  Why reshape   its only check passed                                    2 / 2",
        "10  Learning rates   not handed in                                         0 / 2",
        "",
        "missing   learning_rate_sweep",
    ]
    assert score_lines([part], view) == ["wrong  linear_regression_scratch  exercises 5, 10 only: 2 / 4"]


def test_the_table_and_the_points_of_a_part_say_that_it_is_one():
    view = View(exercises=("5",))
    parts = [report(name, (RESHAPE,)) for name in ("ada", "ben")]
    assert shown(*parts, view=view).endswith(
        """\
linear_regression_scratch  5  part
of                         2     2
ada                        2     2
ben                        2     2"""
    )
    assert "Points of these exercises, in percent" in text_of(render_summary(parts, [], view))


def test_a_part_has_the_written_answers_and_missing_names_of_its_exercises_only():
    both = report(
        "wrong", (RATES,), answers=[("5", "Because."), ("10", "0.03")], missing=("fit", "learning_rate_sweep")
    )
    (part,) = in_view([both], View(exercises=("10",)))
    assert [answer.exercise for answer in part.answers] == ["10"]
    assert part.handed_in.missing == ("learning_rate_sweep",)
    assert in_view([both], View()) == [both]


def test_many_exercises_of_a_part_are_counted():
    exercises = tuple(exercise(str(number), "x", check("a")) for number in range(5))
    assert part_label(report(exercises=exercises[:1])) == "exercise 0 only: "
    assert part_label(report(exercises=exercises[:4])) == "exercises 0, 1, 2, 3 only: "
    assert part_label(report(exercises=exercises)) == "5 exercises only: "

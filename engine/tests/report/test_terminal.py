"""Reports on a terminal: exact texts, in which a submission's text has no effect."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import HOSTILE, MODEL, RATES, RESHAPE, check, exercise, report
from rich.console import Console, Group

from assay.model import HIDDEN_TEXT, Message, Missing
from assay.promises import Broken, Kept
from assay.report.terminal import render


def shown(*reports, color=None):
    console = Console(file=io.StringIO(), width=80, highlight=False, force_terminal=color is not None)
    console.print(Group(*render(reports)))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def lines(text):
    return text.strip("\n")


FULL = report(
    exercises=(MODEL, RESHAPE, RATES),
    answers=[("1", "Zero works:\nthe problem is convex.", 1.5, "good"), ("9", "Because of the order.")],
    missing=("fit", "learning_rate_sweep"),
    notes=("line 3: NameError: name 'foo' is not defined",),
    isolation={"network": Kept("namespace"), "memory": Broken("no control groups")},
)
UNGRADED = report(
    "unlucky",
    (exercise("5", "Why reshape", check("flat labels count the same", "ungraded", Message(help="ours"), points=2.0)),),
    status="ungraded",
    reason="1 of the checks could not be graded",
)
RIGHT = report("right", (exercise("0", "The model", check("the loss", points=4.0)), RESHAPE))


def test_one_report():
    assert shown(FULL) == lines(
        """
forgot_zero_grad  linear_regression_scratch                                5 / 8
submissions/forgot_zero_grad

notes     line 3: NameError: name 'foo' is not defined

 0  The model   2 of 3 checks passed                                       3 / 4
     ✗ zero_grad really clears                                 not right   0 / 1
       input     sgd = SGD([w], lr=0.5)
                 sgd.zero_grad()
       yours     [[1.0, 1.0]]   shape (1, 2), float32
       expected  [[0.0, 0.0]]   within float32 rounding
       help      gradients accumulate: set every param.grad to zero, or to None
 5  Why reshape   its only check passed                                    2 / 2
10  Learning rates   not handed in                                         0 / 2

missing   fit, learning_rate_sweep
promises  memory: not kept: no control groups

Written answers, for a person to grade
exercise 1  Zero works:
            the problem is convex.
score       1.5
comment     good
exercise 9  Because of the order.
"""
    )


def test_what_is_our_fault_is_shown_as_such():
    assert shown(UNGRADED) == lines(
        """
unlucky  linear_regression_scratch                           could not be graded
submissions/unlucky

reason    1 of the checks could not be graded
          this is not the fault of the submission and costs no points

 5  Why reshape   0 of 1 check passed                                      ? / 2
     ? flat labels count the same                            could not be graded
       help      ours
"""
    )


def test_a_submission_that_could_not_be_taken_in():
    assert shown(report("locked", status="ungraded")) == lines(
        """
locked  linear_regression_scratch                            could not be graded
submissions/locked

reason    no reason is known
          a person decides what it is worth
"""
    )


def test_what_was_interrupted_is_graded_again_and_not_by_a_person():
    interrupted = report("late", status="ungraded", reason="grading was interrupted", cause="interrupted")
    assert shown(interrupted).endswith("reason    grading was interrupted")


def test_several_reports_end_in_a_table_for_each_assignment():
    other = report("right", (RESHAPE,), assignment="linear_regression_concise")
    text = shown(FULL, RIGHT, UNGRADED, other)
    assert text.endswith(
        lines(
            """
linear_regression_scratch  0  5  10     total
of                         4  2   2         8
forgot_zero_grad           3  2   0         5
right                      4  2   -         6
unlucky                    -  ?   -  ungraded

linear_regression_concise  5          total
of                         2              2
right                      2              2
forgot_zero_grad           -  not handed in
unlucky                    -  not handed in
"""
        )
    )


def test_a_table_of_ten_exercises_with_half_points_leaves_room_for_names():
    exercises = tuple(exercise(str(number), "x", check("a", points=12.5)) for number in range(10))
    reports = [report(name, exercises, assignment="basics") for name in ("Ada Muster_1001", "Maximiliane Okoye_1002")]
    assert shown(*reports).endswith(
        lines(
            """
basics                    0    1    2    3    4    5    6    7    8    9 total
of                     12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5   125
Ada Muster_1001        12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5   125
Maximiliane Okoye_1002 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5 12.5   125
"""
        )
    )


def test_who_handed_in_what_cannot_be_told_is_not_said_to_have_handed_in_nothing():
    unknown = replace(UNGRADED, assignment="")
    text = shown(FULL, RIGHT, unknown)
    assert "unlucky" in text
    assert "not handed in" not in text.partition("linear_regression_scratch  0")[2]


def test_checks_that_raised_the_same_are_told_together_with_the_first_input():
    def raised(call):
        return Message(call, "raised NotImplementedError", None, "this is not written yet")

    one = check("flat labels count the same", "error", raised("squared_loss([[0.0]], [0.0])"), points=2.0)
    other = check("a gradient " + "goes on and on and " * 5 + "ends", "error", raised("squared_loss([[1.0]], [1.0])"))
    text = shown(report("starter", (exercise("5", "Why reshape", one, other, check("a third", "error")),)))
    assert text.split("\n", 3)[3] == lines(
        """
 5  Why reshape   0 of 3 checks passed                                     0 / 4
     ✗ flat labels count the same                        raised an error   0 / 2
     ✗ a gradient goes on and on and goes on and on      raised an error   0 / 1
       and goes on and on and goes on and on and goes
       on and on and ends
       these 2 checks have the same message:
       input     squared_loss([[0.0]], [0.0])
       yours     raised NotImplementedError
       help      this is not written yet
     ✗ a third                                           raised an error   0 / 1
"""
    )


def test_one_report_has_no_table():
    assert "total" not in shown(FULL)


def test_several_checks_that_passed_are_counted():
    assert "   all checks passed  " in shown(report(exercises=(exercise("0", "x", check("a"), check("b")),)))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("failed", "not right"),
        ("error", "raised an error"),
        ("timeout", "too slow"),
        ("crashed", "crashed"),
        ("missing", "not handed in"),
        ("skipped", "not run"),
    ],
)
def test_every_status_is_told_in_words(status, words):
    exercises = (exercise("0", "x", check("a sentence", status), check("another")),)
    text = shown(report(exercises=exercises))
    told = f"{words}   0 / 1"
    assert text.endswith(f"     ✗ a sentence{told:>63}")


def test_a_message_without_texts_has_no_rows():
    text = shown(report(exercises=(exercise("0", "x", check("a sentence", "failed", Message())),)))
    assert text.endswith("not right   0 / 1")


def test_a_hidden_check_shows_the_fixed_text_only():
    hidden = check("a secret", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
    text = shown(report(exercises=(exercise("0", "x", hidden),)))
    assert text.endswith(f"not right   0 / 1\n       {HIDDEN_TEXT}")


def test_very_long_texts_are_cut():
    message = Message(yours="\n".join(["x" * 2000] + ["y"] * 100))
    text = shown(report(exercises=(exercise("0", "x", check("a sentence", "failed", message)),)))
    assert text.endswith("… 77 lines more")
    assert text.count("x" * 50) <= 10


def hostile_report(text):
    message = Message(text, text, text, text)
    return report(
        text,
        (exercise("0", text, check(text, "error", message)),),
        assignment=text,
        answers=[("1", text, None, text)],
        missing=(text,),
        notes=(text,),
        isolation={text: Broken(text)},
        status="ungraded",
        reason=text,
    )


def test_what_a_submission_wrote_is_shown_as_text():
    text = shown(hostile_report(HOSTILE))
    assert text.startswith(r"[bold red]\x1b[31mred\u202e\r\n")
    assert "\x1b" not in text


@settings(deadline=None, derandomize=True, database=None, max_examples=50)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=50))
def test_no_control_character_of_a_submission_reaches_the_terminal(text):
    out = shown(hostile_report(text), hostile_report(text))
    assert all(line.isprintable() for line in out.split("\n"))


def test_a_terminal_gets_colours():
    assert "\x1b[" in shown(FULL, color=True)


def test_no_line_is_wider_than_the_console():
    wide = check("word " * 60, "failed", Message(yours="y" * 300))
    assert max(map(len, shown(report("n" * 200, (exercise("0", "t" * 200, wide),))).split("\n"))) <= 80


def test_an_exercise_whose_names_a_broken_module_would_have_defined_says_so():
    why = "fit is not defined: the module cannot be run: line 2: SyntaxError: invalid syntax"
    lost = check("fit fits", "missing", Message(yours=why), missing=Missing("fit", lost=True))
    text = shown(report(exercises=(exercise("0", "The model", lost),)))
    first, second = why[: why.index("SyntaxError") - 1], why[why.index("SyntaxError") :]
    assert f"       yours     {first}\n{17 * ' '}{second}\n" in f"{text}\n"
    assert "The model   0 of 1 check passed" in text

"""What each example submission must score: points by exercise, and the sentence that names its mistake."""

from pathlib import Path

import pytest
from assay.course import read_course
from assay.grading import grade
from assay.intake import take_in

ROOT = Path(__file__).parent.parent
SCRATCH = "linear_regression_scratch"

FULL = {"0": 15, "5": 4, "7": 10, "8": 10}
"""The exercises that every example but the starter answers."""

MORE = {"1": 7, "2": 4, "3": 9, "4": 5, "6": 9, "9": 6}
"""The exercises that only the right ones answer."""

NONE = dict.fromkeys(MORE, 0)
EXPECTED = {
    "broadcast_loss": (FULL | {"5": 1}, "reshape y to y_hat's shape first"),
    "dropped_last_batch": (FULL | {"7": 2}, "the shorter last batch is dropped although drop_last is False"),
    "fixed_order": (FULL | {"7": 8}, "every pass has the same order"),
    "forgot_zero_grad": (FULL | {"0": 12}, "zero_grad"),
    "huber_without_abs": (FULL | {"8": 6}, "abs"),
    "library_class": (FULL | {"0": 0}, None),
    "mixed_robust": (FULL | {"8": 6}, "mixture"),
    "notebook": (FULL | MORE, None),
    "out_of_place_step": (FULL | {"0": 8, "8": 6}, "in place"),
    "python_loop": (FULL | {"0": 14}, "example"),
    "right_parameters": (FULL | MORE, None),
    "right_plain": (FULL | MORE, None),
    "shuffled_apart": (FULL | {"7": 9}, "apart"),
    "squared_robust": (FULL | {"8": 8}, "squared"),
    "starter": (dict.fromkeys(FULL, 0), "this is not written yet"),
    "variance_start": (FULL | {"0": 13}, "sigma is the standard deviation"),
}


@pytest.fixture(scope="module")
def reports():
    """Every example, graded in one run."""
    course = read_course(ROOT)
    intake = take_in([ROOT / "submissions"], [assignment.name for assignment in course.assignments])
    graded = grade(course, intake.submissions, seed=0, forgone=(), on_report=lambda _: None, on_trouble=pytest.fail)
    return {(report.submission.name, report.assignment): report for report in graded}


def test_every_example_has_an_expectation(reports):
    assert {name for name, assignment in reports if assignment == SCRATCH} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_scores_what_it_must(reports, name):
    report = reports[name, SCRATCH]
    assert report.status == "graded"
    assert {e.id: e.score for e in report.exercises} == NONE | EXPECTED[name][0]


@pytest.mark.parametrize("name", [name for name, (_, words) in EXPECTED.items() if words])
def test_the_mistake_of_an_example_is_named(reports, name):
    checks = [check for exercise in reports[name, SCRATCH].exercises for check in exercise.checks]
    helps = [check.message.help or "" for check in checks if check.message is not None]
    assert [text for text in helps if EXPECTED[name][1] in text] != []


def test_the_librarys_own_class_is_named(reports):
    checks = reports["library_class", SCRATCH].exercises[0].checks
    assert [
        c
        for c in checks
        if c.message and "is the library's own; this exercise asks for yours" in (c.message.yours or "")
    ]


def test_the_notebooks_failing_cell_is_reported_and_costs_nothing(reports):
    (note,) = reports["notebook", SCRATCH].handed_in.notes
    assert note.startswith("cell 11 (# does it also work with two outputs?) stopped at line 2: TypeError")

"""The score of each example submission: points by exercise, and the sentence that names its mistake."""

import runpy
from pathlib import Path

import pytest
import torch
from assay.course.read import read_course
from assay.course.starter import module_starter
from assay.grading.executors import LocalProcesses
from assay.grading.run import grade
from assay.intake.collect import take_in
from d2l import torch as d2l

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SCRATCH, CONCISE = "linear_regression_scratch", "linear_regression_concise"

FULL = {"0": 26, "5": 6, "7": 15, "8": 14}
"""The exercises of section 3.4 that every example but the starter answers."""

MORE = {"1": 9, "2": 9, "3": 12, "4": 10, "6": 11, "9": 7}
"""Those that only the right ones answer."""

ALL_CONCISE = {"0": 17, "1": 12, "2": 16, "3": 14, "4": 13, "5": 18}

NONE = {SCRATCH: dict.fromkeys(FULL | MORE, 0), CONCISE: dict.fromkeys(ALL_CONCISE, 0)}
EXPECTED = {
    (SCRATCH, "broadcast_loss"): (FULL | {"5": 2}, "reshape y to y_hat's shape first"),
    (SCRATCH, "dropped_last_batch"): (FULL | {"7": 5}, "the shorter last batch is dropped although drop_last is False"),
    (SCRATCH, "fixed_order"): (FULL | {"7": 11}, "every pass has the same order"),
    (SCRATCH, "forgot_zero_grad"): (FULL | {"0": 20}, "zero_grad"),
    (SCRATCH, "huber_without_abs"): (FULL | {"8": 8}, "abs"),
    (SCRATCH, "library_class"): (FULL | {"0": 0}, None),
    (SCRATCH, "mixed_robust"): (FULL | {"8": 10}, "grows with the square"),
    (SCRATCH, "notebook"): (FULL | MORE, None),
    (SCRATCH, "out_of_place_step"): (FULL | {"0": 12, "8": 9}, "in place"),
    # The summed absolute loss as a robust one, Planck's law that overflows, and a rate for one unit and temperature only.
    (SCRATCH, "published_notebook"): ({"2": 3, "3": 5, "4": 6, "5": 6, "7": 15, "8": 7}, "overflows"),
    (SCRATCH, "python_loop"): (FULL | {"0": 25}, "example"),
    (SCRATCH, "right_parameters"): (FULL | MORE, None),
    (SCRATCH, "right_plain"): (FULL | MORE, None),
    (SCRATCH, "shuffled_apart"): (FULL | {"7": 13}, "apart"),
    (SCRATCH, "squared_robust"): (FULL | {"8": 11}, "grows with the square"),
    (SCRATCH, "starter"): ({}, "this is not written yet"),
    (SCRATCH, "variance_start"): (FULL | {"0": 22, "8": 13}, "sigma is the standard deviation"),
    (CONCISE, "gradients_from_data"): ({}, "is the values alone"),
    (CONCISE, "huber_without_abs"): ({"2": 1}, "the linear branch lacks the absolute value"),
    (CONCISE, "library_class"): ({}, None),
    # beta = 1/sigma², and three epochs whatever the number of examples.
    (CONCISE, "published_notebook"): (
        ALL_CONCISE | {"2": 8, "4": 0, "5": 13},
        "the branches meet at beta, so beta is delta itself and not 1/sigma²",
    ),
    (CONCISE, "rate_divided"): ({"1": 8}, "the wrong direction"),
    (CONCISE, "right_parameters"): (ALL_CONCISE, None),
    (CONCISE, "right_plain"): (ALL_CONCISE, None),
    (CONCISE, "starter"): ({}, "this is not written yet"),
    (CONCISE, "too_few_epochs"): ({"5": 11}, "the error of training, not of estimation"),
}


def grade_examples(seed):
    """Grade every example in one run."""
    course = read_course(ROOT)
    submissions = take_in([ROOT / "submissions"], [assignment.name for assignment in course.assignments]).submissions
    with LocalProcesses() as executor:
        found = grade(course, submissions, seed=seed, executor=executor, on_trouble=pytest.fail)
    return {(report.assignment, report.submission.name): report for report in found}


@pytest.fixture(scope="module")
def reports():
    return grade_examples(0)


@pytest.mark.parametrize("name", [SCRATCH, CONCISE])
def test_the_example_starter_is_what_the_engine_writes(name):
    """If a contract changes: remove the file, and run `assay new NAME` in its folder."""
    example = ROOT / "submissions" / "starter" / f"{name}.py"
    assert example.read_text(encoding="utf-8") == module_starter(read_course(ROOT).reference(name))


def test_every_example_has_an_expectation(reports):
    assert set(reports) == set(EXPECTED)


@pytest.mark.parametrize("example", EXPECTED, ids=" ".join)
def test_an_example_scores_what_it_must(reports, example):
    report = reports[example]
    assert report.status == "graded"
    assert scores_of(report) == expected_scores(example)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 10))
def test_an_example_scores_the_same_under_other_seeds(seed):
    found = {example: scores_of(report) for example, report in grade_examples(seed).items()}
    assert found == {example: expected_scores(example) for example in EXPECTED}


def scores_of(report):
    return {exercise.id: exercise.score for exercise in report.exercises}


def expected_scores(example):
    return NONE[example[0]] | EXPECTED[example][0]


@pytest.mark.parametrize("example", [example for example, (_, words) in EXPECTED.items() if words], ids=" ".join)
def test_the_mistake_of_an_example_is_named(reports, example):
    checks = [check for exercise in reports[example].exercises for check in exercise.checks]
    helps = [check.message.help or "" for check in checks if check.message is not None]
    assert [text for text in helps if EXPECTED[example][1] in text] != []


@pytest.mark.parametrize("assignment", [SCRATCH, CONCISE])
def test_the_librarys_own_class_is_named(reports, assignment):
    checks = reports[assignment, "library_class"].exercises[0].checks
    assert [
        c
        for c in checks
        if c.message
        and "is the library's own, also to derive from; this exercise asks for yours" in (c.message.yours or "")
    ]


def test_what_a_report_shows_as_input_runs_as_it_stands(reports):
    """Wherever it is not abbreviated, in a module that answered but not rightly."""
    ran = 0
    for (_, name), report in reports.items():
        answers = (
            runpy.run_path(ROOT / "submissions" / name / f"{report.assignment}.py") if "notebook" not in name else {}
        )
        for check in [check for exercise in report.exercises for check in exercise.checks]:
            shown = check.message.input if answers and check.status == "failed" else None
            if shown and "…" not in shown and not shown.startswith("#"):
                exec(shown, {"torch": torch, "d2l": d2l} | answers)
                ran += 1
    assert ran > 20


@pytest.mark.parametrize(
    ("example", "note"),
    [
        ((SCRATCH, "notebook"), "cell 11 (# does it also work with two outputs?) stopped at line 2: TypeError"),
        (
            (CONCISE, "published_notebook"),
            "cell 17 (data.summary()  # was there in an older version) stopped at line 1",
        ),
    ],
)
def test_a_notebooks_failing_cell_is_reported_and_costs_nothing(reports, example, note):
    (found,) = reports[example].handed_in.notes
    assert found.startswith(note)

"""The checks themselves are tested: full marks for the reference, every known mistake named, every mutant noticed."""

import os
from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.many_seeds import grade_references
from assay.selftest.mistakes import grade_mistakes
from assay.selftest.record import recorded_hash, sources_hash

pytestmark = pytest.mark.slow

COURSE = read_course(Path(__file__).parent.parent)

SEEDS = int(os.environ.get("ASSAY_SEEDS", "10"))
"""Course seeds for the reference; `tox run -e nightly` asks for more."""

ASSIGNMENTS = [assignment.name for assignment in COURSE.assignments]


@pytest.fixture(scope="module")
def executor():
    with LocalProcesses() as processes:
        yield processes


def test_the_reference_gets_full_marks_under_every_seed(executor):
    assert grade_references(COURSE, ASSIGNMENTS, range(SEEDS), executor) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_known_mistake_is_caught_and_named_by_its_own_exercise_and_by_no_other(executor, assignment):
    assert [outcome for outcome in grade_mistakes(COURSE, assignment, executor) if not outcome.right] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_mutant_was_noticed_with_the_sources_as_they_are(assignment):
    assert recorded_hash(COURSE, assignment) == sources_hash(COURSE, assignment), (
        f"a source of {assignment} has changed since its mutants were graded: run `tox run -e mutants`, "
        "and commit tests/mutants.json"
    )

"""The checks themselves are tested: full marks for the reference, and a fresh record of caught mistakes and mutants."""

import os
from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.many_seeds import grade_references
from assay.selftest.record import recorded_hash, sources_hash

pytestmark = pytest.mark.slow

COURSE = read_course(Path(__file__).parent.parent)

SEEDS = int(os.environ.get("ASSAY_SEEDS", "5"))
"""Course seeds for the reference; `tox run -e nightly` asks for more."""

ASSIGNMENTS = [assignment.name for assignment in COURSE.assignments]


def test_the_reference_gets_full_marks_under_every_seed():
    with LocalProcesses() as executor:
        assert grade_references(COURSE, ASSIGNMENTS, range(SEEDS), executor) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_known_mistake_and_mutant_was_caught_with_the_sources_as_they_are(assignment):
    assert recorded_hash(COURSE, assignment) == sources_hash(COURSE, assignment), (
        f"a source of {assignment} has changed since its known mistakes and mutants were graded: "
        "run `tox run -e record`, and commit tests/record.json"
    )

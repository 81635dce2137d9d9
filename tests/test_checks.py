"""The checks themselves are tested: full marks for the reference, every known mistake named, every mutant noticed."""

import os
from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.selftest.findings import known_mistakes, reference_under
from assay.selftest.record import recorded_hash, sources_hash

pytestmark = pytest.mark.slow

COURSE = read_course(Path(__file__).parent.parent)

SEEDS = int(os.environ.get("ASSAY_SEEDS", "20"))
"""Course seeds for the reference; `tox run -e nightly` asks for more."""

ASSIGNMENTS = [assignment.name for assignment in COURSE.assignments]


def test_the_reference_gets_full_marks_under_every_seed():
    assert reference_under(COURSE, ASSIGNMENTS, range(SEEDS)) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_known_mistake_is_caught_and_named_by_its_own_exercise_and_by_no_other(assignment):
    assert [known for known in known_mistakes(COURSE, assignment) if not known.right] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_mutant_was_noticed_with_the_sources_as_they_are(assignment):
    assert recorded_hash(COURSE, assignment) == sources_hash(COURSE, assignment), (
        f"a source of {assignment} has changed since its mutants were graded: run `tox run -e mutants`, "
        "and commit tests/mutants.json"
    )

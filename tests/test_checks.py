"""The checks themselves are tested: the reference gets full marks, and every known mistake is caught and named."""

import os
from pathlib import Path

import pytest
from assay.course import read_course
from assay.selftest import known_mistakes, reference_under

COURSE = read_course(Path(__file__).parent.parent)

SEEDS = int(os.environ.get("ASSAY_SEEDS", "5"))
"""Course seeds for the reference; `tox -e seeds` asks for 300, which takes minutes."""


def test_the_reference_gets_full_marks_under_every_seed():
    assert reference_under(COURSE, range(SEEDS)) == []


@pytest.mark.parametrize("assignment", [assignment.name for assignment in COURSE.assignments])
def test_every_known_mistake_is_caught_and_named_by_its_own_exercise_and_by_no_other(assignment):
    assert [known for known in known_mistakes(COURSE, assignment) if not known.right] == []

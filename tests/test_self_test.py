"""Every small change of the model answers is noticed by some check; tests/mutants.json records for which sources."""

from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.graded_mutants import grade_mutants
from assay.selftest.record import record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("assignment", [assignment.name for assignment in read_course(ROOT).assignments])
def test_every_mutant_of_the_reference_is_noticed_or_equivalent(assignment):
    course = read_course(ROOT)  # the record of another assignment changes the course's fingerprint
    with LocalProcesses() as executor:
        found = grade_mutants(course, assignment, executor)
    assert [(mutant.line, mutant.was, mutant.becomes) for mutant in found.survived] == []
    assert found.unused == ()
    record(course, assignment)

"""Every small change of the model answers is noticed by some check; tests/mutants.json records for which sources."""

from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.mutants import grade_mutants
from assay.selftest.record import record

pytestmark = pytest.mark.slow

COURSE = read_course(Path(__file__).parent.parent)


@pytest.mark.parametrize("assignment", [assignment.name for assignment in COURSE.assignments])
def test_every_mutant_of_the_reference_is_noticed_or_equivalent(assignment):
    with LocalProcesses() as executor:
        found = grade_mutants(COURSE, assignment, executor)
    assert [(mutant.line, mutant.was, mutant.becomes) for mutant in found.survived] == []
    assert found.unused == ()
    record(COURSE, assignment)

"""Every known mistake is named, every mutant is noticed; tests/record.json says for which sources that was seen."""

from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.graded_mutants import grade_mutants
from assay.selftest.mistakes import grade_mistakes
from assay.selftest.record import record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("assignment", [assignment.name for assignment in read_course(ROOT).assignments])
def test_every_mistake_is_named_by_its_own_exercise_alone_and_every_mutant_noticed_or_equivalent(assignment):
    course = read_course(ROOT)  # the record of another assignment changes the course's fingerprint
    with LocalProcesses() as executor:
        assert [outcome for outcome in grade_mistakes(course, assignment, executor) if not outcome.right] == []
        found = grade_mutants(course, assignment, executor)
    assert [(mutant.line, mutant.was, mutant.becomes) for mutant in found.survived] == []
    assert found.unused == ()
    record(course, assignment)

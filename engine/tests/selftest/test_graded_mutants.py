"""Grading mutants: caught, equivalent or survived."""

import pytest

from assay.course.read import read_course
from assay.errors import CourseError
from assay.selftest.graded_mutants import grade_mutants


def test_each_mutant_is_caught_equivalent_or_told(course_folder, executor):
    outcome = grade_mutants(read_course(course_folder), "toy", executor)
    assert [(mutant.line, mutant.was, mutant.becomes) for mutant in outcome.survived] == [
        (16, "return x + 1", "pass"),
        (16, "return x + 1", "return x - 1"),
        (16, "return x + 1", "return x + 0"),
    ]
    assert outcome.unused == (("return -x", "return x"),)
    assert (outcome.made, outcome.caught, outcome.equivalent) == (10, 6, 1)


def test_a_list_of_equivalent_mutants_that_cannot_be_read_is_the_courses_error(course_folder, executor):
    path = course_folder / "reference" / "toy.equivalents.toml"
    path.write_text('[[equivalent]]\nwas = "return x + 1"\nbecomes = "return x + 2"\n')
    with pytest.raises(CourseError) as caught:
        grade_mutants(read_course(course_folder), "toy", executor)
    assert str(caught.value) == f"{path}: Object missing required field `reason` - at `$.equivalent[0]`"

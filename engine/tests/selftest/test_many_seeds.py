"""The reference under many seeds."""

from assay.course.read import read_course
from assay.selftest.many_seeds import Failure, grade_references

WRONG = '''

from assay.checks import require


def test_wrong(submission):
    """negate gives x"""
    require(submission.negate(3.0) == 3.0, yours=-3.0, expected="3", help="look again")
'''


def test_a_reference_that_passes_every_check_has_no_failures(course_folder, executor):
    assert grade_references(read_course(course_folder), ["toy"], range(1), executor) == []


def test_each_check_that_rejects_the_reference_is_told_with_its_seed_and_why(course_folder, executor):
    with (course_folder / "tests" / "toy" / "test_2_negate.py").open("a") as file:
        file.write(WRONG)
    assert grade_references(read_course(course_folder), ["toy"], range(2), executor) == [
        Failure(0, "toy", "2", "wrong", "failed", "-3.0; look again"),
        Failure(1, "toy", "2", "wrong", "failed", "-3.0; look again"),
    ]

"""Clusters of equal wrong answers in a class."""

from msgspec.structs import replace
from reports import WRONG, check, exercise, report

from assay.model import Message
from assay.report.clusters import clusters_in, keys_of

FAILED = check("the loss is right", "failed", WRONG)
ERROR = check("the loss is right", "error", Message("f(1)", "raised NameError: x", None, None))


def people(*exercises_of_each):
    return [report(f"student {number}", own) for number, own in enumerate(exercises_of_each)]


def test_a_class_has_the_largest_cluster_first():
    other = check("rates", "failed", replace(WRONG, yours="2.0"))
    one, two = exercise("10", "Rates", other), exercise("2", "Model", FAILED)
    found = clusters_in(people((two,), (one, two), (one, two), ()))
    assert [(each.exercise, each.members) for each in found] == [("2", [0, 1, 2]), ("10", [1, 2])]


def test_a_student_is_once_in_a_cluster_that_several_checks_show():
    both = exercise("5", "Reshape", FAILED, replace(FAILED, description="the mean is right"))
    (found,) = clusters_in(people((both,), (both,)))
    assert (found.checks, found.members) == (["the loss is right", "the mean is right"], [0, 1])


def test_the_keys_of_a_report_are_those_of_its_clusters():
    (own,) = people((exercise("5", "Reshape", FAILED, ERROR, check("passed")),))
    assert keys_of(own) == {each.key for each in clusters_in([own])}
    assert len(keys_of(own)) == 2


def test_equal_errors_share_neither_the_input_nor_the_lines():
    lines = replace(ERROR.message, yours="raised NameError: x\n  line 3: return x")
    assert replace(ERROR, message=lines).shared_message() == Message(None, "raised NameError: x", None, None)
    assert FAILED.shared_message() == WRONG
    assert check("passed").shared_message() is None

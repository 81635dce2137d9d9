"""Clusters: equal wrong answers have one key, and whatever tells two answers apart gives them two."""

import pytest
from msgspec.structs import replace
from reports import MISSING, WRONG, check, exercise, report

from assay.model import HIDDEN_TEXT, Message
from assay.report.clusters import cluster_key, clusters_in, keys_of

FAILED = check("the loss is right", "failed", WRONG)
RAISED = Message("f(1)", "raised NameError: x\n  line 3: return x", None, None)
ERROR = check("the loss is right", "error", RAISED)


def key(verdict=FAILED, number="5", assignment="basics"):
    return cluster_key(assignment, number, verdict)


def with_message(verdict=FAILED, **texts):
    return replace(verdict, message=replace(verdict.message, **texts))


def people(*exercises_of_each):
    return [report(f"student {number}", own) for number, own in enumerate(exercises_of_each)]


def test_a_key_is_the_same_in_every_run():
    assert key() == "3a2284c4e8e590128401f1f41229dcd95c2dafa53c07261ce1cb4f9c386c1d33"


@pytest.mark.parametrize(
    "other",
    [
        key(number="6"),
        key(assignment="more"),
        key(with_message(input="sgd.step()")),
        key(with_message(yours="[[1.0, 2.0]]")),
        key(with_message(expected="[[0.5, 0.5]]")),
        key(with_message(help="another hint")),
        key(with_message(help=None)),
        key(replace(FAILED, diagnosis="yours is half what is expected")),
        key(replace(FAILED, status="timeout")),
        key(replace(FAILED, status="crashed")),
    ],
)
def test_whatever_was_compared_tells_answers_apart(other):
    assert other not in (None, key())


def test_what_is_not_the_answer_does_not_count():
    same = replace(FAILED, id="other", description="another sentence", max_score=3.0, duration=9.0)
    assert key(same) == key()


def test_an_error_is_the_same_on_another_line_and_for_another_input():
    same = with_message(ERROR, input="f(2)", yours="raised NameError: x\n  line 4: y = x")
    assert key(same) == key(ERROR) is not None
    assert key(with_message(ERROR, yours="raised NameError: y\n  line 3: return x")) != key(ERROR)


@pytest.mark.parametrize(
    "verdict",
    [
        check("passed"),
        check("missing", "missing", MISSING),
        check("skipped", "skipped", Message(help="numpy is not there")),
        check("ours", "ungraded", WRONG),
        check("hidden", "failed", Message(help=HIDDEN_TEXT), visibility="hidden"),
        check("hidden", "failed", WRONG, visibility="hidden"),
        check("told elsewhere", "failed", Message(help="the measurement failed")),
    ],
    ids=lambda verdict: verdict.description,
)
def test_without_an_answer_there_is_no_cluster(verdict):
    assert key(verdict) is None


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

"""The key of a wrong answer: equal answers have one, and whatever tells two answers apart gives them two."""

import pytest
from msgspec.structs import replace
from reports import MISSING, WRONG, check

from assay.judge.answers_key import answers_key
from assay.model import HIDDEN_TEXT, Message

FAILED = check("the loss is right", "failed", WRONG)
RAISED = Message("f(1)", "raised NameError: x\n  line 3: return x", None, None)
ERROR = check("the loss is right", "error", RAISED)


def key(verdict=FAILED, number="5", assignment="basics"):
    return answers_key(assignment, number, verdict)


def with_message(verdict=FAILED, **texts):
    return replace(verdict, message=replace(verdict.message, **texts))


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
def test_without_an_answer_there_is_no_key(verdict):
    assert key(verdict) is None

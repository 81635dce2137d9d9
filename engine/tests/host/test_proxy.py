"""A handle has no value in the judge: a check that takes it for one tells the student so."""

import math
from types import SimpleNamespace

import pytest
import torch

from assay.errors import Mismatch
from assay.judge.inprocess import proxy
from assay.text import Prose

USES = {
    "an item": lambda handle: handle[0],
    "a slice": lambda handle: handle[1:],
    "a real number": float,
    "a whole number": int,
    "a square root": math.sqrt,
    "a place": lambda handle: [1, 2][handle],
    "a number of items": range,
    "a truth value": bool,
    "equal": lambda handle: handle == 1,
    "less": lambda handle: handle < 1,
    "at most": lambda handle: handle <= 1,
    "more": lambda handle: handle > 1,
    "at least": lambda handle: handle >= 1,
    "the largest": lambda handle: max(1, handle),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_an_object_that_a_check_takes_for_a_value_is_a_mismatch(use):
    handle = proxy(SimpleNamespace(f=lambda: iter([1])), None, ["f"], 0).f()
    with pytest.raises(Mismatch) as caught:
        use(handle)
    assert caught.value.yours is handle
    assert caught.value.expected == Prose("a value")


def test_the_objects_in_an_answer_are_still_iterated_over_and_sent_back():
    submission = proxy(SimpleNamespace(f=lambda: iter([1.0, 2.0]), g=sum), None, ["f", "g"], 0)
    assert (list(submission.f()), submission.g(submission.f())) == ([1.0, 2.0], 3.0)
    assert torch.tensor(list(submission.f())).tolist() == [1.0, 2.0]

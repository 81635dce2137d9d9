"""Known mistakes: how they are marked, found and recognised."""

import math
from pathlib import Path
from types import ModuleType

import pytest
import torch
from values import Held

from assay.checks import mistake, mistake_family
from assay.checks.mistakes import Mistake, marks_of, mistakes_of, same_answer
from assay.errors import CourseError, Mismatch


def test_a_marked_function_stays_as_it_is():
    @mistake("estimate", hint="halve it")
    def whole(x):
        return x

    assert whole(3) == 3
    assert marks_of(whole) == (Mistake("estimate", "halve it", whole, Path(__file__)),)
    assert marks_of(whole)[0].label == "estimate = whole"


def make_sum(part):
    """Make an answer that adds up parts."""

    def total(numbers):
        return sum(map(part, numbers))

    return total


def test_a_family_makes_mistakes_of_parts_named_like_them():
    wrong_sum = mistake_family("total", make_sum)

    @wrong_sum(hint="this is the sum of squares")
    def squared(number):
        return number**2

    assert squared([1, 2, 3]) == 14
    assert marks_of(squared) == (Mistake("total", "this is the sum of squares", squared, Path(__file__)),)
    assert marks_of(squared)[0].label == "total = squared"


def test_mistakes_are_found_in_the_order_of_their_definition_and_once():
    module = ModuleType("test_file")

    @mistake("a", hint="first")
    def one():
        pass

    @mistake("c", hint="third")
    @mistake("b", hint="second")
    class Two:
        pass

    class Three(Two):
        pass

    module.one, module.same, module.other, module.Two, module.Three, module.number = one, one, len, Two, Three, 3
    assert [found.hint for found in mistakes_of(module)] == ["first", "second", "third"]


def test_what_cannot_be_marked_is_the_courses_error():
    with pytest.raises(CourseError) as caught:
        mistake("estimate", hint="")(abs)
    assert str(caught.value) == (
        "@mistake('estimate') takes a function or a class of the file of mistakes, not <built-in function abs>"
    )


SAME = [
    (1.0, 1.00005),
    (1.0, torch.tensor(1.0)),
    (torch.tensor([1.0, math.nan]), torch.tensor([1.0, math.nan], dtype=torch.float64)),
    (torch.tensor([1.0, 1e-8]), torch.tensor([1.0, -1e-8])),
    (None, None),
    ([1.0], [1.0]),
    (Held(), Held()),
]
NOT_SAME = [
    (1.0, 1.001),
    (torch.tensor([1.0]), torch.tensor([[1.0]])),
    (torch.tensor([1e-20]), torch.tensor([2e-20])),
    (torch.tensor([math.inf]), torch.tensor([1.0])),
    (torch.tensor([math.nan]), torch.tensor([math.inf])),
    (None, 1.0),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_wrong_answer_is_recognised_in_another_style(one, other):
    assert same_answer(Mismatch(one, 0.0), Mismatch(other, "another text"))


@pytest.mark.parametrize(("one", "other"), NOT_SAME)
def test_another_wrong_answer_is_not_taken_for_the_mistakes(one, other):
    assert not same_answer(Mismatch(one, 0.0), Mismatch(other, 0.0))

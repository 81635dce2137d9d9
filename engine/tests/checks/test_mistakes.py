"""Known mistakes: how they are marked, found, put in the reference's place, and recognised."""

import math
from types import ModuleType

import pytest
import torch
from values import Held

from assay.checks import mistake
from assay.checks.mistakes import Mistake, fresh_module, marks_of, mistaken_module, mistakes_of, same_answer
from assay.errors import CourseError, Mismatch

REFERENCE = """
def estimate(x):
    return x / 2


def twice(x):
    return 2 * estimate(x)


class Base:
    def step(self):
        return "right"


class Counter(Base):
    pass
"""


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(REFERENCE)
    return path


def test_a_marked_function_stays_as_it_is():
    @mistake("estimate", hint="halve it")
    def whole(x):
        return x

    assert whole(3) == 3
    assert marks_of(whole) == (Mistake("estimate", "halve it", whole),)


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
        "@mistake('estimate') takes a function or a class of the test file, not <built-in function abs>"
    )


def test_a_fresh_module_shares_nothing_with_another(reference):
    one, other = fresh_module(reference), fresh_module(reference)
    assert one.estimate is not other.estimate
    assert one.__name__ == "toy"
    assert one.__file__ == str(reference)


def test_the_references_other_functions_meet_the_mistake(reference):
    module = mistaken_module(reference, Mistake("estimate", "", lambda x: x))
    assert module.twice(3) == 6
    assert fresh_module(reference).twice(3) == 3


def test_a_mistake_may_take_a_method(reference):
    module = mistaken_module(reference, Mistake("Counter.step", "", lambda _: "wrong"))
    assert module.Counter().step() == "wrong"
    assert module.Base().step() == "right"


@pytest.mark.parametrize("name", ["missing", "Counter.missing", "Missing.step"])
def test_a_mistake_under_a_name_that_the_reference_has_not_is_the_courses_error(reference, name):
    with pytest.raises(CourseError) as caught:
        mistaken_module(reference, Mistake(name, "", len))
    assert str(caught.value) == f"{name}, which a known mistake replaces, is not in toy.py"


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

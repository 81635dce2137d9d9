"""assert_close and its siblings: what passes, what does not, and that nothing but a Mismatch ever comes out."""

import itertools
import math
from contextlib import suppress
from decimal import Decimal

import numpy as np
import pytest
import torch
from hypothesis import given
from values import anything, steady

from assay.checks import assert_close, number, require, sequence, take, tensor
from assay.checks.compare import Bound, compare
from assay.errors import CourseError, Mismatch
from assay.text import Prose


class Held:
    """Stays in the guest."""

    __assay_handle__ = "SGD"


class OtherHeld:
    """Stays there too."""

    __assay_handle__ = "Adam"


RIGHT = [
    (torch.tensor([[1.0]]), torch.tensor([[1.0 + 1e-7]])),
    (torch.tensor([1.0], dtype=torch.float64), torch.tensor([1.0])),
    (torch.tensor(2.0), 2.0),
    (2.0, torch.tensor(2.0)),
    (2, 2.0),
    (2.0, 2),
    (torch.tensor(2), 2.0),
    (np.float32(2.0), 2.0),
    (np.bool_(1), True),
    (True, True),
    (torch.tensor([True]), torch.tensor([True])),
    (10**400, 10**400),
    (math.nan, math.nan),
    (torch.tensor([math.nan, math.inf]), torch.tensor([math.nan, math.inf])),
    (torch.empty(0, 1), torch.empty(0, 1)),
    (torch.tensor([1 + 2j]), torch.tensor([1 + 2j])),
    (torch.tensor([1.0, 0.0]).to_sparse(), torch.tensor([1.0, 0.0])),
    (torch.tensor([1, 2]), torch.tensor([1, 2])),
    ([1.0, [2.0, None]], (1.0, (2.0, None))),
    ({0.1: [torch.tensor(1.0)]}, {0.1: [1.0]}),
    ("text", "text"),
    (None, None),
]

WRONG = [
    (torch.tensor([[1.0]]), torch.tensor([[1.1]])),
    (torch.tensor([[1.0]]), torch.tensor([1.0])),
    (torch.empty(0, 1), torch.zeros(2, 1)),
    (torch.tensor([1.0]), 1.0),
    (1.0, torch.tensor([1.0])),
    (2.0, torch.tensor([2.0, 2.0])),
    (np.float32(0.0), torch.zeros(3, 1)),
    (0.0, torch.empty(0)),
    (torch.tensor([1, 2]), torch.tensor([1.0, 2.0])),
    (torch.tensor(1), torch.tensor(1.0)),
    (torch.tensor([True]), torch.tensor([1.0])),
    (True, 1.0),
    (torch.tensor([1 + 0j]), torch.tensor([1.0])),
    (1_000_000, 1_000_001),
    (torch.tensor([1_000_000]), torch.tensor([1_000_001])),
    (10**400, 1.0),
    (Decimal("1.0"), 1.0),
    ([1.0], [1.0, 2.0]),
    ([[1.0], 2.0], [[1.0], [2.0]]),
    ([1.0, "x"], [1.1, "y"]),
    ({1.0: 2.0}, {1.0: 2.0, 3.0: 4.0}),
    ("text", "Text"),
    (None, 1.0),
    (Held(), 1.0),
    (object(), 1.0),
    (torch.empty(1, device="meta"), torch.tensor([1.0])),
]


@pytest.mark.parametrize(("yours", "expected"), RIGHT)
def test_right_answers_in_another_style_pass(yours, expected):
    assert_close(yours, expected)


@pytest.mark.parametrize(("yours", "expected"), WRONG)
def test_wrong_answers_are_mismatches_with_both_sides(yours, expected):
    with pytest.raises(Mismatch) as caught:
        assert_close(yours, expected)
    assert caught.value.yours is yours
    assert caught.value.expected is expected
    assert caught.value.help is None


@steady
@given(yours=anything, expected=anything)
def test_assert_close_never_raises_anything_but_mismatch(yours, expected):
    with suppress(Mismatch):
        assert_close(yours, expected)


@steady
@given(yours=anything)
def test_number_tensor_take_and_require_never_raise_anything_but_mismatch(yours):
    for ask in (
        number,
        lambda value: tensor(value, (2, 1)),
        lambda value: take(value, 3),
        lambda value: require(value, yours=value, expected="something true"),
    ):
        with suppress(Mismatch):
            ask(yours)


def test_a_list_that_contains_itself_is_a_mismatch():
    endless = []
    endless.append(endless)
    with pytest.raises(Mismatch):
        assert_close(endless, endless)


@pytest.mark.parametrize(
    ("bounds", "within"),
    [
        ({}, "float32 rounding"),
        ({"because": "sums of 8 terms"}, "float32 rounding: sums of 8 terms"),
        ({"atol": 0.01, "because": "a reason"}, "0.01: a reason"),
        ({"rtol": 1e-4, "because": "a reason"}, "0.0001·|expected|: a reason"),
        ({"rtol": 1e-4, "atol": 0.01, "because": "a reason"}, "0.01 + 0.0001·|expected|: a reason"),
        ({"rtol": 1e-7}, "1e-7·|expected|"),
        ({"rtol": 0, "atol": 0}, None),
    ],
)
def test_the_bound_is_shown_with_its_reason(bounds, within):
    with pytest.raises(Mismatch) as caught:
        assert_close(torch.tensor([1.0]), torch.tensor([2.0]), **bounds)
    assert caught.value.within == within


def test_the_bound_is_not_shown_where_the_shape_is_wrong():
    with pytest.raises(Mismatch) as caught:
        assert_close(torch.tensor([1.0]), torch.tensor([[1.0]]))
    assert caught.value.within is None


def test_a_looser_bound_passes_what_lies_within_it():
    assert_close(torch.tensor([1.0]), torch.tensor([1.009]), atol=0.01, because="a reason")
    assert_close(100, 101, atol=1, because="a count may be one off")


def test_a_looser_bound_needs_its_reason():
    with pytest.raises(CourseError) as caught:
        assert_close(1.0, 1.0, atol=0.01)
    assert str(caught.value) == (
        'assert_close: rtol=None, atol=0.01 is looser than rounding and needs its reason, because="..."'
    )


def test_the_dtype_counts_only_where_the_exercise_asks_for_one():
    double = torch.tensor([1.0], dtype=torch.float64)
    assert_close(torch.tensor([1.0]), double, dtype=torch.float32)
    with pytest.raises(Mismatch) as caught:
        assert_close(double, double, dtype=torch.float32)
    assert caught.value.expected == "dtype float32"


@pytest.mark.parametrize(("yours", "dtype"), [(2.0, None), ("2", None), (torch.tensor(1.0), torch.float64)])
def test_a_check_that_knows_what_to_do_says_it(yours, dtype):
    with pytest.raises(Mismatch) as caught:
        assert_close(yours, torch.tensor(1.0) if dtype else 1.0, dtype=dtype, help="start anew")
    assert caught.value.help == "start anew"


@pytest.mark.parametrize("condition", [False, torch.tensor([True, False]), torch.empty(0), 0, None])
def test_a_law_that_does_not_hold_is_a_mismatch(condition):
    with pytest.raises(Mismatch) as caught:
        require(condition, yours=[1], expected="every example once", help="start anew")
    assert (caught.value.yours, caught.value.expected, caught.value.help) == ([1], "every example once", "start anew")


@pytest.mark.parametrize("condition", [True, torch.tensor([True, True]), torch.tensor(1), 1])
def test_a_law_that_holds_passes(condition):
    require(condition, yours=None, expected="")


def test_a_condition_that_cannot_be_asked_does_not_hold():
    class Rude:
        def __bool__(self):
            raise RuntimeError

    with pytest.raises(Mismatch):
        require(Rude(), yours=1, expected="a law")


@pytest.mark.parametrize("value", [2.5, torch.tensor(2.5), torch.tensor([[2.5]]), np.float32(2.5), np.float64(2.5)])
def test_number_takes_floats_and_tensors_of_one_number(value):
    assert number(value) == 2.5


@pytest.mark.parametrize("value", [None, "2.5", True, 1j, 10**400, [2.5], torch.tensor([1.0, 2.0]), torch.empty(0)])
def test_number_says_what_came_instead(value):
    with pytest.raises(Mismatch) as caught:
        number(value)
    assert caught.value.yours is value
    assert caught.value.expected == "a number"


def test_tensor_gives_back_a_float_tensor_of_the_shape():
    value = torch.ones(3, 2)
    assert tensor(value, (3, 2)) is value
    assert tensor(value, (3, None)) is value


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        (torch.ones(3, 2), (2, 3), "a float tensor of shape (2, 3)"),
        (torch.ones(3, 2), (3,), "a float tensor of shape (3,)"),
        (torch.ones(2, dtype=torch.int64), (2,), "a float tensor of shape (2,)"),
        ([1.0], (1, None), "a float tensor of shape (1, any)"),
        (torch.ones(1), (), "a float tensor of shape ()"),
    ],
)
def test_tensor_says_which_shape_it_wants(value, shape, expected):
    with pytest.raises(Mismatch) as caught:
        tensor(value, shape)
    assert caught.value.expected == expected


def test_take_stops_one_item_beyond_the_limit():
    def endless():
        while True:
            yield 1

    assert take(endless(), 3) == [1, 1, 1, 1]
    assert take([1, 2], 3) == [1, 2]


def test_take_says_that_something_cannot_be_iterated_over():
    with pytest.raises(Mismatch) as caught:
        take(3, 1)
    assert (caught.value.yours, caught.value.expected) == (3, "something to iterate over")


@pytest.mark.parametrize("yours", [[1.0, 2.0], (1.0, 2.0), torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]).double()])
@pytest.mark.parametrize("expected", [[1.0, 2.0], (1.0, 2.0), torch.tensor([1.0, 2.0])])
def test_a_sequence_of_numbers_may_be_a_list_a_tuple_or_a_tensor_of_one_dimension(yours, expected):
    assert_close(yours, expected)


@pytest.mark.parametrize(
    "yours", [torch.tensor([[1.0, 2.0]]), [1.0], [1.0, 2.0, 3.0], [1.0, 2.5], torch.tensor(1.0), {}]
)
def test_another_shape_or_number_is_not_that_sequence(yours):
    with pytest.raises(Mismatch):
        assert_close(yours, [1.0, 2.0])


def test_what_is_not_a_sequence_has_no_items():
    assert [sequence(value) for value in (1.0, "ab", {}, torch.ones(1, 1), None)] == [None] * 5
    assert sequence((1, 2)) == [1, 2]


@pytest.mark.parametrize("bound", [Bound(), Bound(0.0, 0.0), Bound(1e-3, 0.0), Bound(0.0, 1e-3), Bound(0.0, 0.0, 1e-3)])
def test_plain_numbers_are_compared_as_torch_compares_tensors(bound):
    values = [0.0, -0.0, 1.0, 1.0000012, 1.00001, 1.001, 1e-6, -1e300, 1e308, math.inf, -math.inf, math.nan]
    for yours, expected in itertools.product(values, values):
        sides = (torch.tensor(each, dtype=torch.float64) for each in (yours, expected))
        assert compare(yours, expected, bound) == compare(*sides, bound)


def test_a_long_answer_is_compared_by_its_length_first():
    assert compare(torch.ones(900_000), [1.0, 2.0], Bound()) == "different"


MINE, OTHERS = Held(), OtherHeld()


@pytest.mark.parametrize(
    ("yours", "expected", "shown"),
    [
        (MINE, OTHERS, MINE),
        (MINE, MINE, MINE),
        (1.0, OTHERS, OTHERS),  # both are the submission's, and the first one is a value
        ([1.0, MINE], [1.0, OTHERS], [1.0, MINE]),
        ({"w": [1.0]}, {"w": [OTHERS]}, {"w": [OTHERS]}),
    ],
)
def test_where_an_object_is_expected_a_value_was_asked_for(yours, expected, shown):
    with pytest.raises(Mismatch) as caught:
        assert_close(yours, expected)
    assert (caught.value.yours, caught.value.expected) == (shown, Prose("a value"))

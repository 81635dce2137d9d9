"""The texts about two values that differ: exact ones, and that any two give short and printable ones."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from values import Hostile, anything, printable, steady

from assay.judge.yours_and_expected import pair
from assay.text import Prose

T = torch.tensor


@steady
@given(anything, anything, st.none() | st.text(max_size=2000))
def test_a_pair_is_printable_and_each_text_below_2000_characters(yours, expected, within):
    for text in pair(yours, expected, within):
        assert len(text) < 2000
        assert printable(text)


def both(yours, expected, within=None):
    return "\n".join(pair(yours, expected, within))


def test_shape_and_type_stand_in_a_column_of_their_own():
    assert both(T([[1.0, 1.0], [2.0, 2.0]]), T([[0.5, 0.5]])) == (
        "[[1.0, 1.0], [2.0, 2.0]]   shape (2, 2), float32\n[[0.5, 0.5]]               shape (1, 2), float32"
    )


def test_the_tolerance_stands_where_the_shapes_agree():
    assert both(T([[1.0, 1.0]]), T([[0.5, 0.5]]), "float32 rounding") == (
        "[[1.0, 1.0]]   shape (1, 2), float32\n[[0.5, 0.5]]   within float32 rounding"
    )


def test_numbers_that_agree_to_four_digits_get_more():
    assert both(T(1.00001), 1.00005) == "1.00001\n1.00005"
    assert both(1.0, T(1.0)) == "1.0\n1.0"


def test_a_text_of_the_course_says_what_must_hold_and_is_not_quoted():
    assert both([1], "an iterator") == "[1]\nan iterator"
    assert both("text", "Text") == "'text'\n'Text'"
    assert both("text", Prose("another text")) == "'text'\nanother text"


def test_long_texts_that_begin_alike_are_shown_from_where_they_differ():
    assert both("a" * 100 + "b", "a" * 100 + "c") == f"…'{'a' * 40}b'\n…'{'a' * 40}c'"


def test_long_tensors_become_a_table_of_the_worst():
    expected = torch.arange(1000.0).reshape(500, 2)
    yours = expected.clone()
    yours[17, 0], yours[3, 1], yours[5, 0], yours[7, 0] = 35.0, 4.0, 10.25, 14.125
    assert both(yours, expected, "float32 rounding") == (
        "4 of 1000 differ, by up to 3.0   shape (500, 2), float32\n"
        "index     yours   expected\n"
        "[3, 1]    4.0     7.0\n"
        "[17, 0]   35.0    34.0\n"
        "[5, 0]    10.25   10.0\n"
        "[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0], …]   within float32 rounding"
    )


def test_a_table_shows_nan_first_and_bounds_nothing_then():
    expected = torch.arange(100.0)
    yours = expected.clone()
    yours[1], yours[0] = math.nan, 9.0
    assert pair(yours, expected)[0] == (
        "2 of 100 differ   shape (100,), float32\nindex   yours   expected\n[1]     nan     1.0\n[0]     9.0     0.0"
    )


def test_nested_lists_of_one_structure_become_a_table_too():
    expected = {0.003: [1.0] * 30, 0.03: (2.0, True, "x", math.nan), 0.3: T([1.0, 2.0])}
    yours = {0.003: [1.0] * 30, 0.03: (2.5, False, "x", math.nan), 0.3: T([1.0, 2.25])}
    assert both(yours, expected) == (
        "3 of 36 differ\n"
        "index       yours   expected\n"
        "[0.03][1]   False   True\n"
        "[0.03][0]   2.5     2.0\n"
        "[0.3][1]    2.25    2.0\n"
        "{0.003: [1.0, 1.0, …], 0.03: (2.0, True, …), …}"
    )


def test_a_tensor_of_one_number_in_a_structure_needs_no_index():
    yours, expected = ({"forward": torch.zeros(99), "loss": torch.tensor(loss)} for loss in (2.5, 1.5))
    assert pair(yours, expected)[0] == (
        "1 of 100 differ, by up to 1.0\nindex      yours   expected\n['loss']   2.5     1.5"
    )


def test_numbers_far_below_one_are_counted_by_any_difference():
    expected = torch.full((100,), 1e-9)
    yours = expected.clone()
    yours[7] = 2e-9
    assert pair(yours, expected)[0] == (
        "1 of 100 differ, by up to 1e-9   shape (100,), float32\nindex   yours   expected\n[7]     2e-9    1e-9"
    )


def test_complex_numbers_have_a_table_too():
    expected = torch.zeros(100, dtype=torch.complex64)
    yours = expected.clone()
    yours[1] = 3 + 4j
    assert pair(yours, expected)[0].startswith("1 of 100 differ, by up to 5.0   shape (100,), complex64\n")


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (torch.ones(100), torch.ones(100)),
        (torch.ones(100), torch.ones(99)),
        (torch.ones(100, device="meta"), torch.ones(100)),
        ([0.0] * 20_000, [1.0] * 20_000),
        ([Hostile()] * 100, [1.0] * 100),
        ([[1.0]] * 100, [1.0] * 100),
    ],
)
def test_where_no_table_can_be_had_the_beginnings_are_shown(yours, expected):
    text, _ = pair(yours, expected)
    assert "\n" not in text
    assert "differ" not in text


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_have_no_numbers_and_no_one_shape():
    nested = torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])
    assert both(nested, 1.0) == "a tensor without numbers   no one shape\n1.0"


@pytest.mark.parametrize(
    ("yours", "expected", "said"),
    [
        ([1.0, 2.0], (1.0, 2.0), ("[1.0, 2.0]", "(1.0, 2.0)")),
        (True, Prose("True"), ("True   a truth value", "True   a value of class Prose")),
        (torch.ones(2), [1.0, 1.0], ("[1.0, 1.0]   a tensor of shape (2,), float32", "[1.0, 1.0]   a list")),
        (torch.ones(2, dtype=torch.int64), torch.ones(2), ("[1, 1]", "[1.0, 1.0]")),
    ],
)
def test_values_that_look_alike_are_told_apart_in_words(yours, expected, said):
    first, second = pair(yours, expected)
    assert (first.startswith(said[0]), second.startswith(said[1])) == (True, True), (first, second)


BATCHES = [[torch.zeros(3, 2), torch.zeros(3, 1)] for _ in range(9)]


@pytest.mark.parametrize(
    ("yours", "expected", "shown"),
    [
        pytest.param(
            [*BATCHES, [torch.zeros(3, 2), torch.zeros(3, 1)]],
            [*BATCHES, [torch.zeros(1, 2), torch.zeros(1, 1)]],
            "[9][0]: [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]   shape (3, 2), float32\n"
            "[9][0]: [[0.0, 0.0]]                           shape (1, 2), float32",
            id="another shape",
        ),
        pytest.param([*BATCHES, BATCHES[0]], BATCHES, "in all: 10 items\nin all: 9 items", id="more items"),
        pytest.param(
            {"batches": [*BATCHES, [torch.zeros(3, 2)]]},
            {"batches": [*BATCHES, BATCHES[0]]},
            "['batches'][9]: 1 item\n['batches'][9]: 2 items",
            id="fewer items further in",
        ),
        pytest.param(
            [*BATCHES, {"X": 0.0}],
            [*BATCHES, {"X": 0.0, "y": 0.0}],
            "keys of [9]: ['X']\nkeys of [9]: ['X', 'y']",
            id="other keys",
        ),
    ],
)
def test_where_both_would_look_alike_the_part_that_differs_is_shown(yours, expected, shown):
    assert both(yours, expected) == shown

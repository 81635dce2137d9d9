"""What a person reads of values: exact texts, and that any value gives a short and printable one."""

import math
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from values import Held, Hostile, anything, steady

from assay.display import Words, code, inert, object_class, pair, short

T = torch.tensor


def printable(text):
    return all(line.isprintable() for line in text.split("\n"))


@steady
@given(st.text(alphabet=st.characters(), max_size=300), st.integers(1, 100))
def test_inert_text_is_printable_and_never_longer_than_its_limit(text, limit):
    shown = inert(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()


@steady
@given(anything, st.integers(1, 300))
def test_short_text_is_one_printable_line_never_longer_than_its_limit(value, limit):
    shown = short(value, limit)
    assert 0 < len(shown) <= limit or value == ""
    assert shown.isprintable()
    assert short(value, limit) == shown


@steady
@given(anything, anything, st.none() | st.text(max_size=2000))
def test_a_pair_is_printable_and_each_text_below_2000_characters(yours, expected, within):
    for text in pair(yours, expected, within):
        assert len(text) < 2000
        assert printable(text)


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("plain", 5, "plain"),
        ("plain", 4, "pla…"),
        ("\x1b[31mred", 20, r"\x1b[31mred"),
        ("a\nb\u202ec", 20, r"a\nb\u202ec"),
        ("a\x1b", 4, "a…"),
        ("\ud800", 20, r"\ud800"),
        ("é 猫", 20, "é 猫"),
        ("\x1b", 1, "…"),
        (Words("words"), 9, "words"),
    ],
)
def test_inert(text, limit, shown):
    assert inert(text, limit) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (10**30, "1000000000000000000000000000000"),
        (10**5000, "about 1e5000"),
        (-(10**400), "about -1e400"),
        (2.0, "2.0"),
        (-0.1234567, "-0.1235"),
        (1234.5678, "1234.6"),
        (12345.678, "1.235e4"),
        (1e30, "1e30"),
        (1e-9, "1e-9"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (1 - 2j, "1.0-2.0j"),
        (1 + 2j, "1.0+2.0j"),
        (np.float32(0.1), "0.1"),
        (np.bool_(1), "True"),
        (Decimal("0.5"), "0.5"),
        (Fraction(10**400), "an object"),
        ("it's\n", '"it\'s\\n"'),
        ("x" * 100, "'" + "x" * 80 + "'…"),
        (Words("as it is"), "as it is"),
        (T(0.1), "0.1"),
        (T([[1.0, 2.5]]), "[[1.0, 2.5]]"),
        (T([True]), "[True]"),
        (torch.empty(0, 1), "[]"),
        (torch.empty(2, device="meta"), "a tensor without numbers of shape (2,), float32"),
        (torch.float32, "torch.float32"),
        (torch.Size([2]), "(2,)"),
        ([1, (2, 3), {"a": None}], "[1, (2, 3), {'a': None}]"),
        (np.ones(2), "an object of class ndarray"),
        (object(), "an object of class object"),
        (Hostile(), "an object of class Hostile"),
        (Held(), r"an object of class Model\x1b[31m" + "x" * 46 + "…"),
    ],
    ids=lambda value: str(type(value)),
)
def test_short(value, shown):
    assert short(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1 + 1 / 16, "1.0625"),
        (1 / 3, "0.3333333333333333"),
        ([10.125, 1 / 8], "[10.125, 0.125]"),
        ({0.003: (1, None, "x")}, "{0.003: (1, None, 'x')}"),
        (T([[10.125], [0.1]]), "torch.tensor([[10.125], [0.1]])"),
        (T([1, 2]), "torch.tensor([1, 2])"),
        (T([True]), "torch.tensor([True])"),
        (T(0.5), "torch.tensor(0.5)"),
        (T([0.1], dtype=torch.float64), "torch.tensor([0.1], dtype=torch.float64)"),
        (T([1.0], dtype=torch.float16), "torch.tensor([1.0], dtype=torch.float16)"),
        (T([math.inf, -math.inf]), "torch.tensor([torch.inf, -torch.inf])"),
    ],
    ids=str,
)
def test_code_makes_the_value_again(value, shown):
    assert code(value, 80) == shown
    assert (
        torch.as_tensor(eval(shown)).equal(torch.as_tensor(value))
        if isinstance(value, torch.Tensor)
        else eval(shown) == value
    )


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        [1.0, math.inf],
        torch.empty(0, 1),
        torch.ones(100),
        torch.empty(2, device="meta"),
        Held(),
    ],
    ids=lambda value: str(type(value)),
)
def test_what_code_cannot_make_again_is_shown_as_elsewhere(value):
    assert code(value, 80) == short(value, 80)


def test_long_lists_leave_out_their_ends():
    assert short(list(range(100)), 30) == "[0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert short([[1.0] * 9] * 9, 40) == "[[1.0, 1.0, …], [1.0, 1.0, …], …]"


def test_long_tensors_leave_out_their_ends_and_say_their_shape():
    assert (
        short(torch.ones(100, 2), 80)
        == "[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], …] of shape (100, 2), float32"
    )
    assert short(torch.ones(100, 2), 20) == "[[1.0, …], …]"


def test_what_fits_nowhere_is_cut():
    assert short([["abcdefghijkl"]], 10) == "[['abcdef…"


def test_deep_lists_end_in_an_ellipsis():
    endless = []
    endless.append(endless)
    assert short(endless) == "[[[[[[[[…]]]]]]]]"


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_have_no_numbers_and_no_one_shape():
    nested = torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])
    assert both(nested, 1.0) == "a tensor without numbers   no one shape\n1.0"


def test_nothing_is_a_tensor_where_torch_was_never_imported(monkeypatch):
    value = T([1.0])
    dtype = torch.float32
    monkeypatch.delitem(sys.modules, "torch")
    assert short(value) == "an object of class Tensor"
    assert short(dtype) == "an object of class dtype"


def test_the_class_of_an_object_is_known_only_where_it_is_a_text():
    class Odd:
        __assay_handle__ = 3

    assert object_class(Odd()) is None
    assert object_class(Hostile()) is None
    assert object_class(1.0) is None


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
    assert both("text", Words("another text")) == "'text'\nanother text"


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
    ids=str,
)
def test_where_no_table_can_be_had_the_beginnings_are_shown(yours, expected):
    text, _ = pair(yours, expected)
    assert "\n" not in text
    assert "differ" not in text

"""Values as text: exact texts, and any value has a short and printable one."""

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

from assay.text import Prose, code, enumerated, escape, object_class, shorten

T = torch.tensor


@steady
@given(st.text(alphabet=st.characters(), max_size=300), st.integers(1, 100))
def test_inert_text_is_printable_and_never_longer_than_its_limit(text, limit):
    shown = escape(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()


@steady
@given(anything, st.integers(1, 300))
def test_short_text_is_one_printable_line_never_longer_than_its_limit(value, limit):
    shown = shorten(value, limit)
    assert 0 < len(shown) <= limit or value == ""
    assert shown.isprintable()
    assert shorten(value, limit) == shown


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
        (Prose("words"), 9, "words"),
    ],
)
def test_inert(text, limit, shown):
    assert escape(text, limit) == shown


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
        (Prose("as it is"), "as it is"),
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
    assert shorten(value) == shown


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
        T([complex("nan"), complex(1, math.inf)]),
        Held(),
    ],
    ids=lambda value: str(type(value)),
)
def test_what_code_cannot_make_again_is_shown_as_elsewhere(value):
    assert code(value, 80) == shorten(value, 80)


def test_long_lists_leave_out_their_ends():
    assert shorten(list(range(100)), 30) == "[0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert shorten([[1.0] * 9] * 9, 40) == "[[1.0, 1.0, …], [1.0, 1.0, …], …]"


def test_long_tensors_leave_out_their_ends_and_say_their_shape():
    assert (
        shorten(torch.ones(100, 2), 80)
        == "[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], …] of shape (100, 2), float32"
    )
    assert shorten(torch.ones(100, 2), 20) == "[[1.0, …], …]"


def test_what_fits_nowhere_is_cut():
    assert shorten([["abcdefghijkl"]], 10) == "[['abcdef…"


def test_deep_lists_end_in_an_ellipsis():
    endless = []
    endless.append(endless)
    assert shorten(endless) == "[[[[[[[[…]]]]]]]]"


def test_nothing_is_a_tensor_where_torch_was_never_imported(monkeypatch):
    value = T([1.0])
    dtype = torch.float32
    monkeypatch.delitem(sys.modules, "torch")
    assert shorten(value) == "an object of class Tensor"
    assert shorten(dtype) == "an object of class dtype"


def test_the_class_of_an_object_is_known_only_where_it_is_a_text():
    class Odd:
        __assay_handle__ = 3

    assert object_class(Odd()) is None
    assert object_class(Hostile()) is None
    assert object_class(1.0) is None


@pytest.mark.parametrize(
    ("names", "text"),
    [(["ada"], "ada"), (["ada", "ben"], "ada, ben"), (["ada", "ben", "cid", "dan"], "ada, ben and 2 more")],
)
def test_names_beyond_a_number_are_counted(names, text):
    assert enumerated(names, 2) == text

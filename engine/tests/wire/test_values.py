"""Allowed values cross the wall unchanged; values that lie about themselves do not cross."""

import contextlib
import enum
import struct
import sys
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import WireError
from assay.wire.messages import NotDefined, Raised, Returned
from assay.wire.values import Ref, decoder, encode, portable, weighing_decoder
from assay.wire.weights import ROOM

read = decoder(Returned | Raised | NotDefined)

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.floats(allow_nan=False) | st.integers(-9, 9), inner),
    max_leaves=20,
)


def refuse(value):
    return Ref(7, type(value).__name__)


def through(value):
    return read(encode(Returned(portable(value, refuse)))).value


@given(plain)
def test_plain_data_crosses_unchanged(value):
    assert repr(through(value)) == repr(value)


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64]
)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (3, 2)])
def test_tensors_cross_with_dtype_shape_and_values(dtype, shape):
    tensor = torch.randn(shape).mul(4).to(dtype)
    came = through(tensor)
    assert came.dtype == dtype
    assert came.shape == tensor.shape
    assert torch.equal(came, tensor)


def test_tensors_cross_without_their_graph():
    w = torch.ones(2, requires_grad=True)
    assert not through(w * 2).requires_grad


def test_views_cross_as_they_look():
    assert torch.equal(through(torch.arange(6).reshape(2, 3).T), torch.tensor([[0, 3], [1, 4], [2, 5]]))


def test_numpy_scalars_and_arrays_cross_as_numbers_and_tensors():
    assert through(np.float32(0.5)) == 0.5
    assert through(np.float64(0.1)) == 0.1
    assert torch.equal(through(np.ones(2)), torch.ones(2, dtype=torch.float64))


FLIPPED = np.arange(6.0).reshape(2, 3)[::-1, ::-1]
READ_ONLY = np.broadcast_to(np.float32(2), (3,))


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (FLIPPED, torch.tensor([[5.0, 4, 3], [2, 1, 0]], dtype=torch.float64)),
        (READ_ONLY, torch.tensor([2.0, 2, 2])),
        (np.array([1, 2], ">f4"), torch.tensor([1.0, 2])),
        (np.array([1, 2], ">i8"), torch.tensor([1, 2])),
        (np.array([0.5, 2], np.longdouble), torch.tensor([0.5, 2], dtype=torch.float64)),
        (np.array([0.5, 2j], np.clongdouble), torch.tensor([0.5, 2j], dtype=torch.complex128)),
        (np.array([1, 2**16 - 1], np.uint16), torch.tensor([1, 2**16 - 1])),
        (np.array([1, 2**32 - 1], np.uint32), torch.tensor([1, 2**32 - 1])),
        (np.array([1, 2**63 - 1], np.uint64), torch.tensor([1, 2**63 - 1])),
        (np.array([1, 255], np.uint8), torch.tensor([1, 255], dtype=torch.uint8)),
        (torch.tensor([1, 2**32 - 1], dtype=torch.uint32), torch.tensor([1, 2**32 - 1])),
        (torch.tensor([1, 2**63 - 1], dtype=torch.uint64), torch.tensor([1, 2**63 - 1])),
        (torch.tensor([], dtype=torch.uint16), torch.tensor([], dtype=torch.int64)),
    ],
)
def test_arrays_of_any_order_and_type_cross_as_tensors_that_can_be_read(array, expected):
    came = through(array)  # every warning is an error in these tests, and may be in a submission
    assert came.dtype == expected.dtype
    assert torch.equal(came, expected)


def test_long_scalars_of_numpy_cross_as_plain_ones():
    assert (type(through(np.longdouble(0.5))), through(np.longdouble(0.5))) == (float, 0.5)
    assert through(np.clongdouble(0.5)) == through(0.5 + 0j) == Ref(7, "complex")


HOLDS_ITSELF = np.empty((), object)
HOLDS_ITSELF[()] = HOLDS_ITSELF


@pytest.mark.parametrize(
    "value",
    [
        np.array([2**63], np.uint64),
        np.uint64(2**63),
        torch.tensor([2**63], dtype=torch.uint64),
        HOLDS_ITSELF,
        np.array(["a", "b"]),
        np.array([{}]),
        np.datetime64("2020-01-01"),
    ],
)
def test_other_arrays_stay(value):
    assert isinstance(through(value), Ref)


def test_a_number_that_is_too_long_for_a_float_stays_if_numpy_raises():
    too_long = np.longdouble(10) ** 400
    with np.errstate(over="raise"):
        assert through([too_long, np.array([too_long])]) == [Ref(7, "longdouble"), Ref(7, "ndarray")]


def test_subclasses_of_numbers_cross_as_numbers():
    class Three(enum.IntEnum):
        THREE = 3

    assert through(Three.THREE) == 3


def test_tuples_cross_as_lists():
    assert through((1, (2,))) == [1, [2]]


def test_keys_that_are_tensors_cross_as_floats():
    assert through({torch.tensor(0.5): 1}) == {0.5: 1}


@pytest.mark.parametrize(("key", "expected"), [(torch.tensor([1, 2]), "tensor([1, 2])"), (10**400, f"1{'0' * 400}")])
def test_keys_that_are_not_one_number_cross_as_texts(key, expected):
    assert through({key: 1}) == {expected: 1}


@pytest.mark.parametrize(
    "value", [2**63, {1}, b"x", object(), torch.eye(2).to_sparse(), torch.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1), print]
)
def test_everything_else_stays_and_crosses_as_a_reference(value):
    assert through(value) == Ref(7, type(value).__name__)


def test_deeper_nesting_than_the_limit_stays():
    value: list = []
    for _ in range(100):
        value = [value]
    assert "Ref" in repr(through(value))


def tensor_frame(code, dims, shape, payload):
    data = struct.pack(f"<BB{len(shape)}q", code, dims, *shape) + payload
    return msgspec.msgpack.encode(["Returned", msgspec.msgpack.Ext(1, data)])


@pytest.mark.parametrize(
    "frame",
    [
        tensor_frame(0, 1, [2], b"\0" * 4),  # too few bytes
        tensor_frame(0, 1, [1], b"\0" * 8),  # too many
        tensor_frame(0, 1, [-1], b""),
        tensor_frame(0, 2, [2**62, 4], b""),  # the product is 0 modulo 2**64
        tensor_frame(99, 1, [1], b"\0" * 4),  # no such dtype
        tensor_frame(0, 9, [1] * 9, b"\0" * 4),  # too many dimensions
        tensor_frame(0, 2, [1], b""),  # shape cut off
        tensor_frame(0, 2, [0, 2**63 - 1], b"\0"),
        msgspec.msgpack.encode(["Returned", msgspec.msgpack.Ext(1, b"")]),
        msgspec.msgpack.encode(["Returned", msgspec.msgpack.Ext(2, b"\xc1")]),
        msgspec.msgpack.encode(["Returned", msgspec.msgpack.Ext(9, b"")]),
        msgspec.msgpack.encode(["Opened", 1]),
        msgspec.msgpack.encode({"Returned": 1}),
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
        b"",
    ],
)
def test_a_lying_frame_is_no_message(frame):
    with pytest.raises(WireError, match="not a message"):
        read(frame)


def test_a_bool_of_any_byte_is_a_bool():
    came = read(tensor_frame(9, 1, [3], b"\0\x01\xff")).value
    assert came.tolist() == [False, True, True]


def test_an_empty_tensor_of_huge_sizes_is_empty_or_refused():
    try:
        came = read(tensor_frame(0, 2, [0, 2**40], b"")).value
    except WireError:
        return
    assert came.numel() == 0


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_wire_error(data):
    with contextlib.suppress(WireError):
        read(data)


@pytest.mark.parametrize("text", ["a" * 1000, "é" * 1000, "a" * 1000 + "😀", "", "é", "😀😀"])
def test_a_text_weighs_at_least_what_it_takes_in_memory(text):
    _, weight = weighing_decoder(Any)(encode([text]), ROOM)
    assert weight >= sys.getsizeof(text) + sys.getsizeof([text])

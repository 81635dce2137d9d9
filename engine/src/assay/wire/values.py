"""Which values cross the wall, and their bytes.

Numbers, texts, lists, dicts and tensors cross by value. Every other object stays where it is and crosses as a `Ref`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import torch

from assay.errors import WireError
from assay.wire.tensors import crosses, read_tensor, write_tensor
from assay.wire.weights import ROOM, weigh

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 32
"""How deep lists and dicts may nest: far more than any exercise asks, far less than a recursion limit."""

_TENSOR, _REF = 1, 2
_INT64 = 2**63

_UNSIGNED = frozenset(getattr(torch, name, None) for name in ("uint16", "uint32", "uint64"))  # since PyTorch 2.3
"""Types with which torch hardly computes: their numbers cross as signed ones, if they fit."""

_READABLE = {"g": "float64", "G": "complex128"} | dict.fromkeys("HILQ", "int64")
"""NumPy's long and unsigned types, by their letters, and the types as which they cross."""


class Ref:
    """An object that stays in the guest.

    Args:
        number: its number; 0 is the submission, 1 the course's library. A method has its owner's number.
        kind: its class's name, for a person; of a method, the path from its owner.
        method: it can be called through its owner, and is not kept by itself.
    """

    # A plain class: msgspec would write a Struct as a list, and students return lists.
    __slots__ = ("kind", "method", "number")

    def __init__(self, number: int, kind: str, method: bool = False) -> None:  # noqa: FBT001, FBT002 - as on the wire
        self.number = number
        self.kind = kind
        self.method = method

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"Ref{self._fields()}"

    def _fields(self) -> tuple[int, str, bool]:
        return self.number, self.kind, self.method


def portable(value: Any, refer: Callable[[Any], Ref], depth: int = MAX_DEPTH) -> Any:
    """Return `value` in the forms that cross: exact builtins, detached dense tensors on the CPU, and `Ref`s.

    Subclasses of numbers and texts (NumPy's scalars, enumerations) become the builtin, tuples become lists.
    `refer` is called for every object that has to stay.
    """
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()  # half a surrogate pair does not cross
    if kind is torch.Tensor or isinstance(value, torch.Tensor):
        return _portable_tensor(value, refer)
    if isinstance(value, int):
        number = int(value)
        return number if -_INT64 <= number < _INT64 else refer(value)
    if isinstance(value, float):
        return float(value)
    if depth and isinstance(value, list | tuple):
        return [portable(item, refer, depth - 1) for item in value]
    if depth and isinstance(value, dict):
        return {_portable_key(key): portable(item, refer, depth - 1) for key, item in value.items()}
    if kind is Ref:
        return value
    if kind.__module__ == "numpy" and hasattr(value, "__array__"):
        return _from_numpy(value, refer)
    return refer(value)


def depth_of(value: Any, limit: int = 2 * MAX_DEPTH) -> int:
    """Return how deep lists and dicts nest in a decoded value. Raise WireError beyond the limit."""
    if not isinstance(value, list | dict):
        return 0
    if not limit:
        text = "nested too deep"
        raise WireError(text)
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((depth_of(item, limit - 1) for item in inner), default=0)


def encode(message: Any) -> bytes:
    """Return the bytes of a message whose values are portable."""
    return _ENCODER.encode(message)


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """Return a function that decodes a guest's bytes as `kind`. It raises WireError for anything else."""
    decode = weighing_decoder(kind)
    return lambda data: decode(data, ROOM)[0]


def weighing_decoder(kind: Any) -> Callable[[bytes, int], tuple[Any, int]]:
    """Return a function like `decoder`'s, which also takes the room that is left, and returns the message's weight.

    Both are bytes of the judge's memory, about: a tensor of one byte takes a kilobyte.
    """
    trusting = trusting_decoder(kind)

    def decode(data: bytes, room: int) -> tuple[Any, int]:
        try:
            weight = weigh(data)
            message = trusting(data) if weight <= room else None
        except Exception as error:  # hostile bytes may provoke any exception in a decoder
            text = f"not a message: {type(error).__name__}"
            raise WireError(text) from error
        if weight > room:
            text = "the answers of this check are too long"
            raise WireError(text)
        return message, weight

    return decode


def trusting_decoder(kind: Any) -> Callable[[bytes], Any]:
    """Return a function that decodes the judge's bytes as `kind`."""
    return msgspec.msgpack.Decoder(kind, ext_hook=_read_extension).decode


def _portable_key(key: Any) -> Any:
    if isinstance(key, torch.Tensor) and key.numel() == 1:
        key = key.item()
    if key is None or isinstance(key, bool | str):
        return key
    if isinstance(key, int) and -_INT64 <= key < _INT64:
        return int(key)
    if isinstance(key, float) or hasattr(key, "__float__"):
        with contextlib.suppress(TypeError, ValueError, OverflowError):  # several numbers, or one beyond floats
            return float(key)
    return repr(key)


def _portable_tensor(tensor: torch.Tensor, refer: Callable[[Any], Ref]) -> Any:
    if tensor.dtype in _UNSIGNED and tensor.layout is torch.strided:
        signed = tensor.to(torch.int64)
        return refer(tensor) if bool((signed < 0).any()) else _portable_tensor(signed, refer)
    return tensor.detach().cpu().resolve_conj().resolve_neg() if crosses(tensor) else refer(tensor)


def _from_numpy(value: Any, refer: Callable[[Any], Ref]) -> Any:
    try:
        # A copy, because torch takes no array that runs backwards, and warns of one that is read-only.
        copy = value.astype(_READABLE.get(value.dtype.char) or value.dtype.newbyteorder("="), order="C", subok=False)
        if value.dtype.kind == "u" and (copy < 0).any():
            return refer(value)
        if copy.ndim:
            return _portable_tensor(torch.as_tensor(copy), refer)
        item = copy.item()
    except (TypeError, ValueError, ArithmeticError, Warning):  # the last two if the submission asks NumPy to raise them
        return refer(value)
    return refer(value) if type(item).__module__ == "numpy" else portable(item, refer, 0)


def _write_extension(value: Any) -> msgspec.msgpack.Ext:
    if isinstance(value, Ref):
        return msgspec.msgpack.Ext(_REF, msgspec.msgpack.encode(value._fields()))
    if isinstance(value, torch.Tensor):
        return msgspec.msgpack.Ext(_TENSOR, write_tensor(value))
    text = f"{type(value).__name__} does not cross the wire"
    raise TypeError(text)


def _read_extension(code: int, data: memoryview) -> Any:
    if code == _REF:
        return Ref(*_REF_DECODER.decode(data))
    if code == _TENSOR:
        return read_tensor(data)
    text = f"extension {code}"
    raise ValueError(text)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_write_extension)
_REF_DECODER = msgspec.msgpack.Decoder(tuple[int, str, bool])

"""Which values may cross the wall, and their bytes.

Numbers, texts, lists, dicts and tensors cross by value; every other object stays where it is and crosses as a `Ref`.
Whoever decodes believes nothing: a tensor's dtype, shape and length must agree before a byte of it is used.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec
import torch

from assay.errors import WireError
from assay.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH = 32
"""How deep lists and dicts may nest: far more than any exercise asks, far less than a recursion limit."""

_TENSOR, _REF = 1, 2
_DTYPES = (
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
    torch.uint8, torch.bool, torch.complex64, torch.complex128,
)  # fmt: skip
_CODES = {dtype: code for code, dtype in enumerate(_DTYPES)}
_SIZES = tuple(torch.empty((), dtype=dtype).element_size() for dtype in _DTYPES)
_MAX_DIMS = 8
_NESTING = 1000
"""What a message may nest before it is read; `depth_of` looks closer."""

_INT64 = 2**63
_TIME = 0xFF  # msgpack's own extension -1
_UINT64, _HIGHEST_BIT = 0xCF, 0x80

ROOM = 64 * 2**20
"""Bytes of the judge's memory that all answers of a check may take: 300 times what this course's longest check does."""

TOO_MUCH = "the answers of this check are too long"

_WEIGHTS = {"scalar": 72, "text": 72, "array": 96, "map": 240, "extension": 1300, "bytes": 0}
_WEIGHT_OF_A_BYTE = 40
"""Bytes that a value takes once it is read: the most that was seen (five letters, a tensor of eight dimensions, and -32
of what is a byte on the wire) on CPython 3.11 with torch 2.13, rounded up."""


class Ref:
    """An object that stays in the guest.

    Args:
        number: which one; 0 is the submission, 1 the course's library. A method has its owner's number.
        kind: its class's name, for a person; of a method, the path from its owner.
        method: it can be called through its owner, and is not kept by itself.
    """

    # A plain class: msgspec would write a Struct as a list, and a list is a thing that students give.
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


def portable(value: Any, refer: Callable[[Any], Ref], depth: int = DEPTH) -> Any:
    """Gives `value` in the forms that cross: exact builtins, detached dense tensors on the CPU, and `Ref`s.

    Subclasses of numbers and texts (NumPy's scalars, enumerations) become the builtin, tuples become lists.
    `refer` is called for whatever can only stay.
    """
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()  # half a surrogate pair does not cross
    if kind is torch.Tensor or isinstance(value, torch.Tensor):
        return _plain_tensor(value, refer)
    if isinstance(value, int):
        number = int(value)
        return number if -_INT64 <= number < _INT64 else refer(value)
    if isinstance(value, float):
        return float(value)
    if depth and isinstance(value, list | tuple):
        return [portable(item, refer, depth - 1) for item in value]
    if depth and isinstance(value, dict):
        return {_key(key): portable(item, refer, depth - 1) for key, item in value.items()}
    if kind is Ref:
        return value
    if kind.__module__ == "numpy" and hasattr(value, "__array__"):
        return _from_numpy(value, refer)
    return refer(value)


def depth_of(value: Any, limit: int = 2 * DEPTH) -> int:
    """Gives how deep lists and dicts nest in a decoded value; raises WireError beyond the limit."""
    if not isinstance(value, list | dict):
        return 0
    if not limit:
        text = "nested too deep"
        raise WireError(text)
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((depth_of(item, limit - 1) for item in inner), default=0)


def encode(message: Any) -> bytes:
    """Gives the bytes of a message whose values are portable."""
    return _ENCODER.encode(message)


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """Gives a function that reads a guest's bytes as `kind`; it raises `WireError` for all that is not exactly that."""
    read = weighing_decoder(kind)
    return lambda data: read(data, ROOM)[0]


def weighing_decoder(kind: Any) -> Callable[[bytes, int], tuple[Any, int]]:
    """Gives a function as `decoder` does, which is told how much room there is and tells how much of it was taken.

    Both in bytes of the judge's memory, about: a tensor of one byte takes a kilobyte.
    """
    decode = trusting_decoder(kind)

    def read(data: bytes, room: int) -> tuple[Any, int]:
        try:
            weight = _weigh(data)
            message = decode(data) if weight <= room else None
        except Exception as error:  # whatever hostile bytes provoke in a decoder is one thing to us: no message
            text = f"not a message: {type(error).__name__}"
            raise WireError(text) from error
        if weight > room:
            raise WireError(TOO_MUCH)
        return message, weight

    return read


def trusting_decoder(kind: Any) -> Callable[[bytes], Any]:
    """Gives a function that reads as `kind` what the judge sent."""
    return msgspec.msgpack.Decoder(kind, ext_hook=_read_extension).decode


def _weigh(data: bytes) -> int:
    """Gives what the values will take once they are read, before msgspec reads them; refuses what no answer has.

    Raises ValueError for bytes, a time, a number beyond int64, or a key that is no scalar: what is neither plain data
    nor a tensor would fail only where a check hands it on, as if the check were at fault. Arrays as keys would be
    tuples, and tuples of -1 and -2 hash alike: 4 MiB of them keep a dict busy for ten minutes.
    """
    at, left, keyed = 0, 1, False
    weight = len(data)
    outer: list[tuple[int, bool]] = []
    while left or outer:
        if not left:
            left, keyed = outer.pop()
            continue
        first = data[at]
        kind, width, size, takes = _FORMS[first]
        weight += takes
        if kind not in {"scalar", "text"} and keyed and left % 2 == 0:
            text = "a key that is no scalar"
            raise ValueError(text)
        left -= 1
        at += 1 + width
        if kind == "bytes" or (kind == "extension" and data[at] == _TIME):
            text = "neither plain data nor a tensor"
            raise ValueError(text)
        if first == _UINT64 and data[at] >= _HIGHEST_BIT:
            text = "a number that does not cross"
            raise ValueError(text)
        size += int.from_bytes(data[at - width : at], "big")
        if kind in {"array", "map"}:
            if len(outer) > _NESTING:
                text = "nested too deep"
                raise ValueError(text)
            outer.append((left, keyed))
            keyed = kind == "map"
            left = 2 * size if keyed else size
        else:
            if kind == "text" and not data[at : at + size].isascii():
                weight += 4 * size  # one wide character makes all four bytes wide, and UTF-8 is kept beside them
            at += size
    return weight


def _forms() -> list[tuple[str, int, int, int]]:
    """Gives for each first byte of msgpack what it is, how many bytes of length and how many more follow, a weight."""
    forms = [("scalar", 0, 0)] * 256  # small numbers, None, truth values
    for size in range(32):
        forms[0xA0 + size] = ("text", 0, size)
    for size in range(16):
        forms[0x80 + size], forms[0x90 + size] = ("map", 0, size), ("array", 0, size)
    for step, width in enumerate((1, 2, 4)):
        forms[0xC4 + step], forms[0xC7 + step] = ("bytes", width, 0), ("extension", width, 1)
        forms[0xD9 + step] = ("text", width, 0)
    for step, width in enumerate((2, 4)):
        forms[0xDC + step], forms[0xDE + step] = ("array", width, 0), ("map", width, 0)
    for first in (0xCC, 0xD0):
        for step in range(4):
            forms[first + step] = ("scalar", 0, 2**step)
    forms[0xCA], forms[0xCB] = ("scalar", 0, 4), ("scalar", 0, 8)
    for step in range(5):
        forms[0xD4 + step] = ("extension", 0, 1 + 2**step)
    return [(*form, _WEIGHT_OF_A_BYTE if form == ("scalar", 0, 0) else _WEIGHTS[form[0]]) for form in forms]


def _key(key: Any) -> Any:
    if isinstance(key, torch.Tensor) and key.numel() == 1:
        key = key.item()
    if key is None or isinstance(key, bool | str):
        return key
    if isinstance(key, int) and -_INT64 <= key < _INT64:
        return int(key)
    if isinstance(key, float) or hasattr(key, "__float__"):
        return float(key)
    return repr(key)


def _plain_tensor(tensor: torch.Tensor, refer: Callable[[Any], Ref]) -> Any:
    if tensor.layout is not torch.strided or tensor.dtype not in _CODES or tensor.dim() > _MAX_DIMS:
        return refer(tensor)
    return tensor.detach().cpu().resolve_conj().resolve_neg()


def _from_numpy(value: Any, refer: Callable[[Any], Ref]) -> Any:
    try:
        if value.ndim == 0:
            return portable(value.item(), refer, 0)
        return _plain_tensor(torch.as_tensor(value), refer)
    except (TypeError, ValueError):
        return refer(value)


def _write_extension(value: Any) -> msgspec.msgpack.Ext:
    if isinstance(value, Ref):
        return msgspec.msgpack.Ext(_REF, msgspec.msgpack.encode(value._fields()))
    if isinstance(value, torch.Tensor):
        shape = value.shape
        head = struct.pack(f"<BB{len(shape)}q", _CODES[value.dtype], len(shape), *shape)
        if value.dtype is torch.bfloat16:  # NumPy has no such type
            value = value.contiguous().view(torch.int16)
        return msgspec.msgpack.Ext(_TENSOR, head + value.numpy().tobytes())
    text = f"{type(value).__name__} does not cross the wire"
    raise TypeError(text)


def _read_extension(code: int, data: memoryview) -> Any:
    if code == _REF:
        return Ref(*_REF_DECODER.decode(data))
    if code == _TENSOR:
        return _read_tensor(data)
    text = f"extension {code}"
    raise ValueError(text)


def _read_tensor(data: memoryview) -> torch.Tensor:
    code, dims = data[0], data[1]
    if code >= len(_DTYPES) or dims > _MAX_DIMS:
        text = f"a tensor of dtype {code} with {dims} dimensions"
        raise ValueError(text)
    start = 2 + 8 * dims
    shape = struct.unpack(f"<{dims}q", data[2:start])
    count = room = 1
    for size in shape:
        if size < 0:
            text = f"a tensor of shape {shape}"
            raise ValueError(text)
        count *= size  # Python's integers do not overflow
        room *= size or 1
    dtype = _DTYPES[code]
    if count * _SIZES[code] != len(data) - start:
        text = f"a tensor of shape {shape} in {len(data) - start} bytes"
        raise ValueError(text)
    if count == 0:
        if room * _SIZES[code] > frames.LIMIT:  # its sum along the size 0 would take that many numbers
            text = f"an empty tensor of shape {shape}"
            raise ValueError(text)
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # a byte other than 0 and 1 is undefined as a bool
        return (torch.frombuffer(bytearray(data[start:]), dtype=torch.uint8) != 0).reshape(shape)
    # A tensor of its own: a view of the buffer would refuse what is right in place, such as detach_().
    return torch.frombuffer(bytearray(data[start:]), dtype=dtype).reshape(shape).clone()


_FORMS = _forms()
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_write_extension)
_REF_DECODER = msgspec.msgpack.Decoder(tuple[int, str, bool])

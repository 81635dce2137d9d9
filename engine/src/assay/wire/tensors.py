"""Which tensors cross the wall, and their bytes: dtype, number of dimensions, sizes, then the numbers."""

from __future__ import annotations

import struct

import torch

from assay.wire import frames

_DTYPES = (
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
    torch.uint8, torch.bool, torch.complex64, torch.complex128,
)  # fmt: skip
_CODES = {dtype: code for code, dtype in enumerate(_DTYPES)}
_ITEM_BYTES = tuple(torch.empty((), dtype=dtype).element_size() for dtype in _DTYPES)
_MAX_DIMS = 8


def crosses(tensor: torch.Tensor) -> bool:
    """Tell whether the tensor can be written: it is dense, of a known dtype and of few dimensions."""
    return tensor.layout is torch.strided and tensor.dtype in _CODES and tensor.dim() <= _MAX_DIMS


def write_tensor(tensor: torch.Tensor) -> bytes:
    """Return the bytes of a detached tensor on the CPU."""
    shape = tensor.shape
    head = struct.pack(f"<BB{len(shape)}q", _CODES[tensor.dtype], len(shape), *shape)
    if tensor.dtype is torch.bfloat16:  # NumPy has no such type
        tensor = tensor.contiguous().view(torch.int16)
    return head + tensor.numpy().tobytes()


def read_tensor(data: memoryview) -> torch.Tensor:
    """Return the tensor in a guest's bytes. Raise an Exception if dtype, shape and length do not agree."""
    code, dims = data[0], data[1]
    if code >= len(_DTYPES) or dims > _MAX_DIMS:
        text = f"a tensor of dtype {code} with {dims} dimensions"
        raise ValueError(text)
    start = 2 + 8 * dims
    shape = struct.unpack(f"<{dims}q", data[2:start])
    count = largest = 1
    for size in shape:
        if size < 0:
            text = f"a tensor of shape {shape}"
            raise ValueError(text)
        count *= size  # Python's integers do not overflow
        largest *= size or 1
    dtype = _DTYPES[code]
    if count * _ITEM_BYTES[code] != len(data) - start:
        text = f"a tensor of shape {shape} in {len(data) - start} bytes"
        raise ValueError(text)
    if count == 0:
        if largest * _ITEM_BYTES[code] > frames.LIMIT:  # its sum along the size 0 would take that many numbers
            text = f"an empty tensor of shape {shape}"
            raise ValueError(text)
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # a byte other than 0 and 1 is undefined as a bool
        return (torch.frombuffer(bytearray(data[start:]), dtype=torch.uint8) != 0).reshape(shape)
    # Cloned, because a view of the buffer would refuse correct in-place calls such as detach_().
    return torch.frombuffer(bytearray(data[start:]), dtype=dtype).reshape(shape).clone()

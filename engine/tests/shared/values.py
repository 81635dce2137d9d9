"""Values as submissions give them: anything that crosses the wire, and objects that do not behave."""

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st

__all__ = ["Held", "Hostile", "anything", "steady"]

steady = settings(deadline=None, derandomize=True, database=None)
"""The same examples on every machine, however busy it is."""


class Hostile:
    """Raises when it is compared, or asked for what the engine asks for."""

    def __getattribute__(self, name):
        if name in ("__assay_handle__", "shape", "item"):
            raise RuntimeError(name)
        return object.__getattribute__(self, name)

    def __eq__(self, other):
        raise RuntimeError

    def __hash__(self):
        return 1

    def __bool__(self):
        raise RuntimeError


class Held:
    """Stays in the guest."""

    __assay_handle__ = "Model\x1b[31m" + "x" * 300


DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool]
DTYPES.append(torch.complex64)
SHAPES = st.lists(st.integers(0, 3), max_size=3)
numbers = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers()
tensors = st.builds(lambda shape, dtype: torch.full(shape, 1).to(dtype), SHAPES, st.sampled_from(DTYPES))
floats = st.builds(torch.tensor, st.lists(st.floats(width=32), max_size=4))
odd = st.sampled_from(
    [
        Hostile(),
        Held(),
        object(),
        int,
        -(10**400),
        np.float32(1.5),
        np.int8(3),
        np.bool_(0),
        np.ones(2),
        torch.float32,
        torch.Size([2]),
        torch.eye(2).to_sparse(),
        torch.empty(2, device="meta"),
        torch.ones(2, requires_grad=True),
        torch.randn(1000, 1, generator=torch.Generator().manual_seed(0)),
        torch.empty(10**6, 0),
        b"bytes",
        {1, 2},
    ]
)
leaves = numbers | st.text(max_size=200) | tensors | floats | odd
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.floats() | st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=12,
)


def printable(text):
    """Whether every line of it is."""
    return all(line.isprintable() for line in text.split("\n"))

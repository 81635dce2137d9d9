"""Hypothesis strategies for tensors whose failing examples a person can check by hand.

Values are multiples of a small power of two, so that sums of products of them are exact in float32, whatever the order:
a right answer in another style gives the same number to the bit, and what is shown of a wrong one is short.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Regression", "columns", "regressions", "tensors"]


class Regression(NamedTuple):
    """A small problem of linear regression: X (n, d), y (n, 1), and parameters w (d, 1), b (1,) to start from."""

    X: torch.Tensor
    y: torch.Tensor
    w: torch.Tensor
    b: torch.Tensor


def tensors(shape: Sequence[int], *, bound: float = 8, step: float = 1 / 8) -> st.SearchStrategy[torch.Tensor]:
    """Float32 tensors of that shape: multiples of `step` between -bound and bound; they shrink to zeros.

    Args:
        shape: may be empty, for a 0-d tensor.
        bound: the largest absolute value.
        step: a power of two, or the values are rounded.
    """
    count = math.prod(shape)
    largest = int(bound / step)
    steps = st.lists(st.integers(-largest, largest), min_size=count, max_size=count)
    return steps.map(lambda values: (torch.tensor(values, dtype=torch.float32) * step).reshape(tuple(shape)))


@st.composite
def columns(
    draw: st.DrawFn, count: int = 2, *, rows: int = 4, bound: float = 8, step: float = 1 / 8
) -> tuple[torch.Tensor, ...]:
    """`count` columns (n, 1) of one length n from 1 to `rows`."""
    n = draw(st.integers(1, rows))
    return tuple(draw(tensors((n, 1), bound=bound, step=step)) for _ in range(count))


@st.composite
def regressions(
    draw: st.DrawFn, *, rows: int = 4, features: int = 3, bound: float = 8, step: float = 1 / 8
) -> Regression:
    """Problems with 1 to `rows` examples of 1 to `features` features."""
    n, d = draw(st.integers(1, rows)), draw(st.integers(1, features))
    X, y, w, b = (draw(tensors(shape, bound=bound, step=step)) for shape in ((n, d), (n, 1), (d, 1), (1,)))  # noqa: N806 - the book's name
    return Regression(X, y, w, b)

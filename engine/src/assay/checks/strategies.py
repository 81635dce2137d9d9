"""Hypothesis strategies for tensors whose failing examples a person can check by hand.

Values are multiples of a small power of two, and the number of rows is a power of two. Sums and means of their
products are therefore exact in float32, in any order: a right answer in another style gives the same bits, and a wrong
answer's numbers are short. With three rows, 2/3 of a residual is rounded before its products with X cancel; right
gradients then differed by more than rounding allows, once in 250 seeds.
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
    """A small problem of linear regression: X (n, d), y (n, 1), and initial parameters w (d, 1), b (1,)."""

    X: torch.Tensor
    y: torch.Tensor
    w: torch.Tensor
    b: torch.Tensor


def tensors(shape: Sequence[int], *, bound: float = 8, step: float = 1 / 8) -> st.SearchStrategy[torch.Tensor]:
    """Draw float32 tensors of that shape: multiples of `step` between -bound and bound, which shrink to zeros.

    Args:
        shape: the tensors' shape; empty for a 0-d tensor.
        bound: the largest absolute value.
        step: a power of two, because other multiples are rounded.
    """
    count = math.prod(shape)
    largest = int(bound / step)
    steps = st.lists(st.integers(-largest, largest), min_size=count, max_size=count)
    return steps.map(lambda values: (torch.tensor(values, dtype=torch.float32) * step).reshape(tuple(shape)))


_ROWS = st.sampled_from([1, 2, 4])


@st.composite
def columns(draw: st.DrawFn, count: int = 2, *, bound: float = 8, step: float = 1 / 8) -> tuple[torch.Tensor, ...]:
    """Draw `count` columns (n, 1) of the same length n: 1, 2 or 4."""
    n = draw(_ROWS)
    return tuple(draw(tensors((n, 1), bound=bound, step=step)) for _ in range(count))


@st.composite
def regressions(
    draw: st.DrawFn,
    *,
    rows: st.SearchStrategy[int] = _ROWS,
    features: int = 3,
    bound: float = 8,
    step: float = 1 / 8,
) -> Regression:
    """Draw problems of 1, 2 or 4 examples, or as many as `rows` draws, with 1 to `features` features."""
    n, d = draw(rows), draw(st.integers(1, features))
    X, y, w, b = (draw(tensors(shape, bound=bound, step=step)) for shape in ((n, d), (n, 1), (d, 1), (1,)))  # noqa: N806 - the book's name
    return Regression(X, y, w, b)

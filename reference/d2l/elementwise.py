"""Functions to differentiate, made from plain data; the course's own addition, not the book's."""

from collections.abc import Sequence

import torch

_SHAPES = {
    "power": lambda x, p: x**p,
    "sin": lambda x, p: torch.sin(p * x),
    "cos": lambda x, p: torch.cos(p * x),
    "exp": lambda x, p: torch.exp(p * x),
    "tanh": lambda x, p: torch.tanh(p * x),
}


class Elementwise:
    """f(x) = Σ coefficient · shape(x), made of plain torch operations, for a tensor of any shape and float dtype.

    Args:
        terms: each is (coefficient, name, p): `power` is x to the p, and `sin`, `cos`, `exp` and `tanh` are of p · x.
    """

    def __init__(self, terms: Sequence[tuple[float, str, float]]) -> None:
        self.terms = [(coefficient, name, p) for coefficient, name, p in terms]

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the value at every element."""
        return sum(coefficient * _SHAPES[name](x, p) for coefficient, name, p in self.terms)

    def __repr__(self) -> str:
        """Return the formula, for a student who prints the function."""
        shown = [f"{c} * x**{p}" if name == "power" else f"{c} * {name}({p} * x)" for c, name, p in self.terms]
        return " + ".join(shown)

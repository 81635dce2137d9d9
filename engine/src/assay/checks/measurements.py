"""Measurements: what several checks look at, asked of a submission once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Measurement", "measurement"]


class Measurement:
    """A function of a submission and a seed, whose value several checks look at; `measurement` makes it."""

    def __init__(self, function: Callable[[Any, int], Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.name = function.__name__
        self.key = f"{Path(function.__globals__['__file__']).stem}.{self.name}"

    def __call__(self, module: Any, seed: int) -> Any:
        """Measure a module that is trusted; a submission is measured by the judge."""
        return self.function(module, seed)


def measurement(function: Callable[[Any, int], Any]) -> Measurement:
    """Make a function `(submission, seed)` a measurement; a check asks for its value by its name, as for a fixture.

    The function runs once for each submission, in its own process, with its own seed and budget. Its value is plain
    data: numbers, texts, tensors, and lists, tuples and dicts of them. If it raises, the first check that asks for
    the value tells why.
    """
    name = function.__name__

    @pytest.fixture(name=name)
    def value(measured: dict[str, Any]) -> Any:
        return measured[name]

    function.__globals__[f"_measured_{name}"] = value  # pytest looks for fixtures among the names of a file
    return Measurement(function)

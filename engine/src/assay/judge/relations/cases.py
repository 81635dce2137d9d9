"""Cases: what a check asked, what came back and what is right; and the numbers in them."""

from __future__ import annotations

import numbers as kinds
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from assay.checks.mistakes import SAME_MISTAKE
from assay.text import as_dense

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ENOUGH: Final = 8
"""So many different right numbers must agree with a relation that has a choice: fewer may agree by chance."""

RTOL: Final = SAME_MISTAKE.rtol
SCALE: Final = SAME_MISTAKE.scale
"""As for known mistakes, whose absolute bound is 0; `SCALE` is of the largest number."""


@dataclass(frozen=True, eq=False)
class Case:
    """One question of a check with both answers; their numbers are looked for once, since many relations need them.

    Args:
        yours: the submission's answer.
        expected: the right answer.
        given: what the question was about, by name.
        summary_of: the numbers of which the right answer is a summary, by name, if the check gives them.
    """

    yours: Any
    expected: Any
    given: Mapping[str, Any]
    summary_of: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def pair(self) -> Pair | None:
        """Both answers' numbers; None if one has other values, or not as many."""
        yours, expected = self.numbers
        if yours is None or expected is None or len(yours) != len(expected):
            return None
        return Pair(yours, expected, named_numbers(self.parts))

    @cached_property
    def numbers(self) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """The numbers of yours and of what is expected."""
        return numbers(self.yours), numbers(self.expected)

    @cached_property
    def parts(self) -> dict[str, Any]:
        """The parts of the question by name; those of a tuple by their own names or by place."""
        return parts_of(self.given)

    @cached_property
    def summarised(self) -> dict[str, torch.Tensor]:
        """The numbers of which the right answer is a summary, by name."""
        return {name: known for name, value in self.summary_of.items() if (known := numbers(value)) is not None}

    @cached_property
    def given_numbers(self) -> dict[str, torch.Tensor | None]:
        """The numbers of each part of what was given."""
        return {name: numbers(value) for name, value in self.parts.items()}


class Pair(NamedTuple):
    """The numbers of one case, in order, as many on both sides; and the named numbers of its question."""

    yours: torch.Tensor
    expected: torch.Tensor
    named: Mapping[str, float]


def numbers(value: Any) -> torch.Tensor | None:
    """Return all numbers of a value in their order, as float64; None if it holds anything else."""
    if isinstance(value, torch.Tensor):
        dense = as_dense(value)
        real = dense is not None and dense.dtype != torch.bool and not dense.is_complex()
        return dense.reshape(-1).double() if real and dense is not None else None
    if type(value) is not bool and isinstance(value, kinds.Real):
        return torch.tensor([float(value)], dtype=torch.float64)
    if isinstance(value, (list, tuple, dict)):
        parts = [numbers(item) for item in (value.values() if isinstance(value, dict) else value)]
        known = [part for part in parts if part is not None]
        return torch.cat([torch.zeros(0, dtype=torch.float64), *known]) if len(known) == len(parts) else None
    return None


def pairs_of(cases: Sequence[Case]) -> list[Pair]:
    """Return the cases' numbers; none at all if one case has other values, or not as many on both sides."""
    found = [case.pair for case in cases if case.pair is not None]
    return found if len(found) == len(cases) else []


def both_numbers(cases: Sequence[Case]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return the numbers of yours and of what is expected, however many; none at all if one case has other values."""
    known = [case.numbers for case in cases]
    found = [(yours, expected) for yours, expected in known if yours is not None and expected is not None]
    return found if len(found) == len(cases) else []


def answers(cases: Sequence[Case]) -> list[torch.Tensor]:
    """Return the numbers of yours in each case; none at all if one of them has other values."""
    found = [case.numbers[0] for case in cases if case.numbers[0] is not None]
    return found if len(found) == len(cases) else []


def named_numbers(parts: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a question's parts by name, and the rows and columns of the first tensor."""
    found: dict[str, float] = {}
    for name, value in parts.items():
        if isinstance(value, torch.Tensor) and value.dim():
            found.setdefault("the number of rows", float(value.shape[0]))
            if value.dim() > 1:
                found.setdefault("the number of columns", float(value.shape[1]))
        single = numbers(value)
        if single is not None and len(single) == 1:
            found[name] = float(single)
    return found


def close(yours: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """Return for each place whether both numbers are the same, up to rounding; nan equals nan."""
    finite = expected[expected.isfinite()].abs()
    atol = SCALE * float(finite.max()) if len(finite) else 0.0
    return yours.isclose(expected, rtol=RTOL, atol=atol, equal_nan=True)


def equal(yours: torch.Tensor | None, expected: torch.Tensor | None) -> bool:
    """Return whether both have the same numbers, up to rounding."""
    if yours is None or expected is None or len(yours) != len(expected):
        return False
    return bool(close(yours, expected).all())


def enough(values: Iterable[torch.Tensor]) -> bool:
    """Return whether these numbers are at least eight different ones, to three digits."""
    return len({f"{value:.3g}" for value in torch.cat([torch.zeros(0), *values]).tolist()}) >= ENOUGH


def telling(pairs: Sequence[Pair]) -> bool:
    """Return whether at least eight different right numbers were answered wrongly."""
    return bool(pairs) and enough(pair.expected[~close(pair.yours, pair.expected)] for pair in pairs)


def telling_cases(cases: Sequence[Case]) -> bool:
    """Return whether at least eight different right numbers were asked for where something else came back."""
    right = [case.numbers[1] for case in cases if not equal(*case.numbers)]
    return enough(part for part in right if part is not None)


def parts_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given by name, the parts of a tuple by theirs or by their place."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            found |= zip(value._fields, value, strict=True)
        elif isinstance(value, (tuple, list)):
            found |= ((f"{name}[{place}]", item) for place, item in enumerate(value))
        else:
            found[name] = value
    return found

"""Thresholds: the wrong answers begin beyond a size or a value of the question."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import torch

from assay.judge.relations.cases import RTOL, close, named_numbers, numbers, parts_of
from assay.text import DIGITS, numeral

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from assay.judge.relations.cases import Case, Pair

_CHANCE: Final = 10_000
"""A threshold counts if so many divisions into as many right and wrong answers were possible, of which it is one."""


def begins_at(cases: Sequence[Case], right: Sequence[Mapping[str, Any]]) -> str | None:
    """Say by which number of the question the wrong cases are told from the right ones.

    Args:
        cases: the wrong ones.
        right: what the right ones were given.
    """
    wrong_sizes, right_sizes = [_sizes(case.given) for case in cases], [_sizes(given) for given in right]
    for name in wrong_sizes[0] if wrong_sizes else ():
        wrong = [sizes[name] for sizes in wrong_sizes if name in sizes]
        known = [sizes[name] for sizes in right_sizes if name in sizes]
        if len(wrong) == len(cases) and len(known) == len(right):
            found = _division(name, torch.tensor(wrong), torch.tensor(known))
            if found:
                return found
    return None


def begins_at_places(cases: Sequence[Case]) -> str | None:
    """Say by which number at a place, expected or given, the wrong places are told from the right ones."""
    rows: dict[str, list[torch.Tensor]] = {}
    wrong = [places for case in cases if (places := _wrong_places(case.pair)) is not None]
    if not cases or len(wrong) != len(cases):
        return None
    for case in cases:
        expected = case.numbers[1]
        assert expected is not None  # or there were no wrong places
        found = {"the expected number": expected, "the expected number's size": expected.abs()}
        for name, known in case.given_numbers.items():
            if known is not None and len(known) == len(expected):
                found |= {name: known, f"the size of {name}": known.abs()}
        for name, values in found.items():
            rows.setdefault(name, []).append(values)
    mask = torch.cat(wrong)
    for name, parts in rows.items():
        if len(parts) == len(cases):
            values = torch.cat(parts)
            if found_division := _division(name, values[mask], values[~mask]):
                return found_division
    return None


def _wrong_places(pair: Pair | None) -> torch.Tensor | None:
    """Return the places of wrong numbers; None if a number is right only because far larger ones stand beside it."""
    if pair is None:
        return None
    wrong = ~close(pair.yours, pair.expected)
    right = pair.yours.isclose(pair.expected, rtol=RTOL, atol=0.0, equal_nan=True)
    return wrong if (wrong | right).all() else None


def _sizes(given: Mapping[str, Any]) -> dict[str, float]:
    found = named_numbers(parts_of(given))
    for name, value in parts_of(given).items():
        known = numbers(value)
        if known is not None and len(known) > 1:
            found[f"the largest size in {name}"] = float(known.abs().max())
    return found | _differences(given, found)


def _differences(given: Mapping[str, Any], scales: Mapping[str, float]) -> dict[str, float]:
    """Return the smallest and largest differences of two tensors, as they are and over every number of the question."""
    found: dict[str, float] = {}
    tensors = [(name, value) for name, value in parts_of(given).items() if isinstance(value, torch.Tensor)]
    for (one, first), (other, second) in combinations(tensors, 2):
        a, b = numbers(first), numbers(second)
        if a is None or b is None or len(a) != len(b) or not len(a):
            continue
        of, sizes = f"difference {one} - {other}", (a - b).abs()
        found |= {f"the smallest {of}": float((a - b).min()), f"the largest {of}": float((a - b).max())}
        found[f"the largest size of a {of}"] = float(sizes.max())
        if sizes.any():
            found[f"the smallest size of a {of} beside 0"] = float(sizes[sizes > 0].min())
    over = {
        f"{name}, divided by {scale}": value / size
        for (name, value), (scale, size) in product(found.items(), scales.items())
        if size > 0 and not scale.startswith("the ")
    }
    return found | over


def _division(name: str, wrong: torch.Tensor, right: torch.Tensor) -> str | None:
    if math.comb(len(wrong) + len(right), len(wrong)) < _CHANCE:
        return None
    if right.max() < wrong.min():
        return f"right where {name} is at most {_text(right.max())}, wrong from {_text(wrong.min())} on"
    if wrong.max() < right.min():
        return f"wrong where {name} is at most {_text(wrong.max())}, right from {_text(right.min())} on"
    return None


def _text(value: torch.Tensor) -> str:
    return numeral(float(value), DIGITS).removesuffix(".0")

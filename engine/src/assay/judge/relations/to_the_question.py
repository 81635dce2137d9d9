"""Relations between a wrong answer and the question: each takes cases and returns its sentence, or None."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import torch

from assay.judge.relations.cases import Case, answers, enough, equal, pairs_of, telling_cases
from assay.judge.relations.values import EXPECTED, factor, multiple, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Change = Callable[[torch.Tensor], torch.Tensor]

_ELEMENTWISE: Final[tuple[tuple[str, Change], ...]] = (
    ("squared differences", torch.square),
    ("absolute differences", torch.abs),
    ("differences", lambda x: x),
)
_REDUCED: Final[tuple[tuple[str, Change], ...]] = (
    ("the mean of the ", torch.mean),
    ("the sum of the ", torch.sum),
    ("the ", lambda x: x),
)
_AFTERWARDS: Final[tuple[tuple[str, Change], ...]] = (
    ("", lambda x: x),
    ("the square root of ", torch.sqrt),
    ("the square of ", torch.square),
    ("the absolute value of ", torch.abs),
)

_MOST_PAIRED: Final = 500
"""Of more numbers, all pairs take longer than a check itself."""


def unchanged(cases: Sequence[Case]) -> str | None:
    """Find an argument as the answer, as it was given or times a constant."""
    known = answers(cases)
    if not known or not telling_cases(cases):
        return None
    for name in cases[0].parts:
        given = [case.given_numbers.get(name) for case in cases]
        there = [part for part in given if part is not None]
        if len(there) != len(cases) or any(len(a) != len(b) for a, b in zip(known, there, strict=True)):
            continue
        if all(equal(a, b) for a, b in zip(known, there, strict=True)):
            return f"yours is {name} as it was given"
        times = ratio(torch.cat(known), torch.cat(there))
        if times is not None and enough(known):
            return f"yours is {factor(times)}{name}"
    return None


def moved(cases: Sequence[Case]) -> str | None:
    """Find an argument that was changed in the other direction, twice as much, or by another such factor."""
    pairs = pairs_of(cases)
    if not pairs or not telling_cases(cases):
        return None
    for name in cases[0].parts:
        start = [case.given_numbers.get(name) for case in cases]
        steps = [
            Case(pair.yours - here, pair.expected - here, case.given)
            for case, pair, here in zip(cases, pairs, start, strict=True)
            if here is not None and len(here) == len(pair.expected) and here.any()
        ]
        sentence = multiple(steps) if len(steps) == len(cases) else None
        if sentence:
            change = sentence.removeprefix("yours is ").replace(EXPECTED, "the expected change", 1)
            return f"yours is {name} changed by {change}"
    return None


def of_differences(cases: Sequence[Case]) -> str | None:
    """Find a mean or sum of the differences of two arguments, place by place or of every pair of their numbers."""
    known = answers(cases)
    if not known or not telling_cases(cases):
        return None
    for words, rows in _differences(cases):
        for (each, change), (reduction, reduce), (after, last) in product(_ELEMENTWISE, _REDUCED, _AFTERWARDS):
            right = [last(reduce(change(row))).reshape(-1) for row in rows]
            if any(len(a) != len(b) for a, b in zip(known, right, strict=True)):
                continue
            whole = torch.cat(right)
            times = ratio(torch.cat(known), whole)
            if times in {1.0, 0.5, 2.0, -1.0}:
                return f"yours is {factor(times)}{after}{reduction}{each} of {words}"
    return None


def _differences(cases: Sequence[Case]) -> Iterator[tuple[str, list[torch.Tensor]]]:
    """Yield the differences of every two columns of numbers, then of all pairs of their numbers."""
    names = [name for name, value in cases[0].parts.items() if isinstance(value, torch.Tensor)]
    for one, other in combinations(names, 2):
        columns = [[case.given_numbers.get(name) for name in (one, other)] for case in cases]
        both = [(a, b) for a, b in columns if a is not None and b is not None and len(a) == len(b)]
        if len(both) == len(cases):
            yield f"{one} and {other}", [a - b for a, b in both]
            if 1 < max(len(a) for a, _ in both) <= _MOST_PAIRED:
                words = f"every number of {one} with every number of {other}, as (n, 1) and (n,) broadcast"
                yield words, [a.reshape(1, -1) - b.reshape(-1, 1) for a, b in both]

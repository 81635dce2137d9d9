"""Relations between a wrong answer and the question: each takes cases and returns its sentence, or None."""

from __future__ import annotations

from itertools import chain, combinations, permutations, product
from typing import TYPE_CHECKING, Final

import torch

from assay.judge.relations.cases import RTOL, Case, answers, enough, equal, pairs_of, telling, telling_cases
from assay.judge.relations.shapes import REDUCED
from assay.judge.relations.values import EXPECTED, POWERS, factor, multiple, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Change = Callable[[torch.Tensor], torch.Tensor]

_ELEMENTWISE: Final[tuple[tuple[str, Change], ...]] = (
    ("squared differences", torch.square),
    ("absolute differences", torch.abs),
    ("differences", lambda x: x),
)
_SUMMED: Final[tuple[tuple[str, Change], ...]] = (
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


def times_an_argument(cases: Sequence[Case]) -> str | None:
    """Find each expected number times a number at the same place of an argument, or divided by it, and a constant."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    yours, expected = torch.cat([pair.yours for pair in pairs]), torch.cat([pair.expected for pair in pairs])
    for name in cases[0].parts:
        given = [case.given_numbers.get(name) for case in cases]
        rows = [part for part in given if part is not None]
        if [len(row) for row in rows] != [len(pair.expected) for pair in pairs] or not enough(rows):
            continue
        for power, text in POWERS.items():
            found = ratio(yours, expected * torch.cat(rows) ** power)
            if found is not None and all(
                equal(pair.yours, found * pair.expected * row**power) for pair, row in zip(pairs, rows, strict=True)
            ):  # a power may be so large in one case that rounding there is more than the numbers of another
                return f"yours is {factor(found)}{text.format(words=EXPECTED, name=name)}"
    return None


def of_summaries(cases: Sequence[Case]) -> str | None:
    """Find a sum, a mean or a spread of two arguments' numbers or of their products, or one divided by another."""
    known = answers(cases)
    if not enough(known) or any(len(part) != 1 for part in known) or any(equal(*case.numbers) for case in cases):
        return None
    yours, names = torch.cat(known), [name for name, value in cases[0].parts.items() if isinstance(value, torch.Tensor)]
    for one, other in combinations(names, 2):
        columns = [[case.given_numbers.get(name) for name in (one, other)] for case in cases]
        both = [(a, b) for a, b in columns if a is not None and b is not None and len(a) == len(b) > 1]
        if len(both) != len(cases):
            continue
        rows = [_summaries(one, a, other, b) for a, b in both]
        found = {words: torch.stack([row[words] for row in rows]) for words in rows[0]}
        quotients = ((f"{a} divided by {b}", found[a] / found[b]) for a, b in permutations(found, 2))
        for words, right in chain(found.items(), quotients):
            if bool(yours.isclose(right, rtol=RTOL, atol=0.0).all()):
                return f"yours is {words}"
    return None


def _summaries(one: str, a: torch.Tensor, other: str, b: torch.Tensor) -> dict[str, torch.Tensor]:
    found = {
        f"the mean of {one} / {other}": (a / b).mean(),
        f"the mean of {other} / {one}": (b / a).mean(),
        f"the sum of {one} * {other}": a @ b,
        f"the covariance of {one} and {other}": (a - a.mean()) @ (b - b.mean()) / len(a),
    }
    for name, x in ((one, a), (other, b)):
        found |= {f"{words} of {name}": summary(x) for words, summary in REDUCED}
        found[f"the variance of {name}"] = x.var(correction=0)
    return found


def of_differences(cases: Sequence[Case]) -> str | None:
    """Find a mean or sum of the differences of two arguments, place by place or of every pair of their numbers."""
    known = answers(cases)
    if not known or not telling_cases(cases):
        return None
    for words, rows in _differences(cases):
        for (each, change), (reduction, reduce), (after, last) in product(_ELEMENTWISE, _SUMMED, _AFTERWARDS):
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

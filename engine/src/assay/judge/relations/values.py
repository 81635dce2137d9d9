"""Relations between as many numbers on both sides: each takes cases and returns its sentence, or None."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import torch

from assay.judge.relations.cases import answers, close, equal, numbers, pairs_of, telling, telling_cases
from assay.text import DIGITS, numeral, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assay.judge.relations.cases import Case, Pair

EXPECTED: Final = "what is expected"
ALWAYS: Final = " whatever is asked"
CHANGES: Final[tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...]] = (
    (EXPECTED, lambda x: x),
    (f"the square of {EXPECTED}", torch.square),
    (f"the square root of {EXPECTED}", torch.sqrt),
    (f"one over {EXPECTED}", torch.reciprocal),
    (f"the absolute value of {EXPECTED}", torch.abs),
)
_LOSSY: Final[tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...]] = (
    (f"{EXPECTED} where that is positive, and 0 elsewhere", lambda x: x.clamp(min=0)),
    (f"{EXPECTED} without its fraction", torch.trunc),
    (f"{EXPECTED} rounded to a whole number", torch.round),
    (f"the logarithm of {EXPECTED}", torch.log),
)
POWERS: Final = {
    1.0: "{words} times {name}",
    -1.0: "{words} divided by {name}",
    2.0: "{words} times the square of {name}",
    -2.0: "{words} divided by the square of {name}",
    0.5: "{words} times the square root of {name}",
    -0.5: "{words} divided by the square root of {name}",
}
_SIMPLE: Final = {1.0: "", -1.0: "minus ", 2.0: "twice ", 0.5: "half ", -2.0: "minus twice ", -0.5: "minus half "}


def not_finite(cases: Sequence[Case]) -> str | None:
    """Find nan or inf, where a number is expected; all other places are right."""
    pairs = pairs_of(cases)
    if not pairs:
        return None
    yours, expected = torch.cat([pair.yours for pair in pairs]), torch.cat([pair.expected for pair in pairs])
    wrong = torch.cat([~close(pair.yours, pair.expected) for pair in pairs])
    if not wrong.any() or yours[wrong].isfinite().any() or not expected[wrong].isfinite().all():
        return None
    found = yours[wrong]
    words = "nan" if found.isnan().all() else "inf" if (found == torch.inf).all() else "not finite"
    if wrong.all():
        return f"yours is {words}"
    return f"yours is {words} at {int(wrong.sum())} of {len(wrong)} places, and right at the others"


def constant(cases: Sequence[Case]) -> str | None:
    """Find the same answer to every question."""
    pairs = pairs_of(cases)
    same = bool(pairs) and all(equal(pair.yours, pairs[0].yours) for pair in pairs)
    if not same or not telling(pairs) or all(equal(pair.expected, pairs[0].expected) for pair in pairs):
        return None
    return f"yours is {shorten(cases[0].yours, 60)}{ALWAYS}"


def one_number(cases: Sequence[Case]) -> str | None:
    """Find the same number at every place of answers of any length."""
    known = answers(cases)
    if not known or not telling_cases(cases):
        return None
    found = torch.cat(known)
    if not len(found) or not found.isfinite().all() or not equal(found, found[:1].expand(len(found))):
        return None
    return f"every number of yours is {_plain(float(found[0]))}"


def multiple(cases: Sequence[Case]) -> str | None:
    """Find a constant factor, a number of the question as factor or divisor, a square, a root, the other sign."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    yours = torch.cat([pair.yours for pair in pairs])
    for words, change in CHANGES:
        changed = [change(pair.expected) for pair in pairs]
        if not torch.cat(changed).isfinite().all():
            continue
        for text, factors in _factors(pairs, words):
            right = torch.cat([power * part for power, part in zip(factors, changed, strict=True)])
            found = ratio(yours, right)
            plain = text == EXPECTED
            if found is None or (not plain and found not in _SIMPLE):
                continue
            if plain and found == -1:
                return f"yours is {EXPECTED} with the other sign"
            return f"yours is {factor(found)}{text}"
    return None


def offset(cases: Sequence[Case]) -> str | None:
    """Find what is expected, and a constant or one of the question's own numbers more or less."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    differences = [pair.yours - pair.expected for pair in pairs]
    whole = torch.cat(differences)
    for text, addends in _addends(pairs):
        right = torch.cat([torch.full_like(d, addend) for d, addend in zip(differences, addends, strict=True)])
        found = ratio(whole, right)
        if found is None or (text and found not in _SIMPLE):
            continue
        # A difference of numbers that are far larger is rounding.
        if not _same_sums(pairs, [found * addend for addend in addends]):
            continue
        size = _plain(abs(found)) if not text else f"{factor(abs(found))}{text}"
        return f"yours is {EXPECTED} {'plus' if found > 0 else 'minus'} {size}"
    return None


def lossy(cases: Sequence[Case]) -> str | None:
    """Find a function of what is expected that loses a part of it."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    for words, change in _LOSSY:
        changed = [change(pair.expected) for pair in pairs]
        varied = len(set(torch.cat(changed).tolist())) > 1
        if varied and all(equal(pair.yours, part) for pair, part in zip(pairs, changed, strict=True)):
            return f"yours is {words}"
    return None


def wrong_sign(cases: Sequence[Case]) -> str | None:
    """Find the right size at every place, the other sign at some."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    if all(equal(pair.yours.abs(), pair.expected.abs()) for pair in pairs):
        return f"yours is {EXPECTED} with the other sign at some places"
    return None


def constant_at_places(cases: Sequence[Case]) -> str | None:
    """Find one number at every wrong place, where many are expected; all other places are right."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    wrong = [~close(pair.yours, pair.expected) for pair in pairs]
    found = torch.cat([pair.yours[places] for pair, places in zip(pairs, wrong, strict=True)])
    places, everywhere = int(torch.cat(wrong).sum()), sum(len(part) for part in wrong)
    if places == everywhere or not found.isfinite().all() or not equal(found, found[:1].expand(len(found))):
        return None
    return f"yours is {_plain(float(found[0]))} at {places} of {everywhere} places, and right at the others"


def running_sum(cases: Sequence[Case]) -> str | None:
    """Find items that are the sum of all items up to them, as of gradients that nobody cleared."""
    for case in cases:
        if not isinstance(case.yours, (list, tuple)) or not isinstance(case.expected, (list, tuple)):
            return None
        parts = [numbers(item) for item in case.expected]
        if len(parts) < 2 or any(part is None or parts[0] is None or len(part) != len(parts[0]) for part in parts):  # noqa: PLR2004 - one item is its own sum
            return None
        total = torch.stack([part for part in parts if part is not None]).cumsum(0)
        if not equal(case.numbers[0], total.reshape(-1)):
            return None
    return "each item of yours is the sum of all expected items up to it" if telling(pairs_of(cases)) else None


def _factors(pairs: Sequence[Pair], words: str) -> Iterator[tuple[str, list[float]]]:
    """Yield the ones, and then the powers of every named number that is not the same in all cases."""
    yield words, [1.0] * len(pairs)
    for (name, values), (power, text) in product(_varied(pairs), POWERS.items()):
        if all(values) and (power.is_integer() or min(values) > 0):
            yield text.format(words=words, name=name), [value**power for value in values]


def _addends(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[float]]]:
    """Yield the ones, and then every named number that is not the same in all cases."""
    yield "", [1.0] * len(pairs)
    yield from _varied(pairs)


def _varied(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[float]]]:
    for name in pairs[0].named:
        values = [pair.named[name] for pair in pairs if name in pair.named]
        if len(values) == len(pairs) and len(set(values)) > 1:
            yield name, values


def ratio(yours: torch.Tensor, right: torch.Tensor) -> float | None:
    """Return the one factor between two rows of numbers that is not 0; simple factors exactly."""
    if not yours.isfinite().all() or not right.isfinite().all() or not right.any():
        return None
    place = int(right.abs().argmax())
    found = float(yours[place] / right[place])
    found = next((simple for simple in _SIMPLE if abs(found / simple - 1) < 1e-4), found)  # noqa: PLR2004 - as rounding may make it
    return found if found and bool(close(yours, found * right).all()) else None


def _same_sums(pairs: Sequence[Pair], addends: Sequence[float]) -> bool:
    return all(
        bool(close(pair.yours, pair.expected + addend).all()) and not bool(close(pair.yours, pair.expected).all())
        for pair, addend in zip(pairs, addends, strict=True)
    )


def factor(ratio: float) -> str:
    """Return a factor in words, with a blank behind it."""
    return _SIMPLE[ratio] if ratio in _SIMPLE else f"{_plain(ratio)} times "


def _plain(number: float) -> str:
    return numeral(number, DIGITS).removesuffix(".0")

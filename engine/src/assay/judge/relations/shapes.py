"""Relations between answers of different kinds and shapes: each takes cases and returns its sentence, or None."""

from __future__ import annotations

import functools
import math
import numbers as kinds
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import torch

from assay.judge.relations.cases import RTOL, SCALE, answers, both_numbers, close, enough, equal, numbers
from assay.judge.relations.values import CHANGES, EXPECTED
from assay.text import object_class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.judge.relations.cases import Case

    Summaries = tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...]

_OF_ALL: Final[Summaries] = (
    ("the sum", torch.sum),
    ("the mean", torch.mean),
    ("the largest number", torch.max),
    ("the smallest number", torch.min),
    ("the mean of the absolute values", lambda x: x.abs().mean()),
    ("the sum of the absolute values", lambda x: x.abs().sum()),
    ("the largest absolute value", lambda x: x.abs().max()),
    ("the root of the sum of squares", torch.linalg.vector_norm),
    ("the sum of the squares", lambda x: x.square().sum()),
    ("the mean of the squares", lambda x: x.square().mean()),
)
REDUCED: Final[Summaries] = (*_OF_ALL, ("the first number", lambda x: x[0]), ("the last number", lambda x: x[-1]))


def other_kind(cases: Sequence[Case]) -> str | None:
    """Find None, an object, a text, a truth value or one number, where something else is expected."""
    found = {(_kind(case.yours), _kind(case.expected)) for case in cases}
    if len(found) != 1:
        return None
    yours, expected = found.pop()
    if yours == expected or {yours, expected} <= {"several values", "a tensor", "a number"}:
        return None
    if yours.startswith("an object") and expected.startswith("an object"):  # classes may have any name
        return None
    return f"yours is {yours}, where {expected} is expected"


def transposed(cases: Sequence[Case]) -> str | None:
    """Find the same numbers with rows and columns exchanged."""
    flipped = False
    for case in cases:
        if not _matrices(case) or not equal(numbers(case.yours.T), case.numbers[1]):
            return None
        flipped = flipped or case.yours.shape != case.expected.shape or not equal(*case.numbers)
        if case.yours.T.shape != case.expected.shape:
            return None
    several = any(min(case.expected.shape) > 1 for case in cases)
    telling = enough(case.expected.reshape(-1) for case in cases)
    return f"yours is {EXPECTED}, transposed" if flipped and (telling or not several) else None


def reshaped(cases: Sequence[Case]) -> str | None:
    """Find the same numbers in another shape."""
    for case in cases:
        if not _tensors(case) or case.yours.shape == case.expected.shape or not equal(*case.numbers):
            return None
    several = len({(case.yours.shape, case.expected.shape) for case in cases}) > 1
    return f"yours has the expected numbers in another shape{', such as' if several else ':'} {_largest(cases)}"


def broadcast(cases: Sequence[Case]) -> str | None:
    """Find a row of numbers that was combined with a column, so that every number met every other."""
    sizes = set()
    for case in cases:
        if not _tensors(case) or case.yours.dim() != 2:  # noqa: PLR2004 - n by n
            return None
        n = case.expected.numel()
        if n > 1 and case.yours.shape == case.expected.shape:
            return None
        if tuple(case.yours.shape) != (n, n) or not equal(numbers(case.yours.diagonal()), case.numbers[1]):
            return None
        sizes.add(n)
    if max(sizes) < 2 or not enough(case.yours.reshape(-1) for case in cases):  # noqa: PLR2004 - a row of one number shows nothing
        return None
    if all(not (case.yours - case.yours.diagonal().diag()).any() for case in cases):
        return f"yours is a square matrix: {EXPECTED} is its diagonal, and zeros stand beside it"
    return (
        f"yours has shape (n, n): {EXPECTED} is its diagonal, as if a column of shape (n, 1) met a row of shape (n,) "
        "and broadcast to (n, n)"
    )


def reduced(cases: Sequence[Case]) -> str | None:
    """Find one number, which is the sum, the mean or another summary of the expected numbers."""
    return _summary([case.numbers[::-1] for case in cases], "yours is {} of " + EXPECTED)


def not_reduced(cases: Sequence[Case]) -> str | None:
    """Find several numbers, whose sum, mean or other summary is expected."""
    return _summary(
        [case.numbers for case in cases], "yours is not reduced to one number: " + EXPECTED + " is {} of your numbers"
    )


def another_summary(cases: Sequence[Case]) -> str | None:
    """Find another summary of the numbers that the expected one summarises, of all of them or of one name's."""
    names, known = list(cases[0].summarised), answers(cases)
    if not names or not enough(known):
        return None
    if any(list(case.summarised) != names or equal(*case.numbers) for case in cases):
        return None
    for name, (words, change) in product(names, CHANGES):
        if all(equal(yours, change(case.summarised[name])) for yours, case in zip(known, cases, strict=True)):
            return f"yours is {words.replace(EXPECTED, name)}"
    for chosen, (minus, sign) in product((names, *([name] for name in names)), (("", 1.0), ("minus ", -1.0))):
        parts = [torch.cat([case.summarised[name] for name in chosen]) for case in cases]
        both = [(part, sign * yours) for part, yours in zip(parts, known, strict=True)]
        # The last number of several parts is that of the last part.
        summaries = REDUCED if len(chosen) == 1 else _OF_ALL
        if told := _summary(both, f"yours is {minus}{{}} of {' and '.join(chosen)}", summaries):
            return told
    return None


def cut(cases: Sequence[Case]) -> str | None:
    """Find the beginning or the end of the expected numbers, or these and more."""
    both = both_numbers(cases)
    if not enough(expected for _, expected in both):
        return None
    if not any(min(len(yours), len(expected)) for yours, expected in both):
        return None
    if all(len(y) < len(e) and equal(y, e[: len(y)]) for y, e in both):
        return f"yours is the beginning of {EXPECTED}: the end is missing"
    if all(len(y) < len(e) and equal(y, e[len(e) - len(y) :]) for y, e in both):
        return f"yours is the end of {EXPECTED}: the beginning is missing"
    if all(len(y) > len(e) and equal(y[: len(e)], e) for y, e in both):
        return f"yours begins with {EXPECTED}, and goes on after it"
    return None


def more_or_fewer(cases: Sequence[Case]) -> str | None:
    """Find some of the expected numbers and no others, or all of them and more."""
    both = both_numbers(cases)
    if not any(min(len(yours), len(expected)) for yours, expected in both):
        return None
    if not enough(expected for _, expected in both):
        return None
    if all(len(y) < len(e) and _contains(e, y) for y, e in both):
        return "yours lacks some of the expected numbers, and has no others"
    if all(len(y) > len(e) and _contains(y, e) for y, e in both):
        return "yours has all of the expected numbers, and more"
    return None


def _contains(many: torch.Tensor, few: torch.Tensor) -> bool:
    """Return whether every number of `few` is among `many`, each as often."""
    if not many.isfinite().all() or not few.isfinite().all():
        return False
    left = iter(many.sort().values.tolist())
    near = functools.partial(math.isclose, rel_tol=RTOL, abs_tol=SCALE * float(many.abs().max()) if len(many) else 0.0)
    return all(any(near(number, other) for other in left) for number in few.sort().values.tolist())


def reordered(cases: Sequence[Case]) -> str | None:
    """Find the same numbers in another order."""
    both = both_numbers(cases)
    if any(len(yours) != len(expected) for yours, expected in both):
        return None
    if all(equal(y, e) for y, e in both) or not enough(expected for _, expected in both):
        return None
    if all(equal(y, e.flip(0)) for y, e in both):
        return f"yours is {EXPECTED} from back to front"
    if all(equal(y.sort().values, e.sort().values) for y, e in both):
        return "yours has the expected numbers in another order"
    return None


def _summary(
    known: Sequence[tuple[torch.Tensor | None, torch.Tensor | None]], sentence: str, summaries: Summaries = REDUCED
) -> str | None:
    """Return the sentence with the summary that each second part is of its first, or None."""
    both = [(many, one) for many, one in known if many is not None and one is not None and len(one) == 1]
    if len(both) != len(known) or max(len(many) for many, _ in both) < 2 or not min(len(many) for many, _ in both):  # noqa: PLR2004 - of one number there is no summary
        return None
    if not enough(torch.cat([many, one]) for many, one in both):
        return None
    for words, summary in summaries:
        if all(bool(close(one, summary(many).reshape(1)).all()) for many, one in both):
            return sentence.format(words)
    return None


def _largest(cases: Sequence[Case]) -> str:
    """Return both shapes of the case with the largest one, since (1,) may stand for any."""
    case = max(cases, key=lambda case: max((0, *case.expected.shape)))
    return f"{tuple(case.yours.shape)} instead of {tuple(case.expected.shape)}"


def _tensors(case: Case) -> bool:
    return isinstance(case.yours, torch.Tensor) and isinstance(case.expected, torch.Tensor)


def _matrices(case: Case) -> bool:
    return _tensors(case) and case.yours.dim() == case.expected.dim() == 2  # noqa: PLR2004 - rows and columns


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if (name := object_class(value)) is not None:
        return "an object" if name == "object" else f"an object of class {name}"
    if isinstance(value, torch.Tensor):
        return "a tensor" if value.dim() else "a number"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, kinds.Number):
        return "a number"
    return "a text" if isinstance(value, str) else "several values"

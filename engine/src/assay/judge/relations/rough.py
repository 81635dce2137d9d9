"""Relations that hold roughly, or to one side: told if no exact one is known, with the range in which they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from assay.judge.relations.cases import close, pairs_of, telling
from assay.judge.relations.values import CHANGES, EXPECTED
from assay.text import DIGITS, numeral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.judge.relations.cases import Case

_ROUGH_RTOL: Final = 0.02
"""An answer that is fitted to noise may be so far from the relation."""

_SPREAD: Final = 2.0
"""The largest expected number is so many times the smallest one, or a square would be near a square root."""

_MAX_RATIO: Final = 10.0
"""A wider range is that of answers that have nothing to do with the question."""


def roughly(cases: Sequence[Case]) -> str | None:
    """Find one over what is expected, its square or its root, up to a few percent."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    yours, expected = torch.cat([pair.yours for pair in pairs]), torch.cat([pair.expected for pair in pairs])
    sizes = expected.abs()
    if not expected.isfinite().all() or sizes.max() < _SPREAD * sizes.min() or not sizes.min():
        return None
    for words, change in CHANGES[1:]:
        changed = change(expected)
        off = _off(yours, changed)
        if off <= _ROUGH_RTOL < _off(expected, changed):  # positive numbers are their own absolute values
            return f"yours is {words}, to within {_percent(off)}"
    return None


def one_sided(cases: Sequence[Case]) -> str | None:
    """Find answers that are all too large, or all too small, wherever they are wrong, and by how much."""
    pairs = pairs_of(cases)
    if not telling(pairs):
        return None
    wrong = [~close(pair.yours, pair.expected) for pair in pairs]
    yours = torch.cat([pair.yours[places] for pair, places in zip(pairs, wrong, strict=True)])
    expected = torch.cat([pair.expected[places] for pair, places in zip(pairs, wrong, strict=True)])
    if not yours.isfinite().all() or not expected.isfinite().all():
        return None
    times = yours / expected
    if ((times > 1).all() or ((times < 1) & (times > 0)).all()) and _near(times):
        return f"yours is {_range(times)} times {EXPECTED} wherever it is wrong"
    by = yours - expected
    if ((by > 0).all() or (by < 0).all()) and _near(by.abs()):
        words = "larger" if by[0] > 0 else "smaller"
        return f"yours is {words} than {EXPECTED} wherever it is wrong, by {_range(by.abs())}"
    return None


def nearly(cases: Sequence[Case]) -> str | None:
    """Find answers that are near the right ones, measured by the largest number of each."""
    pairs = pairs_of(cases)
    if not telling(pairs) or not all(len(pair.expected) for pair in pairs):
        return None
    shares = [float((pair.yours - pair.expected).abs().max() / pair.expected.abs().max()) for pair in pairs]
    if not all(share <= _ROUGH_RTOL for share in shares):  # neither is nan
        return None
    of = " of its largest number" if max(len(pair.expected) for pair in pairs) > 1 else ""
    return f"yours is {EXPECTED}, to within {_percent(max(shares))}{of}"


def _off(numbers: torch.Tensor, right: torch.Tensor) -> float:
    return float((numbers / right - 1).abs().max())


def _near(values: torch.Tensor) -> bool:
    return bool(values.max() <= _MAX_RATIO * values.min())


def _range(values: torch.Tensor) -> str:
    low, high = (numeral(float(value), DIGITS).removesuffix(".0") for value in (values.min(), values.max()))
    return f"{low} to {high}" if low != high else f"about {low}"


def _percent(share: float) -> str:
    return f"{max(share * 100, 0.01):.2g} %"

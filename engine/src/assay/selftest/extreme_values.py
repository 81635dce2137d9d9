"""The quantile that a right answer's statistic exceeds once in a million, extrapolated from a sample's upper tail.

Ten thousand seeds cannot show an event of one in a million, but they show the shape of the tail. Let u be the sample's
95 % quantile, and e = log(x / u) the log-exceedances of the values above it. If the log-exceedances are exponential
with mean m, then

    P(S > s) = 0.05 · (s / u)^(-1/m)        and so        P(S > s) = p   at   s = u · (0.05 / p)^m

which on the plain scale is a Pareto tail (m is Hill's estimate, Hill 1975). This errs on the safe side: the
log-exceedances of a normal, exponential or log-normal tail, which errors have, die out faster than exponentially, so
the true quantile lies below this s. The bound is wider for it, and its power must still suffice.

The assumption is tested. For generalised Pareto log-exceedances of shape k the moments give k = (1 - m²/v) / 2, with v
their variance (Hosking and Wallis 1987): zero for the exponential, positive for a heavier tail, with a standard error
of 1/√n near zero. If k is more than two standard errors above zero, the heavier tail of shape k plus two standard
errors is used instead, and the tolerance says so. In both cases the scale is raised by three standard errors, to
allow for the sample's luck.
"""

from __future__ import annotations

import math
import statistics
from decimal import ROUND_CEILING, Context
from typing import TYPE_CHECKING, Final

import msgspec

from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Tail", "fit_tail", "rounded_up"]

_SHARE: Final = 20  # one value in twenty lies in the tail
_FEWEST: Final = 10


class Tail(msgspec.Struct, frozen=True):
    """P(S > s) for s above the threshold; shape 0 is the exponential tail of log(s / threshold)."""

    threshold: float
    share: float
    scale: float
    shape: float
    above: int

    def survival(self, value: float) -> float:
        """Return P(S > value), for a value above the threshold."""
        excess = math.log(value / self.threshold) / self.scale
        if not self.shape:
            return self.share * math.exp(-excess)
        return self.share * math.pow(1 + self.shape * excess, -1 / self.shape)

    def quantile(self, probability: float) -> float:
        """Return the value that S exceeds with this probability, below the share; infinite if no float holds it."""
        ratio = self.share / probability
        excess = (ratio**self.shape - 1) / self.shape if self.shape else math.log(ratio)
        try:
            return self.threshold * math.exp(self.scale * excess)
        except OverflowError:
            return math.inf

    def __str__(self) -> str:
        kind = f"heavier than exponential, shape {self.shape:.2g}" if self.shape else "exponential"
        return f"log-exceedances of the {self.above} seeds above the 95 % quantile, {kind}, scale {self.scale:.3g}"


def fit_tail(values: Sequence[float]) -> Tail:
    """Fit the tail above the values' 95 % quantile, scale and shape on the safe side.

    Raises CourseError if there is no tail to fit: too few values, not all finite, or a tail of zeros or one value.
    """
    above = len(values) // _SHARE
    if above < _FEWEST:
        msg = f"{len(values)} seeds are too few for a tail: take {_SHARE * _FEWEST} or more"
        raise CourseError(msg)
    if not all(map(math.isfinite, values)):
        msg = "the statistic of the reference is not finite at every seed"
        raise CourseError(msg)
    ordered = sorted(values)
    threshold = ordered[-above - 1]
    if threshold <= 0 or ordered[-1] == threshold:
        msg = "the statistic of the reference has no tail (it is constant, zero or negative): compare it exactly"
        raise CourseError(msg)
    excesses = [math.log(value / threshold) for value in ordered[-above:]]
    mean, variance = statistics.fmean(excesses), statistics.variance(excesses)
    error = 1 / math.sqrt(above)
    shape = (1 - mean**2 / variance) / 2 if variance else 0.0
    heavier = shape > 2 * error
    scale = mean * (1 - shape) if heavier else mean
    return Tail(threshold, above / len(values), scale * (1 + 3 * error), shape + 2 * error if heavier else 0.0, above)


def rounded_up(value: float, digits: int = 3) -> float:
    """Round up to so many significant digits, so that the bound that people read is not below the derived one."""
    return float(Context(prec=digits, rounding=ROUND_CEILING).create_decimal(repr(value)))

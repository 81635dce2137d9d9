"""How far a statistic of a right answer may stray: the upper tail of a sample, extrapolated.

Ten thousand seeds cannot show what happens once in a million. What is taken from them is the shape of the tail: let u
be their 95 % quantile, and e = log(x / u) the log-exceedances of the values above it. If these are exponential with
mean m, then

    P(S > s) = 0.05 · (s / u)^(-1/m)        and so        P(S > s) = p   at   s = u · (0.05 / p)^m

which on the plain scale is a Pareto tail (m is Hill's estimate, Hill 1975). This errs on the safe side: a statistic
with a normal, exponential or log-normal tail, as errors have, has log-exceedances that die out faster than
exponentially, so its true quantile lies below this s. The price is a wider bound, which the power then has to bear out.

The assumption is looked at, not trusted. For generalised Pareto log-exceedances of shape k the moments give
k = (1 - m²/v) / 2, with v their variance (Hosking and Wallis 1987): zero for the exponential, above it for a heavier
tail, with a standard error of 1/√n near zero. Where k is more than two standard errors above zero, the heavier tail of
shape k plus two standard errors is used instead, and the record says so. In both cases the scale is raised by three of
its own standard errors, so that the sample's luck does not decide.
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
        """P(S > value), for a value above the threshold."""
        excess = math.log(value / self.threshold) / self.scale
        if not self.shape:
            return self.share * math.exp(-excess)
        return self.share * math.pow(1 + self.shape * excess, -1 / self.shape)

    def quantile(self, probability: float) -> float:
        """The value that is exceeded with this probability, less than the share; infinite beyond what floats hold."""
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
    """The tail above the values' 95 % quantile, scale and shape on the safe side.

    Raises CourseError where there is no tail to fit: too few values, not all finite, zero or constant in the tail.
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
    """The next number of so many significant digits: a bound that people read is not below the one derived."""
    return float(Context(prec=digits, rounding=ROUND_CEILING).create_decimal(repr(value)))

"""Ohm's law"""

import functools
from typing import NamedTuple

import pytest
import torch
from assay.checks import mistake, number, require, statistic


@pytest.mark.points(2)
def test_weak_currents_give_their_resistance(submission, seed):
    """R is found from 50 to 200 weak currents, be it small (0.5 to 2) or large (20 to 50)"""
    for case in weak_cases(seed):
        require_resistance(submission, case)


@pytest.mark.points(2)
def test_strong_currents_give_their_resistance(submission, seed):
    """R is found from 2000 strong currents, where a step overshoots easily"""
    require_resistance(submission, strong_case(seed))


# What the checks share


class Case(NamedTuple):
    """Measurements; `scale` is the noise over the root mean square current: what one deviation of it does to R."""

    current: torch.Tensor
    voltage: torch.Tensor
    scale: float


def make_case(rng, n, resistance, size, mean):
    """Make n currents of root mean square `size`, and their voltages with 1 % of noise.

    Args:
        rng: draws them.
        n: how many.
        resistance: R.
        size: root mean square of the currents.
        mean: 0 for currents of both signs, more for currents that are all positive.
    """
    current = mean + 2 * torch.rand(n, generator=rng) - 1
    current *= size / (current**2).mean().sqrt()
    noise = 0.01 * resistance * size
    return Case(current, resistance * current + noise * torch.randn(n, generator=rng), noise / size)


def draw_between(rng, low, high):
    """Draw a number whose logarithm is uniform."""
    return low * (high / low) ** float(torch.rand((), generator=rng))


@functools.cache
def weak_cases(seed):
    """A small resistance with currents of both signs, a large one with positive currents; mean(I²) from 0.1 to 0.4."""
    rng = torch.Generator().manual_seed(seed)
    ns = torch.randint(50, 201, (2,), generator=rng).tolist()
    small = make_case(rng, ns[0], draw_between(rng, 0.5, 2), draw_between(rng, 0.32, 0.63), 0)
    return small, make_case(rng, ns[1], draw_between(rng, 20, 50), draw_between(rng, 0.32, 0.63), 1.5)


@functools.cache
def strong_case(seed):
    """Currents of both signs with mean(I²) = 3.8."""
    rng = torch.Generator().manual_seed(seed)
    return make_case(rng, 2000, draw_between(rng, 2, 20), 1.95, 0)


def least_squares(case):
    """The R of the smallest squared error, Σ IV / Σ I²."""
    current, voltage = case.current.double(), case.voltage.double()
    return float(current @ voltage / (current @ current))


def require_resistance(submission, case):
    yours, right = number(submission.fit_resistance(case.current, case.voltage)), least_squares(case)
    bound = deviation.bound * case.scale
    require(abs(yours - right) <= bound, yours=yours, expected=f"{right:.6g} within {bound:.2g}")


# Typical mistakes


def make_fit(lr, epochs, loss=lambda R, i, v: ((R * i - v) ** 2 / 2).mean(), batch_size=None, forget=True):
    """Make a fit by gradient descent with its own rate, end and loss."""

    def fit_resistance(current, voltage):
        R = torch.zeros(1, requires_grad=True)
        size = batch_size or len(current)
        for _ in range(epochs):
            for start in range(0, len(current), size):
                if forget:
                    R.grad = None
                loss(R, current[start : start + size], voltage[start : start + size]).backward()
                with torch.no_grad():
                    R -= lr * R.grad
        return R.item()

    return fit_resistance


@mistake("fit_resistance", hint="this is V/R, the conductance 1/R: predict the voltage from the current, V = R * I")
def conductance(current, voltage):
    return float(current @ voltage / (voltage @ voltage))


@mistake(
    "fit_resistance",
    hint="three epochs at 0.03 are not enough: with weak currents the gradient is small, so train until R stands still",
)
def three_epochs(current, voltage):
    return make_fit(0.03, 3, batch_size=32)(current, voltage)


@mistake(
    "fit_resistance",
    hint="R diverges: strong currents make steep gradients, so lower the rate, or divide it by the mean of I²",
)
def too_fast(current, voltage):
    return make_fit(0.6, 100)(current, voltage)


@mistake("fit_resistance", hint="R diverges: the summed loss takes steps n times as large, so take the mean")
def summed_loss(current, voltage):
    return make_fit(0.1, 50, lambda R, i, v: ((R * i - v) ** 2 / 2).sum())(current, voltage)


@mistake("fit_resistance", hint="the gradients of all steps add up, so R swings for ever: clear them before backward()")
def gradients_add_up(current, voltage):
    return make_fit(0.1, 100, forget=False)(current, voltage)


@mistake(
    "fit_resistance",
    hint="(n, 1) - (n,) broadcasts to (n, n), so every current meets every voltage: give both one shape",
)
def broadcast(current, voltage):
    # Where the descent on all pairs ends.
    return float(current.mean() * voltage.mean() / (current**2).mean())


# A statistic: its tolerance is kept in reference/linear_regression_scratch.tolerances.json


def minibatch_fit(current, voltage):
    """Where descent at a constant rate of 0.25, with 32 a batch in a fixed order, has come to after 3000 steps."""
    curvatures = [float(part @ part) / len(part) for part in current.split(32)]
    slopes = [float(i @ v) / len(i) for i, v in zip(current.split(32), voltage.split(32), strict=True)]
    R = 0.0
    for _ in range(3000 // len(slopes)):
        for curvature, slope in zip(curvatures, slopes, strict=True):
            R -= 0.25 * (curvature * R - slope)
    return R


@statistic(
    "difference from least squares, the answer's or, where larger, that of a converged minibatch fit (32 a batch, at a "
    "constant rate of 0.25), over noise / root mean square current",
    catches=[conductance, three_epochs, too_fast, summed_loss, gradients_add_up, broadcast],
    closed_form=(
        1.7,
        "six deviations of such a fit to strong currents: rate · mean(I²) / √16 = 0.24 by the last batch, half by others",
    ),
)
def deviation(module, seed):
    cases = [*weak_cases(seed), strong_case(seed)]
    fits = [fit(case.current, case.voltage) for case in cases for fit in (module.fit_resistance, minibatch_fit)]
    scales = [(least_squares(case), case.scale) for case in cases for _ in range(2)]
    misses = [abs(number(R) - right) / scale for R, (right, scale) in zip(fits, scales, strict=True)]
    return float(torch.tensor(misses).max())  # nan, if there is one

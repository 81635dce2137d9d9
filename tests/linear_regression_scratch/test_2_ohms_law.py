"""Ohm's law"""

import functools
from typing import NamedTuple

import pytest
import torch
from assay.checks import assert_close, dots, number, remote, require, statistic

from .mistakes_2_ohms_law import (
    NEGATIVE,
    broadcast,
    conductance,
    current_on_voltage,
    gradients_add_up,
    huber_fit,
    least_absolute,
    line_with_an_offset,
    offset_if_significant,
    ratio_of_sizes,
    ratio_of_sums,
    repeated_currents_once,
    signs_only,
    summed_loss,
    three_epochs,
    too_fast,
    too_few_steps,
)


@pytest.mark.points(2)
def test_weak_currents_give_their_resistance(submission, seed):
    """R is found from 50 to 200 weak currents, be it small (0.5 to 2) or as large as it gets (50)"""
    for case in weak_cases(seed):
        require_resistance(submission, case, deviation)


@pytest.mark.points(2)
def test_strong_currents_give_their_resistance(submission, seed):
    """R is found from 2000 strong currents, where a step overshoots easily"""
    require_resistance(submission, strong_case(seed), deviation)


def test_currents_near_zero_of_both_signs(submission, seed):
    """R is found where most currents are almost zero and the others add up to zero, for the smallest R, 0.5"""
    require_resistance(submission, near_zero_case(seed), odd_deviation)


def test_currents_that_hardly_differ(submission, seed):
    """R is found where all currents are nearly the same: the line goes through the origin"""
    require_resistance(submission, narrow_case(seed), odd_deviation)


def test_noise_larger_than_the_voltages(submission, seed):
    """R is found from 2000 voltages that are mostly noise, with fewer errors upwards than downwards, but larger ones"""
    require_resistance(submission, noisy_case(seed), odd_deviation)


def test_currents_that_repeat(submission, seed):
    """R is found if most currents are equal and the noise has a mean, for positive currents and for negative ones"""
    case = positive_case(seed)
    require_resistance(submission, case, odd_deviation)
    turned = case._replace(current=-case.current, voltage=-case.voltage)
    require_resistance(submission, turned, odd_deviation, help_=NEGATIVE)


def test_resistance_of_the_same_tensors_changed_in_place(submission, seed):
    """asked again after the numbers have changed in place it gives the new R, and it leaves both tensors alone"""
    case = weak_cases(seed)[0]
    held = [remote(submission.d2l).tensor(part.tolist()) for part in case[:2]]
    require_resistance(submission, case, deviation, held)
    for part, now in zip(held, (case.current, 3 * case.voltage), strict=True):
        part.copy_(now)
    tripled = Case(case.current, 3 * case.voltage, 3 * case.scale)
    require_resistance(submission, tripled, deviation, held)
    assert_close([submission.d2l.numpy(part) for part in held], list(tripled[:2]))
    asked = [part.requires_grad for part in held]
    require(not any(asked), yours="a tensor that requires gradients now", expected="both tensors as they were")


# Shared by the checks


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
    return add_noise(rng, mean + 2 * torch.rand(n, generator=rng) - 1, resistance, size)


def add_noise(rng, current, resistance, size):
    """Scale currents to the root mean square `size`, and add noise to their voltages, 1 % of them."""
    current = current * (size / (current**2).mean().sqrt())
    noise = 0.01 * resistance * size
    return Case(current, resistance * current + noise * torch.randn(len(current), generator=rng), noise / size)


@functools.cache
def near_zero_case(seed):
    """96 currents of a thousandth to a millionth come first, so that all is in the last fifth: pairs of opposite ones.

    The tiny ones have the sign of their voltage's noise. Least squares hardly sees them. An estimate that uses only their
    sign adds up all that noise.
    """
    rng = torch.Generator().manual_seed(seed + 1)
    pairs = 0.2 + torch.rand(12, generator=rng)
    large = torch.cat([pairs, -pairs])[torch.randperm(2 * len(pairs), generator=rng)]
    tiny = 10 ** (-3 - 3 * torch.rand(96, generator=rng))
    tiny[0] = 1e-6
    case = add_noise(rng, torch.cat([tiny, large]), 0.5, 0.5)
    noise = case.voltage - 0.5 * case.current
    signs = torch.cat([noise[:96].sign(), torch.ones(len(large))])
    return case._replace(current=signs * case.current, voltage=0.5 * signs * case.current + noise)


@functools.cache
def narrow_case(seed):
    """Currents that differ by a hundred-thousandth, in descending order."""
    rng = torch.Generator().manual_seed(seed + 2)
    current = 1 + 1e-5 * torch.linspace(1, -1, 32 * int(torch.randint(2, 7, (), generator=rng)))
    return add_noise(rng, current, draw_between(rng, 0.5, 50), 0.6)


@functools.cache
def noisy_case(seed):
    """A small resistance: noise of about five times the voltage that it makes, of deviation 3 and with mean zero.

    Two of five errors pull R up and three pull it down, by less. Least squares balances them; the least absolute error
    follows the three, 0.67 deviations away, and Huber's with delta 1 goes 0.57, both more than the bound of 0.4.
    """
    rng = torch.Generator().manual_seed(seed + 3)
    sign = 1 - 2 * torch.randint(2, (2000,), generator=rng)
    current = sign * (0.5 + torch.rand(2000, generator=rng) / 2)
    current *= 0.35 / current.square().mean().sqrt()
    up = torch.rand(2000, generator=rng) < 0.4
    pull = torch.where(up, 1.5**0.5, -(1.5**-0.5))  # mean 0, deviation 1
    return Case(current, draw_between(rng, 1.6, 1.9) * current + 3 * sign * pull, 3 / 0.35)


@functools.cache
def positive_case(seed):
    """Seven currents, most of the time the strongest of them, and noise with a mean of 2.5 of its deviations.

    In deviations, the bound being 0.4, R is 0.9 off if every current counts once, and 2.4 if the line may have an offset.
    """
    rng = torch.Generator().manual_seed(seed + 4)
    current = (torch.arange(7) + 1.0).repeat_interleave(torch.tensor([16] * 6 + [544]))
    case = add_noise(rng, current[torch.randperm(640, generator=rng)], draw_between(rng, 5, 20), 0.33)
    return case._replace(voltage=case.voltage + 2.5 * case.scale * 0.33)


def draw_between(rng, low, high):
    """Draw a number whose logarithm is uniform."""
    return low * (high / low) ** float(torch.rand((), generator=rng))


@functools.cache
def weak_cases(seed):
    """A small resistance with currents of both signs, and the largest, R = 50, with the weakest currents, mean(I²) = 0.1.

    After 300 steps at 0.1 a twentieth of the error at the start is left there, after 1,000 steps less than 1e-4.
    """
    rng = torch.Generator().manual_seed(seed)
    ns = torch.randint(50, 201, (2,), generator=rng).tolist()
    small = make_case(rng, ns[0], draw_between(rng, 0.5, 2), draw_between(rng, 0.32, 0.63), 0)
    return small, make_case(rng, ns[1], 50.0, 0.317, 1.5)


@functools.cache
def strong_case(seed):
    """Currents of both signs with mean(I²) = 3.8."""
    rng = torch.Generator().manual_seed(seed)
    return make_case(rng, 2000, draw_between(rng, 2, 20), 1.95, 0)


def least_squares(case):
    """The R of the smallest squared error, Σ IV / Σ I²."""
    current, voltage = case.current.double(), case.voltage.double()
    return float(current @ voltage / (current @ current))


def require_resistance(submission, case, within, held=None, help_=None):
    """Ask for R, within the bound of a statistic; with `held`, of tensors in the guest that hold the case's numbers."""
    yours, right = number(submission.fit_resistance(*(held or case[:2]))), least_squares(case)
    bound = within.bound * case.scale
    left = [case.voltage - R * case.current for R in (yours, right)]
    plot = dots("what V − R·I leaves against current", case.current, yours=left[0], expected=left[1])
    expected = f"{right:.6g} within {bound:.2g}"
    require(abs(yours - right) <= bound, yours=yours, expected=expected, help=help_, plot=plot)


# Statistics: their tolerances are kept in reference/linear_regression_scratch.tolerances.json


def minibatch_fit(current, voltage):
    """Return R after 3000 steps of descent at a constant rate of 0.25, with 32 a batch in a fixed order."""
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
    catches=[conductance, three_epochs, too_few_steps, too_fast, summed_loss, gradients_add_up, broadcast],
    closed_form=(
        1.7,
        "six deviations of such a fit to strong currents: rate · mean(I²) / √16 = 0.24 by the last batch, half by others",
    ),
)
def deviation(module, seed):
    return largest_miss(module, [*weak_cases(seed), strong_case(seed)])


@statistic(
    "the same for currents near zero, that hardly differ, or repeat, and for noise larger than the voltages",
    catches=[
        ratio_of_sums,
        signs_only,
        line_with_an_offset,
        offset_if_significant,
        repeated_currents_once,
        current_on_voltage,
        ratio_of_sizes,
        least_absolute,
        huber_fit,
    ],
    closed_form=(
        0.4,
        "over ten deviations of such a fit to currents with mean(I²) = 0.36: √(rate · mean(I²) / (2 · 32)) = 0.04",
    ),
    seeds=3000,
)
def odd_deviation(module, seed):
    cases = near_zero_case(seed), narrow_case(seed), noisy_case(seed), positive_case(seed)
    return largest_miss(module, cases)


def largest_miss(module, cases):
    fits = [way(case.current, case.voltage) for case in cases for way in (module.fit_resistance, minibatch_fit)]
    scales = [(least_squares(case), case.scale) for case in cases for _ in range(2)]
    misses = [abs(number(R) - right) / scale for R, (right, scale) in zip(fits, scales, strict=True)]
    return float(torch.tensor(misses).max())  # nan, if there is one

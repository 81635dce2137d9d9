"""Planck's law"""

import functools
import math

import pytest
import torch
from assay.checks import assert_close, number, remote, require, statistic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .mistakes_3_plancks_law import (
    C,
    H,
    evenly_spaced_wavelengths,
    exponent,
    peak_only,
    rate_for_one_temperature,
    start_kept,
    whole_hundreds,
    wien_fit,
)

DTYPES = st.sampled_from([torch.float32, torch.float64])

UNROUNDED = "an exponent x = hc/λkT that is rounded to float32 changes exp(x) - 1 by so much"


def wavelengths(nanometres):
    """One to three wavelengths in metres."""
    return st.lists(nanometres, min_size=1, max_size=3).map(lambda nm: torch.tensor(nm, dtype=torch.float32) * 1e-9)


def kelvin(lowest, highest):
    return st.integers(lowest // 500, highest // 500).map(lambda n: 500.0 * n)


# Spectral radiance


@pytest.mark.points(2)
@settings(max_examples=15)
@given(wavelengths(st.integers(4, 60).map(lambda n: 50 * n)), kelvin(1000, 8000), DTYPES)
def test_radiance_from_ultraviolet_to_infrared(submission, wavelength, temperature, dtype):
    """planck gives 2hc²/λ⁵ · 1/(exp(hc/λkT) - 1), for wavelengths from 200 to 3000 nm"""
    require_radiance(submission.planck(wavelength.to(dtype), temperature), wavelength, temperature)


@settings(max_examples=10)
@given(wavelengths(st.integers(2, 50).map(lambda n: 2000 * n)), kelvin(500, 8000), DTYPES)
@example(torch.tensor([1e-4]), 8000.0, torch.float64)
def test_radiance_at_long_wavelengths(submission, wavelength, temperature, dtype):
    """for wavelengths up to 0.1 mm the exponent is small, and the -1 beside exp(x) matters"""
    require_radiance(submission.planck(wavelength.to(dtype), temperature), wavelength, temperature)


@settings(max_examples=10)
@given(wavelengths(st.integers(1, 40)), kelvin(500, 3500), DTYPES, st.sampled_from(["number", "tensor"]))
@example(torch.tensor([1e-9]), 500.0, torch.float32, "tensor")
def test_radiance_where_the_exponent_overflows(submission, wavelength, temperature, dtype, form):
    """for wavelengths down to 1 nm exp(x) overflows, and the radiance is zero or tiny, never nan; at 1 µm it is above zero"""
    wavelength = torch.cat([wavelength, torch.tensor([1e-6])]).to(dtype)
    yours = submission.planck(wavelength, torch.full_like(wavelength, temperature) if form == "tensor" else temperature)
    fits = isinstance(yours, torch.Tensor) and yours.shape == wavelength.shape and yours.is_floating_point()
    # x is 102 at least. A formula may cut it off where exp() nearly overflows, which it does beyond 88 in float32.
    most = 2 * H * C**2 / wavelength.double()[:-1] ** 5 * math.exp(-85)
    tiny = fits and ((yours[:-1] >= 0) & (yours.double()[:-1] <= most)).all() and 0 < yours[-1] < math.inf
    limits = ", ".join(f"{value:.3g}" for value in most.tolist())
    require(tiny, yours=yours, expected=f"at most {limits}, none below 0, and at 1 µm, which comes last, more than 0")
    last = torch.tensor([1.7e-7]).to(dtype)  # at 1000 K x is 84.6, and exp(x) is a number even in float32
    require_radiance(submission.planck(last, 1000.0), last, 1000.0)


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(6, 40), kelvin(1000, 8000)), min_size=1, max_size=3),
    st.sampled_from(["a tensor like the wavelengths", "a 0-d tensor", "an integer"]),
)
def test_temperature_may_be_a_tensor(submission, pairs, form):
    """the temperature is a number, a 0-d tensor, or one for each wavelength; wavelengths have any number of axes"""
    wavelength = torch.tensor([50 * n for n, _ in pairs]) * 1e-9
    temperature = torch.tensor([T for _, T in pairs])
    if form != "a tensor like the wavelengths":
        temperature = temperature[0] if form == "a 0-d tensor" else int(temperature[0])
    require_radiance(submission.planck(wavelength, temperature), wavelength, temperature)
    grid = torch.stack([wavelength, 2 * wavelength])
    for part in (grid, grid[0, 0]):
        require_radiance(submission.planck(part, 4000.0), part, 4000.0)


def test_radiances_asked_again(submission, rng):
    """for 2000 wavelengths in any order each has its radiance; asked again the answers are new, and all else stays"""
    wavelength, other = ((300 + 1700 * torch.rand(2000, generator=rng, dtype=torch.float64)) * 1e-9 for _ in range(2))
    held = remote(submission.d2l).tensor(wavelength.tolist()).double()
    held.copy_(wavelength)
    first = remote(submission).planck(held, 4000.0)
    require_radiance(submission.planck(held, 6000.0), wavelength, 6000.0)
    assert_close(submission.d2l.numpy(held), wavelength, rtol=1e-12, atol=0)
    held.copy_(other)
    require_radiance(submission.planck(held, 6000.0), other, 6000.0)
    require_radiance(submission.d2l.numpy(first), wavelength, 4000.0)


# The temperature of a measured spectrum


@pytest.mark.points(2)
def test_temperature_of_a_cool_spectrum(submission, seed):
    """from 300 noisy radiances fit_temperature finds temperatures between 3000 and 3500 K to 1 %"""
    require_temperatures(submission, seed, "cool")


@pytest.mark.points(2)
def test_temperature_of_a_hot_spectrum(submission, seed):
    """from 300 noisy radiances fit_temperature finds temperatures between 5000 and 8000 K to 1 %"""
    require_temperatures(submission, seed, "hot")


@pytest.mark.points(2)
def test_temperature_of_spectra_in_any_order(submission, seed):
    """wavelengths may come in any order and spacing, 200 or 2000 of them, and change in place between two calls"""
    *of_200, (T, *measured) = odd_spectra(seed)
    require_temperature(submission, T, measured)
    held = [remote(submission.d2l).tensor([1.0] * 200) for _ in range(2)]
    for T, *measured in of_200:  # the same tensors, with other numbers in them
        for part, now in zip(held, measured, strict=True):
            part.copy_(now)
        require_temperature(submission, T, held)
        assert_close([submission.d2l.numpy(part) for part in held], measured, rtol=1e-6, atol=0)


# Shared by the checks


def radiance(wavelength, temperature):
    """With exp(-x) instead of exp(x), so that it is right to the end of what float64 holds."""
    x = exponent(wavelength, temperature)
    return 2 * H * C**2 / wavelength.double() ** 5 * torch.exp(-x) / -torch.expm1(-x)


def require_radiance(yours, wavelength, temperature):
    x = exponent(wavelength, temperature)
    rtol = 1e-6 * max(1.0, float(x.max())) / min(1.0, float(x.min()))
    assert_close(yours, radiance(wavelength, temperature), rtol=rtol, because=UNROUNDED)


RANGES = {"cool": (3000, 3500), "hot": (5000, 8000)}
"""A rate that fits one of these temperatures is too slow or too fast by orders of magnitude for others."""


@functools.cache
def spectra(seed, kind):
    """The lowest or the highest temperature of all and one of its range, with spectra: (T, wavelengths, radiances).

    The second cool one is half-way between two hundreds, which are 1.4 % or more away.
    """
    rng = torch.Generator().manual_seed(seed)
    low, high = RANGES[kind]
    drawn = low + (high - low) * float(torch.rand((), generator=rng))
    temperatures = (low, 50 + 100 * (drawn // 100)) if kind == "cool" else (high, drawn)
    return [(T, *measure(rng, torch.linspace(300e-9, 2000e-9, 300), T)) for T in temperatures]


@functools.cache
def odd_spectra(seed):
    """The same for 200 wavelengths in random order, for 200 others, and for 2000 that fall and lie closer in the blue."""
    rng = torch.Generator().manual_seed(seed)
    drawn = [300e-9 + 1700e-9 * torch.rand(200, generator=rng) for _ in range(2)]
    falling = 2000e-9 * (300 / 2000) ** torch.linspace(0, 1, 2000)
    temperatures = 3000 + 5000 * torch.rand(3, generator=rng)
    return [
        (T, *measure(rng, wavelength, T))
        for T, wavelength in zip(temperatures.tolist(), [*drawn, falling], strict=True)
    ]


def measure(rng, wavelength, T):
    """Return wavelengths and their radiances, each with its own noise of 5 %."""
    noise = 1 + 0.05 * torch.randn(len(wavelength), generator=rng, dtype=torch.float64)
    return wavelength, (radiance(wavelength, T) * noise).float()


def require_temperatures(submission, seed, kind):
    for T, *measured in spectra(seed, kind):
        require_temperature(submission, T, measured)


def require_temperature(submission, T, measured):
    yours = number(submission.fit_temperature(*measured))
    near = abs(yours / T - 1) <= temperature_error.bound
    require(near, yours=yours, expected=f"{T:.1f} within {temperature_error.bound:.0%}")


# A statistic: its tolerance is kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest relative error of seven fitted temperatures: two cool, two hot, three of wavelengths in odd orders",
    catches=[rate_for_one_temperature, peak_only, wien_fit, start_kept, evenly_spaced_wavelengths, whole_hundreds],
    closed_form=(
        0.01,
        "the contract's; a fit to all of 200 radiances or more, weighted or not, has a deviation of 0.18 % at most",
    ),
    seeds=3000,
)
def temperature_error(module, seed):
    cases = [case for kind in RANGES for case in spectra(seed, kind)] + odd_spectra(seed)
    found = [(number(module.fit_temperature(*measured)), T) for T, *measured in cases]
    return float(torch.tensor([abs(yours / T - 1) for yours, T in found]).max())  # nan, if there is one

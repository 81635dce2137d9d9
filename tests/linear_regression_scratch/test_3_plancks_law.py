"""Planck's law"""

import functools
import math

import pytest
import torch
from assay.checks import assert_close, mistake, number, require, statistic
from hypothesis import given, settings
from hypothesis import strategies as st

C, H, K = 299792458, 6.62607015e-34, 1.380649e-23
DTYPES = st.sampled_from([torch.float32, torch.float64])

UNROUNDED = "float32 rounding of the exponent x = hc/λkT, which is relative to exp(x) - 1"


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
def test_radiance_at_long_wavelengths(submission, wavelength, temperature, dtype):
    """for wavelengths up to 0.1 mm the exponent is small, and the -1 beside exp(x) matters"""
    require_radiance(submission.planck(wavelength.to(dtype), temperature), wavelength, temperature)


@settings(max_examples=10)
@given(wavelengths(st.integers(1, 40)), kelvin(500, 3500), DTYPES)
def test_radiance_where_the_exponent_overflows(submission, wavelength, temperature, dtype):
    """for wavelengths down to 1 nm exp(x) overflows, and the radiance is zero or tiny, never nan; not so at 1 µm"""
    wavelength = torch.cat([wavelength, torch.tensor([1e-6])]).to(dtype)
    yours = submission.planck(wavelength, temperature)
    fits = isinstance(yours, torch.Tensor) and yours.shape == wavelength.shape and yours.is_floating_point()
    # x is 102 at least. Who cuts it off before exp() overflows, beyond 88 in float32, may do so from 80 on.
    most = 2 * H * C**2 / wavelength.double()[:-1] ** 5 * math.exp(-80)
    tiny = fits and ((yours[:-1] >= 0) & (yours.double()[:-1] <= most)).all() and 0 < yours[-1] < math.inf
    limits = [float(f"{value:.3g}") for value in most.tolist()]
    require(tiny, yours=yours, expected=f"from 0 to {limits}, and more than 0 at 1 µm")


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(6, 40), kelvin(1000, 8000)), min_size=1, max_size=3),
    st.sampled_from(["a tensor like the wavelengths", "a 0-d tensor", "an integer"]),
)
def test_temperature_may_be_a_tensor(submission, pairs, form):
    """the temperature is a number, a 0-d tensor, or a tensor with one temperature for each wavelength"""
    wavelength = torch.tensor([50 * n for n, _ in pairs]) * 1e-9
    temperature = torch.tensor([T for _, T in pairs])
    if form != "a tensor like the wavelengths":
        temperature = temperature[0] if form == "a 0-d tensor" else int(temperature[0])
    require_radiance(submission.planck(wavelength, temperature), wavelength, temperature)


# The temperature of a measured spectrum


@pytest.mark.points(2)
def test_temperature_of_a_cool_spectrum(submission, seed):
    """from 300 noisy radiances fit_temperature finds temperatures between 3000 and 4000 K to 1 %"""
    require_temperatures(submission, seed, "cool")


@pytest.mark.points(2)
def test_temperature_of_a_hot_spectrum(submission, seed):
    """from 300 noisy radiances fit_temperature finds temperatures between 5000 and 8000 K to 1 %"""
    require_temperatures(submission, seed, "hot")


# What the checks share


def exponent(wavelength, temperature):
    return H * C / (wavelength.double() * K * temperature)


def radiance(wavelength, temperature):
    """With exp(-x) instead of exp(x), so that it is right to the end of what float64 holds."""
    x = exponent(wavelength, temperature)
    return 2 * H * C**2 / wavelength.double() ** 5 * torch.exp(-x) / -torch.expm1(-x)


def require_radiance(yours, wavelength, temperature):
    x = exponent(wavelength, temperature)
    rtol = 1e-6 * max(1.0, float(x.max())) / min(1.0, float(x.min()))
    assert_close(yours, radiance(wavelength, temperature), rtol=rtol, because=UNROUNDED)


RANGES = {"cool": (3000, 4000), "hot": (5000, 8000)}
"""A rate that fits one of these temperatures is too slow or too fast by orders of magnitude for others."""


@functools.cache
def spectra(seed, kind):
    """Two temperatures, one in each half of their range, with their spectra: (T, wavelengths, radiances)."""
    rng = torch.Generator().manual_seed(seed)
    low, high = RANGES[kind]
    middle, found = (low + high) / 2, []
    for start, end in ((low, middle), (middle, high)):
        T = start + (end - start) * float(torch.rand((), generator=rng))
        wavelength = torch.linspace(300e-9, 2000e-9, 300)
        noise = 1 + 0.05 * torch.randn(300, generator=rng, dtype=torch.float64)
        found.append((T, wavelength, (radiance(wavelength, T) * noise).float()))
    return found


def require_temperatures(submission, seed, kind):
    for T, wavelength, measured in spectra(seed, kind):
        yours = number(submission.fit_temperature(wavelength, measured))
        near = abs(yours / T - 1) <= temperature_error.bound
        require(near, yours=yours, expected=f"{T:.1f} within {temperature_error.bound:.0%}")


# Typical mistakes: the law. That of nan comes first, because many formulas give nan there, whatever else is wrong.


def make_formula(spectral, exponent=lambda wavelength, T: H * C / (wavelength * K * T), minus_one=1):
    """Make a formula that differs from the right one in a part."""

    def planck(wavelength, temperature):
        return spectral(wavelength) / (torch.exp(exponent(wavelength, temperature)) - minus_one)

    return planck


def right_factor(wavelength):
    return 2 * H * C**2 / wavelength**5


@mistake(
    "planck",
    hint="nan comes from inf · 0 or inf / inf where exp(x) overflows: divide by expm1(x), and compute in float64",
)
def nan_from_overflow(wavelength, temperature):
    return 2 * H * C**2 * wavelength**-5 * (1 / torch.expm1(H * C / (wavelength * K * temperature)))


@mistake("planck", hint="λ⁵ at 1 nm is 1e-45, too small for float32, so that 2hc²/λ⁵ is inf there: compute in float64")
def cut_off_in_float32(wavelength, temperature):
    x = (H * C / K / (wavelength * temperature)).clamp(max=88)
    return 2 * H * C**2 / wavelength**5 / torch.expm1(x)


@mistake("planck", hint="this is Wien's law: the -1 beside exp(x) is missing, which matters unless x is large")
def minus_one_dropped(wavelength, temperature):
    return make_formula(right_factor, minus_one=0)(wavelength, temperature)


@mistake("planck", hint="the sign is wrong: it is exp(x) - 1, not exp(x) + 1")
def plus_one(wavelength, temperature):
    return make_formula(right_factor, minus_one=-1)(wavelength, temperature)


@mistake("planck", hint="the factor 2 is missing: radiance is 2hc²/λ⁵ · 1/(exp(x) - 1)")
def factor_2_missing(wavelength, temperature):
    return make_formula(lambda w: H * C**2 / w**5)(wavelength, temperature)


@mistake("planck", hint="this is the energy density, 8πhc/λ⁵: the spectral radiance has 2hc²/λ⁵")
def energy_density(wavelength, temperature):
    return make_formula(lambda w: 8 * math.pi * H * C / w**5)(wavelength, temperature)


@mistake("planck", hint="this is the radiance of a whole half space, π times too much: it is 2hc²/λ⁵")
def exitance(wavelength, temperature):
    return make_formula(lambda w: 2 * math.pi * H * C**2 / w**5)(wavelength, temperature)


@mistake("planck", hint="this is the radiance for a frequency, 2hν³/c²: for a wavelength it is 2hc²/λ⁵")
def frequency_form(wavelength, temperature):
    return make_formula(lambda w: 2 * H * (C / w) ** 3 / C**2)(wavelength, temperature)


@mistake("planck", hint="the wavelength is in metres already: do not convert it from nanometres")
def nanometres(wavelength, temperature):
    return make_formula(right_factor)(wavelength * 1e-9, temperature)


@mistake("planck", hint="the wavelength is in metres already: do not convert it from nanometres")
def nanometres_in_float64(wavelength, temperature):
    return nanometres(wavelength.double(), temperature)


@mistake("planck", hint="the temperature is in kelvin already: do not add 273.15")
def celsius(wavelength, temperature):
    return make_formula(right_factor)(wavelength, temperature + 273.15)


@mistake("planck", hint="h*c / wavelength*k*T multiplies by k and T: write h*c / (wavelength * k * T)")
def brackets_missing(wavelength, temperature):
    return make_formula(right_factor, lambda w, T: H * C / w * K * T)(wavelength, temperature)


@mistake("planck", hint="the exponent lacks c: x = hc/λkT")
def light_missing(wavelength, temperature):
    return make_formula(right_factor, lambda w, T: H / (w * K * T))(wavelength, temperature)


@mistake("planck", hint="h is Planck's constant 6.626e-34; 1.055e-34 is h/2π")
def reduced_constant(wavelength, temperature):
    reduced = H / (2 * math.pi)
    return make_formula(lambda w: 2 * reduced * C**2 / w**5, lambda w, T: reduced * C / (w * K * T))(
        wavelength, temperature
    )


# Typical mistakes: the fit


@mistake(
    "fit_temperature",
    hint="a rate of 1e-21 is right for one temperature only: the gradient grows with about the tenth power of T, so "
    "scale the radiances first, or fit in other units",
)
def rate_for_one_temperature(wavelength, radiance):
    T = 4000.0
    for _ in range(200):
        x = exponent(wavelength, T)
        B = right_factor(wavelength.double()) / torch.expm1(x)
        slope = B * x / (1 - torch.exp(-x)) / T
        T = T - 1e-21 * float(((B - radiance) * slope).mean())
        if not 100 < T < 1e5:
            return math.nan
    return T


@mistake(
    "fit_temperature",
    hint="the highest of noisy radiances is not where the curve has its peak: fit the law to all of them",
)
def peak_only(wavelength, radiance):
    return 2.897771955e-3 / float(wavelength[radiance.argmax()])


@mistake("fit_temperature", hint="Wien's law has no -1, which matters for hot spectra: fit Planck's law")
def wien_fit(wavelength, radiance):
    wavelength, radiance = wavelength.double(), radiance.double()
    x1 = H * C / (wavelength * K)  # ln B = ln(2hc²/λ⁵) - x1 / T
    return float((x1 @ x1) / (x1 @ torch.log(right_factor(wavelength) / radiance)))


@mistake("fit_temperature", hint="this is where the search starts: T has not moved, so its gradient or rate is zero")
def start_kept(wavelength, radiance):
    return 5000.0


# A statistic: its tolerance is kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest relative error of four fitted temperatures, two of them cool and two hot",
    catches=[rate_for_one_temperature, peak_only, wien_fit, start_kept],
    closed_form=(
        0.01,
        "the contract's; a fit to all 300 radiances, weighted or not, has a deviation of 0.15 % at most",
    ),
)
def temperature_error(module, seed):
    found = [
        (number(module.fit_temperature(wavelength, measured)), T)
        for kind in RANGES
        for T, wavelength, measured in spectra(seed, kind)
    ]
    return float(torch.tensor([abs(yours / T - 1) for yours, T in found]).max())  # nan, if there is one

"""Planck's law: known mistakes"""

import math

import torch
from assay.checks import mistake

C, H, K = 299792458, 6.62607015e-34, 1.380649e-23


def exponent(wavelength, temperature):
    return H * C / (wavelength.double() * K * temperature)


# Typical mistakes: the law. In float64 but for three, so that what float32 cannot hold is not put down to them.


def make_formula(spectral, exponent=exponent, minus_one=1):
    """Make a formula that differs from the right one in a part."""

    def planck(wavelength, temperature):
        wavelength = wavelength.double()
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


@mistake(
    "planck", hint="x is cut off although exp(x) is far from its overflow: expm1 of float64 needs no limit below 700"
)
def cut_off_at_80(wavelength, temperature):
    return right_factor(wavelength.double()) / torch.expm1(exponent(wavelength, temperature).clamp(max=80))


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
    wavelength = wavelength * 1e-9  # λ⁵ is zero in float32
    return right_factor(wavelength) / (torch.exp(H * C / (wavelength * K * temperature)) - 1)


@mistake("planck", hint="the wavelength is in metres already: do not convert it from nanometres")
def nanometres_in_float64(wavelength, temperature):
    return make_formula(right_factor)(wavelength * 1e-9, temperature)


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


@mistake("planck", hint="the wavelengths are changed in place: compute with a copy, without *= and /=")
def wavelengths_scaled_in_place(wavelength, temperature):
    scaled = wavelength.double()
    scaled *= 1e9
    return right_planck(scaled * 1e-9, temperature)


@mistake(
    "planck",
    hint="the first answer for these wavelengths is given again, although T or their numbers have changed since",
)
def radiance_remembered(wavelength, temperature):
    if not hasattr(wavelength, "radiance"):
        wavelength.radiance = right_planck(wavelength.double(), temperature)
    return wavelength.radiance


_room = {}


@mistake("planck", hint="all answers are one tensor that is filled anew: make a new one in every call")
def one_tensor_for_all(wavelength, temperature):
    found = right_planck(wavelength.double(), temperature)
    return _room.setdefault(found.shape, torch.empty_like(found)).copy_(found)


@mistake("planck", hint="one wavelength, or a grid of them, is not a list of numbers: compute with whole tensors")
def one_axis_only(wavelength, temperature):
    return torch.stack([right_planck(one, temperature) for one in wavelength.double().expand(len(wavelength))])


def right_planck(wavelength, temperature):
    return right_factor(wavelength) / torch.expm1(exponent(wavelength, temperature))


@mistake(
    "planck",
    hint="where the exponent is too large the wavelengths are left out, but not their temperatures: apply the mask to both, or use torch.where",
)
def mask_on_the_wavelengths_alone(wavelength, temperature):
    wavelength = wavelength.double()
    found, held = torch.zeros_like(wavelength), exponent(wavelength, temperature) < 700
    found[held] = right_factor(wavelength[held]) / torch.expm1(exponent(wavelength[held], temperature))
    return found


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


@mistake(
    "planck",
    hint="where x is small this is kT in place of hν/(exp(x) - 1), Rayleigh's and Jeans' law: that is off by x/2",
)
def rayleigh_jeans_below_a_fiftieth(wavelength, temperature):
    x = exponent(wavelength.double(), temperature)
    return right_factor(wavelength.double()) / torch.where(x < 0.02, x, torch.expm1(x))


@mistake("fit_temperature", hint="this is where the search starts: T has not moved, so its gradient or rate is zero")
def start_kept(wavelength, radiance):
    return 5000.0


@mistake(
    "fit_temperature", hint="the wavelengths given are not used, or taken for evenly spaced: fit at those measured"
)
def evenly_spaced_wavelengths(wavelength, radiance):
    return descend(torch.linspace(float(wavelength.min()), float(wavelength.max()), len(wavelength)), radiance)


@mistake(
    "fit_temperature", hint="the radiances are scaled in place: work on a copy, radiance = radiance / radiance.max()"
)
def radiances_scaled_in_place(wavelength, radiance):
    found = descend(wavelength, radiance)
    radiance /= radiance.max()
    return found


@mistake("fit_temperature", hint="the first T for these radiances is given again, but their numbers have changed since")
def temperature_remembered(wavelength, radiance):
    if not hasattr(radiance, "temperature"):
        radiance.temperature = descend(wavelength, radiance)
    return radiance.temperature


def descend(wavelength, radiance):
    """Fit ln B by ten of Gauss's and Newton's steps, as the model answer does."""
    wavelength, a, u = wavelength.double(), exponent(wavelength, 1.0), 1 / 5000
    for _ in range(10):
        residual = torch.log(radiance) - torch.log(right_factor(wavelength) / torch.expm1(a * u))
        slope = -a / (1 - torch.exp(-a * u))
        u += float(slope @ residual / (slope @ slope))
    return 1 / u


@mistake(
    "fit_temperature",
    hint="T comes in steps of 100 K, which is 3 % of 3000 K: do not round it, and refine a search between its steps",
)
def whole_hundreds(wavelength, radiance):
    return 100.0 * round(descend(wavelength, radiance) / 100)


@mistake("fit_temperature", hint="no result is below 3100 K: search, or limit T, from a little below 3000 K on")
def at_least_3100(wavelength, radiance):
    return max(3100.0, descend(wavelength, radiance))


@mistake("fit_temperature", hint="no result is above 7800 K: search, or limit T, to a little above 8000 K")
def at_most_7800(wavelength, radiance):
    return min(7800.0, descend(wavelength, radiance))


@mistake(
    "fit_temperature", hint="only the highest of the radiances count, which noise has made too high: fit all of them"
)
def brightest_fifty(wavelength, radiance):
    highest = radiance.topk(50).indices
    return descend(wavelength[highest], radiance[highest])

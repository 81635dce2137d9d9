"""Ohm's law: known mistakes"""

import torch
from assay.checks import mistake

OFFSET = "this line has an offset: V = R * I goes through the origin, so give it none and subtract no means"
NEGATIVE = (
    "right for these currents with the other sign, not for these: of negative ones max() is the weakest, so scale by "
    "abs().max(), and logarithms and roots are nan"
)


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
    hint="the steps are too few for weak currents, whose gradient is small: train until R stands still, or divide the rate by the mean of I²",
)
def too_few_steps(current, voltage):
    return make_fit(0.1, 300)(current, voltage)


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
    # The descent on all pairs ends here.
    return float(current.mean() * voltage.mean() / (current**2).mean())


@mistake(
    "fit_resistance",
    hint="the mean of V/I gives currents near zero, which are mostly noise, the largest weight: minimise the squares",
)
def mean_of_ratios(current, voltage):
    return float((voltage / current).mean())


@mistake(
    "fit_resistance", hint="the sum of V over that of I: positive and negative currents cancel; minimise the squares"
)
def ratio_of_sums(current, voltage):
    return float(voltage.sum() / current.sum())


@mistake(
    "fit_resistance",
    hint="voltages of currents near zero, which are noise, count as much as others: multiply each voltage by its current, "
    "not by the current's sign",
)
def signs_only(current, voltage):
    return float((voltage * current.sign()).sum() / current.abs().sum())


@mistake("fit_resistance", hint=OFFSET)
def line_with_an_offset(current, voltage):
    i, v = (part.double() - part.double().mean() for part in (current, voltage))
    return float(i @ v / (i @ i))


@mistake("fit_resistance", hint="the current is fitted to the voltage, whose noise makes R larger: predict V from I")
def current_on_voltage(current, voltage):
    return float(voltage @ voltage / (current @ voltage))


@mistake("fit_resistance", hint="the size of V over that of I counts noise as voltage, and has no sign: fit V = R * I")
def ratio_of_sizes(current, voltage):
    return float(voltage.norm() / current.norm())


@mistake("fit_resistance", hint="this minimises the absolute errors: the least-squares R minimises their squares")
def least_absolute(current, voltage):
    ratios, order = (voltage / current).sort()
    weights = current.abs()[order].double().cumsum(0)
    return float(ratios[torch.searchsorted(weights, weights[-1] / 2)])


@mistake("fit_resistance", hint=OFFSET)
def offset_if_significant(current, voltage):
    rows = torch.stack([current, torch.ones_like(current)], 1).double()
    R, offset = torch.linalg.lstsq(rows, voltage.double()[:, None]).solution.flatten()
    rest = voltage - R * current - offset
    error = rest.std() * (rows.T @ rows).inverse()[1, 1].sqrt()
    return float(R if abs(offset) > 3 * error else current @ voltage / (current @ current))


@mistake("fit_resistance", hint="voltages of equal currents are averaged and count once: every measurement counts")
def repeated_currents_once(current, voltage):
    levels, which, counts = current.unique(return_inverse=True, return_counts=True)
    means = torch.zeros_like(levels).index_add(0, which, voltage) / counts
    return float(levels @ means / (levels @ levels))


@mistake(
    "fit_resistance", hint="errors beyond 1 count less, as in Huber's loss: the least-squares R minimises all squares"
)
def huber_fit(current, voltage):
    R = current @ voltage / (current @ current)
    for _ in range(100):
        pull = current / (R * current - voltage).abs().clamp(min=1)
        R = pull @ voltage / (pull @ current)
    return float(R)


@mistake("fit_resistance", hint=NEGATIVE)
def scaled_by_a_signed_maximum(current, voltage):
    size = current.max()
    return make_fit(0.5, 2000)(current / size, voltage) / float(size)


@mistake("fit_resistance", hint="the fit sees the first 32 measurements alone: take every one of them")
def first_32(current, voltage):
    return float(current[:32] @ voltage[:32] / (current[:32] @ current[:32]))


ALL = "some measurements are left out, those that validate or fill no batch: all of them count"


@mistake("fit_resistance", hint=ALL)
def last_fifth_left_out(current, voltage):
    n = len(current) * 4 // 5
    return float(current[:n] @ voltage[:n] / (current[:n] @ current[:n]))


@mistake("fit_resistance", hint=ALL)
def whole_batches_alone(current, voltage):
    n = len(current) // 32 * 32
    return float(current[:n] @ voltage[:n] / (current[:n] @ current[:n]))


@mistake("fit_resistance", hint="the first R for this tensor is given again, but its numbers have changed since")
def remembered(current, voltage):
    if not hasattr(current, "resistance"):
        current.resistance = float(current @ voltage / (current @ current))
    return current.resistance


@mistake("fit_resistance", hint="the voltages are changed in place: work on a copy of them")
def voltages_scaled_in_place(current, voltage):
    size = voltage.abs().max()
    voltage /= size
    return float(current @ voltage / (current @ current) * size)


@mistake("fit_resistance", hint="the search ends at 45: resistances go up to 50")
def at_most_45(current, voltage):
    return min(45.0, float(current @ voltage / (current @ current)))


@mistake("fit_resistance", hint="the search begins at 0.6: resistances go down to 0.5")
def at_least_0_6(current, voltage):
    return max(0.6, float(current @ voltage / (current @ current)))

"""How much data"""

import math
import statistics

import pytest
import torch
from assay.checks import derived, mistake, number, require
from assay.errors import SubmissionRaised
from d2l import torch as d2l

FEW_EPOCHS = (
    "this is the error of training, not of estimation: with a fixed number of epochs few examples mean few steps, and "
    "the model has not converged; train until more epochs no longer help, or solve the least squares problem"
)
SIGNED = "the error is signed, and a negative one counts as small: take the absolute value"
SUMMED = "the errors of the components are added up: take the largest, (w_hat - w).abs().max()"
SMALL = "the errors are smaller than noise of 0.01 allows: neither square them nor leave the noise out"
FRESH = "every size, in every call, needs fresh examples with noise of its own: draw them inside the function"


# The errors


def test_errors_are_numbers_above_zero(submission, rng):
    """estimation_errors gives two sequences, for w and for b, with a non-negative number for every size"""
    measured(submission, [50, 60, 70, 80], rng)


@pytest.mark.points(2)
def test_errors_fall_with_more_examples(submission, seed):
    """the errors fall: they are smaller at 600 examples than at 5 to 16"""
    ratio = flatness(submission, seed)
    within = flatness.bound
    require(
        ratio <= within,
        yours=f"at 601 to 608 examples {ratio:.3g} of the error at 5 to 16",
        expected=f"at most {within:.3g} of it; least squares leaves about 0.09",
    )


@pytest.mark.points(3)
def test_errors_follow_the_law_of_estimation(submission, seed):
    """from 50 examples on, the errors are those of estimation, about 0.01 / √n: within a factor of 8"""
    few, many = distance_from_the_law(submission, seed)
    close = law.bound
    text = "about 1, within a factor of 8"
    require(
        abs(few) <= close,
        yours=f"at 50 to 58 examples {math.exp(few):.3g} of the error of estimation",
        expected=text,
        help=FEW_EPOCHS if few > 0 else SMALL,
    )
    require(many <= close, yours=f"at 600 examples {math.exp(many):.3g} of it", expected=text, help=FEW_EPOCHS)


def test_w_error_is_the_largest_component(submission, seed):
    """the error of w is the largest absolute error of a component, not their sum"""
    measured(submission, [50], torch.Generator().manual_seed(seed))
    try:
        above = excess(submission, seed)
    except SubmissionRaised as error:
        if error.kind in ("RuntimeError", "ValueError"):
            return  # twelve features do not fit a layer that was written for the two of this section's data
        raise
    require(
        abs(above) <= excess.bound,
        yours=f"with 12 features {math.exp(above):.3g} times the largest error",
        expected="about 1 times, from a third to 3",
        help=SMALL if above < 0 else SUMMED if above < math.log(20) else FEW_EPOCHS,
    )


@pytest.mark.points(2)
def test_errors_scatter_as_those_of_estimation_do(submission, seed):
    """every call draws fresh examples: over ten calls the errors scatter as those of random samples do"""
    still = stillness(submission, seed)
    spread = f"a standard deviation of the errors' logarithms of {1 / still if still else math.inf:.3g}"
    require(still <= stillness.bound, yours=spread, expected=f"at least {1 / stillness.bound:.2g}", help=FRESH)


# The plot


@pytest.mark.points(2)
def test_both_curves_are_drawn(submission, rng):
    """plot_estimation_errors gives Axes with a line of w_errors and a line of b_errors against sizes"""
    sizes, curves, axes = drawn(submission, rng)
    lines = [[line.get_xdata(orig=False), line.get_ydata(orig=False)] for line in axes.get_lines()]
    for name, curve in zip(("w_errors", "b_errors"), curves, strict=True):
        found = any(same_numbers(x, sizes) and same_numbers(y, curve) for x, y in lines)
        require(found, yours=lines, expected=f"a line of {name} against sizes")


def test_x_axis_is_logarithmic(submission, rng):
    """the x axis is logarithmic"""
    scale = drawn(submission, rng)[2].get_xscale()
    require(scale in ("log", "symlog"), yours=scale, expected="'log'")


def test_curves_are_labelled(submission, rng):
    """a legend or the lines' labels tell the two curves apart"""
    axes = drawn(submission, rng)[2]
    legend = axes.get_legend()
    texts = [text.get_text() for text in legend.get_texts()] if legend is not None else []
    labels = [line.get_label() for line in axes.get_lines()]
    names = {name for name in (*texts, *labels) if isinstance(name, str) and name.strip() and not name.startswith("_")}
    require(len(names) > 1, yours=sorted(names), expected="two different labels")


# What the checks share
#
# Descent at a constant rate is right too. Its last step shows, and more so the fewer examples the last batch has: at 32 a
# batch, which is what most take, the sizes from 50 on leave half a batch or more.


def truth(features, rng):
    """Hidden weights and bias of the demo's size."""
    signs = 2 * torch.randint(2, (features,), generator=rng) - 1
    return signs * (2 + 2 * torch.rand(features, generator=rng)), float(2 + 3 * torch.rand((), generator=rng))


def measured(module, sizes, rng, features=2):
    """The errors of w and of b as two lists of numbers, one for each size and none below zero."""
    found = module.estimation_errors(sizes, *truth(features, rng))
    found = list(found) if isinstance(found, torch.Tensor) and found.dim() == 2 else found  # of shape (2, sizes)
    pair = isinstance(found, (list, tuple)) and len(found) == 2
    require(pair, yours=found, expected="a pair (w_errors, b_errors)")
    errors = []
    for column in found:
        listed = column.tolist() if isinstance(column, torch.Tensor) else column
        fits = isinstance(listed, (list, tuple)) and len(listed) == len(sizes)
        require(fits, yours=column, expected=f"{len(sizes)} errors, one for each size")
        errors.append([number(error) for error in listed])
        least = min(errors[-1])
        require(not least < 0, yours=least, expected="an error of at least 0", help=SIGNED)
    return errors


def generator(seed):
    """A generator for w and b; a module that lives in this process is seeded too, a guest by the judge."""
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def finite(error):
    return min(error, 1e30) if not math.isnan(error) else 1e30


def drawn(submission, rng):
    """Sizes, two curves that are easily told apart, and the Axes with both."""
    sizes = [5, 10, 20, 50, 200, 1000, 10000]
    curves = [
        [scale * (1 + r) / n**0.5 for n, r in zip(sizes, random, strict=True)]
        for scale, random in (
            (0.02, torch.rand(7, generator=rng).tolist()),
            (0.005, torch.rand(7, generator=rng).tolist()),
        )
    ]
    axes = submission.plot_estimation_errors(sizes, *curves)
    require(hasattr(axes, "__assay_handle__"), yours=axes, expected="matplotlib Axes")
    return sizes, curves, axes


def same_numbers(found, expected):
    """Whether a line's data, in whatever form it is kept, is these numbers."""
    values = torch.as_tensor(found, dtype=torch.float64) if isinstance(found, (list, torch.Tensor)) else torch.zeros(0)
    right = torch.tensor(expected, dtype=torch.float64)
    return values.shape == right.shape and bool(values.isclose(right, rtol=1e-5).all())


# Typical mistakes: the errors


def estimated(fit=None, measure=lambda w, b: (w.abs().max(), b.abs()), noise=0.01):
    """Estimation errors that are measured in another way, or of another fit than least squares."""

    def estimation_errors(sizes, w, b):
        found = [], []
        for n in sizes:
            data = d2l.SyntheticRegressionData(w, b, noise=noise, num_train=n, num_val=0)
            w_hat, b_hat = (fit or least_squares)(data)
            for column, error in zip(found, measure(w_hat - w, b_hat - b), strict=True):
                column.append(float(error))
        return found

    return estimation_errors


def least_squares(data):
    rows = torch.cat([data.X, torch.ones(len(data.X), 1)], 1)
    found = torch.linalg.lstsq(rows, data.y).solution.flatten()
    return found[:-1], found[-1]


def descent(max_epochs, make=lambda data: d2l.LinearRegression(0.03)):
    """A fit by minibatches."""

    def fit(data):
        model = make(data)
        d2l.Trainer(max_epochs, plot=False).fit(model, data)
        return model.net.weight.data.flatten(), model.net.bias.data[0]

    return fit


def wrong(name, hint, replacement):
    """A mistake made by `estimated`."""
    replacement.__name__ = name
    return mistake("estimation_errors", hint=hint)(replacement)


three_epochs = wrong("three_epochs", FEW_EPOCHS, estimated(descent(3)))
ten_epochs = wrong("ten_epochs", FEW_EPOCHS, estimated(descent(10)))
signed = wrong("signed", SIGNED, estimated(measure=lambda w, b: (w.max(), b)))
signed_sum = wrong("signed_sum", SIGNED, estimated(measure=lambda w, b: (w.sum(), b)))
summed = wrong("summed", SUMMED, estimated(measure=lambda w, b: (w.abs().sum(), b.abs())))
squared = wrong(
    "squared",
    SMALL,
    estimated(measure=lambda w, b: ((w**2).max(), b**2)),
)
no_noise = wrong(
    "no_noise",
    SMALL,
    estimated(noise=0.0),
)


@mistake("estimation_errors", hint=FEW_EPOCHS)
def stale_model(sizes, w, b):
    """One model for all sizes: it goes on where the size before left it."""
    model = d2l.LinearRegression(0.03)
    return estimated(descent(3, lambda data: model))(sizes, w, b)


@mistake("estimation_errors", hint="the errors do not depend on n: draw n examples for every n in sizes")
def always_1000(sizes, w, b):
    return estimated()([1000] * len(sizes), w, b)


@mistake("estimation_errors", hint=FRESH)
def formula(sizes, w, b):
    """No data at all."""
    errors = [0.01 / n**0.5 for n in sizes]
    return errors, errors


@mistake("estimation_errors", hint=FRESH)
def seeded(sizes, w, b):
    """The same examples in every call."""
    with torch.random.fork_rng():
        torch.manual_seed(42)
        return estimated()(sizes, w, b)


# Typical mistakes: the plot


def plot(draw):
    """A plot that is drawn in another way, on a figure that pyplot does not keep."""

    def plot_estimation_errors(sizes, w_errors, b_errors):
        from matplotlib.figure import Figure  # takes long, and only this exercise draws

        axes = Figure().subplots()
        return draw(axes, sizes, w_errors, b_errors)

    plot_estimation_errors.__name__ = draw.__name__
    return plot_estimation_errors


LINEAR = "the x axis is linear, so small sizes lie on one another: axes.set_xscale('log'), or axes.loglog(...)"


@mistake("plot_estimation_errors", hint=LINEAR)
@plot
def linear_axis(axes, sizes, w_errors, b_errors):
    axes.plot(sizes, w_errors, label="w")
    axes.plot(sizes, b_errors, label="b")
    axes.legend()
    return axes


@mistake("plot_estimation_errors", hint=LINEAR)
@plot
def logarithmic_in_y(axes, sizes, w_errors, b_errors):
    axes.semilogy(sizes, w_errors, label="w")
    axes.semilogy(sizes, b_errors, label="b")
    axes.legend()
    return axes


@mistake("plot_estimation_errors", hint="nothing tells the two curves apart: give each a label=, then axes.legend()")
@plot
def without_labels(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors)
    axes.loglog(sizes, b_errors)
    return axes


@mistake("plot_estimation_errors", hint="both curves have the same label: name one for w and one for b")
@plot
def same_label(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="error")
    axes.loglog(sizes, b_errors, label="error")
    return axes


@mistake("plot_estimation_errors", hint="nothing is returned: return the Axes, for instance d2l.plt.gca()")
@plot
def returns_nothing(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")


@mistake("plot_estimation_errors", hint="this is the Figure: return its Axes, figure.gca()")
@plot
def returns_the_figure(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")
    return axes.figure


@mistake("plot_estimation_errors", hint="these are the lines: return the Axes that they are drawn on")
@plot
def returns_the_lines(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes.loglog(sizes, b_errors, label="b")


@mistake("plot_estimation_errors", hint="the curve of b_errors is missing")
@plot
def w_alone(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes


@mistake("plot_estimation_errors", hint="the curves are drawn against their index: plot them against sizes")
@plot
def against_the_index(axes, _, w_errors, b_errors):
    axes.loglog(w_errors, label="w")
    axes.loglog(b_errors, label="b")
    return axes


@mistake("plot_estimation_errors", hint="the lines hold logarithms: plot the numbers themselves and set_xscale('log')")
@plot
def logarithms_plotted(axes, sizes, w_errors, b_errors):
    axes.plot([math.log10(n) for n in sizes], w_errors, label="w")
    axes.plot([math.log10(n) for n in sizes], b_errors, label="b")
    return axes


# Derived tolerances, kept in reference/linear_regression_concise.tolerances.json


@derived(
    "root mean square of the errors at eight sizes from 601 to 608 against that at twelve from 5 to 16",
    catches=[always_1000],
    closed_form=(
        0.45,
        (
            "least squares has 0.09, minibatches at lr 0.1 0.14 or less; the ratio's logarithm has a deviation of 0.19: "
            "between 0.14 and the bound lie 6 of these"
        ),
    ),
)
def flatness(module, seed):
    rng = generator(seed)
    # Several sizes in a call, as they are asked for, but few enough that training with patience has time for them.
    few, many = (
        statistics.fmean(finite(e) ** 2 for sizes in calls for column in measured(module, sizes, rng) for e in column)
        for calls in (
            ([5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]),
            ([601, 602], [603, 604], [605, 606], [607, 608]),
        )
    )
    return (many / few) ** 0.5 if few else math.inf


MEDIANS = 1.05, 0.6745
"""Of the larger of two |N(0, 1)|, as for w, and of one, as for b: what √n / 0.01 makes of the errors."""


def distance_from_the_law(module, seed):
    """The median of the errors against that of estimation, as a logarithm, at 50 to 58 examples and at 600."""
    rng = generator(seed)
    logs = []
    # One size a call and other parameters each time, so that no model can profit from an earlier size's training.
    for sizes in ([[n] for n in range(50, 59)], [[604], [606], [608]]):
        shares = [
            max(finite(column[0]), 1e-30) * size[0] ** 0.5 / 0.01 / median
            for size in sizes
            for column, median in zip(measured(module, size, rng), MEDIANS, strict=True)
        ]
        logs.append(math.log(statistics.median(shares)))
    return logs


@derived(
    "logarithm of the errors' median against that of estimation, from 50 examples on",
    catches=[three_epochs, squared, no_noise],
    closed_form=(
        2.08,
        (
            "log 8, as the exercise has it; half of 18 errors would have to be 8 times too small, P = 0.07 for each of "
            "b and 0.01 for each of w: together below 1e-8"
        ),
    ),
)
def law(module, seed):
    few, many = distance_from_the_law(module, seed)
    return max(abs(few), many)


@derived(
    "mean logarithm of the error of 12 weights against that of estimation, at five sizes from 216 to 224",
    catches=[summed],
    closed_form=(
        1.1,
        "log 3; the mean of five has a deviation of 0.14, and minibatches at lr 0.1 add log 1.4, which leaves 5.5 of it",
    ),
)
def excess(module, seed):
    sizes = list(range(216, 226, 2))
    w_errors, _ = measured(module, sizes, generator(seed), features=12)
    # 1.9 is the median of the largest of twelve |N(0, 1)|; least squares loses a degree of freedom a parameter.
    return statistics.fmean(
        math.log(max(finite(e), 1e-30) * (n - 14) ** 0.5 / 0.01 / 1.9) for e, n in zip(w_errors, sizes, strict=True)
    )


@derived(
    "one over the standard deviation of the errors' logarithms over ten calls, pooled over w and b",
    catches=[formula, seeded],
)
def stillness(module, seed):
    rng = generator(seed)
    calls = [measured(module, [50], rng) for _ in range(10)]
    series = [[math.log(max(finite(call[which][0]), 1e-30)) for call in calls] for which in range(2)]
    spread = statistics.fmean(map(statistics.pvariance, series)) ** 0.5
    return 1 / spread if spread else math.inf

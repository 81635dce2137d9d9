"""How much data"""

import math
import statistics
from itertools import chain

import pytest
import torch
from assay.checks import SubmissionRaised, mistake, number, require, sequence, statistic
from d2l import torch as d2l

FEW_EPOCHS = (
    "this is the error of training, not of estimation: with a fixed number of epochs few examples mean few steps, and "
    "the model has not converged; train until more epochs no longer help, or solve the least squares problem"
)
SIGNED = "the error is signed, and a negative one counts as small: take the absolute value"
SUMMED = "the errors of the components are added up: take the largest, (w_hat - w).abs().max()"
SMALL = "the errors are smaller than noise of 0.01 allows: neither square them nor leave the noise out"
NOISY = "the errors are too large by about the same factor everywhere: the noise has a standard deviation of 0.01"
STUCK = (
    "the errors do not depend on n: draw n examples for every n in sizes, of the w and b that are given, and train until "
    "more epochs no longer help"
)
NO_BIAS = "b is not fitted: the model needs a bias, which is a column of ones where least squares are solved"
ALONE = "the errors of {} alone do not fall"
LARGEST = "of many components this is less than the largest: (w_hat - w).abs().max(), and the errors of w come first"
COPIED = "the errors of b are those of w: compare the bias with b"
FRESH = "every size, in every call, needs fresh examples with noise of its own: draw them inside the function"


# The errors


def test_errors_are_numbers_above_zero(submission, rng):
    """estimation_errors gives two sequences, for w and for b, with a non-negative number for every size"""
    get_errors(submission, [50, 60, 70, 80], rng)


@pytest.mark.points(2)
def test_errors_fall_with_more_examples(submission, seed):
    """the errors fall: they are smaller at 600 examples than at 5 to 16"""
    ratios = fall(submission, seed)
    within = flatness.bound
    level = [name for name in ("w", "b") if ratios[name] > within]
    help_ = STUCK if len(level) == 2 else ALONE.format(*level) if level else None
    require(
        ratios["both"] <= within,
        yours=f"at 601 to 608 examples {ratios['both']:.3g} of the error at 5 to 16",
        expected=f"at most {within:.3g} of it; least squares leaves about 0.09",
        help=help_,
    )
    for name in level:
        require(
            ratios[name] <= flatness_of_each.bound,
            yours=f"at 601 to 608 examples {ratios[name]:.3g} of the error of {name} at 5 to 16",
            expected="about 0.09 of it",
            help=help_,
        )


@pytest.mark.points(3)
def test_errors_follow_the_law_of_estimation(submission, seed):
    """from 50 examples on, the errors are those of estimation, about 0.01 / √n: within a factor of 8"""
    distances = distances_from_the_law(submission, seed)
    few, many = distances["few"], distances["many"]
    close = law.bound
    text = "about 1, within a factor of 8"
    # Training that is too short shows where the steps are few: not at 600 more than at 50, nor in b more than in w.
    if distances["b"] > distances["w"] + 1.5:
        large = NO_BIAS
    elif few > 4:  # 50 times too large
        large = STUCK if many > few + math.log(2) else FEW_EPOCHS
    else:
        large = NOISY if many > few - 1.5 else FEW_EPOCHS
    require(
        abs(few) <= close,
        yours=f"at 50 to 58 examples {math.exp(few):.3g} of the error of estimation",
        expected=text,
        help=large if few > 0 else SMALL,
    )
    require(many <= close, yours=f"at 600 examples {math.exp(many):.3g} of it", expected=text, help=large)
    for name in ("w", "b"):
        require(
            distances[name] <= close and -distances[name] <= too_small.bound,
            yours=f"at 50 to 58 examples {math.exp(distances[name]):.3g} of the error of estimation of {name}",
            expected="about 1",
            help=SMALL if distances[name] < 0 else None,
        )
    require(-many <= too_small.bound, yours=f"at 600 examples {math.exp(many):.3g} of it", expected=text, help=SMALL)
    require(not distances["copied"], yours="for w and for b the same errors", expected="an error of each", help=COPIED)


def test_w_error_is_the_largest_component(submission, seed):
    """the error of w is the largest absolute error of a component, not their sum"""
    small = get_errors(submission, [50], torch.Generator().manual_seed(seed))
    try:
        above = excess(submission, seed)
    except SubmissionRaised as error:
        if error.kind in ("RuntimeError", "ValueError"):
            return  # twelve features do not fit a layer that was written for the two of this section's data
        raise
    # The sum of twelve is 5 times the largest, and of two not twice. What is more for two than for twelve was not trained.
    two = math.log(max(1e-30, *(make_finite(column[0]) for column in small)) * 50**0.5 / 0.01)
    large = SUMMED if above < math.log(7) and two < math.log(8) else NOISY if two < above + math.log(8) else None
    require(
        above <= excess.bound and -above <= shortfall.bound,
        yours=f"with 12 features {math.exp(above):.3g} times the largest error",
        expected="about 1 times, from 0.6 to 3",
        help=large if above > 0 else LARGEST if above > -5 else SMALL,
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
    sizes, curves, axes = draw_curves(submission, rng)
    lines = [[line.get_xdata(orig=False), line.get_ydata(orig=False)] for line in axes.get_lines()]
    for name, curve in zip(("w_errors", "b_errors"), curves, strict=True):
        found = any(same_numbers(x, sizes) and same_numbers(y, curve) for x, y in lines)
        require(found, yours=lines, expected=f"a line of {name} against sizes")


def test_x_axis_is_logarithmic(submission, rng):
    """the x axis is logarithmic"""
    scale = draw_curves(submission, rng)[2].get_xscale()
    require(scale in ("log", "symlog"), yours=scale, expected="'log'")


def test_curves_are_labelled(submission, rng):
    """a legend or the lines' labels tell the two curves apart"""
    axes = draw_curves(submission, rng)[2]
    legend = axes.get_legend()
    texts = [text.get_text() for text in legend.get_texts()] if legend is not None else []
    labels = [line.get_label() for line in axes.get_lines()]
    names = [name for name in (*texts, *labels) if isinstance(name, str) and name.strip() and not name.startswith("_")]
    lines = sum(name in names for name in labels)
    require(
        len(set(names)) > 1,
        yours=sorted(set(names)),
        expected="two different labels",
        help=SAME_LABEL if lines > 1 else None,
    )


# What the checks share
#
# Descent at a constant rate is right too. Its last step shows, and more so the fewer examples the last batch has: at 32 a
# batch, which is what most take, the sizes from 50 on leave half a batch or more.


def truth(features, rng):
    """Hidden weights and bias of the demo's size."""
    signs = 2 * torch.randint(2, (features,), generator=rng) - 1
    return signs * (2 + 2 * torch.rand(features, generator=rng)), float(2 + 3 * torch.rand((), generator=rng))


def get_errors(module, sizes, rng, features=2):
    """Return the errors of w and of b as two lists of numbers, one for each size and none below zero."""
    found = module.estimation_errors(sizes, *truth(features, rng))
    found = list(found) if isinstance(found, torch.Tensor) and found.dim() == 2 else found  # of shape (2, sizes)
    pair = isinstance(found, (list, tuple)) and len(found) == 2
    require(pair, yours=found, expected="a pair (w_errors, b_errors)")
    errors = []
    for column in found:
        listed = column.tolist() if isinstance(column, torch.Tensor) else column
        fits = len(sequence(listed) or ()) == len(sizes)
        require(fits, yours=column, expected=f"{len(sizes)} errors, one for each size")
        errors.append([number(error) for error in sequence(listed)])
        least = min(errors[-1])
        require(not least < 0, yours=least, expected="an error of at least 0", help=SIGNED)
    return errors


def make_generator(seed):
    """Return a generator for w and b, and seed a module of this process; the judge seeds a guest."""
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def make_finite(error):
    return min(error, 1e30) if not math.isnan(error) else 1e30


def draw_curves(submission, rng):
    """Draw two curves that are easily told apart; return the sizes, the curves and the Axes."""
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


def make_answer(fit=None, measure=lambda w, b: (w.abs().max(), b.abs()), noise=0.01):
    """Make an answer that measures the errors in another way, or of another fit than least squares."""

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


def make_fit(max_epochs, make=lambda data: d2l.LinearRegression(0.03)):
    """Make a fit by minibatches."""

    def fit(data):
        model = make(data)
        d2l.Trainer(max_epochs, plot=False).fit(model, data)
        return model.net.weight.data.flatten(), model.net.bias.data[0]

    return fit


def make_mistake(name, hint, replacement):
    """Make a mistake of an answer by `make_answer`."""
    replacement.__name__ = name
    return mistake("estimation_errors", hint=hint)(replacement)


three_epochs = make_mistake("three_epochs", FEW_EPOCHS, make_answer(make_fit(3)))
ten_epochs = make_mistake("ten_epochs", FEW_EPOCHS, make_answer(make_fit(10)))
signed = make_mistake("signed", SIGNED, make_answer(measure=lambda w, b: (w.max(), b)))
signed_sum = make_mistake("signed_sum", SIGNED, make_answer(measure=lambda w, b: (w.sum(), b)))
summed = make_mistake("summed", SUMMED, make_answer(measure=lambda w, b: (w.abs().sum(), b.abs())))
squared = make_mistake(
    "squared",
    SMALL,
    make_answer(measure=lambda w, b: ((w**2).max(), b**2)),
)
b_squared = make_mistake("b_squared", SMALL, make_answer(measure=lambda w, b: (w.abs().max(), b**2)))
b_left_out = make_mistake("b_left_out", SMALL, make_answer(measure=lambda w, b: (w.abs().max(), 0.0)))
b_constant = make_mistake("b_constant", ALONE.format("b"), make_answer(measure=lambda w, b: (w.abs().max(), 0.001)))
w_twice = make_mistake("w_twice", COPIED, make_answer(measure=lambda w, b: (w.abs().max(), w.abs().max())))
mean = make_mistake("mean", LARGEST, make_answer(measure=lambda w, b: (w.abs().mean(), b.abs())))
smallest = make_mistake("smallest", LARGEST, make_answer(measure=lambda w, b: (w.abs().min(), b.abs())))
b_first = make_mistake("b_first", LARGEST, make_answer(measure=lambda w, b: (b.abs(), w.abs().max())))
no_noise = make_mistake("no_noise", SMALL, make_answer(noise=0.0))
ten_times_the_noise = make_mistake("ten_times_the_noise", NOISY, make_answer(noise=0.1))
# What a fit of the demo's examples finds, whatever w and b are given.
demo_parameters = make_mistake(
    "demo_parameters", STUCK, make_answer(lambda data: (torch.tensor([2.0, -3.4]), torch.tensor(4.2)))
)
no_bias = make_mistake(
    "no_bias", NO_BIAS, make_answer(lambda data: (torch.linalg.lstsq(data.X, data.y).solution.flatten(), 0.0))
)


@mistake("estimation_errors", hint=FEW_EPOCHS)
def stale_model(sizes, w, b):
    """One model for all sizes: it goes on where the size before left it."""
    model = d2l.LinearRegression(0.03)
    return make_answer(make_fit(3, lambda data: model))(sizes, w, b)


@mistake("estimation_errors", hint=STUCK)
def always_1000(sizes, w, b):
    return make_answer()([1000] * len(sizes), w, b)


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
        return make_answer()(sizes, w, b)


# Typical mistakes: the plot


def make_plot(draw):
    """Make an answer that draws in another way, on a figure that pyplot does not keep."""

    def plot_estimation_errors(sizes, w_errors, b_errors):
        from matplotlib.figure import Figure  # takes long, and only this exercise draws

        axes = Figure().subplots()
        return draw(axes, sizes, w_errors, b_errors)

    plot_estimation_errors.__name__ = draw.__name__
    return plot_estimation_errors


LINEAR = "the x axis is linear, so small sizes lie on one another: axes.set_xscale('log'), or axes.loglog(...)"


@mistake("plot_estimation_errors", hint=LINEAR)
@make_plot
def linear_axis(axes, sizes, w_errors, b_errors):
    axes.plot(sizes, w_errors, label="w")
    axes.plot(sizes, b_errors, label="b")
    axes.legend()
    return axes


@mistake("plot_estimation_errors", hint=LINEAR)
@make_plot
def logarithmic_in_y(axes, sizes, w_errors, b_errors):
    axes.semilogy(sizes, w_errors, label="w")
    axes.semilogy(sizes, b_errors, label="b")
    axes.legend()
    return axes


@mistake("plot_estimation_errors", hint="nothing tells the two curves apart: give each a label=, then axes.legend()")
@make_plot
def without_labels(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors)
    axes.loglog(sizes, b_errors)
    return axes


SAME_LABEL = "both curves have the same label: name one for w and one for b"


@mistake("plot_estimation_errors", hint=SAME_LABEL)
@make_plot
def same_label(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="error")
    axes.loglog(sizes, b_errors, label="error")
    return axes


@mistake("plot_estimation_errors", hint="nothing is returned: return the Axes, for instance d2l.plt.gca()")
@make_plot
def returns_nothing(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")


@mistake("plot_estimation_errors", hint="this is the Figure: return its Axes, figure.gca()")
@make_plot
def returns_the_figure(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")
    return axes.figure


@mistake("plot_estimation_errors", hint="these are the lines: return the Axes that they are drawn on")
@make_plot
def returns_the_lines(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes.loglog(sizes, b_errors, label="b")


@mistake("plot_estimation_errors", hint="the curve of b_errors is missing")
@make_plot
def w_alone(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes


@mistake("plot_estimation_errors", hint="the curves are drawn against their index: plot them against sizes")
@make_plot
def against_the_index(axes, _, w_errors, b_errors):
    axes.loglog(w_errors, label="w")
    axes.loglog(b_errors, label="b")
    return axes


@mistake("plot_estimation_errors", hint="the lines hold logarithms: plot the numbers themselves and set_xscale('log')")
@make_plot
def logarithms_plotted(axes, sizes, w_errors, b_errors):
    axes.plot([math.log10(n) for n in sizes], w_errors, label="w")
    axes.plot([math.log10(n) for n in sizes], b_errors, label="b")
    return axes


# Statistics: their tolerances are kept in reference/linear_regression_concise.tolerances.json


@statistic(
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
    return fall(module, seed)["both"]


@statistic(
    "root mean square of the errors of w, or of b, at 601 to 608 examples against that at 5 to 16",
    catches=[b_constant],
    closed_form=(
        0.9,
        (
            "the ratio's logarithm has a deviation of 0.39 for b and of 0.34 for w: between 0.14, or 0.09 for least "
            "squares, and the bound lie 4.8 of these, or 5.8; what does not fall has 1"
        ),
    ),
)
def flatness_of_each(module, seed):
    ratios = fall(module, seed)
    return max(ratios["w"], ratios["b"])


def fall(module, seed):
    """The root mean square of the errors at 601 to 608 examples against that at 5 to 16: of w, of b and of both."""
    rng = make_generator(seed)
    # Several sizes in a call, as they are asked for, but few enough that training with patience has time for them.
    few, many = (
        [statistics.fmean(make_finite(e) ** 2 for part in column for e in part) for column in zip(*found, strict=True)]
        for found in (
            [get_errors(module, sizes, rng) for sizes in calls]
            for calls in (
                ([5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]),
                ([601, 602], [603, 604], [605, 606], [607, 608]),
            )
        )
    )
    squares = {"w": (few[0], many[0]), "b": (few[1], many[1]), "both": (sum(few), sum(many))}
    return {name: (many / few) ** 0.5 if few else math.inf for name, (few, many) in squares.items()}


MEDIANS = 1.05, 0.6745
"""Of the larger of two |N(0, 1)|, as for w, and of one, as for b: what √n / 0.01 makes of the errors."""


def distances_from_the_law(module, seed):
    """The median of the errors against that of estimation, as a logarithm.

    "few" and "many": of w and b at 50 to 58 examples and at 600; "w" and "b": of each at 50 to 58; "copied": whether
    w and b have the same errors throughout.
    """
    rng = make_generator(seed)
    # One size a call and other parameters each time, so that no model can profit from an earlier size's training.
    found = [[n, *get_errors(module, [n], rng)] for n in (*range(50, 59), 604, 606, 608)]
    shares = [
        [
            max(make_finite(error), 1e-30) * n**0.5 / 0.01 / median
            for (error,), median in zip(errors, MEDIANS, strict=True)
        ]
        for n, *errors in found
    ]
    few, many = shares[:9], shares[9:]
    groups = {"few": [*chain(*few)], "many": [*chain(*many)], "w": [w for w, _ in few], "b": [b for _, b in few]}
    logs = {name: math.log(statistics.median(group)) for name, group in groups.items()}
    return {**logs, "copied": all(w == b for _, w, b in found)}


@statistic(
    "logarithm of the errors' median against that of estimation, from 50 examples on",
    catches=[three_epochs, squared, no_noise, no_bias],
    closed_form=(
        2.08,
        (
            "log 8, as the exercise has it; half of 18 errors would have to be 8 times too small, P = 0.07 for each of "
            "b and 0.01 for each of w: together below 1e-8"
        ),
    ),
)
def law(module, seed):
    logs = distances_from_the_law(module, seed)
    return max(abs(logs["few"]), logs["many"], logs["w"], logs["b"])


@statistic(
    "logarithm by which the median of w's errors or of b's at 50 to 58 examples, or of both at 600, is too small",
    catches=[b_squared, b_left_out],
    closed_form=(
        3.7,
        (
            "log 40: an error of b is 40 times too small with P = 0.0135, one of w with 0.0005; five of nine of b have "
            "P = 6e-8, four of six at 600, of which one at least is of w, 4e-9"
        ),
    ),
)
def too_small(module, seed):
    logs = distances_from_the_law(module, seed)
    return max(-logs["w"], -logs["b"], -logs["many"])


@statistic(
    "mean logarithm of the error of 12 weights against that of estimation, at twelve sizes from 208 to 219",
    catches=[summed, ten_times_the_noise],
    closed_form=(
        1.1,
        "log 3; the mean of twelve has a deviation of 0.09, and minibatches at lr 0.1 add log 1.4: 8 of it are left",
    ),
)
def excess(module, seed):
    rng = make_generator(seed)
    calls = [208, 209, 210, 211], [212, 213, 214, 215], [216, 217, 218, 219]
    # 1.9 is the median of the largest of twelve |N(0, 1)|; least squares loses a degree of freedom a parameter.
    return statistics.fmean(
        math.log(max(make_finite(error), 1e-30) * (n - 14) ** 0.5 / 0.01 / 1.9)
        for sizes in calls
        for n, error in zip(sizes, get_errors(module, sizes, rng, features=12)[0], strict=True)
    )


@statistic(
    "mean logarithm by which the error of 12 weights is below that of estimation, at sizes from 208 to 219",
    catches=[mean, smallest],
    closed_form=(0.5, "no fit is better than least squares, whose mean of twelve has a deviation of 0.09: 5.5 of it"),
)
def shortfall(module, seed):
    return -excess(module, seed)


@statistic(
    "one over the standard deviation of the errors' logarithms over ten calls, pooled over w and b",
    catches=[formula, seeded],
)
def stillness(module, seed):
    rng = make_generator(seed)
    calls = [get_errors(module, [50], rng) for _ in range(10)]
    series = [[math.log(max(make_finite(call[which][0]), 1e-30)) for call in calls] for which in range(2)]
    spread = statistics.fmean(map(statistics.pvariance, series)) ** 0.5
    return 1 / spread if spread else math.inf

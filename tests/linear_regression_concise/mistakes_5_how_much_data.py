"""How much data: known mistakes"""

import math

import torch
from assay.checks import mistake, mistake_family
from d2l import torch as d2l
from torch import nn

FEW_EPOCHS = (
    "this is the error of training, not of estimation: with a fixed number of epochs few examples mean few steps, and "
    "the model has not converged; train until more epochs no longer help, or solve the least squares problem"
)
SIGNED = "an error is below zero, because it keeps its sign: take the absolute value before the maximum"
SUMMED = "the errors of the components are added up: take the largest, (w_hat - w).abs().max()"
SMALL = "the errors are smaller than noise of 0.01 allows: neither square them nor leave the noise out"
ZERO = "an error of exactly 0: compare the parameters that were fitted, w_hat and b_hat, with w and b"
NOISY = (
    "the errors are too large by about the same factor everywhere: is the standard deviation of the noise 0.01, and do "
    "more epochs no longer help?"
)
UNSTEADY = (
    "training diverges, or its last steps are too long: the rate is too high for the size of the batches, lower it"
)
STUCK = (
    "the errors do not depend on n: draw n examples for every n in sizes, of the w and b that are given, and train until "
    "more epochs no longer help"
)
NO_BIAS = "b is not fitted: the model needs a bias, which is a column of ones where least squares are solved"
ALONE = "the errors of {} alone do not fall"
LARGEST = "of many components this is less than the largest: (w_hat - w).abs().max(), and the errors of w come first"
COPIED = "the errors of b are those of w: compare the bias with b"
FRESH = (
    "for every size, in every call, draw that many fresh examples with new noise, and fit a new model to these alone"
)
ORDER = "each error belongs to its size: fit for the sizes in the order in which they come, as often as they come"
MADE_TO_FALL = "an error is replaced by a smaller one of another sample: leave each as it came out, also if it rises"
RELATIVE = "the error is divided by the parameter: take the absolute difference itself"
KEPT = "the lists of the first call change at the second: make new ones inside the function"
CHANGED = "what the function was given is changed in place: leave it alone, and work on a copy, as sorted() makes one"
SWAPPED = (
    "this label stands at the other curve: name each curve where it is drawn, label=, or in the order of the lines"
)


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


b_left_out = make_mistake("b_left_out", ZERO, make_answer(measure=lambda w, b: (w.abs().max(), 0.0)))


b_constant = make_mistake("b_constant", ALONE.format("b"), make_answer(measure=lambda w, b: (w.abs().max(), 0.001)))


w_twice = make_mistake("w_twice", COPIED, make_answer(measure=lambda w, b: (w.abs().max(), w.abs().max())))


mean = make_mistake("mean", LARGEST, make_answer(measure=lambda w, b: (w.abs().mean(), b.abs())))


smallest = make_mistake("smallest", LARGEST, make_answer(measure=lambda w, b: (w.abs().min(), b.abs())))


b_first = make_mistake("b_first", LARGEST, make_answer(measure=lambda w, b: (b.abs(), w.abs().max())))


no_noise = make_mistake("no_noise", SMALL, make_answer(noise=0.0))


ten_times_the_noise = make_mistake("ten_times_the_noise", NOISY, make_answer(noise=0.1))


@mistake("estimation_errors", hint=MADE_TO_FALL)
def lowest_so_far(sizes, w, b):
    columns = make_answer()(sizes, w, b)
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    return [[min(column[i] for i in order[: order.index(k) + 1]) for k in range(len(sizes))] for column in columns]


@mistake("estimation_errors", hint=FRESH)
def one_row_more(sizes, w, b):
    """The row that was to be for validation is fitted too."""
    return make_answer()([n + 1 for n in sizes], w, b)


# A fit of the demo's examples finds these, whatever w and b are given.
demo_parameters = make_mistake(
    "demo_parameters", STUCK, make_answer(lambda data: (torch.tensor([2.0, -3.4]), torch.tensor(4.2)))
)


no_bias = make_mistake(
    "no_bias",
    NO_BIAS,
    make_answer(lambda data: (torch.linalg.lstsq(data.X, data.y).solution.flatten(), torch.tensor(0.0))),
)


@mistake("estimation_errors", hint=FEW_EPOCHS)
def stale_model(sizes, w, b):
    """One model for all sizes: it goes on where the size before left it."""
    model = d2l.LinearRegression(0.03)
    return make_answer(make_fit(3, lambda data: model))(sizes, w, b)


@mistake("estimation_errors", hint=STUCK)
def always_1000(sizes, w, b):
    return make_answer()([1000] * len(sizes), w, b)


@mistake("estimation_errors", hint="the layer has two inputs whatever w is: nn.LazyLinear(1) takes any number")
def two_inputs(sizes, w, b):
    def make_model(data):
        model = d2l.LinearRegression(0.3)
        model.net = nn.Linear(2, 1)
        return model

    return make_answer(make_fit(60, make_model))(sizes, w, b)


@mistake("estimation_errors", hint=ORDER)
def in_ascending_order(sizes, w, b):
    return make_answer()(sorted(sizes), w, b)


@mistake("estimation_errors", hint=RELATIVE)
def relative(sizes, w, b):
    return make_answer(measure=lambda w_error, b_error: ((w_error / w).abs().max(), (b_error / b).abs()))(sizes, w, b)


@mistake("estimation_errors", hint=FRESH)
def repeated_once(sizes, w, b):
    """The same examples for a size that comes again."""
    found = {n: make_answer()([n], w, b) for n in sizes}
    return [[found[n][which][0] for n in sizes] for which in range(2)]


_remembered = {}


@mistake("estimation_errors", hint=FRESH)
def remembered(sizes, w, b):
    """The first call's answer, kept for its sizes."""
    if tuple(sizes) not in _remembered:
        _remembered[tuple(sizes)] = make_answer()(sizes, w, b)
    return _remembered[tuple(sizes)]


_lists = [], []


@mistake("estimation_errors", hint=KEPT)
def lists_outside(sizes, w, b):
    for kept, column in zip(_lists, make_answer()(sizes, w, b), strict=True):
        kept[:] = column
    return _lists


@mistake("estimation_errors", hint=CHANGED)
def w_changed(sizes, w, b):
    found = make_answer()(sizes, w, b)
    w.abs_().sub_(0.001)
    return found


@mistake("estimation_errors", hint=CHANGED)
def w_made_a_column(sizes, w, b):
    found = make_answer()(sizes, w.clone().flatten(), b)
    w.resize_(len(w), 1)
    return found


@mistake("estimation_errors", hint=CHANGED)
def sizes_emptied(sizes, w, b):
    taken = [sizes.pop(0) for _ in range(len(sizes))]
    return make_answer()(taken, w, b)


@mistake("estimation_errors", hint=FRESH)
def formula(sizes, w, b):
    """No data at all."""
    errors = [0.01 / n**0.5 for n in sizes]
    return errors, errors


@mistake("estimation_errors", hint=FRESH)
def random_formula(sizes, w, b):
    """Random numbers, but no data."""
    draws = torch.randn(len(sizes), len(w) + 1).abs() * 0.01 / torch.tensor(sizes)[:, None] ** 0.5
    return draws[:, :-1].amax(1).tolist(), draws[:, -1].tolist()


@mistake("estimation_errors", hint=FRESH)
def seeded(sizes, w, b):
    """The same examples in every call."""
    with torch.random.fork_rng():
        torch.manual_seed(42)
        return make_answer()(sizes, w, b)


def make_plot(draw):
    """Make an answer that draws in another way, on a figure that pyplot does not keep."""

    def plot_estimation_errors(sizes, w_errors, b_errors):
        from matplotlib.figure import Figure  # takes long, and only this exercise draws

        axes = Figure().subplots()
        return draw(axes, sizes, w_errors, b_errors)

    return plot_estimation_errors


wrong_plot = mistake_family("plot_estimation_errors", make_plot)


LINEAR = "the x axis is linear, so small sizes lie on one another: axes.set_xscale('log'), or axes.loglog(...)"


@wrong_plot(hint=LINEAR)
def linear_axis(axes, sizes, w_errors, b_errors):
    axes.plot(sizes, w_errors, label="w")
    axes.plot(sizes, b_errors, label="b")
    axes.legend()
    return axes


@wrong_plot(hint=LINEAR)
def logarithmic_in_y(axes, sizes, w_errors, b_errors):
    axes.semilogy(sizes, w_errors, label="w")
    axes.semilogy(sizes, b_errors, label="b")
    axes.legend()
    return axes


UNLABELLED = "neither a line's label nor a legend names the curves: give each a label=, then axes.legend()"


@wrong_plot(hint=UNLABELLED)
def without_labels(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors)
    axes.loglog(sizes, b_errors)
    return axes


SAME_LABEL = "both curves have the same label: name one for w and one for b"


@wrong_plot(hint=SAME_LABEL)
def same_label(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="error")
    axes.loglog(sizes, b_errors, label="error")
    return axes


@wrong_plot(hint=SWAPPED)
def labels_swapped(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="b")
    axes.loglog(sizes, b_errors, label="w")
    axes.legend()
    return axes


@wrong_plot(hint=SWAPPED)
def legend_swapped(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors)
    axes.loglog(sizes, b_errors)
    axes.legend(["bias", "weight"])
    return axes


SORTED_ALONE = "some errors stand at another size than their own: sort neither list alone, or both together"


@wrong_plot(hint=SORTED_ALONE)
def sizes_sorted_alone(axes, sizes, w_errors, b_errors):
    axes.loglog(sorted(sizes), w_errors, label="w")
    axes.loglog(sorted(sizes), b_errors, label="b")
    return axes


@wrong_plot(hint=CHANGED)
def sorted_in_place(axes, sizes, w_errors, b_errors):
    sizes[:], w_errors[:], b_errors[:] = map(
        list, zip(*sorted(zip(sizes, w_errors, b_errors, strict=True)), strict=True)
    )
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")
    return axes


@wrong_plot(hint="nothing is returned: return the Axes, for instance d2l.plt.gca()")
def returns_nothing(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")


@wrong_plot(hint="this is the Figure: return its Axes, figure.gca()")
def returns_the_figure(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    axes.loglog(sizes, b_errors, label="b")
    return axes.figure


@wrong_plot(hint="these are the lines: return the Axes that they are drawn on")
def returns_the_lines(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes.loglog(sizes, b_errors, label="b")


MISSING = "no line of the Axes has {} as its y values"


@wrong_plot(hint=MISSING.format("b_errors"))
def w_alone(axes, sizes, w_errors, b_errors):
    axes.loglog(sizes, w_errors, label="w")
    return axes


AGAINST_INDEX = "{} are drawn against their index: plot them against sizes"


@wrong_plot(hint=AGAINST_INDEX.format("w_errors"))
def against_the_index(axes, _, w_errors, b_errors):
    axes.loglog(w_errors, label="w")
    axes.loglog(b_errors, label="b")
    return axes


LOGARITHMS = "a line holds logarithms of the sizes: plot the sizes themselves and set_xscale('log')"


@wrong_plot(hint=LOGARITHMS)
def logarithms_plotted(axes, sizes, w_errors, b_errors):
    axes.plot([math.log10(n) for n in sizes], w_errors, label="w")
    axes.plot([math.log10(n) for n in sizes], b_errors, label="b")
    return axes


@wrong_plot(hint=SWAPPED)
def labels_by_height(axes, sizes, w_errors, b_errors):
    for errors, label in zip(sorted([w_errors, b_errors], key=max, reverse=True), "wb", strict=True):
        axes.loglog(sizes, errors, label=label)
    return axes


ONE_POINT = "a size that comes twice has one point: plot every pair of the two lists"


@wrong_plot(hint=ONE_POINT)
def repeated_sizes_lost(axes, sizes, w_errors, b_errors):
    for errors, label in ((w_errors, "w"), (b_errors, "b")):
        kept = dict(zip(sizes, errors, strict=True))
        axes.loglog(list(kept), list(kept.values()), label=label)
    return axes

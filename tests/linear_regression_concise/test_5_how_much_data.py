"""How much data"""

import math
import statistics
from itertools import pairwise

import pytest
import torch
from assay.checks import SubmissionRaised, assert_close, measurement, remote, require, statistic

from .estimates import NO_NUMBER, against_n, items, make_generator, read, truth
from .mistakes_5_how_much_data import (
    ALONE,
    CHANGED,
    COPIED,
    FEW_EPOCHS,
    FRESH,
    KEPT,
    LARGEST,
    LINEAR,
    MADE_TO_FALL,
    NO_BIAS,
    NOISY,
    ORDER,
    RELATIVE,
    SAME_LABEL,
    SMALL,
    STUCK,
    SUMMED,
    SWAPPED,
    UNLABELLED,
    UNSTEADY,
    ZERO,
    always_1000,
    b_constant,
    b_left_out,
    b_squared,
    formula,
    mean,
    no_bias,
    no_noise,
    remembered,
    repeated_once,
    seeded,
    smallest,
    squared,
    summed,
    ten_times_the_noise,
    three_epochs,
)
from .models import is_for_two_features
from .plots import (
    curve_of,
    draw_curves,
    draw_errors,
    fault_of_the_lines,
    is_against,
    legend_entries,
    points_of,
    require_curves,
    same_points,
    says,
)

# The measurements: few sizes, because an answer may train for each. Descent at a constant rate is right too. Its last step
# shows, and more so the fewer examples the last batch has: at 32 a batch, which is what most take, every size from 50 on
# leaves half a batch or more.

SIZES = [54, 700, 54]
FEW_FIRST, FEW_THEN = [1, 600, 2, 2, 2], [2, 2, 2, 2]
FEW = FEW_FIRST + FEW_THEN
WIDE, FEATURES = [368, 352, 368], 30


@measurement
def errors(module, seed):
    """The errors of w and of b in two calls with the same arguments; the first call's, w and the sizes afterwards."""
    rng = make_generator(seed)
    w, b = truth(2, rng)
    if not hasattr(module, "__assay_remote__"):  # a module of this process; its answers are here already
        calls = [read(module.estimation_errors(SIZES, w.clone(), b), SIZES) for _ in range(2)]
        return {"calls": calls, "later": calls[0], "before": w, "after": w, "sizes": SIZES}
    kept, sizes = (remote(module.d2l).tensor(part) for part in (w.tolist(), SIZES))
    sizes = sizes.tolist()
    first = remote(module).estimation_errors(sizes, kept, b)
    left = list(sizes)
    calls = [read(items(first), SIZES), read(module.estimation_errors(SIZES, kept, b), SIZES)]
    later, after = read(items(first), SIZES), module.d2l.numpy(kept)
    return {"calls": calls, "later": later, "before": w, "after": after, "sizes": left}


@measurement
def few(module, seed):
    """The errors of w and of b at one example, at 600, and seven times at two; no answer can know w from one or two."""
    w, b = truth(2, make_generator(seed))
    # Two calls, because an answer may train for thousands of epochs, and a call has its limit of time.
    parts = [read(module.estimation_errors(sizes, w.clone(), b), sizes) for sizes in (FEW_FIRST, FEW_THEN)]
    return [first + then for first, then in zip(*parts, strict=True)]


@measurement
def wide(module, seed):
    """The errors of 30 small weights, and of b; None if the submission's layer is that of exercise 0, for two features."""
    rng = make_generator(seed)
    w, b = truth(FEATURES, rng)
    try:
        return read(module.estimation_errors(WIDE, w / 100, b), WIDE)
    except SubmissionRaised as error:
        if error.kind in ("RuntimeError", "ValueError") and is_for_two_features(module):
            return None
        raise


# The errors


def test_errors_are_non_negative_numbers(errors):
    """estimation_errors gives two sequences, for w and for b, with a non-negative number for every size"""
    require_errors(errors)


@pytest.mark.points(2)
def test_errors_fall_with_more_examples(few):
    """the errors fall: at 600 examples they are far smaller than at 1 or 2, which cannot tell w; each stands at its size"""
    require(
        flatness(few) <= flatness.bound,
        yours=few,
        expected=f"for the sizes {FEW} far smaller errors of w and of b at 600",
        help=ORDER
        if max(few[0]) > 0.5 and min(few[0][0], few[0][len(FEW_FIRST) - 1]) < 0.05 and few[0][1] > 0.05
        else reason_of_level_errors(few),
        plot=against_n(FEW, few),
    )
    # From zero or a start near it, two examples bring weights of 2 and more so near with P = 0.03, five of seven times with
    # P = 5e-7. Three examples tell all three parameters, and do so five of seven times with P = 0.98.
    small = [error for error in few[0][2:] if not error >= 0.1]
    expected = "0.1 or more: two examples cannot tell two weights and a bias, so that w is missed by about its size"
    require(len(small) < 5, yours=f"{len(small)} of 7 errors of w at n = 2 below 0.1", expected=expected, help=FRESH)


@pytest.mark.points(3)
def test_errors_follow_the_law_of_estimation(errors, few):
    """from 50 examples on, the errors are those of estimation, about 0.01 / √n: within a factor of 8"""
    logs, least = distances(errors["calls"]), shortfalls(errors["calls"])
    large = reason_of_large_errors(errors["calls"], few)
    about = "about 0.01 / √n, which is 0.0014 at n = 54 and 0.00038 at n = 700, within a factor of 8, or of 16 at 700"
    plot = against_n(SIZES, errors["calls"][0])
    for name, columns, n in (("few", "wb", 54), ("many", "wb", 700), ("w", "w", 54), ("b", "b", 54)):
        text = tell_largest(errors["calls"], columns, [n])
        require(logs[name] - ALLOWED.get(name, 0) <= law.bound, yours=text, expected=about, help=large, plot=plot)
    for name, distance in least.items():
        none = not any(map(any, (call["wb".index(name)] for call in errors["calls"])))
        text = tell_largest(errors["calls"], name, [54, 700])
        help_ = ZERO if none else SMALL
        require(distance <= too_small.bound, yours=text, expected=about, help=help_, plot=plot)
    at_600 = max(column[1] for column in few)
    most = 24 * 0.01 / 600**0.5
    yours = f"an error of {at_600:.3g} at n = 600"
    require(not at_600 > most, yours=yours, expected=f"at most {most:.2g}, which is 24 times 0.01 / √n", help=ORDER)
    copied = all(w == b for w, b in errors["calls"])
    require(not copied, yours="for w and for b the same errors", expected="an error of each", help=COPIED)


@pytest.mark.points(2)
def test_w_error_is_the_largest_component(wide, errors):
    """the error of w is the largest absolute error of a component, not their sum"""
    if wide is None:
        return
    above = excess(wide)
    # A rate that is too high raises the error of b as well, a wrong summary of w's errors does not: a sum of thirty is
    # 10 times the largest, and relative errors of weights below 0.04 are 25 times as large and more.
    more = above - log_rms(
        [e * (n - FEATURES - 2) ** 0.5 / 0.01 / MEDIANS[1] for n, e in zip(WIDE, wide[1], strict=True)]
    )
    large = UNSTEADY if more < 1.2 else SUMMED if more < 3.4 else RELATIVE
    if distances(errors["calls"])["w"] > 1.5:  # for two weights a sum is not twice the largest
        large = reason_of_large_errors(errors["calls"])
    require(
        above <= excess.bound and -above <= shortfall.bound,
        yours=f"with {FEATURES} features {math.exp(above):.3g} times the largest error",
        expected=f"about 1, from {math.exp(-shortfall.bound):.1g} to {math.exp(excess.bound):.1g}",
        help=large if above > 0 else LARGEST if max(shortfalls(errors["calls"]).values()) <= too_small.bound else SMALL,
    )


@pytest.mark.points(2)
def test_errors_scatter_as_those_of_estimation_do(errors, few):
    """every size has fresh examples in every call: the errors scatter as those of random samples do, and rise as well as fall"""
    still = stillness(errors)
    spread = math.exp(1 / still) if still else math.inf
    yours = f"errors that differ by a factor of {spread:.5g} from sample to sample"
    expected = f"a factor of {math.exp(1 / stillness.bound):.3g} at least"
    require(still <= stillness.bound, yours=yours, expected=expected, help=FRESH)
    # The seven errors at two examples are 3 and 4 of a call: they never rise with P = 1/(3! · 4!), and two of them are
    # equal with P = 2e-6, if float32 tells them apart by 1e-7 of their size. For w and for b together 3e-8.
    for name, column in zip("wb", few, strict=True):
        calls = [column[2 : len(FEW_FIRST)], column[len(FEW_FIRST) :]]
        yours = {f"errors of {name} at n = 2, in two calls": calls}
        expected = "errors of as many samples, which rise as often as they fall"
        require(not only_falls(calls), yours=yours, expected=expected, help=MADE_TO_FALL)


@pytest.mark.points(2)
def test_what_was_given_and_returned_stays(errors):
    """w and the sizes are as they were before, and a second call leaves the first one's errors as they were"""
    require_errors(errors)
    as_before = torch.equal(errors["after"], errors["before"])
    require(
        as_before,
        yours={"w after the call": errors["after"]},
        expected=f"w as it was given, {errors['before'].tolist()}",
        help=CHANGED,
    )
    sizes = errors["sizes"]
    require(
        sizes == SIZES,
        yours={"sizes after the call": sizes},
        expected=f"the sizes as they were given, {SIZES}",
        help=CHANGED,
    )
    first, later = errors["calls"][0], errors["later"]
    yours = {"the first call's errors after the second call": later}
    require(later == first, yours=yours, expected=f"the errors that the first call gave, {first}", help=KEPT)


# The plot


@pytest.mark.points(2)
def test_both_curves_are_drawn(submission, rng):
    """plot_estimation_errors gives Axes with a line of w_errors and a line of b_errors against sizes, and leaves all three alone"""
    given = draw_errors(rng)
    kept = [remote(submission.d2l).tensor(part).tolist() for part in given]
    copies = list(map(list, kept))
    submission.plot_estimation_errors(*kept)
    name = "sizes, w_errors and b_errors after the call"
    assert_close({name: list(map(list, kept))}, {name: copies}, rtol=0, atol=0, help=CHANGED)
    sizes, curves, axes = draw_curves(submission, rng)
    lines = list(map(points_of, axes.get_lines()))
    for name, curve in zip(("w_errors", "b_errors"), curves, strict=True):
        found = any(same_points(x, y, sizes, curve) for x, y in lines)
        fault = None if found else fault_of_the_lines(lines, sizes, name, curve)
        require(found, yours=lines, expected=f"a line of {name} against sizes", help=fault)


@pytest.mark.points(2)
def test_x_axis_is_logarithmic(submission, rng):
    """the x axis is logarithmic"""
    sizes, _, axes = draw_curves(submission, rng)
    scale = axes.get_xscale()
    lines = list(map(points_of, axes.get_lines()))
    require_curves(lines, sizes)
    linear = scale == "linear" and is_against(lines, sizes)  # of logarithms or of indices, another check says it
    yours = {"scale of the x axis": scale, "x of the lines": [xs for xs, _ in lines]}
    require(scale in ("log", "symlog"), yours=yours, expected="'log'", help=LINEAR if linear else None)


@pytest.mark.points(2)
def test_curves_are_labelled(submission, rng):
    """a legend or the lines' labels tell the two curves apart, and each names its own curve, be it the upper or the lower one"""
    for scales in ((0.02, 0.005), (0.005, 0.02)):
        require_labels(*draw_curves(submission, rng, scales))


def require_errors(errors):
    """Require that an error is more than zero: labels have noise."""
    some = any(any(column) for call in errors["calls"] for column in call)
    require(some, yours=errors["calls"][0], expected="errors of estimates, which are not all 0", help=ZERO)


FARTHEST = 6
"""No training starts so far from w and b, which are 4 at most: one that ends there diverges."""


def reason_of_large_errors(calls, few=None):
    """Say why the errors of two calls are larger than those of estimation; also by those at 600 and 2 examples, if known."""
    logs = distances(calls)
    if max(max(column) for call in calls for column in call) > FARTHEST:
        return UNSTEADY
    if logs["b"] > logs["w"] + 1.5:
        return NO_BIAS
    if few is not None and flatness(few) > flatness.bound:
        return reason_of_level_errors(few)
    if max(logs[name] for name in ("few", "w", "b")) > law.bound:
        # Ten times the noise is at 2.3 everywhere. The last steps of a constant rate leave 1.7 at most at 700 examples,
        # where training has more steps than at 54.
        return NOISY if logs["many"] > max(1.9, logs["few"] - 1.2) else FEW_EPOCHS
    return UNSTEADY


def reason_of_level_errors(few):
    """Say why the errors at 600 examples are not far smaller than those at 1 or 2; None if they are."""
    ratios = fall(few)
    level = [name for name in ratios if ratios[name] > flatness.bound]
    if not level:
        return None
    at_600 = max(few["wb".index(name)][1] for name in level)
    if at_600 > FARTHEST:
        return UNSTEADY
    # Of a training that is too short the errors are large and fall with n, if too slowly.
    if at_600 > 0.1 and max(ratios.values()) < 0.9:
        return FEW_EPOCHS
    return STUCK if len(level) == 2 else ALONE.format(*level)


def require_labels(sizes, curves, axes):
    """Require of the labels of two curves that they tell them apart, and that none names the other."""
    lines = list(axes.get_lines())
    require_curves(map(points_of, lines), sizes)
    labels = [(line.get_label(), line) for line in lines]
    named = [
        (name, line)
        for name, line in labels + legend_entries(axes, lines)
        if isinstance(name, str) and name.strip() and not name.startswith("_")
    ]
    names = sorted({name for name, _ in named})
    help_ = UNLABELLED if not names else None
    if sum(label in names for label, _ in labels) > 1:
        help_ = SAME_LABEL
    yours = {"labels": names, "number of lines": len(lines)}
    require(len(names) > 1, yours=yours, expected="two different labels", help=help_)
    for name, line in named:
        own = curve_of(line, sizes, curves)
        swapped = own + says(name) in ("wb", "bw")
        require(not swapped, yours=name, expected=f"a label of {own}_errors", help=SWAPPED)


def only_falls(calls):
    """Whether the errors of each call fall or stay, both of them somewhere; not of trainings that diverge."""
    steps = [step for call in calls for step in pairwise(call)]
    finite = max(map(max, calls)) < NO_NUMBER
    return finite and all(a >= b for a, b in steps) and any(a > b for a, b in steps) and any(a == b for a, b in steps)


# Statistics: their tolerances are kept in reference/linear_regression_concise.tolerances.json

MEDIANS = 1.05, 0.6745
"""Of the larger of two |N(0, 1)|, as for w, and of one, as for b: what √n / 0.01 makes of the errors."""


def tell_largest(calls, columns, sizes):
    """Tell the largest error of w, of b or of both, at these sizes."""
    found = [call["wb".index(name)][SIZES.index(n)] for call in calls for name in columns for n in sizes]
    where = " and ".join(f"n = {n}" for n in sizes)
    return f"{max(found):.3g}, the largest error of {' and '.join(columns)} at {where}"


def shares(calls):
    """The errors against the medians of those of estimation: for w and for b, at 54 and at 700 examples."""
    found = [
        [[error * n**0.5 / 0.01 / median for n, error in zip(SIZES, column, strict=True)] for column in which]
        for median, which in zip(MEDIANS, zip(*calls, strict=True), strict=True)
    ]
    return [([s for column in which for s in column[::2]], [column[1] for column in which]) for which in found]


def log_rms(values):
    return math.log(max(1e-30, statistics.fmean(value**2 for value in values) ** 0.5))


def distances(calls):
    """The root mean square of the errors against those of estimation, as logarithms."""
    (few_w, many_w), (few_b, many_b) = shares(calls)
    groups = {"few": few_w + few_b, "many": many_w + many_b, "w": few_w, "b": few_b}
    return {name: log_rms(group) for name, group in groups.items()}


ALLOWED = {"many": math.log(2)}
"""The logarithm of the factor that is allowed beyond. The last steps of minibatches of 32 at lr 0.3 leave 3.3 times the median at 700 examples, so that
the root mean square of four errors is 8 times it once in a hundred, and 16 times it with P < 1e-8."""


def shortfalls(calls):
    """How far the largest error of w, and of b, is below the median of those of estimation, as logarithms."""
    return {name: -math.log(max(1e-30, *few, *many)) for name, (few, many) in zip("wb", shares(calls), strict=True)}


@statistic(
    "error at 600 examples against the largest at 1 and, seven times, at 2, of w or of b",
    catches=[always_1000, b_constant],
    closed_form=(
        0.06,
        "three epochs at lr 0.03, whose errors fall too, leave 0.04 or less; the tail of least squares is at 0.02 with P = 1e-6",
    ),
    of=few,
)
def flatness(few):
    return max(fall(few).values())


def fall(few):
    return {name: column[1] / (max(column[0], *column[2:]) or 1e-30) for name, column in zip("wb", few, strict=True)}


@statistic(
    "logarithm of the errors' root mean square against that of estimation, at 54 examples and, less log 2, at 700",
    catches=[three_epochs, no_bias],
    closed_form=(
        2.08,
        "log 8, as the exercise has it; a mean square of four errors of b is 64 times too large with P < 1e-20",
    ),
    of=errors,
)
def law(errors):
    return max(log - ALLOWED.get(name, 0) for name, log in distances(errors["calls"]).items())


@statistic(
    "logarithm by which the largest of six errors of w, or of b, is below the median of those of estimation",
    catches=[squared, no_noise, b_squared, b_left_out],
    closed_form=(2.08, "log 8; all six errors of b are 8 times too small with P = 9e-8, those of w with P < 1e-12"),
    of=errors,
)
def too_small(errors):
    return max(shortfalls(errors["calls"]).values())


@statistic(
    "mean logarithm of the error of 30 weights against that of estimation, at three sizes from 352 to 368",
    catches=[summed, ten_times_the_noise],
    closed_form=(
        1.88,
        "log 6.6; least squares exceeds 0.52 with P = 1e-6, minibatches of 32 at lr 0.3 are at 1.21 with deviation 0.13; a sum is at 2.07 or more",
    ),
    of=wide,
)
def excess(wide):
    # 2.3 is the median of the largest of thirty |N(0, 1)|; least squares loses a degree of freedom a parameter.
    return statistics.fmean(
        math.log(max(error, 1e-30) * (n - FEATURES - 2) ** 0.5 / 0.01 / 2.3)
        for n, error in zip(WIDE, wide[0], strict=True)
    )


@statistic(
    "mean logarithm by which the error of 30 weights is below that of estimation, at sizes from 352 to 368",
    catches=[mean, smallest],
    closed_form=(
        0.68,
        "least squares exceeds 0.53 with P = 1e-6, and no fit is better; a mean of thirty is at 0.83 or more",
    ),
    of=wide,
)
def shortfall(wide):
    return -excess(wide)


@statistic(
    "one over the deviation of the errors' logarithms: all of them, of one call from the other, of one size repeated",
    catches=[formula, seeded, remembered, repeated_once],
    closed_form=(
        100,
        "below 0.01 four differences of logarithms, two of w and two of b, are all within 0.02: P = 2e-8; no data gives none",
    ),
    of=errors,
)
def stillness(errors):
    logs = [
        [[math.log(max(error, 1e-30) * n**0.5) for n, error in zip(SIZES, c, strict=True)] for c in call]
        for call in errors["calls"]
    ]
    series = [[log for call in logs for log in call[which]] for which in range(2)]
    all_of_them = statistics.fmean(map(statistics.pvariance, series)) ** 0.5
    first, second = ([log for column in call for log in column] for call in logs)
    between = math.dist(first, second) / len(first) ** 0.5
    within = math.dist(*zip(*((column[0], column[2]) for call in logs for column in call), strict=True)) / 2
    least = min(all_of_them, between, within)
    return 1 / least if least else math.inf

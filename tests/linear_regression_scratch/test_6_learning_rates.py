"""Learning rates"""

import functools
import math
from itertools import pairwise

import pytest
import torch
from assay.checks import assert_close, curves, number, remote, require, sequence, statistic, tensors
from hypothesis import given, settings
from hypothesis import strategies as st

from .mistakes_6_learning_rates import (
    FLAG,
    HIDDEN,
    gradients_add_up,
    half_missing,
    last_loss_only,
    same_rate_for_all,
    start_included,
    sum_for_mean,
)

SLOW, GOOD, FASTER, TOO_FAST = 1 / 256, 1 / 4, 3 / 8, 3.0
"""Exact in float32, so that they come back as keys whatever they went through."""

WEIGHTS = st.lists(st.integers(-8, 8), min_size=1, max_size=5).map(
    lambda units: [1000.0 * unit for unit in [3, *units]]
)
"""One to five weights and a bias so large that a start near zero is as good as zero."""

NEAR_ZERO = {
    "rtol": 0.01,
    "because": "the solution is 1000 away or more, so that a start within 1 of zero changes the loss by less than this",
}
"""Of N(0, 0.01²), of zeros, of PyTorch's uniform weights: all are fresh models."""


@pytest.mark.points(2)
@settings(max_examples=10)
@given(WEIGHTS, st.sampled_from([GOOD, FASTER, TOO_FAST]), st.integers(1, 3))
def test_curve_is_the_training_loss_after_each_epoch(submission, weights, lr, max_epochs):
    """for a rate there are max_epochs numbers, the loss on all training rows after each epoch, for any features"""
    found = get_curves(submission, make_crosswise_data(submission, weights), [lr], max_epochs)
    assert_close(found[lr], expected_curve(weights, lr, max_epochs), **NEAR_ZERO)


@pytest.mark.points(2)
@settings(max_examples=8)
@given(WEIGHTS, st.permutations([GOOD, FASTER, TOO_FAST, SLOW]))
def test_every_rate_gets_a_model_of_its_own(submission, weights, lrs):
    """every rate starts anew, in whatever order they come: what was trained at another rate before does not matter"""
    found = get_curves(submission, make_crosswise_data(submission, weights), lrs, 2)
    right = {lr: expected_curve(weights, lr, 2) for lr in lrs}
    assert_close(found, right, plot=sweep(found, right), **NEAR_ZERO)


@settings(max_examples=10)
@given(
    tensors((5, 2), bound=2, step=1 / 2),
    st.permutations([1000.0, 2000.0, 3000.0, 5000.0, 8000.0]),
    st.tuples(st.integers(64, 128), st.integers(64, 128)),
)
def test_loss_counts_every_training_row_once(submission, X, labels, sizes):
    """the loss is the mean over all training rows, also where the last batch is shorter"""
    y = torch.tensor([*(label * sizes[0] / 64 for label in labels), -187.5 * sizes[1]]).reshape(6, 1)
    data = submission.d2l.TensorData(torch.cat([X, X[:1]]), y, 2, torch.zeros(2), 0.0, num_train=5)
    # At this rate three steps of at most 4e4 lr each leave the model where it started: all losses are those of zero.
    found = get_curves(submission, data, [2**-20], 1)[2**-20]
    batches = torch.stack([half_mean_square(batch) for batch in y[:5].split(2)])
    parts = {"the training rows' losses": y[:5] ** 2 / 2, "the validation row's loss": y[5:] ** 2 / 2}
    parts["the batches' mean losses"] = batches
    assert_close(found, [float(half_mean_square(y[:5]))], **NEAR_ZERO, summary_of=parts)


def test_loss_counts_more_than_a_thousand_rows(submission, rng):
    """the loss is the mean over all of 1100 training rows, whose labels grow, and all of them are trained on"""
    y = 1000 * (1 + torch.arange(1140) / 300).reshape(-1, 1) * torch.randn(1140, 1, generator=rng)
    X = torch.randn(1140, 3, generator=rng)
    data = submission.d2l.TensorData(X, y, 32, torch.zeros(3), 0.0, num_train=1100)
    # At this rate 35 steps of at most 3e4 lr each leave the model where it started.
    found = get_curves(submission, data, [2**-20], 1)[2**-20]
    assert_close(found, [float(half_mean_square(y[:1100]))], **NEAR_ZERO)
    # If all rows are one, the order does not matter. Of 1650 rows 50 are a batch: five steps, each leaves half an error.
    X, y = torch.ones(1651, 1), torch.full((1651, 1), 3000.0)
    data = submission.d2l.TensorData(X, y, 400, torch.zeros(1), 0.0, num_train=1650)
    found = get_curves(submission, data, [GOOD], 1)[GOOD]
    assert_close(found, [3000**2 / 2 / 4**5], **NEAR_ZERO)


@settings(max_examples=4)
@given(WEIGHTS)
def test_sweep_asked_again(submission, weights):
    """asked again after the labels have changed in place learning_rate_sweep gives new curves; those given before and all arguments stay"""
    data, lrs = make_crosswise_data(submission, weights), [FASTER, TOO_FAST, GOOD]
    held = remote(submission.d2l).tensor(lrs).tolist()
    before = data_facts(data)
    first = remote(submission).learning_rate_sweep(held, 2, data)
    after = {"rates after the call": list(held)}
    require(list(held) == lrs, yours=after, expected=f"the rates as they were given, {lrs}")
    assert_close(data_facts(data), before)
    remote(data).y.mul_(2)
    found = get_curves(submission, data, lrs, 2)
    assert_close(found, {lr: expected_curve([2 * w for w in weights], lr, 2) for lr in lrs}, **NEAR_ZERO)
    kept = dict(iter(first.items()))
    name, right = "the first call's curves after the second call", {lr: expected_curve(weights, lr, 2) for lr in lrs}
    assert_close({name: kept}, {name: right}, **NEAR_ZERO)


def test_a_slow_rate_is_still_falling(submission, seed):
    """at a rate of 1/256 the loss falls by a few per cent an epoch, and is still falling after the last"""
    curve = slow_curve(submission, seed)
    falling = unevenness(curve) <= still_falling.bound
    right = [curve[0] * (1 - SLOW) ** (8 * epoch) for epoch in range(len(curve))]
    plot = curves("training loss against epoch", yours=curve, expected=right)
    require(falling, yours=curve, expected="a curve that falls by about 3 % an epoch", plot=plot)


@pytest.mark.points(2)
def test_good_rates_reach_the_noise_floor(submission, seed):
    """at rates of 1/4 and 3/8 the loss ends at the noise floor, where more epochs no longer help"""
    whole, floor = good_curves(submission, seed), least_squares_loss(seed)
    found = last_three(whole)
    # No weights have a lower loss on the training rows than least squares, up to the rounding of float32.
    reached = all(0.999 * floor <= loss <= (1 + floor_excess.bound) * floor for end in found.values() for loss in end)
    text = f"the last three losses of each rate, which are shown, between {floor:.4g} and {(1 + floor_excess.bound) * floor:.4g}"
    plot = curves("training loss against epoch", yours=whole, expected={"noise floor": 16 * [floor]}, log="y")
    require(reached, yours=found, expected=text, plot=plot)


def test_a_rate_of_3_blows_up(submission, seed):
    """at a rate of 3 the loss blows up: beyond a million times the start, inf or nan; at a rate of 1/256 in the same call it does not"""
    start = float(half_mean_square(noisy_rows(seed)[1][:NUM_TRAIN]))
    data = make_noisy_data(submission, seed, size=4)
    found = get_curves(submission, data, [TOO_FAST, SLOW], 12)
    slow, curve = found[SLOW], found[TOO_FAST]
    if not slow[-1] <= 1e6 * start:
        alone = get_curves(submission, data, [SLOW], 12)[SLOW][-1] <= 1e6 * start and not curve[-1] <= 1e6 * start
        expected = "about the loss at the start, or less, at a rate of 1/256"
        require(False, yours=slow, expected=expected, help=FLAG if alone else None)
    # Each of the 48 steps multiplies the error by about |1 - 3 · 4²| = 47: in float32 w is inf by the end, and then nan.
    plot = curves("training loss against epoch", yours=curve, expected={"beyond this": 12 * [1e6 * start]}, log="y")
    text = f"more than {1e6 * start:.3g} in the end, inf or nan"
    hidden = not curve[-1] and max(curve) > 1e6 * start
    require(not curve[-1] <= 1e6 * start, yours=curve, expected=text, help=HIDDEN if hidden else None, plot=plot)


# Shared by the checks


def get_curves(module, data, lrs, max_epochs):
    """Return the result of learning_rate_sweep; raise Mismatch unless it is max_epochs numbers for each rate."""
    found = module.learning_rate_sweep(lrs, max_epochs, data)
    keyed = isinstance(found, dict) and found.keys() == set(lrs)
    require(keyed, yours=found, expected=f"a dict of one list for each of {lrs}")
    for curve in found.values():
        right = len(sequence(curve) or ()) == max_epochs
        require(right, yours=found, expected=f"lists of {max_epochs} losses, one an epoch")
    return {lr: [number(loss) for loss in sequence(curve)] for lr, curve in found.items()}


def sweep(found, right):
    """Plot the last loss of each curve against its rate."""
    lrs = sorted(right)
    ends = [[each[lr][-1] for lr in lrs] for each in (found, right)]
    return curves("loss at the end against learning rate", lrs, yours=ends[0], expected=ends[1], log="xy")


def make_crosswise_data(module, weights):
    """Make examples in one batch, on which a step multiplies the error of a weight by 1 - lr · size², and a row for validation.

    The features are orthogonal to one another and to the bias's ones; every second one is half as large. The
    labels change by as much as each weight is given. The batch could be larger.
    """
    X, signs = torch.ones(1, 1), torch.tensor([[1.0, 1.0], [1.0, -1.0]])
    while X.shape[1] < len(weights):
        X = torch.kron(X, signs)
    scales = sizes_of(weights)[:-1]
    X = torch.cat([X[:, 1 : len(weights)], torch.full((1, len(scales)), 3.0)]) * scales
    w = torch.tensor(weights[:-1]) / scales
    return module.d2l.TensorData(X, X @ w.reshape(-1, 1) + weights[-1], 10, w, weights[-1], num_train=len(X) - 1)


def sizes_of(weights):
    """The size of each weight's feature, and of the ones that the bias is added with."""
    return torch.tensor([0.5 if i % 2 else 1.0 for i in range(len(weights) - 1)] + [1.0])


def data_facts(data):
    """Return what is known of data in the guest, which nobody may change."""
    return [data.X, data.y, data.w, data.b, data.batch_size, data.num_train]


def expected_curve(weights, lr, max_epochs):
    """On these examples the loss is half the squared length of the error in the labels, which falls by weight."""
    left, shrinks = torch.tensor(weights).double(), 1 - lr * sizes_of(weights).double() ** 2
    return [float((shrinks**epoch * left).square().sum() / 2) for epoch in range(1, max_epochs + 1)]


NUM_TRAIN = 128


@functools.cache
def noisy_rows(seed):
    """X (160, 2) and y (160, 1) of hidden weights, with noise of deviation 0.01."""
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 + 2 * torch.rand(2, 1, generator=rng), 2 + 2 * torch.rand(1, generator=rng)
    X = torch.randn(160, 2, generator=rng)
    return X, X @ w + b + 0.01 * torch.randn(160, 1, generator=rng), w.flatten(), b.item()


def make_noisy_data(module, seed, size=1):
    """Make data of the noisy rows, 128 of them for training, in batches of 32, with features of that size."""
    X, y, w, b = noisy_rows(seed)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    return module.d2l.TensorData(size * X, y, 32, w / size, b, num_train=NUM_TRAIN)


@functools.cache
def least_squares_loss(seed):
    """The lowest loss that there is on the training rows."""
    X, y, *_ = (torch.as_tensor(values, dtype=torch.float64) for values in noisy_rows(seed))
    rows = torch.cat([X, torch.ones(len(X), 1)], 1)[:NUM_TRAIN]
    return float(half_mean_square(rows @ torch.linalg.lstsq(rows, y[:NUM_TRAIN]).solution - y[:NUM_TRAIN]))


def half_mean_square(residuals):
    return (residuals**2).mean() / 2


def slow_curve(module, seed):
    return get_curves(module, make_noisy_data(module, seed), [SLOW], 6)[SLOW]


def unevenness(curve):
    """How many times faster or slower than in the average direction, eight times log(1 - lr), an epoch falls, at most.

    A curve that does not fall is infinitely slow.
    """
    average = 8 * math.log(1 - SLOW)
    speeds = [math.log(b / a) / average if 0 < b < a < math.inf else 0.0 for a, b in pairwise(curve)]
    return max(max(speed, 1 / speed) if speed else math.inf for speed in speeds)


def good_curves(module, seed):
    """16 epochs, 64 steps, at each of the good rates."""
    return get_curves(module, make_noisy_data(module, seed), [GOOD, FASTER], 16)


def last_three(found):
    return {lr: curve[-3:] for lr, curve in found.items()}


# Statistics: their tolerances are kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "how many times an epoch's fall is above or below 8 log(1 - lr), at most, 6 epochs of 4 batches at lr 1/256",
    catches=[gradients_add_up, same_rate_for_all, last_loss_only],
)
def still_falling(module, seed):
    return unevenness(slow_curve(module, seed))


@statistic(
    "excess of the last three losses over that of least squares, as a part of it, 16 epochs of 4 batches at 1/4 and 3/8",
    catches=[gradients_add_up, sum_for_mean, half_missing, start_included],
)
def floor_excess(module, seed):
    return max(max(end) for end in last_three(good_curves(module, seed)).values()) / least_squares_loss(seed) - 1

"""Learning rates"""

import functools
import math
from itertools import pairwise, takewhile

import pytest
import torch
from assay.checks import assert_close, mistake, number, require, sequence, statistic, tensors
from d2l import torch as d2l
from hypothesis import given, settings
from hypothesis import strategies as st

SLOW, GOOD, FASTER, TOO_FAST = 1 / 256, 1 / 4, 3 / 8, 3.0
"""Exact in float32, so that they come back as keys whatever they went through."""

WEIGHTS = st.tuples(st.integers(1, 8), st.integers(-8, 8), st.integers(-8, 8)).map(
    lambda units: [1000.0 * unit for unit in units]
)
"""Two weights and a bias so large that a start near zero is as good as zero."""

NEAR_ZERO = {
    "rtol": 0.01,
    "because": "a start up to 1 from zero, where the solution is 1000 away, changes the loss by less",
}
"""Of N(0, 0.01²), of zeros, of PyTorch's uniform weights: all are fresh models."""


@pytest.mark.points(2)
@settings(max_examples=10)
@given(WEIGHTS, st.sampled_from([GOOD, FASTER, TOO_FAST]), st.integers(1, 3))
def test_curve_is_the_training_loss_after_each_epoch(submission, weights, lr, max_epochs):
    """for a rate there are max_epochs numbers, the loss on all training rows after each epoch"""
    found = get_curves(submission, make_crosswise_data(submission, weights), [lr], max_epochs)
    assert_close(found[lr], expected_curve(weights, lr, max_epochs), **NEAR_ZERO)


@pytest.mark.points(2)
@settings(max_examples=10)
@given(WEIGHTS)
def test_every_rate_gets_a_model_of_its_own(submission, weights):
    """every rate starts anew: what was trained at another rate before does not matter"""
    found = get_curves(submission, make_crosswise_data(submission, weights), [FASTER, GOOD], 2)
    assert_close(found[GOOD], expected_curve(weights, GOOD, 2), **NEAR_ZERO)


@settings(max_examples=10)
@given(tensors((5, 2), bound=2, step=1 / 2), st.permutations([1000.0, 2000.0, 3000.0, 5000.0, 8000.0]))
def test_loss_counts_every_training_row_once(submission, X, labels):
    """the loss is the mean over all training rows, also where the last batch is shorter"""
    y = torch.tensor([*labels, -4000.0]).reshape(6, 1)
    data = submission.d2l.TensorData(torch.cat([X, X[:1]]), y, 2, torch.zeros(2), 0.0, num_train=5)
    # At this rate three steps of at most 2e4 lr each leave the model where it started.
    found = get_curves(submission, data, [2**-20], 1)[2**-20]
    assert_close(found, [float(half_mean_square(y[:5]))], **NEAR_ZERO)


def test_a_slow_rate_is_still_falling(submission, seed):
    """at a rate of 1/256 the loss falls by a few per cent an epoch, and is still falling after the last"""
    curve = slow_curve(submission, seed)
    falling = unevenness(curve) <= still_falling.bound
    require(falling, yours=curve, expected="a curve that falls by about 3 % an epoch")


@pytest.mark.points(2)
def test_good_rates_reach_the_noise_floor(submission, seed):
    """at rates of 1/4 and 3/8 the loss ends at the noise floor, where more epochs no longer help"""
    found, floor = good_ends(submission, seed), least_squares_loss(seed)
    # No weights have a lower loss on the training rows than least squares, up to the rounding of float32.
    reached = all(0.999 * floor <= loss <= (1 + floor_excess.bound) * floor for end in found.values() for loss in end)
    text = f"the last three entries between {floor:.4g} and {(1 + floor_excess.bound) * floor:.4g}"
    require(reached, yours=found, expected=text)


def test_a_rate_of_3_blows_up(submission, seed):
    """at a rate of 3 the loss blows up, which it does not at 1/256: beyond a million times the start, inf or nan"""
    start = float(half_mean_square(noisy_rows(seed)[1][:NUM_TRAIN]))
    slow = get_curves(submission, make_noisy_data(submission, seed), [1 / 256], 1)[1 / 256]
    require(slow[0] <= 1e6 * start, yours=slow, expected="about the loss at the start, at a rate of 1/256")
    curve = get_curves(submission, make_noisy_data(submission, seed), [TOO_FAST], 12)[TOO_FAST]
    # Each of the 48 steps multiplies the error by about |1 - 3| and the loss by 4: 4^48 = 1e29. A millionth of a
    # millionth of that would still do.
    require(not curve[-1] <= 1e6 * start, yours=curve, expected=f"more than {1e6 * start:.3g} in the end, inf or nan")


# What the checks share


def get_curves(module, data, lrs, max_epochs):
    """Return the result of learning_rate_sweep; raise Mismatch unless it is max_epochs numbers for each rate."""
    found = module.learning_rate_sweep(lrs, max_epochs, data)
    keyed = isinstance(found, dict) and found.keys() == set(lrs)
    require(keyed, yours=found, expected=f"a dict of one list for each of {lrs}")
    for curve in found.values():
        right = len(sequence(curve) or ()) == max_epochs
        require(right, yours=found, expected=f"lists of {max_epochs} losses, one an epoch")
    return {lr: [number(loss) for loss in sequence(curve)] for lr, curve in found.items()}


def make_crosswise_data(module, weights):
    """Make four examples in one batch, on which a step multiplies each error by 1 - lr, and a row for validation."""
    X = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [3.0, 2.0]])
    y = X @ torch.tensor(weights[:2]).reshape(2, 1) + weights[2]
    return module.d2l.TensorData(X, y, 4, torch.tensor(weights[:2]), weights[2], num_train=4)


def expected_curve(weights, lr, max_epochs):
    """On these examples the loss is half the squared length of the error."""
    return [(1 - lr) ** (2 * epoch) * sum(w**2 for w in weights) / 2 for epoch in range(1, max_epochs + 1)]


NUM_TRAIN = 128


@functools.cache
def noisy_rows(seed):
    """X (160, 2) and y (160, 1) of hidden weights, with noise of deviation 0.01."""
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 + 2 * torch.rand(2, 1, generator=rng), 2 + 2 * torch.rand(1, generator=rng)
    X = torch.randn(160, 2, generator=rng)
    return X, X @ w + b + 0.01 * torch.randn(160, 1, generator=rng), w.flatten(), b.item()


def make_noisy_data(module, seed):
    """Make data of the noisy rows, 128 of them for training, in batches of 32."""
    X, y, w, b = noisy_rows(seed)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    return module.d2l.TensorData(X, y, 32, w, b, num_train=NUM_TRAIN)


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


def good_ends(module, seed):
    """The last three of 16 epochs, 64 steps, at each of the good rates."""
    found = get_curves(module, make_noisy_data(module, seed), [GOOD, FASTER], 16)
    return {lr: curve[-3:] for lr, curve in found.items()}


# Typical mistakes


def make_sweep(measure, start=lambda data, lr, model: d2l.LinearRegressionScratch(data.X.shape[1], lr), forget=True):
    """Make a sweep that differs from the right one in what it notes of an epoch, or in the model it starts with."""

    def learning_rate_sweep(lrs, max_epochs, data):
        found, model = {}, None
        for lr in lrs:
            model = start(data, lr, model)
            optimizer, found[lr] = d2l.SGD([model.w, model.b], lr), []
            for _ in range(max_epochs):
                losses = []
                for X, y in data.train_dataloader():
                    if forget:
                        optimizer.zero_grad()
                    losses.append(model.loss(model(X), y))
                    losses[-1].backward()
                    with torch.no_grad():
                        optimizer.step()
                found[lr].append(float(measure(model, data, losses).detach()))
        return found

    learning_rate_sweep.__name__ = measure.__name__
    return learning_rate_sweep


def training_loss(model, data, losses):
    return model.loss(model(data.X[: data.num_train]), data.y[: data.num_train])


@mistake("learning_rate_sweep", hint="the model of one rate is trained on at the next: make a new one for every rate")
def one_model_for_all(lrs, max_epochs, data):
    def keep_model(data, lr, model):
        return model or d2l.LinearRegressionScratch(data.X.shape[1], lr)

    return make_sweep(training_loss, keep_model)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the bias goes on where the rate before left it: start it at zero again")
def one_bias_for_all(lrs, max_epochs, data):
    def keep_bias(data, lr, model):
        made = d2l.LinearRegressionScratch(data.X.shape[1], lr)
        if model is not None:
            made.b.data.copy_(model.b.detach())
        return made

    return make_sweep(training_loss, keep_bias)(lrs, max_epochs, data)


@mistake(
    "learning_rate_sweep",
    hint="the shorter last batch weighs as much as the others: weigh with len(X), or use all training rows at once",
)
@make_sweep
def mean_of_batch_means(model, data, losses):
    found = [model.loss(model(X), y) for X, y in data.train_dataloader()]
    return sum(found) / len(found)


@mistake(
    "learning_rate_sweep",
    hint="these are losses of batches from before their steps: after the epoch compute the loss on all training rows",
)
@make_sweep
def mean_over_the_batches(model, data, losses):
    return sum(losses) / len(losses)


@mistake(
    "learning_rate_sweep",
    hint="this is the loss of the last batch, from before its step: compute the loss on all training rows",
)
@make_sweep
def last_batch_only(model, data, losses):
    return losses[-1]


@mistake(
    "learning_rate_sweep",
    hint="this is the loss on one batch: compute it on all of data.X[:data.num_train]",
)
@make_sweep
def last_batch_after_its_step(model, data, losses):
    X, y = data.X[: data.num_train][-data.batch_size :], data.y[: data.num_train][-data.batch_size :]
    return model.loss(model(X), y)


@mistake(
    "learning_rate_sweep",
    hint="this is the loss on the validation rows: the training rows come first, data.X[:data.num_train]",
)
@make_sweep
def validation_loss(model, data, losses):
    return model.loss(model(data.X[data.num_train :]), data.y[data.num_train :])


@mistake(
    "learning_rate_sweep",
    hint="validation rows count too: the training rows are the first ones, data.X[:data.num_train]",
)
@make_sweep
def loss_on_all_rows(model, data, losses):
    return model.loss(model(data.X), data.y)


@mistake("learning_rate_sweep", hint="the half is missing: the loss is the mean of (y_hat - y)² / 2")
@make_sweep
def half_missing(model, data, losses):
    return 2 * training_loss(model, data, losses)


@mistake("learning_rate_sweep", hint="this is the sum over the rows: take their mean")
@make_sweep
def sum_for_mean(model, data, losses):
    return data.num_train * training_loss(model, data, losses)


@mistake(
    "learning_rate_sweep",
    hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()",
)
def gradients_add_up(lrs, max_epochs, data):
    return make_sweep(training_loss, forget=False)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the rate is not used: every model learns at the same one")
def same_rate_for_all(lrs, max_epochs, data):
    found = make_sweep(training_loss)([0.03], max_epochs, data)
    return dict.fromkeys(lrs, found[0.03])


@mistake("learning_rate_sweep", hint="the loss before the training is no entry: the first one is that after epoch 1")
def start_included(lrs, max_epochs, data):
    def loss_before(lr):
        return training_loss(d2l.LinearRegressionScratch(data.X.shape[1], lr), data, None).item()

    return {lr: [loss_before(lr), *curve] for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


@mistake("learning_rate_sweep", hint="this is the last loss alone: give the loss after each epoch, as a list")
def last_loss_only(lrs, max_epochs, data):
    return {lr: curve[-1] for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


@mistake(
    "learning_rate_sweep",
    hint="the curve ends where it diverges: give max_epochs entries all the same, inf or nan where it comes to that",
)
def stopped_early(lrs, max_epochs, data):
    def cut_at_divergence(curve):
        limit = 4 * curve[0]
        return list(takewhile(lambda loss: loss < limit, curve))

    return {lr: cut_at_divergence(curve) for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


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
    return max(max(end) for end in good_ends(module, seed).values()) / least_squares_loss(seed) - 1

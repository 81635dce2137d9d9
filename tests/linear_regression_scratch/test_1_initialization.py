"""Initialisation"""

import functools
import math

import pytest
import torch
from assay.checks import assert_close, mistake, number, regressions, require, statistic
from d2l import torch as d2l
from hypothesis import given, settings
from hypothesis import strategies as st

FEW, MANY = 1 / 128, 1e6
"""A small and a large variance, exact in float32, so that they come back as keys whatever they went through."""


@pytest.mark.points(2)
@settings(max_examples=12)  # each trains a model
@given(regressions(rows=st.integers(1, 6), features=2, bound=2, step=1 / 2), st.integers(1, 3))
def test_error_is_the_largest_absolute_one_of_w_and_b(submission, reference, problem, max_epochs):
    """the error after training from zero weights is the largest absolute one of w and b"""
    yours = get_errors(submission, whole_batch(submission, problem), [0.0], 1 / 8, max_epochs)
    # With all rows in one batch the order does not matter, and at 1/8 no step overshoots: one right number.
    assert_close(yours, reference.initialization_errors([0.0], whole_batch(reference, problem), 1 / 8, max_epochs))


@settings(max_examples=12)  # each trains a model
@given(regressions(rows=st.integers(1, 6), features=2, bound=2, step=1 / 2))
def test_every_variance_gets_a_model_of_its_own(submission, reference, problem):
    """every variance gets a fresh model: what was trained before does not matter"""
    yours = get_errors(submission, whole_batch(submission, problem), [MANY, 0.0], 1 / 8, 2)
    # A start of deviation 1000 would leave an error of hundreds; from zero weights there is one right number.
    assert_close(yours[0.0], reference.initialization_errors([0.0], whole_batch(reference, problem), 1 / 8, 2)[0.0])


@pytest.mark.points(2)
def test_zero_weights_are_as_good_a_start_as_small_ones(submission, seed):
    """with zero variance training finds w and b as well as with a variance of 1/128"""
    found = small_start_errors(submission, seed)
    good = all(0 <= error <= small_start.bound for error in found.values())
    require(good, yours=found, expected=f"errors of at most {small_start.bound:.4g}")


@pytest.mark.points(2)
def test_error_grows_with_the_standard_deviation(submission, seed):
    """after the same steps the error is proportional to the standard deviation of the start, not to the variance"""
    found = large_start_errors(submission, seed)
    low, high = (SHRUNK * limit for limit in LARGEST_OF_200)
    right = all(low <= error / variance**0.5 <= high for variance, error in found.items())
    squared = all(low <= error / variance <= high for variance, error in found.items())
    text = ", ".join(f"{variance:g}: about {3 * SHRUNK * variance**0.5:.3g}" for variance in found)
    require(right, yours=found, expected=text, help=VARIANCE_IS_NO_DEVIATION if squared else None)


# What the checks share


def get_errors(module, data, variances, lr, max_epochs):
    """Return the result of initialization_errors; raise Mismatch unless it is one number for each variance."""
    found = module.initialization_errors(variances, data, lr, max_epochs)
    keyed = isinstance(found, dict) and found.keys() == set(variances)
    require(keyed, yours=found, expected=f"a dict of one error for each of {variances}")
    return {variance: number(error) for variance, error in found.items()}


def whole_batch(module, problem):
    """The problem's examples as one batch, with w and b as what is behind them; one row more is not trained on."""
    X, y, w, b = problem
    X, y = torch.cat([X, X[:1] + 1]), torch.cat([y, y[:1] - 1])
    return module.d2l.TensorData(X, y, len(X) - 1, w.flatten(), b.item(), num_train=len(X) - 1)


def small_start_errors(module, seed):
    """Errors after 40 steps at 1/4, each of 32 examples, from zero and from small weights."""
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 + 2 * torch.rand(2, generator=rng), 2 + 2 * torch.rand(1, generator=rng)
    X = torch.randn(264, 2, generator=rng)
    y = X @ w.reshape(2, 1) + b + 0.01 * torch.randn(264, 1, generator=rng)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    data = module.d2l.TensorData(X, y, 32, w, b.item(), num_train=256)
    return get_errors(module, data, [0.0, FEW], 1 / 4, 5)


SHRUNK = (1 - 1 / 4) ** 4
LARGEST_OF_200 = 1.7, 6.5
"""The largest of 200 standard normal numbers: below 1.75 once in 1e7, above 6.4 once in 3e7; 0.02 for w itself."""


def large_start_errors(module, seed):
    """Errors after four steps on orthonormal features, where each step shrinks every error by 1 - lr."""
    rng = torch.Generator().manual_seed(seed)
    X = walsh(8)[:, 1:201]  # the first column is the bias's
    w, b = torch.randn(200, generator=rng) / 4, torch.randn(1, generator=rng)
    data = module.d2l.TensorData(X, X @ w.reshape(200, 1) + b, 256, w, b.item())
    torch.manual_seed(seed)
    return get_errors(module, data, [1e4, MANY], 1 / 4, 4)


@functools.cache
def walsh(k):
    """2^k orthogonal columns of ones and minus ones, the first all ones."""
    H = torch.ones(1, 1)
    for _ in range(k):
        H = torch.cat([torch.cat([H, H], 1), torch.cat([H, -H], 1)])
    return H


# Typical mistakes


def fit_and_get_parameters(data, variance, lr, max_epochs):
    """Train a right model and return w and b."""
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
    d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
    return model.w.detach(), model.b.detach()


def make_answer_from_measure(measure):
    """Make an answer that trains rightly and measures the error in another way."""

    def initialization_errors(variances, data, lr, max_epochs):
        return {v: float(measure(*fit_and_get_parameters(data, v, lr, max_epochs), data)) for v in variances}

    initialization_errors.__name__ = measure.__name__
    return initialization_errors


def make_answer_from_start(start):
    """Make an answer that starts with another standard deviation."""

    def initialization_errors(variances, data, lr, max_epochs):
        return {
            v: float(largest_error(*fit_and_get_parameters(data, start(v) ** 2, lr, max_epochs), data))
            for v in variances
        }

    initialization_errors.__name__ = start.__name__
    return initialization_errors


def largest_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().max()


@mistake("initialization_errors", hint="the sign is kept, so an error below zero counts as none: take absolute values")
@make_answer_from_measure
def signed_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).max()


@mistake("initialization_errors", hint="the sign is kept, so an error below zero counts as none: take absolute values")
@make_answer_from_measure
def signed_the_other_way(w, b, data):
    return torch.cat([data.w - w.flatten(), data.b - b]).max()


@mistake("initialization_errors", hint="this is the error of w alone: the bias counts too")
@make_answer_from_measure
def bias_forgotten(w, b, data):
    return (w.flatten() - data.w).abs().max()


@mistake("initialization_errors", hint="the errors are added up: the largest one is asked for")
@make_answer_from_measure
def summed_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().sum()


@mistake("initialization_errors", hint="this is the mean of the errors: the largest one is asked for")
@make_answer_from_measure
def mean_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().mean()


@mistake("initialization_errors", hint="this is the length of the error, the root of summed squares: take the largest")
@make_answer_from_measure
def length_of_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).norm()


@mistake(
    "initialization_errors",
    hint="model.w is (d, 1) and data.w is (d,), so their difference broadcasts to (d, d): reshape one to the other",
)
@make_answer_from_measure
def broadcast_error(w, b, data):
    return torch.maximum((w - data.w).abs().max(), (b - data.b).abs().max())


@mistake("initialization_errors", hint="one model is trained on and on: make a new one for every variance")
def one_model_for_all(variances, data, lr, max_epochs):
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variances[0] ** 0.5)
    found = {}
    for variance in variances:
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        found[variance] = float(largest_error(model.w.detach(), model.b.detach(), data))
    return found


@mistake("initialization_errors", hint="the bias goes on where the variance before left it: start it at zero again")
def one_bias_for_all(variances, data, lr, max_epochs):
    b, found = torch.zeros(1), {}
    for variance in variances:
        model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
        model.b.data.copy_(b)
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        b = model.b.detach()
        found[variance] = float(largest_error(model.w.detach(), b, data))
    return found


def descend_and_get_error(data, variance, lr, epochs, batches, forget=True):
    """Return the error after a loop that differs from the right one in its batches, or in what it forgets."""
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
    optimizer = model.configure_optimizers()
    for _ in range(epochs):
        for X, y in batches(data):
            if forget:
                optimizer.zero_grad()
            model.loss(model(X), y).backward()
            with torch.no_grad():
                optimizer.step()
    return float(largest_error(model.w.detach(), model.b.detach(), data))


@mistake(
    "initialization_errors",
    hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()",
)
def gradients_add_up(variances, data, lr, max_epochs):
    return {
        v: descend_and_get_error(data, v, lr, max_epochs, lambda d: d.train_dataloader(), forget=False)
        for v in variances
    }


@mistake("initialization_errors", hint="max_epochs is not used: this is the error after one epoch")
def one_epoch(variances, data, lr, max_epochs):
    return {v: descend_and_get_error(data, v, lr, 1, lambda d: d.train_dataloader()) for v in variances}


@mistake("initialization_errors", hint="training takes one epoch less than max_epochs")
def one_epoch_less(variances, data, lr, max_epochs):
    return {v: descend_and_get_error(data, v, lr, max_epochs - 1, lambda d: d.train_dataloader()) for v in variances}


@mistake("initialization_errors", hint="this is one step for a whole epoch: step after every batch")
def whole_data_at_once(variances, data, lr, max_epochs):
    return {
        v: descend_and_get_error(data, v, lr, max_epochs, lambda d: [(d.X[: d.num_train], d.y[: d.num_train])])
        for v in variances
    }


@mistake(
    "initialization_errors",
    hint="validation rows are trained on: take data.train_dataloader(), or the first data.num_train rows",
)
def validation_rows_too(variances, data, lr, max_epochs):
    def batches(data):
        n = len(data.X)
        size = data.batch_size if data.batch_size < data.num_train else n
        return [(data.X[i : i + size], data.y[i : i + size]) for i in range(0, n, size)]

    return {v: descend_and_get_error(data, v, lr, max_epochs, batches) for v in variances}


@mistake(
    "initialization_errors",
    hint="zero weights need no exception: the loss is convex, and its gradient at zero is not zero",
)
def zero_cannot_work(variances, data, lr, max_epochs):
    return {
        v: float(largest_error(*fit_and_get_parameters(data, v, lr, max_epochs), data)) if v else math.inf
        for v in variances
    }


VARIANCE_IS_NO_DEVIATION = "a variance is the square of a standard deviation: start with sigma = variance ** 0.5"


@mistake("initialization_errors", hint=VARIANCE_IS_NO_DEVIATION)
@make_answer_from_start
def variance_for_deviation(variance):
    return variance


@mistake("initialization_errors", hint="the variance is not used: give the model sigma = variance ** 0.5")
@make_answer_from_start
def variance_ignored(variance):
    return 0.01


# A statistic: its tolerance is kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest absolute error of w and b from weights of variance 0 and 1/128, 5 epochs of 8 batches at lr 1/4",
    catches=[whole_data_at_once, gradients_add_up, one_epoch, zero_cannot_work],
)
def small_start(module, seed):
    return max(small_start_errors(module, seed).values())

"""Sum or mean"""

import math

import pytest
import torch
from assay.checks import assert_close, columns, number, require, require_object, tensors
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from .models import (
    assert_any_number_of_rows,
    assert_any_scale,
    assert_asked_again,
    assert_two_models,
    set_parameters,
)

PROBLEM = [tensors(shape, bound=2, step=1 / 2) for shape in ((6, 2), (6, 1), (1, 2), (1,))]
"""X, y, weight and bias. Always two features: a submission's layer need not be lazy."""

LR = 1 / 128
"""The summed loss of six examples has a curvature of at most 2 · 6 (|x|² + 1) <= 108: no step overshoots."""

LABEL_SCALES = st.sampled_from([1.0, 2.0**10])
"""By what labels and parameters are multiplied: a step is as many times larger, unless gradients are clipped."""

FEW = settings(max_examples=10)
"""Every answer here is wrong for nearly every input, if it is wrong: ten are plenty, and each is several crossings."""


@pytest.mark.not_in_kit  # what it expects is the model answer
@pytest.mark.points(2)
@FEW
@given(columns())
def test_loss_is_the_sum_of_the_squared_residuals(submission, pair):
    """LinearRegressionSum's loss is the sum of the squared residuals"""
    y_hat, y = pair
    assert_close(require_object(submission.LinearRegressionSum(0.5)).loss(y_hat, y), summed(y_hat, y))


@pytest.mark.points(2)
@FEW
@given(st.integers(1, 64), st.integers(1, 4096))
def test_the_means_rate_is_the_sums_times_the_batch_size(submission, lr, batch_size):
    """lr_for_mean_loss gives lr_for_summed_loss times batch_size"""
    lr /= 1024
    found = submission.lr_for_mean_loss(lr, batch_size)
    require(math.isclose(number(found), lr * batch_size, rel_tol=1e-6), yours=found, expected=f"{lr * batch_size:g}")


@pytest.mark.points(2)
@FEW
@given(*PROBLEM, st.sampled_from([1, 2, 3, 6]))
def test_trajectories_coincide_where_all_batches_are_full(submission, X, y, w, b, batch_size):
    """if all batches are full, training on the mean at the rate of lr_for_mean_loss ends where training on the sum does"""
    sums = trajectory(X, y, w, b, batch_size, LR, torch.sum)
    assert_close(named(fit_and_get_parameters(submission, X, y, w, b, batch_size)), named(sums))
    rate = number(submission.lr_for_mean_loss(LR, batch_size))
    means = trajectory(X, y, w, b, batch_size, rate, torch.mean)
    assert_close(named(means, "the mean"), named(sums, "the mean"))


@pytest.mark.points(2)
@FEW
@given(*PROBLEM, st.sampled_from([4, 5, 8]), LABEL_SCALES)
def test_a_shorter_last_batch_takes_a_shorter_step(submission, X, y, w, b, batch_size, scale):
    """if the last batch is shorter, its step is shorter in proportion, also if there is no other batch, and for large labels"""
    right = trajectory(X, y, w, b, batch_size, LR, torch.sum)
    yours = fit_and_get_parameters(submission, X, scale * y, scale * w, scale * b, batch_size)
    name = "LinearRegressionSum" if scale == 1 else f"LinearRegressionSum, divided by {scale:.0f}"
    assert_close(named([part / scale for part in yours], name), named(right, name))


@pytest.mark.not_in_kit  # what it expects is the model answer
@pytest.mark.points(2)
def test_any_number_of_rows_and_any_scale(submission, rng):
    """forward and loss are as exact for one row or a thousand, for labels of 1e4 and for residuals of 1e-3"""
    model = require_object(submission.LinearRegressionSum(0.5))
    assert_any_number_of_rows(model, summed, rng)
    assert_any_scale(model, summed, rng)


@pytest.mark.not_in_kit  # what it expects is the model answer
@pytest.mark.points(2)
def test_every_call_is_answered_anew(submission, rng):
    """forward, loss and get_w_b follow a change of weight, bias and labels, and two models have their own"""
    model = require_object(submission.LinearRegressionSum(0.5))
    assert_asked_again(submission, model, summed, rng)
    if hasattr(model, "get_w_b"):  # an answer that has no such method is forgiven
        assert_close({"get_w_b()": model.get_w_b()}, {"get_w_b()": [model.net.weight, model.net.bias]})
    assert_two_models(lambda lr: require_object(submission.LinearRegressionSum(lr)), rng)


# Shared by the checks


def summed(y_hat, y):
    return F.mse_loss(y_hat, y, reduction="sum")


def named(parameters, loss="LinearRegressionSum"):
    return dict(zip((f"weight, trained on {loss}", f"bias, trained on {loss}"), parameters, strict=True))


def fit_and_get_parameters(submission, X, y, w, b, batch_size):
    """Train LinearRegressionSum for one epoch from these parameters, in the given order; return weight and bias."""
    model = set_parameters(submission.LinearRegressionSum(LR), w, b)
    submission.d2l.Trainer(1, plot_flag=False).fit(model, submission.d2l.TensorData(X, y, batch_size))
    return [model.net.weight, model.net.bias]


def trajectory(X, y, w, b, batch_size, lr, reduce):
    """The same epoch of the loss that reduces the squared residuals so.

    Six steps at most, on numbers up to 10 and along a path that contracts: each rounds by 6e-7, assert_close allows 1e-5.
    """
    for X_batch, y_batch in zip(X.split(batch_size), y.split(batch_size), strict=True):
        slopes = 2 * (X_batch @ w.T + b - y_batch)
        w, b = w - lr * reduce(slopes * X_batch, 0, keepdim=True), b - lr * reduce(slopes, 0)
    return [w, b]

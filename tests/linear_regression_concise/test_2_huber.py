"""Huber"""

import math

import pytest
import torch
from assay.checks import assert_close, columns, number, remote, require, require_object, statistic, tensor, tensors
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from .mistakes_2_huber import mixture, squared
from .models import (
    SCALES_AND_FACTORS,
    assert_any_number_of_rows,
    assert_any_scale,
    assert_asked_again,
    assert_two_models,
    draw,
    set_parameters,
)

DELTAS = st.sampled_from([2 + 1 / 16, 1 / 2 + 1 / 16, 4 + 1 / 16])
"""Not 1, exact in float32, and between the residuals, which are multiples of 1/8."""

FEW = settings(max_examples=10)
"""Every answer here is wrong for nearly every input, if it is wrong: ten are plenty, and each is several crossings."""


# The loss


@FEW
@given(columns())
def test_loss_with_delta_1(submission, pair):
    """without a delta, the loss is the mean of r²/2 where |r| <= 1 and of |r| - 1/2 beyond"""
    y_hat, y = pair
    assert_close(require_object(submission.LinearRegressionHuber(0.5)).loss(y_hat, y), F.huber_loss(y_hat, y))


@FEW
@given(st.integers(2, 32))
def test_a_negative_residual_costs_as_much_as_a_positive_one(submission, eighths):
    """r = -3 costs what r = 3 costs, 2.5, and so for every residual beyond 1"""
    r = torch.tensor([[1 + eighths / 8]])
    model = require_object(submission.LinearRegressionHuber(0.5))
    zero = torch.zeros(1, 1)
    assert_close([model.loss(-r, zero), model.loss(r, zero)], [r.item() - 1 / 2] * 2)


@pytest.mark.points(2)
@FEW
@given(columns(), DELTAS)
def test_loss_with_any_delta(submission, pair, delta):
    """the loss is the mean of r²/2 for |r| <= delta and delta (|r| - delta/2) beyond, or all of it divided by delta"""
    y_hat, y = pair
    model = require_object(submission.LinearRegressionHuber(0.5, delta=delta))
    assert_close(model.loss(y_hat, y), find_scaling(model, delta) * F.huber_loss(y_hat, y, delta=delta))


@pytest.mark.points(2)
@FEW
@given(columns(), DELTAS, SCALES_AND_FACTORS)
def test_gradient_is_the_residual_cut_off_at_delta(submission, pair, delta, scale_and_factor):
    """the gradient in y_hat is r/n where |r| <= delta, and delta/n in size beyond, or all of it divided by delta"""
    scale, factor = scale_and_factor
    y_hat, y = (scale * part for part in pair)
    model = require_object(submission.LinearRegressionHuber(0.5, delta=delta))
    right = factor * find_scaling(model, delta) * (y_hat - y).clamp(-delta, delta) / len(y)
    assert_close(loss_and_gradient(submission, model, y_hat, y, factor)[1], right)


@pytest.mark.points(2)
@FEW
@given(st.sampled_from([1 / 2, 1.0, 2.0]), st.permutations([-1, 0, 1, 2]))
def test_the_branches_meet(submission, delta, shares):
    """at |r| = delta, too, the loss is that of the definition, and at r = 0 the gradient as well"""
    residuals = delta * torch.tensor(shares, dtype=torch.float32)[:, None]
    model = require_object(submission.LinearRegressionHuber(0.5, delta=delta))
    loss, gradient = loss_and_gradient(submission, model, residuals, torch.zeros(4, 1))
    scaling = find_scaling(model, delta)
    # At |r| = delta what autograd gives depends on how the branches are written: half of delta, delta or twice delta.
    off_the_seam = residuals.abs() != delta
    there, most = gradient[~off_the_seam], 2 * scaling * delta / 4
    sizes = there * residuals[~off_the_seam].sign()
    expected = f"of the sign of r, and at most {most:g} in size"
    near = bool(((sizes >= 0) & (sizes <= most + 1e-6)).all())
    require(near, yours={"gradient where |r| = delta": there}, expected=expected)
    right = [
        scaling * F.huber_loss(residuals, torch.zeros(4, 1), delta=delta),
        scaling * residuals.clamp(-delta, delta)[off_the_seam] / 4,
    ]
    assert_close([loss, gradient[off_the_seam]], right)


@pytest.mark.points(2)
def test_any_number_of_rows_and_any_scale(submission, rng):
    """forward and loss are as exact for one row or a thousand, for labels of 1e4 and for residuals of 1e-3"""
    model = require_object(submission.LinearRegressionHuber(0.5))
    assert_any_number_of_rows(model, F.huber_loss, rng)
    assert_any_scale(model, F.huber_loss, rng)


# The model


@pytest.mark.points(2)
def test_every_call_is_answered_anew(submission, rng):
    """forward and loss follow a change of weight, bias and labels, and two models have their own, delta included"""
    assert_asked_again(submission, require_object(submission.LinearRegressionHuber(0.5)), F.huber_loss, rng)
    assert_two_models(lambda lr: require_object(submission.LinearRegressionHuber(lr, delta=3.0)), rng)
    models = {delta: submission.LinearRegressionHuber(0.5, delta=delta) for delta in (2 + 1 / 16, 1 / 2 + 1 / 16)}
    y_hat, y = draw(rng, 8, 1), draw(rng, 8, 1)
    for delta, model in models.items():
        assert_close(model.loss(y_hat, y), find_scaling(model, delta) * F.huber_loss(y_hat, y, delta=delta))


@FEW
@given(tensors((3, 2)), tensors((1, 2)), tensors((1,)))
def test_forward_is_the_layers_output(submission, X, w, b):
    """forward gives Xwᵀ + b, as in exercise 0"""
    assert_close(make_model(submission, w, b).forward(X), X @ w.T + b)


def test_training_follows_the_one_right_trajectory(submission, rng):
    """from the same start, over the same batches in the same order, training ends where the reference does"""
    # From weights of the other sign and of this size, residuals beyond 1 come with either sign, whatever is drawn (at
    # least 32 of each in 3,000 draws): a loss that is right for one sign only does not follow.
    w = (1 + torch.rand(1, 2, generator=rng)) * (2 * torch.randint(2, (1, 2), generator=rng) - 1)
    b = torch.rand(1, generator=rng) - 1 / 2
    X = torch.randn(100, 2, generator=rng)
    y = X @ w.T + b + 0.01 * torch.randn(100, 1, generator=rng)
    w, b = -w, -b
    lr = 0.2 + 0.2 * float(torch.rand((), generator=rng))
    model = make_model(submission, w, b, lr)
    submission.d2l.Trainer(2, plot_flag=False).fit(model, submission.d2l.TensorData(X, y, 32))
    for X_batch, y_batch in 2 * list(zip(X.split(32), y.split(32), strict=True)):
        pulls = (X_batch @ w.T + b - y_batch).clamp(-1, 1)
        w, b = w - lr * pulls.T @ X_batch / len(pulls), b - lr * pulls.mean(0)
    # Eight steps on numbers of order 1 along a path that contracts; the gradient is continuous in r, so that rounding
    # at the branches' seam stays rounding.
    assert_close([model.net.weight, model.net.bias], [w, b])


@pytest.mark.points(2)
def test_one_label_of_10000_does_no_harm(submission, seed):
    """with one label set to 10000, the model still finds w and b (lr 0.3, 2 epochs)"""
    error = outlier_error(submission, seed)
    within = outlier_error.bound
    require(error <= within, yours=error, expected=f"an error of w and b of at most {within:.4g}")


# Shared by the checks


def make_model(submission, w, b, lr=0.5):
    return set_parameters(submission.LinearRegressionHuber(lr), w, b)


def loss_and_gradient(submission, model, y_hat, y, factor=1.0):
    """The loss, and the gradient of a multiple of it in y_hat."""
    predictions = remote(submission.d2l).tensor(y_hat.tolist(), requires_grad=True)
    loss = remote(model).loss(predictions, y)
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    multiple = loss if factor == 1 else loss.mul(factor)  # a report's input shows no needless call
    multiple.backward()
    require(predictions.grad is not None, yours=None, expected="a gradient of y_hat")
    return submission.d2l.numpy(loss), submission.d2l.numpy(predictions.grad)


def find_scaling(model, delta):
    """Return which of the two usual scalings a model has, 1 or 1/delta: the quadratic part of its loss shows it."""
    half_way = number(model.loss(torch.tensor([[delta / 2]]), torch.zeros(1, 1)))
    return 1 / delta if math.isclose(half_way, delta / 8, rel_tol=1e-5) else 1.0


# Statistics: their tolerances are kept in reference/linear_regression_concise.tolerances.json


@statistic(
    "largest absolute error of w and b after 2 epochs at lr 0.3, one label of 10000 late among 1000",
    catches=[squared, mixture],
)
def outlier_error(module, seed):
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 * torch.rand(1, 2, generator=rng) - 1, 1 + torch.rand(1, generator=rng) / 2
    X = torch.randn(1008, 2, generator=rng)
    y = X @ w.T + b + 0.01 * torch.randn(1008, 1, generator=rng)
    # In the given order: early in the last epoch, even the squared loss would have time to come back. Not among the
    # last eight examples, which are one batch, in which one counts for four.
    y[torch.randint(928, 992, (), generator=rng)] = 10_000
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    model = module.LinearRegressionHuber(0.3)
    module.d2l.Trainer(2, plot_flag=False).fit(model, module.d2l.TensorData(X, y, 32, num_train=1000))
    found = torch.cat([tensor(model.net.weight, (1, 2)).flatten(), tensor(model.net.bias, (1,))]).detach()
    return float((found - torch.cat([w.flatten(), b])).abs().nan_to_num(torch.inf).max())

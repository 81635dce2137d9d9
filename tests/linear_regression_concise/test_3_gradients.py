"""Gradients"""

import pytest
import torch
from assay.checks import assert_close, assign, regressions, remote, require
from hypothesis import given, settings

PROBLEMS = regressions().map(lambda problem: problem._replace(y=problem.y + 1))
"""So that the simplest, where everything else is zero, has a gradient that is not."""

FEW = settings(max_examples=10)
"""Every answer here is wrong for nearly every input, if it is wrong: ten are plenty, and each is several crossings."""


@pytest.mark.points(2)
@FEW
@given(PROBLEMS)
def test_gradients_are_those_of_the_batch(submission, problem):
    """for the mean squared loss, gradients gives 2Xᵀr/n and 2Σr/n, in the shapes of weight and bias"""
    X, y, *_ = problem
    assert_close(submission.gradients(make_trained_model(submission, problem), X, y), slopes(problem, lambda r: 2 * r))


@FEW
@given(PROBLEMS)
def test_gradients_from_before_do_not_count(submission, problem):
    """gradients that were there before are not added, nor are those of a first call to a second"""
    X, y, *_ = problem
    model = make_trained_model(submission, problem)
    remote(model).net.weight.grad = torch.full((1, X.shape[1]), 16.0)
    remote(model).net.bias.grad = torch.full((1,), 16.0)
    found = [submission.gradients(model, X, y) for _ in range(2)]
    assert_close(found, [slopes(problem, lambda r: 2 * r)] * 2)


@FEW
@given(PROBLEMS)
def test_the_loss_is_the_models_own(submission, problem):
    """a model with another loss, here Huber's, gets the gradients of that loss"""
    X, y, *_ = problem
    model = make_trained_model(submission, problem)
    model.loss = getattr(submission.d2l, "F.huber_loss")
    assert_close(submission.gradients(model, X, y), slopes(problem, lambda r: r.clamp(-1, 1)))


@FEW
@given(PROBLEMS)
def test_parameters_stay_as_they_were(submission, problem):
    """no step is taken for the two gradients: weight and bias are as before"""
    X, y, w, b = problem
    model = make_trained_model(submission, problem)
    found = submission.gradients(model, X, y)
    numbers = (
        [grad.numel() for grad in found if isinstance(grad, torch.Tensor)] if isinstance(found, (list, tuple)) else []
    )
    expected = "a pair (w_grad, b_grad), of as many numbers as weight and bias"
    require(numbers == [w.numel(), b.numel()], yours=found, expected=expected)
    assert_close([model.net.weight, model.net.bias], [w.T, b])


# What the checks share


def make_trained_model(submission, problem):
    """Return the course's own model with these parameters, and with the gradients and the trainer of a training."""
    X, y, w, b = problem
    model = submission.d2l.LinearRegression(1 / 16)
    submission.d2l.Trainer(1, plot_flag=False).fit(model, submission.d2l.TensorData(X, y, len(X)))
    assign(model, {"net.weight": w.T, "net.bias": b})
    return model


def slopes(problem, pull):
    """The gradients in weight and bias of the mean of a loss whose derivative in r = ŷ - y is pull(r)."""
    X, y, w, b = problem
    pulls = pull(X @ w + b - y)
    return [pulls.T @ X / len(X), pulls.mean(0)]

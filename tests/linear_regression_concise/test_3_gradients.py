"""Gradients"""

import pytest
import torch
from assay.checks import Mismatch, Regression, assert_close, assign, regressions, remote, require, require_object
from hypothesis import given, settings

from .mistakes_3_gradients import EXCHANGED, MODE, ONE_LOSS, OWN_PARAMETERS
from .models import MANY_ROWS, draw, keep, set_parameters

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


@pytest.mark.points(2)
@FEW
@given(PROBLEMS)
def test_gradients_from_before_do_not_count(submission, problem):
    """gradients that were there before are not added, nor are those of a first call to a second"""
    X, y, *_ = problem
    model = make_trained_model(submission, problem)
    remote(model).net.weight.grad = torch.full((1, X.shape[1]), 16.0)
    # As after a training that diverged: in float32 it swallows what backward() adds, and to subtract it again gives 0.
    remote(model).net.bias.grad = torch.full((1,), 2.0**40)
    found = [submission.gradients(model, X, y) for _ in range(2)]
    assert_close(found, [slopes(problem, lambda r: 2 * r)] * 2)


@pytest.mark.points(2)
@FEW
@given(PROBLEMS)
def test_the_loss_is_the_models_own(submission, problem):
    """a model with another loss, here Huber's or a sum, or with another forward, further parameters and weight decay, gets the gradients of that loss"""
    problem = problem._replace(y=problem.y + 2)  # beyond Huber's delta also in the simplest problem
    X, y, w, b = problem
    model = make_trained_model(submission, problem)
    remote(
        model
    ).net.weight.grad = None  # an answer that clears both only if the weight has a gradient keeps the bias's
    remote(model).net.bias.grad = torch.full((1,), 16.0)
    model.loss = getattr(submission.d2l, "F.huber_loss")
    require_own(submission.gradients(model, X, y), slopes(problem, lambda r: r.clamp(-1, 1)), problem)
    model.loss = getattr(submission.d2l, "nn.MSELoss")(reduction="sum").forward
    assert_close(submission.gradients(model, X, y), slopes(problem, lambda r: 2 * r * len(X)))
    model = set_parameters(submission.d2l.DoubledRegression(1 / 16), w.T, b)  # ŷ = 2 (Xw + b): 4r in each of both
    assert_close(submission.gradients(model, X, y), slopes(Regression(X, y, 2 * w, 2 * b), lambda r: 4 * r))


@pytest.mark.points(2)
@FEW
@given(regressions(bound=1, step=1 / 4))
def test_the_loss_tells_its_arguments_apart(submission, problem):
    """a loss that is not symmetric gets y_hat first and y second"""
    # So that the simplest problem tells this loss from the exchanged one, and both from the squared loss.
    problem = problem._replace(b=problem.b + 1, y=problem.y + 3)
    X, y, *_ = problem
    model = make_trained_model(submission, problem)
    model.loss = getattr(submission.d2l, "nn.PoissonNLLLoss")().forward  # the mean of exp(ŷ) - y ŷ
    found = submission.gradients(model, X, y)
    told = EXCHANGED if are_close(found, slopes(problem, lambda _: -y)) else None
    right = slopes(problem, lambda r: (r + y).exp() - y)
    assert_close(found, right, rtol=1e-5, atol=1e-5, because="rounding of the exponentials", help=told)


@pytest.mark.points(2)
def test_any_number_of_rows_and_features(submission, rng):
    """one row or a thousand, one feature or more of them than rows, large labels, for a model never trained: of a mean, a sum and a root"""
    for shape in ((1, 40), (40, 3), (4, 9), (MANY_ROWS, 1)):
        X, *others = draw_problem(rng, *shape)
        require_gradients_of_each_loss(submission, Regression(X, *(2**12 * part for part in others)))


@pytest.mark.points(2)
def test_every_call_is_answered_anew(submission, rng):
    """a second call, after a change of the model or the data, follows it; X, y, the model's own parameters and what the first call gave stay"""
    problem = draw_problem(rng, 4, 2)
    X, y, w, b = problem
    model = make_model(submission, problem)
    own = [remote(model).net.weight, remote(model).net.bias]
    kept = keep(submission, X, y)
    first = require_object(remote(submission).gradients(model, *kept), "a pair (w_grad, b_grad)")
    before = list(first)
    changed = problem._replace(w=w + 1, b=b - 1)
    assign(model, {"net.weight": changed.w.T, "net.bias": changed.b})
    assert_close(
        {"after a change": submission.gradients(model, *kept)}, {"after a change": slopes(changed, lambda r: 2 * r)}
    )
    followed = all(
        torch.equal(submission.d2l.numpy(part), now) for part, now in zip(own, (changed.w.T, changed.b), strict=True)
    )
    expected = "the parameters that it had before, changed in place"
    require(followed, yours="new parameters in the model", expected=expected, help=OWN_PARAMETERS)
    other = draw_problem(rng, 8, 2)._replace(w=changed.w, b=changed.b)
    assert_close(submission.gradients(model, other.X, other.y), slopes(other, lambda r: 2 * r))
    assert_close({"the first gradients": list(first)}, {"the first gradients": before})
    assert_close({"X and y": [submission.d2l.numpy(one) for one in kept]}, {"X and y": [X, y]})
    needs = [remote(model).net.weight.requires_grad, remote(kept[0]).requires_grad]
    require(
        needs == [True, False], yours=needs, expected="requires_grad of the weight and of X as before, [True, False]"
    )
    require(remote(model).training, yours="model.training is False", expected="the model as before: True", help=MODE)


@pytest.mark.points(2)
@FEW
@given(PROBLEMS)
def test_parameters_stay_as_they_were(submission, problem):
    """gradients gives a pair (w_grad, b_grad) and takes no step: weight and bias are as before"""
    X, y, w, b = problem
    model = make_trained_model(submission, problem)
    found = submission.gradients(model, X, y)
    numbers = (
        [grad.numel() for grad in found if isinstance(grad, torch.Tensor)] if isinstance(found, (list, tuple)) else []
    )
    expected = "a pair (w_grad, b_grad), of as many numbers as weight and bias"
    require(numbers == [w.numel(), b.numel()], yours=found, expected=expected)
    none = not any(grad.any() for grad in found) and any(grad.any() for grad in slopes(problem, lambda r: 2 * r))
    require(not none, yours=found, expected="gradients of the loss, which are not all zero")
    assert_close([model.net.weight, model.net.bias], [w.T, b])


# Shared by the checks


def require_gradients_of_each_loss(submission, problem):
    """Require the gradients of the mean squared loss, of the sum, and of the root of the sum."""
    X, y, *_ = problem
    model, right = make_model(submission, problem), slopes(problem, lambda r: 2 * r)
    # Predictions and residuals are sums of up to 41 terms, below 2¹⁹ in all, and round by 6e-8 of that; a mean of their
    # products with X, which are not larger, rounds by as much.
    rounding = "float32 rounding of a mean of terms below 2¹⁹, which may cancel"
    assert_close(submission.gradients(model, X, y), right, rtol=1e-5, atol=0.04, because=rounding)
    model.loss = getattr(submission.d2l, "nn.MSELoss")(reduction="sum").forward
    name = f"gradients of the sum over {len(X)} rows, divided by {len(X)}"
    found = submission.gradients(model, X, y)
    require(
        isinstance(found, (list, tuple)) and all(isinstance(part, torch.Tensor) for part in found),
        yours=found,
        expected="a pair (w_grad, b_grad)",
    )
    found = [part / len(X) for part in found]
    assert_close({name: found}, {name: right}, rtol=1e-5, atol=0.04, because=rounding)
    model.loss = getattr(submission.d2l, "F.torch.dist")
    # Residuals are multiples of 4 here, and with 2 added none is zero, where the root has no gradient.
    problem = problem._replace(y=y + 2)
    right = slopes(problem, lambda r: len(r) * r / r.norm())
    rounding = "float32 rounding of a sum of terms below 1, which may cancel"
    assert_close(submission.gradients(model, X, problem.y), right, rtol=1e-5, atol=1e-3, because=rounding)


def draw_problem(rng, rows, features):
    """Draw a problem of that shape, of numbers whose sums are exact."""
    return Regression(draw(rng, rows, features) / 4, draw(rng, rows, 1), draw(rng, features, 1) / 4, draw(rng, 1))


def make_model(submission, problem):
    """Return the course's own model with these parameters."""
    return set_parameters(submission.d2l.LinearRegression(1 / 16), problem.w.T, problem.b)


def make_trained_model(submission, problem):
    """Return such a model with the gradients and the trainer of a training."""
    model = make_model(submission, problem)
    data = submission.d2l.TensorData(problem.X, problem.y, len(problem.X))
    submission.d2l.Trainer(1, plot_flag=False).fit(model, data)
    assign(model, {"net.weight": problem.w.T, "net.bias": problem.b})
    return model


def require_own(found, right, problem):
    """Require the right gradients, of a loss that is not the squared one; say so if they are the squared loss's."""
    squared = slopes(problem, lambda r: 2 * r)
    twice = all(torch.equal(one, 2 * other) for one, other in zip(squared, right, strict=True))
    assert_close(found, right, help=ONE_LOSS if are_close(found, squared) and not twice else None)


def are_close(found, gradients):
    try:
        assert_close(found, gradients)
    except Mismatch:
        return False
    return True


def slopes(problem, pull):
    """The gradients in weight and bias of the mean of a loss whose derivative in r = ŷ - y is pull(r)."""
    X, y, w, b = problem
    pulls = pull(X @ w + b - y)
    return [pulls.T @ X / len(X), pulls.mean(0)]

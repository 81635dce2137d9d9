"""Gradients"""

import pytest
import torch
from assay.checks import assert_close, assign, mistake, regressions, remote, require
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


# Typical mistakes

FROM_VALUES = (
    "None means that these tensors have no gradient: `.data`, and get_w_b() which returns it, is the values alone; "
    "call backward(), then read model.net.weight.grad and model.net.bias.grad"
)

ONE_LOSS = "this is the squared loss's gradient whatever the model's loss is: ask the model, model.loss(model(X), y)"


@mistake("gradients", hint=FROM_VALUES)
def from_data(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.data.grad, model.net.bias.data.grad


@mistake("gradients", hint=FROM_VALUES)
def from_get_w_b(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    w, b = model.get_w_b()
    return w.grad, b.grad


@mistake("gradients", hint=FROM_VALUES)
def no_backward(model, X, y):
    model.zero_grad()
    model.loss(model(X), y)
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are the values of the parameters: a gradient is in .grad, model.net.weight.grad")
def values(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.get_w_b()


@mistake(
    "gradients",
    hint="the gradients are cleared before they are returned: clear them first, or return copies, p.grad.clone()",
)
def cleared_too_early(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    found = model.net.weight.grad, model.net.bias.grad
    model.zero_grad(set_to_none=False)
    return found


@mistake(
    "gradients",
    hint="parameters() is an iterator and has no gradient, its items have: [p.grad for p in model.parameters()]",
)
def from_parameters(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.parameters().grad


@mistake("gradients", hint="net is a layer and has no gradient, its weight and bias have: model.net.weight.grad")
def from_the_layer(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.grad


@mistake(
    "gradients",
    hint="backward() adds to the gradients that are there: call model.zero_grad() before it",
)
def gradients_add_up(model, X, y):
    model.loss(model(X), y).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are gradients of an earlier batch: call backward() on this one's loss")
def left_over(model, X, y):
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint=ONE_LOSS)
def by_formula(model, X, y):
    w, b = model.net.weight.data, model.net.bias.data
    residual = X @ w.T + b - y
    return 2 * residual.T @ X / len(X), 2 * residual.mean(0)


@mistake("gradients", hint=ONE_LOSS)
def always_squared(model, X, y):
    model.zero_grad()
    torch.nn.functional.mse_loss(model(X), y).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are the gradients of section 3.4's loss, half of this model's: call model.loss")
def halved(model, X, y):
    model.zero_grad()
    (model.loss(model(X), y) / 2).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are summed over the batch: take the model's loss as it is")
def summed(model, X, y):
    model.zero_grad()
    (model.loss(model(X), y) * len(X)).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="a step is taken, which changes the model: backward() is enough")
def step_taken(model, X, y):
    optimizer = model.configure_optimizers()
    optimizer.zero_grad()
    model.loss(model(X), y).backward()
    optimizer.step()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="the model's gradients are of its parameters, not of the input X")
def of_the_input(model, X, y):
    X = X.clone().requires_grad_()
    model.loss(model(X), y).backward()
    return X.grad, model.net.bias.grad


@mistake("gradients", hint="weight first, then bias")
def bias_first(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.bias.grad, model.net.weight.grad


@mistake("gradients", hint="a gradient has the shape of its parameter: (1, d) for the weight, as it comes")
def flattened(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.grad.flatten(), model.net.bias.grad


@mistake("gradients", hint="a gradient has the shape of its parameter: (1, d) for the weight, not (d, 1)")
def transposed(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.grad.T, model.net.bias.grad

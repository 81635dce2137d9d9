"""The model"""

import pytest
import torch
from assay.checks import assert_close, columns, remote, require, require_object, statistic, tensor, tensors
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from .mistakes_0_model import FROZEN, MOMENTUM, WEIGHT_DECAY, bias_left_out, mean_twice
from .models import (
    SCALES_AND_FACTORS,
    assert_any_number_of_rows,
    assert_any_scale,
    assert_asked_again,
    assert_two_models,
    set_parameters,
)

pytestmark = pytest.mark.forbids("LinearRegression", "DoubledRegression")

PROBLEM = tensors((4, 2)), tensors((4, 1)), tensors((1, 2)), tensors((1,))
"""X, y, weight and bias. Always two features: a submission's layer need not be lazy."""

SMALL = [tensors(shape, bound=2, step=1 / 2) for shape in ((4, 2), (4, 1), (1, 2), (1,))]
RATES = st.sampled_from([1 / 16, 1 / 32, 1 / 64])
"""At 1/16 no step overshoots on the small problems, whose largest curvature is 2 (|x|² + 1) <= 18."""

FEW = settings(max_examples=10)
"""Every answer here is wrong for nearly every input, if it is wrong: ten are plenty, and each is several crossings."""


@FEW
@given(*PROBLEM)
def test_forward_is_the_layers_output(submission, X, y, w, b):
    """forward gives Xwᵀ + b, of shape (n, 1), for any weight and bias of net"""
    assert_close(make_model(submission, w, b).forward(X), X @ w.T + b)


@pytest.mark.points(2)
@FEW
@given(columns())
def test_loss_is_the_mean_of_the_squared_residuals(submission, pair):
    """loss gives the mean of the squared residuals, one number, without the half"""
    y_hat, y = pair
    assert_close(require_object(submission.LinearRegression(0.5)).loss(y_hat, y), F.mse_loss(y_hat, y))


@FEW
@given(*PROBLEM, SCALES_AND_FACTORS)
def test_gradients_are_twice_those_of_section_3_4(submission, X, y, w, b, scale_and_factor):
    """backward() leaves the gradients 2Xᵀr/n and 2Σr/n, twice those of section 3.4's loss, for large labels and in evaluation mode too"""
    scale, factor = scale_and_factor
    model = make_model(submission, scale * w, scale * b)
    if scale > 1:
        model.eval()  # as d2l.Trainer leaves it
    backward(model, X, scale * y, factor)
    found = [remote(model).net.weight.grad, remote(model).net.bias.grad]
    require(None not in found, yours=found, expected="a gradient of net.weight and of net.bias")
    divisor = scale * factor
    name = "gradients of weight and bias" if divisor == 1 else f"gradients of weight and bias, divided by {divisor:.0f}"
    assert_close({name: [submission.d2l.numpy(grad) / divisor for grad in found]}, {name: slopes(X, y, w, b)})


@pytest.mark.points(2)
@FEW
@given(*SMALL, RATES)
def test_a_step_is_minus_the_rate_times_the_gradient(submission, X, y, w, b, lr):
    """every step of configure_optimizers(), taken by d2l.Trainer too, moves weight and bias by -lr times the gradient, and by nothing else"""
    model = make_model(submission, w, b, lr)
    optimizer = require_object(model.configure_optimizers())
    for _ in range(2):  # momentum shows in the second
        optimizer.zero_grad()
        backward(model, X, y)
        with submission.no_grad():
            optimizer.step()
        w, b = step(X, y, w, b, lr)
    assert_close([model.net.weight, model.net.bias], [w, b])
    # Two epochs of one batch, and a row to validate with: the rate must be the same in the second epoch.
    data = submission.d2l.TensorData(torch.cat([X, X[:1]]), torch.cat([y, y[:1]]), len(X), num_train=len(X))
    submission.d2l.Trainer(2, plot_flag=False).fit(model, data)
    right = step(X, y, *step(X, y, w, b, lr), lr)
    names = "weight after training", "bias after training"
    assert_close(
        dict(zip(names, (model.net.weight, model.net.bias), strict=True)), dict(zip(names, right, strict=True))
    )


@pytest.mark.points(2)
def test_optimizer_is_pytorchs_sgd(submission, rng):
    """configure_optimizers() gives a torch.optim.SGD at the model's rate, without momentum and weight decay"""
    lr = float(torch.rand((), generator=rng))
    optimizer = require_object(make_model(submission, torch.zeros(1, 2), torch.zeros(1), lr).configure_optimizers())
    groups = optimizer.param_groups
    require(isinstance(groups, list) and groups, yours=groups, expected="an optimizer's groups of parameters")
    settings_of = [set(group) if isinstance(group, dict) else set() for group in groups]
    of_sgd = all({"momentum", "dampening", "nesterov"} <= found for found in settings_of)  # no other optimiser has them
    require(
        of_sgd, yours=[sorted(map(str, found)) for found in settings_of], expected="the settings of torch.optim.SGD"
    )
    assert_close([group.get("lr") for group in groups], [lr] * len(groups))
    for name, told in {"momentum": MOMENTUM, "weight_decay": WEIGHT_DECAY}.items():
        found = [group.get(name) for group in groups]
        assert_close({name: found}, {name: [0.0] * len(groups)}, atol=0, help=told)


@pytest.mark.points(2)
@FEW
@given(*PROBLEM[2:])
def test_get_w_b_gives_weight_and_bias(submission, w, b):
    """get_w_b() gives the weight, of shape (1, d), and the bias, of shape (1,), and leaves the model as it was"""
    model = make_model(submission, w, b)
    before = [remote(model).net.weight.requires_grad, remote(model).net.bias.requires_grad]
    assert_close(model.get_w_b(), [w, b])
    set_parameters(model, w + 1, b - 1)
    assert_close(model.get_w_b(), [w + 1, b - 1])
    remote(model).net.weight.data = w - 1
    remote(model).net.bias.data = b + 1
    assert_close(model.get_w_b(), [w - 1, b + 1])
    asked = [remote(model).net.weight.requires_grad, remote(model).net.bias.requires_grad]
    require(
        asked == before, yours={"requires_grad after get_w_b()": asked}, expected=f"{before}, as before", help=FROZEN
    )


@pytest.mark.points(2)
def test_any_number_of_rows_and_any_scale(submission, rng):
    """forward and loss are as exact for one row or a thousand, for labels of 1e4 and for residuals of 1e-3"""
    model = require_object(submission.LinearRegression(0.5))
    assert_any_number_of_rows(model, F.mse_loss, rng)
    assert_any_scale(model, F.mse_loss, rng)


@pytest.mark.points(2)
def test_every_call_is_answered_anew(submission, rng):
    """forward and loss follow a change of weight, bias and labels; what they were given and gave before stays"""
    assert_asked_again(submission, require_object(submission.LinearRegression(0.5)), F.mse_loss, rng)


@pytest.mark.points(2)
def test_two_models_are_two(submission, rng):
    """two models have their own weight, bias and rate"""
    assert_two_models(lambda lr: require_object(submission.LinearRegression(lr)), rng)


def test_training_finds_w_and_b(submission, seed):
    """a fresh model, trained by d2l.Trainer for one epoch at lr = 0.3 on the demo data, finds w and b"""
    error = demo_error(submission, seed)
    require(error <= demo_error.bound, yours=error, expected=f"an error of w and b of at most {demo_error.bound:.4g}")


# Shared by the checks


def make_model(submission, w, b, lr=0.5):
    return set_parameters(submission.LinearRegression(lr), w, b)


def backward(model, X, y, factor=1.0):
    """The gradients of a multiple of the loss, into the parameters' grad."""
    graph = remote(model)
    loss = graph.loss(graph.forward(X), y)
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    multiple = loss if factor == 1 else loss.mul(factor)  # a report's input shows no needless call
    multiple.backward()


def step(X, y, w, b, lr):
    """Weight and bias after a step."""
    return [p - lr * slope for p, slope in zip((w, b), slopes(X, y, w, b), strict=True)]


def slopes(X, y, w, b):
    """The gradients of the mean squared residual in weight and bias."""
    residual = X @ w.T + b - y
    return [2 * residual.T @ X / len(X), 2 * residual.mean(0)]


# Statistics: their tolerances are kept in reference/linear_regression_concise.tolerances.json


@statistic(
    "largest absolute error of w and b on the demo data after one epoch at lr 0.3",
    catches=[mean_twice, bias_left_out],
)
def demo_error(module, seed):
    rng = torch.Generator().manual_seed(seed)
    X = torch.randn(1008, 2, generator=rng)
    y = X @ torch.tensor([[2.0], [-3.4]]) + 4.2 + 0.01 * torch.randn(1008, 1, generator=rng)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    model = module.LinearRegression(0.3)
    module.d2l.Trainer(1, plot_flag=False).fit(model, module.d2l.TensorData(X, y, 32, num_train=1000))
    w, b = tensor(model.net.weight, (1, 2)).detach(), tensor(model.net.bias, (1,)).detach()
    return float(torch.cat([w.flatten() - torch.tensor([2, -3.4]), b - 4.2]).abs().nan_to_num(torch.inf).max())

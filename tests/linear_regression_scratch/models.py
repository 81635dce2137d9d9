"""Shared by the checks: models and gradients of a guest, trainings on fixed data, and starting weights."""

import math

import torch
from assay.checks import assign, remote, require, require_object, tensor
from hypothesis import strategies as st

DEMO_W, DEMO_B = torch.tensor([[2.0], [-3.4]]), torch.tensor([4.2])


def fit_and_get_w(guest, model, data, max_epochs):
    """Train a guest's model and return its w."""
    guest.fit(model, data, max_epochs)
    return model.w


def make_model(module, w, b, lr=0.5):
    """Return a model with these parameters, of a submission or of the reference."""
    model = require_object(module.LinearRegressionScratch(len(w), lr))
    assign(model, w=w, b=b)
    return model


def make_parameter(submission, values, grad=None):
    """Return a parameter in the guest, with a gradient if one is given."""
    param = remote(submission.d2l).tensor(values.tolist(), requires_grad=True)
    if grad is not None:
        give_gradient(submission, param, grad)
    return param


LABEL_SCALES = st.sampled_from([1.0, 2.0**10])
"""By what labels and predictions are multiplied, which are up to 8 in size and then stay below the contract's 10⁴."""

SCALES_AND_FACTORS = st.sampled_from([(1.0, 1.0), (2.0**10, 4.0)])
"""The same, and by what the loss is multiplied before backward(): a derivative written by hand must pass it on."""

MANY_ROWS = 1031
"""More than what people take for enough, and a prime, so that no batch size divides it."""


def give_gradient(submission, param, grad):
    param.grad = remote(submission.d2l).tensor(grad.tolist())


def gradient(submission, loss, predictions, factor=1.0):
    """Return the gradient of a multiple of a loss in the guest, of shape (n, 1); raise Mismatch if there is none."""
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    multiple = loss if factor == 1 else loss.mul(factor)  # a report's input shows no needless call
    multiple.backward()
    require(predictions.grad is not None, yours=None, expected="a gradient of y_hat")
    return submission.d2l.numpy(predictions.grad)


def fit_model(module, problem, batch_size, max_epochs):
    """Fit a model on the problem's examples and return it; one more row is for submissions that validate."""
    X, y, w, b = problem
    # At 1/8 no step moves away: the largest curvature is |x|² + 1 <= 13.
    model = make_model(module, w, b, 1 / 8)
    rows = (torch.cat([part, part[:1]]) for part in (X, y))
    data = module.d2l.TensorData(*rows, batch_size, w.flatten(), b.item(), num_train=len(X))
    module.fit(model, data, max_epochs)
    return model


def fit_reordered(module, X, y, w, b, batch_size, epochs):
    """Fit a model once for each number of epochs, in an order that is new in every pass; return w, b, and X and y again."""
    model = make_model(module, w, b, 1 / 8)
    rows = (torch.cat([part, part[:1]]) for part in (X, y))  # one row more is for submissions that validate
    data = module.d2l.ReorderedData(*rows, batch_size, w.flatten(), b.item(), num_train=len(X))
    data.model = model
    for max_epochs in epochs:
        module.fit(model, data, max_epochs)
    return [tensor(model.w, w.shape).detach(), tensor(model.b, b.shape).detach(), data.X[: len(X)], data.y[: len(X)]]


def without_zeros(problem):
    """The problem with ones for the zeros in X, so that w moves wherever b does."""
    return problem._replace(X=problem.X + (problem.X == 0))


def demo_parameters(module, seed, lr, max_epochs):
    """w and b after fit on the demo data in a random but fixed order, with eight rows for those who validate."""
    X, y = demo_data(seed)
    w, b = demo_truth(seed)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    model = module.LinearRegressionScratch(2, lr)
    data = module.d2l.TensorData(X, y, 32, w.flatten(), b.item(), num_train=1000)
    module.fit(model, data, max_epochs)
    return tensor(model.w, (2, 1)).detach(), tensor(model.b, (1,)).detach()


def demo_data(seed):
    rng = torch.Generator().manual_seed(seed)
    X = torch.randn(1008, 2, generator=rng)
    w, b = demo_truth(seed)
    return X, X @ w + b + 0.01 * torch.randn(1008, 1, generator=rng)


def demo_truth(seed):
    """The demo data's w and b in a hidden order and with hidden signs, so that the book's numbers alone fail.

    Normal data and starts do not change with either, so the errors of training are distributed as they are for the
    book's own.
    """
    rng = torch.Generator().manual_seed(seed + 1)
    order, signs = torch.randperm(2, generator=rng), torch.randint(2, (3, 1), generator=rng) * 2.0 - 1
    return DEMO_W[order] * signs[:2], DEMO_B * signs[2]


def largest_error(seed, w, b):
    """Against the demo data's parameters; may be inf or nan."""
    true_w, true_b = demo_truth(seed)
    return float(torch.cat([(w - true_w).flatten(), b - true_b]).abs().max())


def decades_missing(error):
    """How many decades an error is short of 1; a negative number for a large one, -inf for nan."""
    return -math.log10(error) if 0 < error < math.inf else math.inf if error == 0 else -math.inf


def get_initial_weights(module, seed, weights=10_000):
    """Return two hidden sigmas, 0.05 to 0.25, far from its square and its root, and 200 to 1000, each with w, flat."""
    torch.manual_seed(seed)
    factor = 5 ** float(torch.rand((), generator=torch.Generator().manual_seed(seed)))
    sigmas = 0.05 * factor, 200 * factor
    models = [module.LinearRegressionScratch(weights, 0.5, sigma=sigma) for sigma in sigmas]
    found = [tensor(model.w, (weights, 1)).detach().flatten().double() for model in models]
    return list(zip(sigmas, found, strict=True))


NEARLY_OPPOSITE, EXACT = 1e-4, 1e-6
# The probabilities that a right answer fails: no weight of 10,000 beyond three deviations; two pairs whose sums, which
# have a deviation of √2, are so near zero; two deviations of 10,000 weights, with standard errors of √(1 / 2n), so near
# sigma, measured in one of three ways.
assert math.erf(3 / 2**0.5) ** 10_000 < 1e-11
assert math.erf(NEARLY_OPPOSITE / 2) ** 2 < 1e-8
assert 3 * math.erf(EXACT * 10_000**0.5) ** 2 < 4e-8


def scale_error(sigma, w):
    """Mean and standard deviation against 0 and sigma: the larger error, in standard errors."""
    return max(abs(float(w.mean())) / sigma, abs(float(w.std()) / sigma - 1) * 2**0.5) * len(w) ** 0.5


def scale_is_exact(drawn):
    """Whether one measure of size, with the mean subtracted or not, is exactly sigma in every sample."""
    measures = [
        [float(size) / sigma for size in (w.std(), w.std(correction=0), w.square().mean().sqrt())] for sigma, w in drawn
    ]
    return any(all(abs(ratio - 1) < EXACT for ratio in ratios) for ratios in zip(*measures, strict=True))


def shape_error(sigma, w):
    """Kolmogorov's distance between the weights and N(0, sigma²)."""
    normal = torch.distributions.Normal(0.0, sigma).cdf(w.sort().values)
    steps = torch.arange(len(w) + 1, dtype=torch.float64) / len(w)
    return float(max((normal - steps[:-1]).max(), (steps[1:] - normal).max()))

"""Shared by the checks: a model of exercises 0 to 2 is one layer of two features, a loss and an optimiser."""

import torch
from assay.checks import SubmissionRaised, assert_close, assign, remote, require_object
from hypothesis import strategies as st

SCALES_AND_FACTORS = st.sampled_from([(1.0, 1.0), (2.0**10, 4.0)])
"""By what labels and predictions are multiplied, and by what the loss is before backward().

Labels are up to 8 in size and then stay below the contract's 10⁴. A derivative written by hand must pass the factor on.
"""

MANY_ROWS = 1031
"""More than what people take for enough, and a prime, so that no batch size divides it."""


def set_parameters(model, w, b):
    """Return the model with these parameters; a lazy layer has none before its first forward pass."""
    require_object(model).forward(torch.zeros(1, w.shape[1]))
    assign(model, {"net.weight": w, "net.bias": b})
    return model


def is_for_two_features(submission):
    """Return whether the submission's own model takes two features alone, as exercise 0 allows."""
    model = getattr(submission, "LinearRegression", None)
    try:
        return model is not None and model(0.5).forward(torch.zeros(1, 3)) is None
    except SubmissionRaised:
        return True


def draw(rng, *shape):
    """Draw multiples of 1/8 up to 4: sums of some thousand of their squares are exact in float32, in any order."""
    return torch.randint(-32, 33, shape, generator=rng) / 8


def keep(submission, *tensors):
    """Return tensors of the guest, which the submission can meet again, or change."""
    return [remote(submission.d2l).tensor(one.tolist()) for one in tensors]


def assert_any_number_of_rows(model, loss, rng):
    """Compare forward and loss for one row, for some more than a batch of the demo has, and for a thousand."""
    w, b = draw(rng, 1, 2), draw(rng, 1)
    set_parameters(model, w, b)
    for n in (1, 40, MANY_ROWS):
        X, y_hat, y = draw(rng, n, 2), draw(rng, n, 1), draw(rng, n, 1)
        found = {"forward": model.forward(X), "loss": model.loss(y_hat, y)}
        assert_close(found, {"forward": X @ w.T + b, "loss": loss(y_hat, y)})


def assert_any_scale(model, loss, rng):
    """Compare the loss of residuals around 1e-3, of up to 16384, and of order 1 between labels of 1e4.

    All are powers of two times short numbers, or short numbers beside one, so that float32 loses nothing of a residual.
    """
    y_hat, y = draw(rng, 4, 1), draw(rng, 4, 1)
    y_hat[0], y[0] = 4, -4
    assert_close(model.loss(y_hat + 8192, y + 8192), loss(y_hat, y))
    rounding = "float32 rounding of a mean of positive terms"
    for scale in (2**11, 2**-10):
        found, right = model.loss(scale * y_hat, scale * y), loss(scale * y_hat, scale * y)
        assert_close(found, right, rtol=1e-5, atol=0, because=rounding)


def assert_asked_again(submission, model, loss, rng):
    """Ask forward and loss for the same objects again, changed and in evaluation mode; look at what they gave before."""
    numpy = submission.d2l.numpy
    (w, b, X), (y_hat, y, other) = (
        (draw(rng, *shape) for shape in ((1, 2), (1,), (4, 2))),
        (draw(rng, 4, 1) for _ in range(3)),
    )
    kept = keep(submission, X, y_hat, y)
    set_parameters(model, w, b)
    first = remote(model).forward(kept[0]), remote(model).loss(*kept[1:])
    assign(model, {"net.weight": w + 1, "net.bias": b - 1})
    model.loss(other, y)
    model.eval()
    again = {"forward after a change": model.forward(kept[0]), "loss after a change": model.loss(*kept[1:])}
    right = X @ w.T + b, loss(y_hat, y)
    assert_close(again, dict(zip(again, (X @ (w + 1).T + b - 1, right[1]), strict=True)))
    for names, parts, expected in (
        (("what forward gave before", "what loss gave before"), first, right),
        (("X", "y_hat", "y"), kept, (X, y_hat, y)),
    ):
        found = dict(zip(names, map(numpy, parts), strict=True))
        assert_close(found, dict(zip(names, expected, strict=True)))


def assert_two_models(make, rng):
    """Give two models parameters and rates, then look at those of both."""
    (w, b), (w_2, b_2) = [(draw(rng, 1, 2), draw(rng, 1)) for _ in range(2)]
    rate, other_rate = 2.0**-20, 16.0  # unusual ones: an optimiser must use them unchanged
    one, other = make(rate), make(other_rate)
    set_parameters(one, w, b)
    set_parameters(other, w_2, b_2)
    rates = [group.get("lr") for model in (one, other) for group in model.configure_optimizers().param_groups]
    expected = {"parameters": [w, b, w_2, b_2], "rates": [rate] * (len(rates) // 2) + [other_rate] * (len(rates) // 2)}
    found = [one.net.weight, one.net.bias, other.net.weight, other.net.bias]
    assert_close({"parameters": found, "rates": rates}, expected)

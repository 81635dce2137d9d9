"""Six plain checks."""

import torch

from assay.checks import assert_close, require, take


def _demo(rng, num_examples=1000):
    X = torch.randn(num_examples, 2, generator=rng)
    w, b = torch.tensor([[2.0], [-3.4]]), 4.2
    return X, X @ w + b + 0.01 * torch.randn(num_examples, 1, generator=rng), w, b


def test_loss(submission, reference, rng):
    """The loss is the mean of half the squared residuals"""
    y_hat, y = torch.randn(2, 5, 1, generator=rng)
    assert_close(submission.squared_loss(y_hat, y), reference.squared_loss(y_hat, y))


def test_step(submission, reference, rng):
    """A step goes against the gradient, times the learning rate"""
    w, grad = torch.randn(2, 3, 1, generator=rng)
    assert_close(submission.sgd_step(w, grad, 0.25), reference.sgd_step(w, grad, 0.25))


def test_convergence(submission, reference, rng):
    """Training recovers the parameters as the reference does"""
    X, y, _, _ = _demo(rng)
    for yours, expected in zip(submission.train(X, y, 0.1, 3), reference.train(X, y, 0.1, 3), strict=True):
        assert_close(yours, expected, rtol=1e-4, atol=1e-4, because="rounding over 96 steps")


def test_divergence(submission, rng):
    """Training diverges at lr = 3"""
    X, y, w, _ = _demo(rng)
    yours = submission.train(X, y, 3.0, 3)[0]
    require(not float((yours - w).abs().max()) < 1e6, yours=yours, expected="parameters beyond 10⁶, or nan")


def test_last_batch(submission, rng):
    """1000 examples at 32 a batch are 31 batches of 32 and one of 8"""
    X, y, _, _ = _demo(rng)
    sizes = [len(batch[0]) for batch in take(submission.data_iter(32, X, y), 40)]
    assert_close(sizes, [32] * 31 + [8])


def test_huber(submission, reference, rng):
    """Huber's loss is linear beyond delta, on both sides"""
    y_hat, y = 4 * torch.randn(2, 20, 1, generator=rng)
    assert_close(submission.huber_loss(y_hat, y, 0.5), reference.huber_loss(y_hat, y, 0.5))

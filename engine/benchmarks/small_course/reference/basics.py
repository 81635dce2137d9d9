"""Linear regression in five functions: just enough for the six checks of the speed benchmark."""

import torch


def squared_loss(y_hat, y):
    """Mean of half the squared residuals, a 0-d tensor."""
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


def sgd_step(w, grad, lr):
    """Return the parameter after one step of gradient descent."""
    return w - lr * grad


def train(X, y, lr, max_epochs):
    """Weights (d, 1) and bias (1,) after minibatch descent on batches of 32, in order, from zero."""
    w = torch.zeros(X.shape[1], 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(max_epochs):
        for X_batch, y_batch in data_iter(32, X, y):
            squared_loss(X_batch @ w + b, y_batch).backward()
            with torch.no_grad():
                for parameter in (w, b):
                    parameter.copy_(sgd_step(parameter, parameter.grad, lr))
                    parameter.grad.zero_()
    return w.detach(), b.detach()


def data_iter(batch_size, X, y):
    """Batches in the given order; the last one is shorter where batch_size does not divide."""
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


def huber_loss(y_hat, y, delta=1.0):
    """Mean of r²/2 for |r| ≤ delta, and of delta (|r| - delta/2) beyond."""
    r = (y_hat - y).abs()
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()

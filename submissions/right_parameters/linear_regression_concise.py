"""Section 3.5 in another style: nn.Linear(2, 1), losses written out, a loop of its own, least squares, matplotlib."""

import d2l
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LinearRegression(d2l.Module):
    def __init__(self, lr: float):
        super().__init__()
        self.lr = lr
        self.net = nn.Linear(2, 1)
        nn.init.normal_(self.net.weight, std=0.01)
        nn.init.zeros_(self.net.bias)

    def forward(self, X: Tensor) -> Tensor:
        return F.linear(X, self.net.weight, self.net.bias)

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        return (y_hat - y).pow(2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD([{"params": [self.net.weight]}, {"params": [self.net.bias]}], lr=self.lr)

    def get_w_b(self):
        return [p.detach().clone() for p in (self.net.weight, self.net.bias)]


class LinearRegressionSum(d2l.LinearRegression):
    def loss(self, y_hat, y):
        residual = (y_hat - y).flatten()
        return residual @ residual


def lr_for_mean_loss(lr_for_summed_loss, batch_size):
    return torch.tensor(lr_for_summed_loss) * batch_size


class LinearRegressionHuber(d2l.LinearRegression):
    """The book's scaling, which is this one divided by delta, written with clamp."""

    def __init__(self, lr, *, delta=1.0):
        super().__init__(lr)
        self.delta = delta

    def loss(self, y_hat, y):
        r = (y_hat - y).abs()
        near = r.clamp(max=self.delta)
        return (near * (2 * r - near)).mean() / (2 * self.delta)


def gradients(model, X, y):
    parameters = dict(model.net.named_parameters())
    loss = model.loss(model(X), y)
    grads = torch.autograd.grad(loss, list(parameters.values()))
    found = dict(zip(parameters, grads))
    return [found["weight"], found["bias"]]


def estimation_error(lr, max_epochs, data):
    model = LinearRegression(lr)
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        for X, y in data.train_dataloader():
            optimizer.zero_grad(set_to_none=False)
            model.loss(model(X), y).backward()
            optimizer.step()
    w, b = model.get_w_b()
    return max(float((w[0] - data.w).abs().max()), abs(b.item() - data.b), key=lambda e: np.inf if np.isnan(e) else e)


def estimation_errors(sizes, w, b):
    w_errors, b_errors = np.empty(len(sizes)), np.empty(len(sizes))
    truth = np.append(np.asarray(w, dtype=float), b)
    for i, n in enumerate(sizes):
        rows = np.column_stack([np.random.randn(n, len(w)), np.ones(n)])
        y = rows @ truth + np.random.normal(0, 0.01, n)
        errors = np.abs(np.linalg.lstsq(rows, y, rcond=None)[0] - truth)
        w_errors[i], b_errors[i] = errors[:-1].max(), errors[-1]
    return w_errors, b_errors


def plot_estimation_errors(sizes, w_errors, b_errors):
    _, ax = plt.subplots()
    ax.semilogx(sizes, w_errors, "o-", label=r"$\max_j |\hat w_j - w_j|$")
    ax.semilogx(sizes, b_errors, "s--", label=r"$|\hat b - b|$")
    ax.semilogx(sizes, 0.01 / np.sqrt(sizes), ":", color="grey", label=r"$0.01 / \sqrt{n}$")
    ax.set_yscale("log")
    ax.legend()
    return ax

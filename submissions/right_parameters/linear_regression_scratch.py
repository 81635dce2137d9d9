"""Section 3.4 with what PyTorch brings along: nn.Parameter, F.linear, DataLoader, nn.HuberLoss, autograd.grad."""

import math
from typing import Iterable

import d2l.torch as d2l
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs: int, lr: float, sigma: float = 0.01, *, dtype=torch.float32):
        super().__init__()
        self.lr = lr
        self.w = nn.Parameter(torch.empty(num_inputs, 1, dtype=dtype))
        self.b = nn.Parameter(torch.zeros(1, dtype=dtype))
        nn.init.normal_(self.w, std=sigma)

    def forward(self, X: Tensor) -> Tensor:
        return F.linear(X, self.w.T, self.b)

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        return 0.5 * F.mse_loss(y_hat, y)

    def configure_optimizers(self):
        return SGD(self.parameters(), lr=self.lr)


class SGD(d2l.HyperParameters):
    def __init__(self, params: Iterable[Tensor], lr: float):
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            p.sub_(p.grad, alpha=self.lr)

    def zero_grad(self):
        for p in self.params:
            p.grad = None


def fit(model, data, max_epochs):
    params = [model.w, model.b]
    optimizer = model.configure_optimizers()
    loader = data.train_dataloader()
    history = []
    for _ in range(max_epochs):
        total = 0.0
        for X, y in loader:
            loss = model.loss(model(X), y)
            for p, g in zip(params, torch.autograd.grad(loss, params)):
                p.grad = g
            optimizer.step()
            total += loss.detach() * len(X)
        history.append(float(total) / data.num_train)
    return history


def initialization_errors(variances, data, lr, max_epochs):
    d = data.X.shape[1]
    truth = torch.cat([data.w.reshape(-1), torch.tensor([float(data.b)])])
    errors = {}
    for variance in variances:
        w = nn.Parameter(torch.randn(d, 1) * variance**0.5)
        b = nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([w, b], lr=lr)
        for _ in range(max_epochs):
            for X, y in data.train_dataloader():
                optimizer.zero_grad()
                (F.mse_loss(torch.addmm(b, X, w), y) / 2).backward()
                optimizer.step()
        errors[float(variance)] = torch.linalg.vector_norm(torch.cat([w.flatten(), b]) - truth, ord=torch.inf).detach()
    return errors


def fit_resistance(current: Tensor, voltage: Tensor) -> Tensor:
    """Minibatches at a constant rate, one that fits the currents."""
    loader = DataLoader(TensorDataset(current, voltage), batch_size=32, shuffle=True)
    R = nn.Parameter(torch.randn(()))
    optimizer = torch.optim.SGD([R], lr=0.1 / float(current.square().mean()))
    for _ in range(max(8, 12_000 // len(current))):
        for i, v in loader:
            optimizer.zero_grad()
            (F.mse_loss(R * i, v) / 2).backward()
            optimizer.step()
    return R.detach()


def planck(wavelength: Tensor, temperature) -> Tensor:
    """In logarithms, so that nothing overflows on the way."""
    T = torch.as_tensor(temperature, dtype=torch.float64)
    x = 6.62607015e-34 * 299792458 / (1.380649e-23 * wavelength.double() * T)
    log_radiance = math.log(2 * 6.62607015e-34 * 299792458**2) - 5 * wavelength.double().log()
    log_radiance = log_radiance - x - torch.log(-torch.expm1(-x))
    return log_radiance.exp().to(wavelength.dtype)


def fit_temperature(wavelength: Tensor, radiance: Tensor) -> Tensor:
    """L-BFGS on the relative errors, begun at the peak of a smoothed curve."""
    smooth = F.avg_pool1d(radiance.reshape(1, 1, -1), 21, stride=1, padding=10, count_include_pad=False).flatten()
    log_T = (2.9e-3 / wavelength[smooth.argmax()]).double().log().requires_grad_()
    optimizer = torch.optim.LBFGS([log_T], max_iter=30, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = ((planck(wavelength.double(), log_T.exp()) - radiance) / radiance.max()).square().mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    return log_T.exp().detach()


def second_derivative(f, x: Tensor) -> Tensor:
    return torch.func.vmap(torch.func.grad(torch.func.grad(f)))(x)


def loss_hessian(X: Tensor) -> Tensor:
    y = torch.randn(len(X), 1)

    def loss(theta):
        return F.mse_loss(X @ theta[:-1, None] + theta[-1], y) / 2

    return torch.autograd.functional.hessian(loss, torch.zeros(X.shape[1] + 1))


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    residual = y_hat.flatten().double() - y.flatten().double()
    return residual.dot(residual) / (2 * residual.numel())


def learning_rate_sweep(lrs, max_epochs, data):
    """Its own shuffled order, closed-form gradients, float64."""
    n = data.num_train
    X = torch.cat([data.X[:n], torch.ones(n, 1)], dim=1).double()
    y = data.y[:n].double()
    curves = {lr: [] for lr in lrs}
    for lr, curve in curves.items():
        theta = torch.zeros(X.shape[1], 1, dtype=torch.float64)
        for _ in range(max_epochs):
            for rows in torch.randperm(n).split(data.batch_size):
                theta -= lr * X[rows].T @ (X[rows] @ theta - y[rows]) / len(rows)
            curve.append((X @ theta - y).square().mean() / 2)
    return curves


def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    return DataLoader(TensorDataset(X, y), batch_size, shuffle=shuffle, drop_last=drop_last)


def absolute_loss(y_hat, y):
    return F.l1_loss(y_hat, y, reduction="sum")


def huber_loss(y_hat, y, delta=1.0):
    return nn.HuberLoss(delta=delta)(y_hat, y)


class RobustRegression(d2l.LinearRegressionScratch):
    """Pseudo-Huber: smooth everywhere, its gradient stays below 1."""

    def loss(self, y_hat, y):
        return (torch.sqrt(1 + (y_hat - y) ** 2) - 1).mean()


def adversarial_dataset(num_examples):
    """A parabola from left to right: at every place another line fits."""
    X = torch.linspace(-2, 2, num_examples).unsqueeze(1)
    return [X, X.square()]

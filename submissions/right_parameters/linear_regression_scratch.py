"""Section 3.4 with what PyTorch brings along: nn.Parameter, F.linear, DataLoader, nn.HuberLoss, autograd.grad."""

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


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    residual = y_hat.flatten().double() - y.flatten().double()
    return residual.dot(residual) / (2 * residual.numel())


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

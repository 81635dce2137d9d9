"""Concise Implementation of Linear Regression

Model answers to the exercises of section 3.5 of "Dive into Deep Learning", edition 1.0. Throughout, X is float32
(n, d), y is float32 (n, 1), weights are (1, d) and biases (1,), as torch.nn.Linear has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = [
    "LinearRegression",
    "LinearRegressionHuber",
    "LinearRegressionSum",
    "estimation_error",
    "estimation_errors",
    "gradients",
    "lr_for_mean_loss",
    "plot_estimation_errors",
]


# 0. The model


class LinearRegression(d2l.Module):
    """ŷ = Xwᵀ + b as one layer, trained on the mean squared residual (section 3.5.1).

    Attributes:
        net: the layer. A lazy one has no weights before the first forward pass, which draws them: what a constructor
            does to them has no effect.
    """

    def __init__(self, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.LazyLinear(1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return self.net(X)

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Σᵢ (ŷᵢ - yᵢ)² / n, without the half of section 3.4: its gradients are twice those (section 3.5.2)."""
        return F.mse_loss(y_hat, y)

    def configure_optimizers(self) -> torch.optim.SGD:
        """Return stochastic gradient descent on weight and bias (section 3.5.3)."""
        return torch.optim.SGD(self.parameters(), self.lr)

    def get_w_b(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the values of weight (1, d) and bias (1,); `.data` has no gradients (section 3.5.4)."""
        return self.net.weight.data, self.net.bias.data


# 1. Sum or mean


class LinearRegressionSum(d2l.LinearRegression):
    """The model of exercise 0 on the summed loss.

    It is the library's: it builds on no other exercise, so that a mistake in one stays there.
    """

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Σᵢ (ŷᵢ - yᵢ)²."""
        return F.mse_loss(y_hat, y, reduction="sum")


def lr_for_mean_loss(lr_for_summed_loss: float, batch_size: int) -> float:
    """Return the rate at which the mean loss takes the same steps.

    Its gradient is the sum's divided by the batch size.
    """
    return lr_for_summed_loss * batch_size


# 2. Huber


class LinearRegressionHuber(d2l.LinearRegression):
    """The model of exercise 0 on Huber's loss.

    It is the library's, as above.
    The book writes it divided by delta: |r| - delta / 2 beyond delta, r² / (2 delta) within.
    """

    def __init__(self, lr: float, delta: float = 1.0) -> None:
        super().__init__(lr)
        self.delta = delta

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean of r² / 2 if |r| ≤ delta, else of delta · (|r| - delta / 2), r = ŷ - y (Huber 1964)."""
        return F.huber_loss(y_hat, y, delta=self.delta)


# 3. Gradients


def gradients(model: d2l.Module, X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ∂loss/∂weight (1, d) and ∂loss/∂bias (1,) on this one batch; whatever `.grad` holds is not added to."""
    return torch.autograd.grad(model.loss(model(X), y), (model.net.weight, model.net.bias))


# 4. Learning rate and epochs


def estimation_error(lr: float, max_epochs: int, data: d2l.SyntheticRegressionData) -> float:
    """Return max(|ŵ - w|, |b̂ - b|) over all components, after training a fresh model; inf or nan if it diverged."""
    model = d2l.LinearRegression(lr)
    d2l.Trainer(max_epochs, plot=False).fit(model, data)
    w, b = model.get_w_b()
    return float(torch.cat([w.flatten() - data.w, b - data.b]).abs().max())


# 5. How much data


def estimation_errors(sizes: Sequence[int], w: torch.Tensor, b: float) -> tuple[list[float], list[float]]:
    """Return max |ŵ - w| and |b̂ - b| from n fresh examples with noise 0.01, for every n in sizes; w is (d,).

    By least squares, so that the error is that of estimation, about noise · n^(-1/2): descent that stops early adds its
    own, which is larger the fewer steps an epoch has.
    """
    w_errors, b_errors = [], []
    for n in sizes:
        data = d2l.SyntheticRegressionData(w, b, noise=0.01, num_train=n, num_val=0)
        found = torch.linalg.lstsq(torch.cat([data.X, torch.ones(n, 1)], 1), data.y).solution.flatten()
        w_errors.append(float((found[:-1] - w).abs().max()))
        b_errors.append(float((found[-1] - b).abs()))
    return w_errors, b_errors


def plot_estimation_errors(sizes: Sequence[int], w_errors: Sequence[float], b_errors: Sequence[float]) -> Axes:
    """Return Axes with both errors against n, labelled, the x axis logarithmic.

    On two logarithmic axes n^(-1/2) is a straight line of slope -1/2.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes longer to import than everything else to run

    axes = Figure().subplots()
    axes.plot(sizes, w_errors, "-", label="w")
    axes.plot(sizes, b_errors, "--", label="b")
    axes.set(xlabel="examples", ylabel="estimation error", xscale="log", yscale="log")
    axes.legend()
    return axes

"""Linear regression: from scratch (section 3.4), with PyTorch's layers (3.5), and the first edition's functions."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from d2l.hyperparameters import HyperParameters
from d2l.module import Module


class LinearRegressionScratch(Module):
    """ŷ = Xw + b with parameters as plain tensors (section 3.4.1).

    Attributes:
        w: (num_inputs, 1), from N(0, sigma²).
        b: (1,), zero.
    """

    def __init__(
        self, num_inputs: int, lr: float, sigma: float = 0.01, *, plot: bool = True, plot_flag: bool = True
    ) -> None:
        super().__init__(plot=plot, plot_flag=plot_flag)
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return X @ self.w + self.b

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean of half the squared residuals; both of one shape."""
        return ((y_hat - y) ** 2 / 2).mean()

    def configure_optimizers(self) -> Any:
        """Return minibatch SGD on w and b."""
        return SGD([self.w, self.b], self.lr)


LinearRegressScratch = LinearRegressionScratch


class SGD(HyperParameters):
    """Minibatch stochastic gradient descent (section 3.4.3); `step` needs `torch.no_grad()` around it."""

    def __init__(self, params: Iterable[torch.Tensor], lr: float) -> None:
        self.save_hyperparameters()

    def step(self) -> None:
        """p ← p - lr · ∂p, in place."""
        for param in self.params:
            param -= self.lr * param.grad

    def zero_grad(self) -> None:
        """Clear the gradients that there are."""
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()


class LinearRegression(Module):
    """One lazy linear layer, the squared loss without the half, PyTorch's SGD (section 3.5).

    The layer's weights come into being at the first forward pass, uniform as PyTorch draws them; what the book sets in
    the constructor is drawn over then, so nothing is set here.
    """

    def __init__(self, lr: float, *, plot: bool = True, plot_flag: bool = True) -> None:
        super().__init__(plot=plot, plot_flag=plot_flag)
        self.save_hyperparameters()
        self.net = nn.LazyLinear(1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return self.net(X)

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean squared residual."""
        return nn.functional.mse_loss(y_hat, y)

    def configure_optimizers(self) -> torch.optim.SGD:
        """Return PyTorch's SGD on the layer."""
        return torch.optim.SGD(self.parameters(), self.lr)

    def get_w_b(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the values of weight (1, d) and bias (1,), without their gradients."""
        return self.net.weight.data, self.net.bias.data


def linreg(X: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return Xw + b."""
    return X @ w + b


def squared_loss(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return half the squared residuals, one for each example."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params: Iterable[torch.Tensor], lr: float, batch_size: int) -> None:
    """Take one step with the gradients of a *summed* loss, and clear them."""
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()

"""A model that does more than its layer; the course's own addition, not the book's."""

import torch
from torch import nn

from d2l.module import Module


class DoubledRegression(Module):
    """A linear layer whose output is multiplied by a parameter, which starts at 2; its optimiser has weight decay.

    So `model(X)` can be told from `model.net(X)`, a step from a gradient, and the parameters of `net` from the model's,
    of which `factor` is first.
    """

    def __init__(self, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.factor = nn.Parameter(torch.tensor(2.0))
        self.net = nn.LazyLinear(1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return self.factor * self.net(X)

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean squared residual."""
        return nn.functional.mse_loss(y_hat, y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return SGD that draws all parameters to zero, too."""
        return torch.optim.SGD(self.parameters(), self.lr, weight_decay=1.0)

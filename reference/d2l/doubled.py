"""A model that does more than its layer; the course's own addition, not the book's."""

import torch

from d2l.linear import LinearRegression


class DoubledRegression(LinearRegression):
    """Section 3.5's model with twice the output of `net` and a penalty on its weights.

    So `model(X)` and `model.net(X)` can be told apart, and the loss depends on the weights beside the predictions.
    """

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return 2 * super().forward(X)

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The mean squared error and the squared weights, one number."""
        return super().loss(y_hat, y) + (self.net.weight**2).sum()

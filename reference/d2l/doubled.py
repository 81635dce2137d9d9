"""A model that does more than its layer; the course's own addition, not the book's."""

import torch

from d2l.linear import LinearRegression


class DoubledRegression(LinearRegression):
    """Section 3.5's model with twice the output of `net`: so `model(X)` and `model.net(X)` can be told apart."""

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return 2 * super().forward(X)

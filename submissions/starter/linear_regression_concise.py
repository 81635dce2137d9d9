"""linear_regression_concise: write your answers below.

Keep the names and the arguments: they are what is graded, each exercise on its own. Do not rename the file.
A function leaves its arguments as they were, and its second answer is as right as its first; it works for one row and
for thousands, and for data in any order. Helper files beside this one are not handed in.
"""

from d2l import torch as d2l


# 0. The model


class LinearRegression(d2l.Module):
    """ŷ = Xwᵀ + b as one layer, trained on the mean squared residual (section 3.5.1).

    Attributes:
        net: the layer. A lazy one has no weights before the first forward pass, which draws them: what a constructor
            does to them has no effect.
    """

    def __init__(self, lr):
        raise NotImplementedError

    def forward(self, X):
        """(n, d) to (n, 1)."""
        raise NotImplementedError

    def loss(self, y_hat, y):
        """Σᵢ (ŷᵢ - yᵢ)² / n, without the half of section 3.4: its gradients are twice those (section 3.5.2)."""
        raise NotImplementedError

    def configure_optimizers(self):
        """Return stochastic gradient descent on weight and bias (section 3.5.3)."""
        raise NotImplementedError

    def get_w_b(self):
        """Return the values of weight (1, d) and bias (1,); `.data` has no gradients (section 3.5.4).

        Returns:
            tuple[torch.Tensor, torch.Tensor]
        """
        raise NotImplementedError


# 1. Sum or mean


class LinearRegressionSum(d2l.LinearRegression):
    """The model of exercise 0 on the summed loss."""

    def loss(self, y_hat, y):
        """Σᵢ (ŷᵢ - yᵢ)²."""
        raise NotImplementedError


def lr_for_mean_loss(lr_for_summed_loss, batch_size):
    """Return the rate at which the mean loss takes the same steps."""
    raise NotImplementedError


# 2. Huber


class LinearRegressionHuber(d2l.LinearRegression):
    """The model of exercise 0 on Huber's loss."""

    def __init__(self, lr, delta=1.0):
        raise NotImplementedError

    def loss(self, y_hat, y):
        """Return the mean of r² / 2 if |r| ≤ delta, else of delta · (|r| - delta / 2), r = ŷ - y (Huber 1964)."""
        raise NotImplementedError


# 3. Gradients


def gradients(model, X, y):
    """Return ∂loss/∂weight (1, d) and ∂loss/∂bias (1,) on this one batch; whatever `.grad` holds is not added to.

    Returns:
        tuple[torch.Tensor, torch.Tensor]
    """
    raise NotImplementedError


# 4. Learning rate and epochs


def estimation_error(lr, max_epochs, data):
    """Return max(|ŵ - w|, |b̂ - b|) over all components, after training a fresh model; inf or nan if it diverged."""
    raise NotImplementedError


# 5. How much data


def estimation_errors(sizes, w, b):
    """Return max |ŵ - w| and |b̂ - b| from n fresh examples with noise 0.01, for every n in sizes; w is (d,).

    Returns:
        tuple[list[float], list[float]]
    """
    raise NotImplementedError


def plot_estimation_errors(sizes, w_errors, b_errors):
    """Return Axes with both errors against n, labelled, the x axis logarithmic."""
    raise NotImplementedError


# Written answers, for a person to read: exercise number to text.
ANSWERS = {}

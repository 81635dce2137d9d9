"""Concise linear regression: the exercises of section 3.5, to be filled in.

Throughout, X is float32 (n, d), y is float32 (n, 1), weights are (1, d) and biases (1,), as torch.nn.Linear has them.
Names and arguments are what is graded, so keep them; how you get there is yours. Replace a `raise NotImplementedError`
by your answer, one exercise at a time: every exercise is graded on its own.
"""

import torch
from d2l import torch as d2l
from torch import nn

ANSWERS = {
    # Exercise number to text, Markdown. Optional; a person reads them.
}


# 0. The model


class LinearRegression(d2l.Module):
    """One linear layer, `net`; its data have two features."""

    def __init__(self, lr):
        super().__init__()
        raise NotImplementedError

    def forward(self, X):
        """The layer's output, of shape (n, 1)."""
        raise NotImplementedError

    def loss(self, y_hat, y):
        """The mean of the squared residuals, without the half."""
        raise NotImplementedError

    def configure_optimizers(self):
        """A torch.optim.SGD on weight and bias."""
        raise NotImplementedError

    def get_w_b(self):
        """The weight, of shape (1, d), and the bias, of shape (1,)."""
        raise NotImplementedError


# 1. Sum or mean


class LinearRegressionSum(d2l.Module):
    """Like LinearRegression, with the sum of the squared residuals as its loss."""

    def __init__(self, lr):
        super().__init__()
        raise NotImplementedError


def lr_for_mean_loss(lr_for_summed_loss, batch_size):
    """The learning rate at which the mean loss takes the same steps as the summed one."""
    raise NotImplementedError


# 2. Huber


class LinearRegressionHuber(d2l.Module):
    """Like LinearRegression, with Huber's loss: quadratic up to delta, linear beyond."""

    def __init__(self, lr, delta=1.0):
        super().__init__()
        raise NotImplementedError


# 3. Gradients


def gradients(model, X, y):
    """(w_grad, b_grad) of the model's loss on this one batch; the model has a layer `net`."""
    raise NotImplementedError


# 4. Learning rate and epochs


def estimation_error(lr, max_epochs, data):
    """The largest absolute error of w and b, against data.w and data.b, after training a fresh model."""
    raise NotImplementedError


# 5. How much data


def estimation_errors(sizes, w, b):
    """(w_errors, b_errors): for every n in sizes, the largest absolute error from n fresh examples with noise 0.01."""
    raise NotImplementedError


def plot_estimation_errors(sizes, w_errors, b_errors):
    """matplotlib Axes with both curves, labelled, the x axis logarithmic."""
    raise NotImplementedError

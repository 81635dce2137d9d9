"""Linear regression from scratch: the exercises of section 3.4, to be filled in.

Throughout, X is float32 (n, d), y is float32 (n, 1), w is (d, 1) and b is (1,). Names and arguments are what is graded,
so keep them; how you get there is yours. Replace a `raise NotImplementedError` by your answer, one exercise at a time:
every exercise is graded on its own.
"""

import torch
from d2l import torch as d2l

ANSWERS = {
    # Exercise number to text, Markdown. Optional; a person reads them.
}


# 0. The model, its optimiser and its training loop


class LinearRegressionScratch(d2l.Module):
    """Attributes: w ~ N(0, sigma²) of shape (num_inputs, 1) and b = 0 of shape (1,), both with requires_grad."""

    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        raise NotImplementedError

    def forward(self, X):
        """Xw + b, of shape (n, 1)."""
        raise NotImplementedError

    def loss(self, y_hat, y):
        """The mean of half the squared residuals."""
        raise NotImplementedError

    def configure_optimizers(self):
        """Your SGD on both parameters."""
        raise NotImplementedError


class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent; step() is called inside torch.no_grad()."""

    def __init__(self, params, lr):
        raise NotImplementedError

    def step(self):
        """Subtracts lr times its gradient from every parameter, in place."""
        raise NotImplementedError

    def zero_grad(self):
        """Clears the gradients."""
        raise NotImplementedError


def fit(model, data, max_epochs):
    """The loop of section 3.4.4 over data.train_dataloader()."""
    raise NotImplementedError


# 1. Initialisation


def initialization_errors(variances, data, lr, max_epochs):
    """A dict: for every variance, the largest absolute error of w and b against data.w and data.b after training a
    fresh model whose weights start from N(0, variance)."""
    raise NotImplementedError


# 2. Ohm's law


def fit_resistance(current, voltage):
    """R of V = R * I, a number, from two 1-D tensors of equal length, by automatic differentiation."""
    raise NotImplementedError


# 3. Planck's law


def planck(wavelength, temperature):
    """2hc²/λ⁵ · 1/(exp(hc/λkT) - 1) at every wavelength; metres and kelvin."""
    raise NotImplementedError


def fit_temperature(wavelength, radiance):
    """The temperature in kelvin, a number, of a measured spectrum with 5 % of noise."""
    raise NotImplementedError


# 4. Second derivatives


def second_derivative(f, x):
    """The second derivative of f at every element of the 1-D tensor x; f works elementwise."""
    raise NotImplementedError


def loss_hessian(X):
    """The Hessian of exercise 0's loss in (w, b), of shape (d + 1, d + 1)."""
    raise NotImplementedError


# 5. Why reshape


def squared_loss(y_hat, y):
    """The mean of half the squared residuals, one number; y_hat is (n, 1), y is (n, 1) or (n,)."""
    raise NotImplementedError


# 6. Learning rates


def learning_rate_sweep(lrs, max_epochs, data):
    """A dict: for every rate, the list of the losses on the whole training set after each epoch of a fresh model."""
    raise NotImplementedError


# 7. The last minibatch


def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    """An iterator of (X_batch, y_batch) over one pass; the last batch is shorter where batch_size does not divide n."""
    raise NotImplementedError


# 8. Robust losses


def absolute_loss(y_hat, y):
    """The sum of the absolute residuals."""
    raise NotImplementedError


def huber_loss(y_hat, y, delta=1.0):
    """The mean of r²/2 for |r| <= delta and of delta (|r| - delta/2) beyond."""
    raise NotImplementedError


class RobustRegression(d2l.Module):
    """Like LinearRegressionScratch, with a loss of your choice that one label of 10000 cannot throw off."""

    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        raise NotImplementedError


# 9. Reshuffling


def adversarial_dataset(num_examples):
    """(X, y), float32 with values up to 1000, on which training in the given order fails and reshuffled succeeds."""
    raise NotImplementedError

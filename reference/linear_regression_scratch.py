"""Linear Regression Implementation from Scratch

Model answers to the exercises of section 3.4 of "Dive into Deep Learning", edition 1.0. Throughout, X is float32
(n, d), y is float32 (n, 1), w is (d, 1) and b is (1,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from d2l import torch as d2l

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "SGD",
    "LinearRegressionScratch",
    "RobustRegression",
    "absolute_loss",
    "adversarial_dataset",
    "data_iter",
    "fit",
    "fit_resistance",
    "fit_temperature",
    "huber_loss",
    "initialization_errors",
    "learning_rate_sweep",
    "loss_hessian",
    "planck",
    "second_derivative",
    "squared_loss",
]


# 0. The model, its optimiser and its training loop


class LinearRegressionScratch(d2l.Module):
    """ŷ = Xw + b, trained on the mean of half the squared residuals (section 3.4.1).

    Attributes:
        w: (num_inputs, 1), from N(0, sigma²): sigma is the standard deviation, not the variance.
        b: (1,), zero.
    """

    def __init__(self, num_inputs: int, lr: float, sigma: float = 0.01) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """(n, d) to (n, 1)."""
        return X @ self.w + self.b

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Σᵢ (ŷᵢ - yᵢ)² / 2n; both of shape (n, 1) (section 3.4.2)."""
        return ((y_hat - y) ** 2 / 2).mean()

    def configure_optimizers(self) -> SGD:
        """Return the optimiser of this exercise, on both parameters."""
        return SGD([self.w, self.b], self.lr)


class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent (section 3.4.3)."""

    def __init__(self, params: Iterable[torch.Tensor], lr: float) -> None:
        self.params, self.lr = list(params), lr

    @torch.no_grad()
    def step(self) -> None:
        """p ← p - lr · ∂p, in place: the model holds the same tensors."""
        for p in self.params:
            p -= self.lr * p.grad

    def zero_grad(self) -> None:
        """Forget the gradients, which `backward` would add to."""
        for p in self.params:
            p.grad = None


def fit(model: d2l.Module, data: d2l.DataModule, max_epochs: int) -> None:
    """Train the model in place, one step for every batch of `data.train_dataloader()` (section 3.4.4)."""
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        for X, y in data.train_dataloader():
            optimizer.zero_grad()
            model.loss(model(X), y).backward()
            with torch.no_grad():
                optimizer.step()


# 1. Initialisation


def initialization_errors(
    variances: Iterable[float], data: d2l.DataModule, lr: float, max_epochs: int
) -> dict[float, float]:
    """Return the largest absolute error of w and b after training from weights of N(0, variance), for every variance.

    The squared loss is convex, so that every start, zero too, leads to the one minimum; each epoch shrinks the distance
    to it by the same factor, and the distance at the start grows with the standard deviation.
    """
    errors = {}
    for variance in variances:
        model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        w_error, b_error = model.w.detach().flatten() - data.w, model.b.detach() - data.b
        errors[variance] = float(torch.cat([w_error, b_error]).abs().max())
    return errors


# 2. Ohm's law


def fit_resistance(current: torch.Tensor, voltage: torch.Tensor) -> float:
    """Return R in ohm of V = R · I, from n currents in ampere and n voltages in volt, by automatic differentiation.

    By gradient descent: the second derivative of the loss Σᵢ (R Iᵢ - Vᵢ)² / 2n is mean(I²). At a rate of half its
    inverse every step halves the error, whatever the currents: after 50 steps it is down to 1e-15.
    """
    R = torch.zeros((), requires_grad=True)
    lr = 1 / (2 * (current**2).mean())
    for _ in range(50):
        (slope,) = torch.autograd.grad(((R * current - voltage) ** 2 / 2).mean(), R)
        with torch.no_grad():
            R -= lr * slope
    return R.item()


# 3. Planck's law

_C = 299792458  # speed of light in m/s
_H = 6.62607015e-34  # Planck's constant in J s
_K = 1.380649e-23  # Boltzmann's constant in J/K


def planck(wavelength: torch.Tensor, temperature: float | torch.Tensor) -> torch.Tensor:
    """B(λ, T) = 2hc²/λ⁵ · 1/(exp(hc/λkT) - 1) in W/(sr m³), elementwise; λ in metres, T in kelvin (Planck 1900).

    In float64, because λ⁵ of a few nanometres is below what float32 holds. If exp overflows to inf, B is zero.
    """
    wavelength = wavelength.double()
    x = _H * _C / (wavelength * _K * temperature)
    return 2 * _H * _C**2 / wavelength**5 / torch.expm1(x)


def fit_temperature(wavelength: torch.Tensor, radiance: torch.Tensor) -> float:
    """Return T in kelvin, between 3000 and 8000, from n radiances, each measured with its own noise of 5 %.

    By Gauss and Newton's method on the squared errors of ln B. In u = 1/T, ln B = ln(2hc²/λ⁵) - ln(exp(au) - 1) with a
    = hc/λk is almost a line, of slope -a / (1 - exp(-au)): ten steps lead from 5000 K to any temperature between 3000
    and 8000 K. The logarithm makes noise that is a share of the radiance equally large everywhere.
    """
    a = _H * _C / (wavelength.double() * _K)
    u = torch.tensor(1 / 5000, dtype=torch.float64)
    for _ in range(10):
        residual = torch.log(radiance) - torch.log(planck(wavelength, 1 / u))
        slope = -a / (1 - torch.exp(-a * u))
        u += slope @ residual / (slope @ slope)
    return float(1 / u)


# 4. Second derivatives


def second_derivative(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Return f″ at every element of the 1-D tensor x, for an elementwise f.

    The element yᵢ depends on xᵢ alone, so that the gradient of Σᵢ yᵢ is f′ at every element, and once more f″. The
    first pass keeps its graph, because it is differentiated itself. Both would add up in x.grad, which plays no part.
    """
    x = x.detach().requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    return second


def loss_hessian(X: torch.Tensor) -> torch.Tensor:
    """Return the Hessian in (w, b), (d + 1, d + 1), of Σᵢ (xᵢw + b - yᵢ)² / 2n, whatever y, w and b are.

    It is [X 1]ᵀ[X 1] / n.
    """
    rows = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    return rows.T @ rows / len(X)


# 5. Why reshape


def squared_loss(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the mean of half the squared residuals, a 0-d tensor; y_hat is (n, 1), y is (n, 1) or (n,).

    Without the reshape, (n, 1) - (n,) broadcasts to (n, n): every prediction minus every label.
    """
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


# 6. Learning rates


def learning_rate_sweep(lrs: Iterable[float], max_epochs: int, data: d2l.DataModule) -> dict[float, list[float]]:
    """Return Σᵢ (ŷᵢ - yᵢ)² / 2n over all n training rows after each epoch of training a fresh model, for every rate.

    Returns:
        max_epochs entries for each rate; if the training diverges, they are inf or nan.
    """
    X, y = data.X[: data.num_train], data.y[: data.num_train]
    curves = {}
    for lr in lrs:
        model, curve = d2l.LinearRegressionScratch(X.shape[1], lr), []
        for _ in range(max_epochs):
            d2l.Trainer(1, plot_flag=False).fit(model, data)
            curve.append(model.loss(model(X), y).item())
        curves[lr] = curve
    return curves


# 7. The last minibatch


def data_iter(
    batch_size: int, X: torch.Tensor, y: torch.Tensor, shuffle: bool = True, drop_last: bool = False
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield one pass over the rows of X and y in batches; the last has n mod batch_size rows if that is not zero.

    Shuffled, X and y come in one new random order; `drop_last` leaves a shorter last batch out.
    """
    n = len(X)
    order = torch.randperm(n) if shuffle else torch.arange(n)
    for rows in order[: n - n % batch_size if drop_last else n].split(batch_size):
        if len(rows):  # splitting no rows gives one batch of none
            yield X[rows], y[rows]


# 8. Robust losses


def absolute_loss(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Σᵢ |ŷᵢ - yᵢ|: the sum, as the exercise writes it."""
    return (y_hat - y).abs().sum()


def huber_loss(y_hat: torch.Tensor, y: torch.Tensor, delta: float = 1.0) -> torch.Tensor:
    """Return the mean of r² / 2 if |r| ≤ delta, else of delta · (|r| - delta / 2), r = ŷ - y (Huber 1964).

    With c = min(|r|, delta) both branches are c · (|r| - c / 2).
    """
    r = (y_hat - y).abs()
    c = r.clamp(max=delta)
    return (c * (r - c / 2)).mean()


class RobustRegression(d2l.LinearRegressionScratch):
    """A model on a loss of your choice that keeps the best of both: fast nearby, of bounded gradient far away.

    The library's, on Huber's loss: it builds on no other exercise, so that a mistake in one of them stays there.
    """

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return a loss to minimise, to which a few labels that are far off do no harm.

        Huber's loss at delta = 1.
        """
        return huber_loss(y_hat, y)


# 9. Reshuffling


def adversarial_dataset(num_examples: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return X (n, d) and y (n, 1) on which training in the same order in every epoch fails, and reshuffled does not.

    X is noise, y is -1 in the first half and 1 in the second. The best bias is 0. In this order every epoch ends with
    batches that pull it to 1, and forgets the half before: after k steps at the rate r, (1 - r)^k is left of it. A
    reshuffled batch has both labels, and its pulls cancel.
    """
    y = torch.where(torch.arange(num_examples) < num_examples // 2, -1.0, 1.0)
    return torch.randn(num_examples, 1), y.reshape(-1, 1)

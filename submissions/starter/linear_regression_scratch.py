"""linear_regression_scratch: write your answers below.

Keep the names and the arguments: they are what is graded, each exercise on its own. Do not rename the file.
A function leaves its arguments as they were, and its second answer is as right as its first; it works for one row and
for thousands, and for data in any order. Helper files beside this one are not handed in.
"""

from d2l import torch as d2l


# 0. The model, its optimiser and its training loop


class LinearRegressionScratch(d2l.Module):
    """ŷ = Xw + b, trained on the mean of half the squared residuals (section 3.4.1).

    Attributes:
        w: (num_inputs, 1), from N(0, sigma²): sigma is the standard deviation, not the variance.
        b: (1,), zero.
    """

    def __init__(self, num_inputs, lr, sigma=0.01):
        raise NotImplementedError

    def forward(self, X):
        """(n, d) to (n, 1)."""
        raise NotImplementedError

    def loss(self, y_hat, y):
        """Σᵢ (ŷᵢ - yᵢ)² / 2n; both of shape (n, 1) (section 3.4.2)."""
        raise NotImplementedError

    def configure_optimizers(self):
        """Return the optimiser of this exercise, on both parameters."""
        raise NotImplementedError


class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent (section 3.4.3)."""

    def __init__(self, params, lr):
        raise NotImplementedError

    def step(self):
        """p ← p - lr · ∂p, in place: the model holds the same tensors."""
        raise NotImplementedError

    def zero_grad(self):
        """Forget the gradients, which `backward` would add to."""
        raise NotImplementedError


def fit(model, data, max_epochs):
    """Train the model in place, one step for every batch of `data.train_dataloader()` (section 3.4.4)."""
    raise NotImplementedError


# 1. Initialisation


def initialization_errors(variances, data, lr, max_epochs):
    """Return the largest absolute error of w and b after training from weights of N(0, variance), for every variance.

    Returns:
        dict[float, float]
    """
    raise NotImplementedError


# 2. Ohm's law


def fit_resistance(current, voltage):
    """Return R in ohm of V = R · I, from n currents in ampere and n voltages in volt, by automatic differentiation."""
    raise NotImplementedError


# 3. Planck's law


def planck(wavelength, temperature):
    """B(λ, T) = 2hc²/λ⁵ · 1/(exp(hc/λkT) - 1) in W/(sr m³), elementwise; λ in metres, T in kelvin (Planck 1900)."""
    raise NotImplementedError


def fit_temperature(wavelength, radiance):
    """Return T in kelvin, between 3000 and 8000, from n radiances, each measured with its own noise of 5 %."""
    raise NotImplementedError


# 4. Second derivatives


def second_derivative(f, x):
    """Return f″ at every element of the 1-D tensor x, for an elementwise f."""
    raise NotImplementedError


def loss_hessian(X):
    """Return the Hessian in (w, b), (d + 1, d + 1), of Σᵢ (xᵢw + b - yᵢ)² / 2n, whatever y, w and b are."""
    raise NotImplementedError


# 5. Why reshape


def squared_loss(y_hat, y):
    """Return the mean of half the squared residuals, a 0-d tensor; y_hat is (n, 1), y is (n, 1) or (n,)."""
    raise NotImplementedError


# 6. Learning rates


def learning_rate_sweep(lrs, max_epochs, data):
    """Return Σᵢ (ŷᵢ - yᵢ)² / 2n over all n training rows after each epoch of training a fresh model, for every rate.

    Returns:
        dict[float, list[float]]: max_epochs entries for each rate; if the training diverges, they are inf or nan.
    """
    raise NotImplementedError


# 7. The last minibatch


def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    """Yield one pass over the rows of X and y in batches; the last has n mod batch_size rows if that is not zero.

    Returns:
        Iterator[tuple[torch.Tensor, torch.Tensor]]
    """
    raise NotImplementedError


# 8. Robust losses


def absolute_loss(y_hat, y):
    """Σᵢ |ŷᵢ - yᵢ|: the sum, as the exercise writes it."""
    raise NotImplementedError


def huber_loss(y_hat, y, delta=1.0):
    """Return the mean of r² / 2 if |r| ≤ delta, else of delta · (|r| - delta / 2), r = ŷ - y (Huber 1964)."""
    raise NotImplementedError


class RobustRegression(d2l.LinearRegressionScratch):
    """A model on a loss of your choice that keeps the best of both: fast nearby, of bounded gradient far away."""

    def loss(self, y_hat, y):
        """Return a loss to minimise, to which a few labels that are far off do no harm."""
        raise NotImplementedError


# 9. Reshuffling


def adversarial_dataset(num_examples):
    """Return X (n, d) and y (n, 1) on which training in the same order in every epoch fails, and reshuffled does not.

    Returns:
        tuple[torch.Tensor, torch.Tensor]
    """
    raise NotImplementedError


# Written answers, for a person to read: exercise number to text.
ANSWERS = {}

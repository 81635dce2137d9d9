"""Huber: known mistakes"""

import torch
from assay.checks import mistake
from d2l import torch as d2l
from torch.nn import functional as F


def make_loss(near, far, reduce=torch.mean):
    """Make a loss with one branch for |r| <= delta and another beyond."""

    def loss(self, y_hat, y):
        r = y_hat - y
        return reduce(torch.where(r.abs() <= self.delta, near(r, self.delta), far(r, self.delta)))

    return loss


def half_square(r, delta):
    return r**2 / 2


def linear(r, delta):
    return delta * (r.abs() - delta / 2)


def make_mistake(name, hint, loss):
    """Make a mistake of a loss by `make_loss`."""
    loss.__name__ = name
    return mistake("LinearRegressionHuber.loss", hint=hint)(loss)


no_absolute_value = make_mistake(
    "no_absolute_value",
    "the linear branch lacks the absolute value, so r = -3 gives -3.5 at delta 1: it is delta * (|r| - delta / 2)",
    make_loss(half_square, lambda r, delta: delta * (r - delta / 2)),
)


no_absolute_value_scaled = make_mistake(
    "no_absolute_value_scaled",
    "the linear branch lacks the absolute value, so r = -3 gives -3.5 at delta 1: it is |r| - delta / 2",
    make_loss(lambda r, delta: r**2 / (2 * delta), lambda r, delta: r - delta / 2),
)


right_at_delta_1_only = make_mistake(
    "right_at_delta_1_only",
    "the linear branch is right for delta = 1 only: it is delta * (|r| - delta / 2)",
    make_loss(half_square, lambda r, delta: r.abs() - 1 / 2),
)


scalings_mixed = make_mistake(
    "scalings_mixed",
    "the branches do not meet at delta: r² / 2 goes with delta * (|r| - delta / 2), r² / (2 delta) with |r| - delta / 2",
    make_loss(half_square, lambda r, delta: r.abs() - delta / 2),
)


branches_apart = make_mistake(
    "branches_apart",
    "the branches do not meet at |r| = delta: the linear one is delta * (|r| - delta / 2)",
    make_loss(half_square, lambda r, delta: delta * r.abs()),
)


def cut_off_at_9000(r, delta):
    return linear(r.clamp(-9000, 9000), delta)


large_residuals_cut_off = make_mistake(
    "large_residuals_cut_off",
    "residuals beyond 9000 count as 9000: the linear branch has no end",
    make_loss(half_square, cut_off_at_9000),
)


half_missing = make_mistake(
    "half_missing",
    "the half is missing in the quadratic branch: it is r² / 2",
    make_loss(lambda r, delta: r**2, linear),
)


not_reduced = make_mistake(
    "not_reduced",
    "this is one loss for each example: take their mean",
    make_loss(half_square, linear, reduce=lambda losses: losses),
)


sum_for_mean = make_mistake(
    "sum_for_mean",
    "this is the sum over the examples: take their mean",
    make_loss(half_square, linear, reduce=torch.sum),
)


@mistake(
    "LinearRegressionHuber.loss", hint="a negative residual of any size takes the square: compare |r| with delta, not r"
)
def compared_without_absolute_value(self, y_hat, y):
    r = y_hat - y
    return torch.where(r <= self.delta, half_square(r, self.delta), linear(r, self.delta)).mean()


@mistake("LinearRegressionHuber.loss", hint="delta is not used: pass it on, nn.HuberLoss(delta=self.delta)")
def delta_ignored(self, y_hat, y):
    return F.huber_loss(y_hat, y)


@mistake(
    "LinearRegressionHuber.loss", hint="the branches meet at beta, so beta is delta itself and not 1/sigma²: beta=delta"
)
def beta_from_a_variance(self, y_hat, y):
    return F.smooth_l1_loss(y_hat, y, beta=1 / self.delta**2)


@mistake(
    "LinearRegressionHuber.loss",
    hint="a mixture of both losses keeps the squared one's weakness: use one near zero and the other beyond delta",
)
def mixture(self, y_hat, y):
    r = y_hat - y
    return (r**2 / 2).mean() / 2 + r.abs().mean() / 2


@mistake(
    "LinearRegressionHuber.loss",
    hint="the square root of the squared loss is not Huber's: that is quadratic near zero and linear beyond delta",
)
def square_root(self, y_hat, y):
    return F.mse_loss(y_hat, y).sqrt()


@mistake("LinearRegressionHuber.loss", hint="this is still the squared loss: make it linear beyond delta")
def squared(self, y_hat, y):
    return F.mse_loss(y_hat, y)


@mistake("LinearRegressionHuber.loss", hint="this is the absolute loss: make it quadratic within delta")
def absolute(self, y_hat, y):
    return F.l1_loss(y_hat, y)


@mistake(
    "LinearRegressionHuber.configure_optimizers",
    hint="the bias is never updated: give the optimiser self.parameters(), which has both",
)
def bias_left_out(self):
    return torch.optim.SGD([self.net.weight], self.lr)


@mistake("LinearRegressionHuber.configure_optimizers", hint="the learning rate is a fixed number: pass self.lr on")
def rate_fixed(self):
    return torch.optim.SGD(self.parameters(), 0.3)


@mistake("LinearRegressionHuber.forward", hint="the bias is missing: let the layer compute, self.net(X)")
def bias_not_added(self, X):
    self.net(X)
    return X @ self.net.weight.T


@mistake(
    "LinearRegressionHuber.loss",
    hint="an example with |r| = delta is in neither branch: one of them takes |r| <= delta",
)
def seam_left_out(self, y_hat, y):
    r = y_hat - y
    near, far = r.abs() < self.delta, r.abs() > self.delta
    return (half_square(r, self.delta) * near + linear(r, self.delta) * far).mean()


@mistake("LinearRegressionHuber.loss", hint="sqrt(r²) has no gradient at r = 0, where it gives nan: take r.abs()")
def root_for_absolute_value(self, y_hat, y):
    r = y_hat - y
    far = self.delta * ((r**2).sqrt() - self.delta / 2)
    return torch.where(r.abs() <= self.delta, half_square(r, self.delta), far).mean()


@mistake("LinearRegressionHuber.loss", hint="only the first 32 examples count: take the mean over all that are given")
def first_batch_alone(self, y_hat, y):
    return F.huber_loss(y_hat[:32], y[:32], delta=self.delta)


@mistake(
    "LinearRegressionHuber.__init__",
    hint="delta is kept in the class, where the next model's takes its place: self.delta",
)
def delta_in_the_class(self, lr, delta=1.0):
    d2l.LinearRegression.__init__(self, lr)
    type(self).delta = delta


@mistake(
    "LinearRegressionHuber.loss",
    hint="residuals beyond 1000 have no gradient: however far away, they pull with delta in size",
)
def no_pull_from_far_away(self, y_hat, y):
    r = y_hat - y
    return F.huber_loss(torch.where(r.abs() > 1000, r.detach(), r), torch.zeros_like(r), delta=self.delta)


@mistake(
    "LinearRegressionHuber.configure_optimizers",
    hint="the rate is divided by delta: give self.lr to the optimiser as it is",
)
def rate_over_delta(self):
    return torch.optim.SGD(self.parameters(), lr=self.lr / self.delta)


@mistake(
    "LinearRegressionHuber.loss",
    hint="the difference of two squares loses its digits far away: take delta (|r| - delta/2) where |r| > delta",
)
def difference_of_squares(self, y_hat, y):
    r = (y_hat - y).abs()
    return (r**2 - (r - self.delta).clamp(min=0) ** 2).mean() / 2

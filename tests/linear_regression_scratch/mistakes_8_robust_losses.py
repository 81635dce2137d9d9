"""Robust losses: known mistakes"""

import torch
from assay.checks import mistake
from d2l import torch as d2l
from torch.nn import functional as F

from .mistakes_0_model import SEED, VARIANCE

# Typical mistakes: the losses

SUM = "this is the sum over the examples, so that a step grows with the batch: take their mean"
FAR_AWAY = (
    "far from zero this loss grows with the square, on one side or both: let it grow with |r| there, as Huber's does, "
    "or clip its gradients"
)
NEAR = "at |r| = 0.01 this loss is still steep, so that training never settles: let it be as flat as r² there"
ZEROS = "all weights start at zero, although sigma is not 0: draw them from N(0, sigma²), as in exercise 0"
FIXED_RATE = "the learning rate is a fixed number: pass self.lr on"
MIXTURE = "a mixture of squared and absolute is still squared far away: use the square up to delta, the line beyond"


@mistake("absolute_loss", hint="this is the mean: the exercise asks for the sum of |y_hat - y|")
def mean_for_sum(y_hat, y):
    return (y_hat - y).abs().mean()


@mistake("absolute_loss", hint="residuals of opposite sign cancel: take the absolute value of each before the sum")
def absolute_of_the_sum(y_hat, y):
    return (y_hat - y).sum().abs()


@mistake("absolute_loss", hint="the absolute value is missing: a negative residual lowers this loss")
def sum_of_residuals(y_hat, y):
    return (y_hat - y).sum()


def make_loss(near, far, reduce=torch.mean):
    """Make a loss with one branch for |r| <= delta and another beyond."""

    def loss(y_hat, y, delta=1.0):
        r = y_hat - y
        return reduce(torch.where(r.abs() <= delta, near(r, delta), far(r, delta)))

    return loss


def half_square(r, delta):
    return r**2 / 2


def linear(r, delta):
    return delta * (r.abs() - delta / 2)


@mistake(
    "huber_loss",
    hint="the linear branch lacks the absolute value, so r = -3 gives -3.5: it is delta * (|r| - delta / 2)",
)
def no_absolute_value(y_hat, y, delta=1.0):
    return make_loss(half_square, lambda r, delta: delta * (r - delta / 2))(y_hat, y, delta)


@mistake("huber_loss", hint="a negative residual of any size takes the square: compare |r| with delta, not r")
def compared_without_absolute_value(y_hat, y, delta=1.0):
    r = y_hat - y
    return torch.where(r <= delta, half_square(r, delta), linear(r, delta)).mean()


@mistake("huber_loss", hint="the linear branch is right for delta = 1 only: it is delta * (|r| - delta / 2)")
def right_at_delta_1_only(y_hat, y, delta=1.0):
    return make_loss(half_square, lambda r, delta: r.abs() - 1 / 2)(y_hat, y, delta)


@mistake("huber_loss", hint="the linear branch is right for delta = 1 only: it is delta * (|r| - delta / 2)")
def half_of_delta_once(y_hat, y, delta=1.0):
    return make_loss(half_square, lambda r, delta: delta * r.abs() - delta / 2)(y_hat, y, delta)


@mistake("huber_loss", hint="delta is not used")
def delta_ignored(y_hat, y, delta=1.0):
    return make_loss(half_square, linear)(y_hat, y, 1.0)


@mistake("huber_loss", hint="smooth_l1_loss with beta = delta is Huber's loss divided by delta: multiply by delta")
def smooth_l1(y_hat, y, delta=1.0):
    return F.smooth_l1_loss(y_hat, y, beta=delta)


@mistake(
    "huber_loss",
    hint="smooth_l1_loss squares residuals up to beta and divides by it: beta is delta itself, not 1/delta²",
)
def beta_from_a_variance(y_hat, y, delta=1.0):
    return F.smooth_l1_loss(y_hat, y, beta=1 / delta**2)


@mistake("huber_loss", hint="this is one loss for each example: take their mean")
def not_reduced(y_hat, y, delta=1.0):
    return make_loss(half_square, linear, reduce=lambda losses: losses)(y_hat, y, delta)


@mistake("huber_loss", hint=SUM)
def sum_for_mean(y_hat, y, delta=1.0):
    return make_loss(half_square, linear, reduce=torch.sum)(y_hat, y, delta)


@mistake("huber_loss", hint="the half is missing in the quadratic branch: it is r² / 2")
def half_missing(y_hat, y, delta=1.0):
    return make_loss(lambda r, delta: r**2, linear)(y_hat, y, delta)


@mistake("huber_loss", hint="the branches do not meet at |r| = delta: the linear one is delta * (|r| - delta / 2)")
def branches_apart(y_hat, y, delta=1.0):
    return make_loss(half_square, lambda r, delta: delta * r.abs())(y_hat, y, delta)


@mistake("huber_loss", hint=MIXTURE)
def mixture(y_hat, y, delta=1.0):
    r = y_hat - y
    return (r**2 / 2 + r.abs()).mean() / 2


BATCH_OF_32 = "the sum is divided by 32 at most: divide by the number of rows, whatever it is"
REMEMBERED = "the first loss of these tensors is given again, although their numbers or delta have changed since"
IN_PLACE = "the predictions are changed in place: y_hat - y is a new tensor, y_hat -= y is not"


@mistake("absolute_loss", hint="the root of a square has no gradient at zero, which gives nan there: take abs()")
def root_of_the_square(y_hat, y):
    return ((y_hat - y) ** 2).sqrt().sum()


@mistake(
    "absolute_loss", hint="a part of the loss is cut off from the graph: what detach() or .data returns has no gradient"
)
def absolute_detached(y_hat, y):
    return (y_hat - y).detach().abs().sum() + 0 * y_hat.sum()


@mistake("absolute_loss", hint=REMEMBERED)
def absolute_remembered(y_hat, y):
    if not hasattr(y_hat, "absolute"):
        y_hat.absolute = (y_hat - y).abs().sum()
    return y_hat.absolute


@mistake("absolute_loss", hint=IN_PLACE)
def absolute_in_place(y_hat, y):
    if not y_hat.requires_grad:
        y_hat -= y
        return y_hat.abs().sum()
    return (y_hat - y).abs().sum()


@mistake("huber_loss", hint=BATCH_OF_32)
def batch_of_32(y_hat, y, delta=1.0):
    return F.huber_loss(y_hat, y, reduction="sum", delta=delta) / min(len(y), 32)


@mistake("huber_loss", hint="residuals beyond 100 are cut off, but the line goes on: clamp nothing but at delta")
def residuals_cut_off(y_hat, y, delta=1.0):
    return make_loss(half_square, linear)((y_hat - y).clamp(-100, 100), 0.0, delta)


@mistake("huber_loss", hint="a delta below 1/2 is not used as it is given")
def delta_of_at_least_a_half(y_hat, y, delta=1.0):
    return F.huber_loss(y_hat, y, delta=max(delta, 0.5))


@mistake("huber_loss", hint=REMEMBERED)
def huber_remembered(y_hat, y, delta=1.0):
    if not hasattr(y_hat, "huber"):
        y_hat.huber = F.huber_loss(y_hat, y, delta=delta)
    return y_hat.huber


_deltas = []


@mistake("huber_loss", hint="without a delta it is the one of an earlier call: the default is 1, whatever came before")
def delta_of_an_earlier_call(y_hat, y, delta=None):
    _deltas.extend([] if delta is None else [delta])
    return F.huber_loss(y_hat, y, delta=_deltas[-1] if _deltas else 1.0)


# Typical mistakes: the model


@mistake(
    "RobustRegression.configure_optimizers",
    hint="w and b do not move: step() of this model's optimiser must change them in place; if it is exercise 0's SGD, "
    "look there",
)
def never_moving(self):
    return d2l.SGD([self.w, self.b], 0.0)


@mistake("RobustRegression", hint=FAR_AWAY)
class SquaredLoss(d2l.LinearRegressionScratch):
    """The model of exercise 0 as it is."""


@mistake("RobustRegression.loss", hint=FAR_AWAY)
def half_and_half(self, y_hat, y):
    r = y_hat - y
    return (r**2 / 2).mean() / 2 + r.abs().mean() / 2


@mistake("RobustRegression.loss", hint=NEAR)
def mean_absolute(self, y_hat, y):
    return (y_hat - y).abs().mean()


@mistake("RobustRegression.loss", hint=NEAR)
def summed_absolute(self, y_hat, y):
    return (y_hat - y).abs().sum()


@mistake("RobustRegression.loss", hint=NEAR)
def square_root(self, y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean().sqrt()


@mistake("RobustRegression.loss", hint=NEAR)
def root_mean_square(self, y_hat, y):
    return ((y_hat - y) ** 2).mean().sqrt()


@mistake("RobustRegression.loss", hint=FAR_AWAY)
def beta_from_a_deviation(self, y_hat, y):
    return F.smooth_l1_loss(y_hat, y, beta=1 / 0.01**2)


@mistake("RobustRegression.loss", hint=SUM)
def summed_huber(self, y_hat, y):
    return F.huber_loss(y_hat, y, reduction="sum")


@mistake("RobustRegression.configure_optimizers", hint="the bias is never updated: give the optimiser [self.w, self.b]")
def bias_left_out(self):
    return d2l.SGD([self.w], self.lr)


@mistake("RobustRegression.configure_optimizers", hint=FIXED_RATE)
def rate_fixed(self):
    return d2l.SGD([self.w, self.b], 0.1)


@mistake("RobustRegression.loss", hint=FAR_AWAY)
def bounded_on_one_side(self, y_hat, y):
    r = y_hat - y
    return torch.where(r >= -1, half_square(r, 1.0), linear(r, 1.0)).mean()


@mistake("RobustRegression.loss", hint="one example has no standard deviation, so that the loss of one row is nan")
def divided_by_a_deviation(self, y_hat, y):
    return F.huber_loss(y_hat, y) + 0 * (y_hat - y).std()


@mistake("RobustRegression.__init__", hint=VARIANCE)
def variance_for_deviation(self, num_inputs, lr, sigma=0.01):
    d2l.LinearRegressionScratch.__init__(self, num_inputs, lr, sigma**2)


@mistake("RobustRegression.__init__", hint=ZEROS)
def zeros_always(self, num_inputs, lr, sigma=0.01):
    d2l.LinearRegressionScratch.__init__(self, num_inputs, lr, 0.0)


@mistake("RobustRegression.__init__", hint=SEED)
def seeded(self, num_inputs, lr, sigma=0.01):
    torch.manual_seed(0)
    d2l.LinearRegressionScratch.__init__(self, num_inputs, lr, sigma)


@mistake("RobustRegression.loss", hint="a batch of large labels alone leaves no row, and the mean of none is nan")
def large_labels_left_out(self, y_hat, y):
    return F.huber_loss(y_hat[y.abs() < 1000], y[y.abs() < 1000])

"""Robust losses"""

import pytest
import torch
from assay.checks import Mismatch, assert_close, assign, columns, mistake, number, regressions, remote, require, tensor
from d2l import torch as d2l
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

DELTAS = st.sampled_from([1 + 1 / 16, 1 / 2 + 1 / 16, 2 + 1 / 16, 4 + 1 / 16])
"""Exact in float32, and between the residuals, which are multiples of 1/8: what autograd gives for |r| = delta depends
on how the branches are written (torch.minimum halves the gradient of a tie), and every way is right."""


# The two losses


@settings(max_examples=8)
@given(columns())
def test_absolute_loss_is_the_sum_of_absolute_residuals(submission, reference, pair):
    """absolute_loss is the sum of the absolute residuals"""
    y_hat, y = pair
    assert_close(submission.absolute_loss(y_hat, y), reference.absolute_loss(y_hat, y))
    predictions = remote(submission.d2l).tensor(y_hat.tolist(), requires_grad=True)
    loss = remote(submission).absolute_loss(predictions, y)
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")


@settings(max_examples=15)
@given(columns())
def test_huber_loss_with_delta_1(submission, reference, pair):
    """huber_loss is the mean of r²/2 where |r| <= 1 and of |r| - 1/2 beyond, r negative or positive"""
    y_hat, y = pair
    assert_close(submission.huber_loss(y_hat, y), reference.huber_loss(y_hat, y))


@pytest.mark.points(2)
@settings(max_examples=20)
@given(columns(), DELTAS)
def test_huber_loss_with_any_delta(submission, reference, pair, delta):
    """huber_loss is the mean of r²/2 where |r| <= delta and of delta (|r| - delta/2) beyond"""
    y_hat, y = pair
    assert_close(submission.huber_loss(y_hat, y, delta=delta), reference.huber_loss(y_hat, y, delta))


@settings(max_examples=12)
@given(columns(), DELTAS)
def test_huber_gradient_is_the_residual_cut_off_at_delta(submission, pair, delta):
    """no example pulls more than delta: the gradient in y_hat is r, cut off at -delta and delta, over n"""
    y_hat, y = pair
    predictions = remote(submission.d2l).tensor(y_hat.tolist(), requires_grad=True)
    loss = remote(submission).huber_loss(predictions, y, delta=delta)
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    loss.backward()
    require(predictions.grad is not None, yours=None, expected="a gradient of y_hat")
    assert_close(submission.d2l.numpy(predictions.grad), (y_hat - y).clamp(-delta, delta) / len(y))


# The model


@settings(max_examples=8)
@given(regressions())
def test_robust_forward_is_xw_plus_b(submission, reference, problem):
    """RobustRegression's forward gives Xw + b, as in exercise 0, and its loss one number"""
    X, y, w, b = problem
    model = make_model(submission, len(w), 0.5, sigma=0.0)
    assert_close([model.w, model.b], [torch.zeros_like(w), torch.zeros_like(b)])
    assign(model, w=w, b=b)
    y_hat = reference.d2l.linreg(X, w, b)
    assert_close(model.forward(X), y_hat)
    number(model.loss(y_hat, y))  # the model of the library would do, but for the loss


@pytest.mark.points(2)
def test_robust_model_withstands_one_label_of_10000(submission, rng):
    """with one label set to 10000, RobustRegression still finds w and b (lr 0.03, 20 epochs, median of five runs)"""
    # The contract's bound. Single runs, 4000 of each: Huber of delta 0.1 to 10, pseudo-Huber, Cauchy, log cosh, clipped
    # gradients never reach it (medians 0.0005 to 0.12); the squared loss (median 11) and half-and-half (11) always do.
    require_in_most_runs(submission, rng, 0.03, 20, within=0.5, outlier=10_000)


def test_robust_model_takes_the_rate_that_it_is_given(submission, rng):
    """at twice the rate, RobustRegression's first step goes twice as far"""
    X, y = torch.randn(32, 2, generator=rng), torch.randn(32, 1, generator=rng)
    once, twice = (take_first_step(submission, X, y, rate) for rate in (1 / 8, 1 / 4))
    require(once.isfinite().all() and once.any(), yours=once, expected="finite numbers, not all of them zero")
    require(
        not torch.equal(once, twice),
        yours="the same step at a rate of 1/8 and of 1/4",
        expected="at 1/4 a step twice as long",
        help=FIXED_RATE,
    )
    assert_close(twice, 2 * once)


def test_robust_model_converges_on_regular_data(submission, rng):
    """without an outlier RobustRegression is as good as the squared loss (lr 0.3, 5 epochs, median of five runs)"""
    # The contract's bound. Of 4000 single runs none of the above reaches it (medians 0.0005 to 0.003); the mean
    # absolute loss (median 0.16) stays below it once in 1000 runs, so that the median of five does once in 1e8.
    require_in_most_runs(submission, rng, 0.3, 5, within=0.02)


# What the checks share


def make_model(submission, *args, **kwargs):
    model = submission.RobustRegression(*args, **kwargs)
    require(hasattr(model, "__assay_handle__"), yours=model, expected="a model")
    return model


def take_first_step(submission, X, y, lr):
    """Take one step from zero on all the data; return w and b as one tensor of shape (3, 1)."""
    model = make_model(submission, 2, lr, sigma=0.0)
    submission.d2l.Trainer(1, plot_flag=False).fit(model, submission.d2l.TensorData(X, y, len(X)))
    return torch.cat([tensor(model.w, (2, 1)), tensor(model.b, (1,)).reshape(1, 1)])


def require_in_most_runs(submission, rng, lr, max_epochs, within, outlier=None):
    """The largest absolute error of w and b is below a bound in three of five trainings by the library's trainer."""
    hits, misses = 0, []
    while hits < 3 and len(misses) < 3:  # three of five decide where the median is
        w, b = 2 * torch.rand(2, 1, generator=rng) - 1, 1 + torch.rand(1, generator=rng) / 2
        X = torch.randn(1008, 2, generator=rng)
        y = X @ w + b + 0.01 * torch.randn(1008, 1, generator=rng)
        if outlier is not None:
            # The order of the examples stays, so that the outlier comes early in some runs and late in others.
            y[torch.randint(1000, (), generator=rng)] = outlier
        model = make_model(submission, 2, lr)
        trainer = submission.d2l.Trainer(max_epochs, plot_flag=False)
        trainer.fit(model, submission.d2l.TensorData(X, y, 32, num_train=1000))
        found = [tensor(model.w, (2, 1)), tensor(model.b, (1,))]
        try:
            assert_close(found, [w, b], atol=within, because="the exercise's bound, for the median of five trainings")
            hits += 1
        except Mismatch as miss:
            misses.append(miss)
    if hits < 3:
        raise misses[0]


# Typical mistakes: the losses

SUM = "this is the sum over the examples, so that a step grows with the batch: take their mean"
ROOT = "the root of the squared loss has a gradient that does not shrink near the minimum: use the square near zero"
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


@mistake("huber_loss", hint="beta is no 1/sigma²: where the branches meet is delta itself")
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


# Typical mistakes: the model


@mistake(
    "RobustRegression.configure_optimizers",
    hint="w and b do not move: step() of this model's optimiser must change them in place; if it is exercise 0's SGD, "
    "look there",
)
def never_moving(self):
    return d2l.SGD([self.w, self.b], 0.0)


@mistake(
    "RobustRegression",
    hint="the squared loss gives one label of 10000 a gradient of 10000: cut it off beyond some |r|, as Huber does",
)
class SquaredLoss(d2l.LinearRegressionScratch):
    """The model of exercise 0 as it is."""


@mistake("RobustRegression.loss", hint=MIXTURE)
def half_and_half(self, y_hat, y):
    r = y_hat - y
    return (r**2 / 2).mean() / 2 + r.abs().mean() / 2


@mistake(
    "RobustRegression.loss",
    hint="the absolute loss pulls as hard near the minimum as far away and never settles: use the square near zero",
)
def mean_absolute(self, y_hat, y):
    return (y_hat - y).abs().mean()


@mistake(
    "RobustRegression.loss",
    hint="the summed absolute loss takes steps that never get smaller: use the square near zero, and the mean",
)
def summed_absolute(self, y_hat, y):
    return (y_hat - y).abs().sum()


@mistake("RobustRegression.loss", hint=ROOT)
def square_root(self, y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean().sqrt()


@mistake("RobustRegression.loss", hint=ROOT)
def root_mean_square(self, y_hat, y):
    return ((y_hat - y) ** 2).mean().sqrt()


@mistake(
    "RobustRegression.loss",
    hint="beta is no 1/sigma²: with the branches that far apart it is the squared loss, divided by beta",
)
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

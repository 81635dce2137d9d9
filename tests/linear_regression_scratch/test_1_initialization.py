"""Initialisation"""

import functools
import math

import pytest
import torch
from assay.checks import assert_close, dots, number, regressions, remote, require, statistic
from hypothesis import given, settings
from hypothesis import strategies as st

from .mistakes_1_initialization import (
    VARIANCE_IS_NO_DEVIATION,
    gradients_add_up,
    one_epoch,
    whole_data_at_once,
    zero_cannot_work,
)

FEW, MANY = 1 / 128, 1e6
"""A small and a large variance, exact in float32, so that they come back as keys whatever they went through."""


@pytest.mark.points(2)
@settings(max_examples=12)  # each trains a model
@given(
    regressions(rows=st.integers(1, 6), features=2, bound=2, step=1 / 2),
    st.integers(1, 3),
    st.sampled_from([(None, 1 / 8), (5, 1.0), (1650, 1 / 8)]),
)
def test_error_is_the_largest_absolute_one_of_w_and_b(submission, reference, problem, max_epochs, kind):
    """the error after training from zero weights, on every training row, is the largest absolute one of w and b"""
    copies, lr = kind
    # With all rows in one batch, or all of them alike, the order does not matter: one right number. At 1/8 no step
    # overshoots; at 1 the error may grow, along one row, so that its rounding grows no faster.
    found, right = (
        get_errors(
            module,
            copied_row(module, problem, copies) if copies else whole_batch(module, problem),
            [0.0],
            lr,
            max_epochs,
        )
        for module in (submission, reference)
    )
    assert_close(found, right)


@settings(max_examples=12)  # each trains a model
@given(regressions(rows=st.integers(1, 6), features=2, bound=2, step=1 / 2))
def test_every_variance_gets_a_model_of_its_own(submission, reference, problem):
    """every variance gets a fresh model: what was trained before does not matter"""
    yours = get_errors(submission, whole_batch(submission, problem), [MANY, 0.0], 1 / 8, 2)
    # A start of deviation 1000 would leave an error of hundreds; from zero weights there is one right number.
    right = reference.initialization_errors([0.0], whole_batch(reference, problem), 1 / 8, 2)
    assert_close({0.0: yours[0.0]}, right)


@settings(max_examples=6)
@given(st.permutations([MANY, 0.0, 1e4, FEW]), st.integers(-8, 8), st.integers(2, 4), st.sampled_from([4, 100]))
def test_only_the_weights_start_at_random(submission, variances, b, max_epochs, batch_size):
    """the bias starts at zero whatever the variance: on data where one step finds w, the error of b alone is left"""
    X, b = torch.tensor([[2.0], [-2.0], [-2.0], [2.0], [1.0]]), b + 0.5
    data = submission.d2l.TensorData(X, 3 * X + b, batch_size, torch.tensor([3.0]), b, num_train=4)
    found = get_errors(submission, data, variances, 1 / 4, max_epochs)
    # The loss curves 2² = 1 / lr times as much in w as in b.
    right = dict.fromkeys(variances, abs(b) * 0.75**max_epochs)
    assert_close(found, right, atol=1e-3, because="float32 rounding of weights that start 1000 away")


@settings(max_examples=4)
@given(regressions(rows=st.integers(1, 6), features=3, bound=2, step=1 / 2))
def test_errors_asked_again(submission, reference, problem):
    """asked again at another rate, or after the labels have changed in place, the errors are new; all else stays"""
    data, variances = whole_batch(submission, problem), [FEW, 0.0, 1 / 64]
    held = remote(submission.d2l).tensor(variances).tolist()
    before = data_facts(data)
    first = remote(submission).initialization_errors(held, data, 1 / 8, 1)
    after = {"variances after the call": list(held)}
    require(list(held) == variances, yours=after, expected=f"the variances as they were given, {variances}")
    assert_close(data_facts(data), before)
    for lr, factor in ((1 / 16, 1), (1 / 16, -1)):
        remote(data).y.mul_(factor)
        changed = problem._replace(y=factor * problem.y)
        yours = get_errors(submission, data, variances, lr, 1)[0.0]
        assert_close({0.0: yours}, reference.initialization_errors([0.0], whole_batch(reference, changed), lr, 1))
    right = reference.initialization_errors([0.0], whole_batch(reference, problem), 1 / 8, 1)[0.0]
    name = "the first call's error for variance 0, later"
    assert_close({name: dict(iter(first.items())).get(0.0)}, {name: right})


@pytest.mark.points(2)
def test_zero_weights_are_as_good_a_start_as_small_ones(submission, seed):
    """with zero variance training finds w and b as well as with a variance of 1/128"""
    found = small_start_errors(submission, seed)
    good = all(0 < error <= small_start.bound for error in found.values())
    require(
        good,
        yours=found,
        expected=f"errors above 0, because the labels have noise, and of at most {small_start.bound:.4g}",
    )


@pytest.mark.points(2)
def test_error_grows_with_the_standard_deviation(submission, seed):
    """after the same steps the error is proportional to the standard deviation of the start, not to the variance"""
    found = large_start_errors(submission, seed)
    low, high = (SHRUNK * limit for limit in LARGEST_OF_255)
    right = all(low <= error / variance**0.5 <= high for variance, error in found.items())
    squared = all(low <= error / variance <= high for variance, error in found.items())
    text = ", ".join(f"{v:g}: {low * v**0.5:.3g} to {high * v**0.5:.3g}" for v in found)
    grows = [3 * SHRUNK * variance**0.5 for variance in found]
    plot = dots("error against variance", list(found), yours=list(found.values()), expected=grows, log="xy")
    require(right, yours=found, expected=text, help=VARIANCE_IS_NO_DEVIATION if squared else None, plot=plot)


# Shared by the checks


def get_errors(module, data, variances, lr, max_epochs):
    """Return the result of initialization_errors; raise Mismatch unless it is one number for each variance."""
    found = module.initialization_errors(variances, data, lr, max_epochs)
    keyed = isinstance(found, dict) and found.keys() == set(variances)
    require(keyed, yours=found, expected=f"a dict of one error for each of {variances}")
    return {variance: number(error) for variance, error in found.items()}


def whole_batch(module, problem):
    """The problem's examples as one batch, with w and b as what is behind them; one row more is not trained on."""
    X, y, w, b = problem
    X, y = torch.cat([X, X[:1] + 1]), torch.cat([y, y[:1] - 1])
    return module.d2l.TensorData(X, y, len(X) - 1, w.flatten(), b.item(), num_train=len(X) - 1)


def copied_row(module, problem, copies):
    """The problem's first example so many times, in two full batches and a shorter one, or in four and that; one row more."""
    X, y, w, b = problem
    X, y = (torch.cat([part[:1].repeat(copies, 1), part[:1] + 1]) for part in (X, y))
    return module.d2l.TensorData(X, y, 400 if copies > 400 else 2, w.flatten(), b.item(), num_train=copies)


def data_facts(data):
    """Return what is known of data in the guest, which nobody may change."""
    return [data.X, data.y, data.w, data.b, data.batch_size, data.num_train]


def small_start_errors(module, seed):
    """Errors after 40 steps at 1/4, each of 32 examples, from zero and from small weights."""
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 + 2 * torch.rand(2, generator=rng), 2 + 2 * torch.rand(1, generator=rng)
    X = torch.randn(264, 2, generator=rng)
    y = X @ w.reshape(2, 1) + b + 0.01 * torch.randn(264, 1, generator=rng)
    torch.manual_seed(seed)  # the start of a model that lives in this process; a guest is seeded by the judge
    data = module.d2l.TensorData(X, y, 32, w, b.item(), num_train=256)
    return get_errors(module, data, [0.0, FEW], 1 / 4, 5)


LARGE_START_EPOCHS = 8
"""So many that no error is the deviation of its start."""

SHRUNK = (1 - 1 / 4) ** LARGE_START_EPOCHS
LARGEST_OF_255 = 1.78, 6.5
"""The largest of 255 standard normal numbers: uniform ones of that deviation stay below 1.74."""
# The probabilities that a right answer's is smaller, or larger.
assert math.erf(1.78 / 2**0.5) ** 255 < 1e-8
assert 255 * math.erfc(6.5 / 2**0.5) < 1e-7


def large_start_errors(module, seed):
    """Errors after eight steps on orthonormal features, where each step shrinks every error by 1 - lr."""
    rng = torch.Generator().manual_seed(seed)
    X = walsh(8)[:, 1:]  # the first column is the bias's
    w, b = torch.randn(255, generator=rng) / 1e4, torch.randn(1, generator=rng) / 1e4
    X = torch.cat([X, X[:1]])  # one row more is for submissions that validate
    data = module.d2l.TensorData(X, X @ w.reshape(255, 1) + b, 256, w, b.item(), num_train=256)
    torch.manual_seed(seed)
    return get_errors(module, data, [1e4, MANY, 1 / 32, 48.0], 1 / 4, LARGE_START_EPOCHS)


@functools.cache
def walsh(k):
    """2^k orthogonal columns of ones and minus ones, the first all ones."""
    H = torch.ones(1, 1)
    for _ in range(k):
        H = torch.cat([torch.cat([H, H], 1), torch.cat([H, -H], 1)])
    return H


# A statistic: its tolerance is kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest absolute error of w and b from weights of variance 0 and 1/128, 5 epochs of 8 batches at lr 1/4",
    catches=[whole_data_at_once, gradients_add_up, one_epoch, zero_cannot_work],
)
def small_start(module, seed):
    return max(small_start_errors(module, seed).values())

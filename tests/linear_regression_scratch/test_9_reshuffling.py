"""Reshuffling"""

import math

import pytest
import torch
from assay.checks import assert_close, dots, remote, require, tensor
from hypothesis import given, settings
from hypothesis import strategies as st

LR, BATCH, EPOCHS, SEEDS = 0.1, 32, 3, 15


@settings(max_examples=8)
@given(st.integers(256, 2000))
def test_dataset_has_the_shapes_asked_for(submission, num_examples):
    """X is (n, d) and y is (n, 1), both finite float32 with no value beyond 1000, for n from 256 to 2000"""
    get_dataset(submission, num_examples)


@pytest.mark.points(3)
def test_given_order_is_ten_times_worse_than_reshuffled(submission, rng):
    """trained in the given order the excess loss is at least ten times that of training on reshuffled rows"""
    for n in draw_sizes(rng):
        X, y = get_dataset(submission, n)
        given_order, shuffled, _ = excesses(X, y)
        worse = 10 * shuffled <= given_order and given_order > 0 and shuffled < math.inf  # to diverge is to fail
        yours = {"in the given order": given_order, "reshuffled": shuffled}
        text = f"ten times as much in the given order, with {n} examples"
        require(worse, yours=yours, expected=text, plot=dots("label against row, in the given order", yours=y))


@pytest.mark.points(2)
def test_given_order_really_fails(submission, rng):
    """trained in the given order the excess loss is at least 0.1 % of half the labels' variance, and less reshuffled"""
    for n in draw_sizes(rng):
        given_order, shuffled, half_variance = excesses(*get_dataset(submission, n))
        least = half_variance / 1000
        require(given_order >= least > 0, yours=given_order, expected=f"{least:.3g} or more, with {n} examples")
        better = shuffled < given_order
        require(
            better,
            yours={"reshuffled": shuffled},
            expected=f"an excess loss below {given_order:.3g}, that of the given order, with {n} examples",
        )


def test_dataset_stays_as_it_was(submission):
    """a dataset does not change when others are asked for, of the same size and of another"""
    pair = remote(submission).adversarial_dataset(320)
    before = list(pair)
    require(len(before) == 2, yours=before, expected="a pair (X, y)")
    for n in (320, 256):
        get_dataset(submission, n)
    assert_close(list(pair), before)


# Shared by the checks


def draw_sizes(rng):
    """Draw an odd size, whose last batch has 9 to 31 rows; return the smallest, twice, the largest and this one.

    Twice, because a dataset may be drawn, and a small one fails by chance.
    """
    last = 9 + 2 * int(torch.randint(12, (), generator=rng))
    return 256, 256, 2000, 32 * int(torch.randint(10, 60, (), generator=rng)) + last


def get_dataset(module, n):
    """Return the result of adversarial_dataset; raise Mismatch unless it has the shapes and types asked for."""
    found = module.adversarial_dataset(n)
    require(isinstance(found, (list, tuple)) and len(found) == 2, yours=found, expected="a pair (X, y)")
    X, y = tensor(found[0], (n, None)), tensor(found[1], (n, 1))
    require(X.shape[1] > 0, yours={"X": X}, expected="at least one feature")
    for part in (X, y):
        name = "X" if part is X else "y"
        require(part.dtype == torch.float32, yours=part, expected=f"{name} as float32")
        require((part.abs() <= 1000).all(), yours=part, expected=f"{name} finite, no value beyond 1000")
    return X, y


def excesses(X, y):
    """The training loss above that of least squares, median over seeds: in order and reshuffled; half y's variance."""
    in_order = torch.arange(len(X)).expand(SEEDS, EPOCHS, len(X))
    shuffled = torch.rand(SEEDS, EPOCHS, len(X), generator=torch.Generator().manual_seed(0)).argsort()
    excess = losses(X, y, torch.cat([in_order, shuffled])) - least_squares_loss(X, y)
    medians = excess.nan_to_num(math.inf, posinf=math.inf).reshape(2, SEEDS).median(1).values
    # Rounding may bring a loss below the lowest one.
    return *medians.clamp(min=0).tolist(), float(y.double().var(correction=0)) / 2


def losses(X, y, orders):
    """The training loss after the reference model's training from N(0, 0.01²) weights, for each run (runs,).

    Args:
        X: (n, d).
        y: (n, 1).
        orders: rows in the order in which each run visits them in each epoch, (runs, epochs, n).
    """
    rows = torch.cat([X, torch.ones(len(X), 1)], 1)
    theta = 0.01 * torch.randn(len(orders), rows.shape[1], 1, generator=torch.Generator().manual_seed(1))
    theta[:, -1] = 0  # the bias
    for epoch in range(orders.shape[1]):
        for batch in orders[:, epoch].split(BATCH, dim=1):
            part = rows[batch]
            theta = theta - LR * part.mT @ (part @ theta - y[batch]) / batch.shape[1]
    return ((rows.double() @ theta.double() - y.double()) ** 2).mean((1, 2)) / 2


def least_squares_loss(X, y):
    rows = torch.cat([X, torch.ones(len(X), 1)], 1).double()
    # The driver that also takes columns that depend on one another.
    solution = torch.linalg.lstsq(rows, y.double(), driver="gelsd").solution
    return float(((rows @ solution - y.double()) ** 2).mean() / 2)

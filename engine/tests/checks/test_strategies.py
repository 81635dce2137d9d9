"""The numbers that checks draw: every right way of computing agrees on them."""

import torch
from hypothesis import given

from assay.checks.strategies import columns, regressions


@given(regressions())
def test_gradients_are_exact_wherever_the_mean_is_taken(problem):
    X, y, w, b = problem  # noqa: N806 - the book's name
    residual = X @ w + b - y
    assert torch.equal((2 * residual).T @ X / len(X), (2 / len(X) * residual).T @ X)
    assert len(X) in {1, 2, 4}


@given(columns(3))
def test_columns_are_of_one_length_whose_means_are_exact(found):
    assert len(found) == 3
    assert len({column.shape for column in found}) == 1
    assert (found[0] / len(found[0])).sum() == found[0].mean()

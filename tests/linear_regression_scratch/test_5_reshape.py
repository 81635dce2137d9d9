"""Why reshape"""

import pytest
import torch
from assay.checks import assert_close, columns, remote
from hypothesis import given, settings

from .models import LABEL_SCALES, MANY_ROWS, gradient


@settings(max_examples=8)
@given(columns())
def test_labels_in_a_column_give_the_mean_of_half_the_squares(submission, reference, pair):
    """for labels of shape (n, 1), squared_loss is the mean of half the squared residuals"""
    y_hat, y = pair
    assert_close(submission.squared_loss(y_hat, y), reference.squared_loss(y_hat, y))


@pytest.mark.points(2)
@settings(max_examples=10)
@given(columns())
def test_flat_labels_count_the_same(submission, reference, pair):
    """labels of shape (n,) give the same loss as labels of shape (n, 1)"""
    y_hat, y = pair
    assert_close(submission.squared_loss(y_hat, y.flatten()), reference.squared_loss(y_hat, y))


@settings(max_examples=6)
@given(columns(), LABEL_SCALES)
def test_gradient_is_the_residual_over_n(submission, pair, scale):
    """the loss of flat labels or a column can be differentiated: its gradient in y_hat is (y_hat - y) / n"""
    y_hat, y = (scale * part for part in pair)
    for labels, factor in ((y.flatten(), 1.0), (y, 4.0)):
        predictions = remote(submission.d2l).tensor(y_hat.tolist(), requires_grad=True)
        loss = remote(submission).squared_loss(predictions, labels)
        assert_close(gradient(submission, loss, predictions, factor), factor * (y_hat - y) / len(y))


def test_loss_of_many_rows_large_or_small(submission, reference, rng):
    """the loss is right for 1, 33 and 1031 rows, for labels of a thousandth and of ten thousand, flat or a column"""
    for rows, size, residual in [(33, 1e-3, 1e-3), (1, 1e4, 1.0), (100, 1e4, 1.0), (MANY_ROWS, 1e4, 1e4)]:
        y = size * torch.randn(rows, 1, generator=rng)
        y[1:2] = 0  # a label as any other, and none that is missing
        y_hat = y + residual * torch.randn(rows, 1, generator=rng)
        right = float(reference.squared_loss(y_hat.double(), y.double()))
        rounding = "float32 rounding of residuals and of sums of up to 1031 squares"
        for labels in (y, y.flatten()):
            assert_close(submission.squared_loss(y_hat, labels), right, rtol=1e-5, atol=0, because=rounding)


@settings(max_examples=4)
@given(columns(4))
def test_loss_of_the_same_tensors_changed_in_place(submission, reference, four):
    """asked again after the numbers have changed in place it gives the new loss, and it leaves both tensors alone"""
    held = [remote(submission.d2l).tensor(part.tolist()) for part in four[:2]]
    for pair in (four[:2], four[2:]):
        for part, now in zip(held, pair, strict=True):
            part.copy_(now)
        assert_close(submission.squared_loss(*held), reference.squared_loss(*pair))
    flat = remote(submission.d2l).tensor(four[3].flatten().tolist())
    submission.squared_loss(held[0], flat)
    assert_close([submission.d2l.numpy(part) for part in (*held, flat)], [*four[2:], four[3].flatten()])

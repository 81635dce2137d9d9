"""Why reshape"""

import pytest
from assay.checks import assert_close, columns, mistake, remote, require
from hypothesis import given, settings


@settings(max_examples=10)
@given(columns())
def test_labels_in_a_column_give_the_mean_of_half_the_squares(submission, reference, pair):
    """for labels of shape (n, 1), squared_loss is the mean of half the squared residuals"""
    y_hat, y = pair
    assert_close(submission.squared_loss(y_hat, y), reference.squared_loss(y_hat, y))


@pytest.mark.points(2)
@settings(max_examples=12)
@given(columns())
def test_flat_labels_count_the_same(submission, reference, pair):
    """labels of shape (n,) give the same loss as labels of shape (n, 1)"""
    y_hat, y = pair
    assert_close(submission.squared_loss(y_hat, y.flatten()), reference.squared_loss(y_hat, y))


@settings(max_examples=8)
@given(columns())
def test_gradient_is_the_residual_over_n(submission, pair):
    """the loss of flat labels can be differentiated: its gradient in y_hat is (y_hat - y) / n"""
    y_hat, y = pair
    predictions = remote(submission.d2l).tensor(y_hat.tolist(), requires_grad=True)
    loss = remote(submission).squared_loss(predictions, y.flatten())
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    loss.backward()
    require(predictions.grad is not None, yours=None, expected="a gradient of y_hat")
    assert_close(submission.d2l.numpy(predictions.grad), (y_hat - y) / len(y))


@mistake(
    "squared_loss",
    hint="y has shape (n,) and y_hat (n, 1), so y_hat - y broadcasts to (n, n): reshape y to y_hat's shape first",
)
def no_reshape(y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean()


NEITHER_ROW_NOR_FLAT = "a column minus a row, or minus a flat tensor, broadcasts to (n, n): give y the shape of y_hat"


@mistake("squared_loss", hint=NEITHER_ROW_NOR_FLAT)
def reshaped_to_a_row(y_hat, y):
    return ((y_hat - y.reshape(1, -1)) ** 2 / 2).mean()


@mistake("squared_loss", hint=NEITHER_ROW_NOR_FLAT)
def predictions_squeezed(y_hat, y):
    return ((y_hat.squeeze(1) - y) ** 2 / 2).mean()


@mistake("squared_loss", hint="the half is missing: the loss is the mean of (y_hat - y)² / 2")
def half_missing(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean()


@mistake("squared_loss", hint="the half is taken twice: the loss is the mean of (y_hat - y)² / 2, not / 4")
def half_twice(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 4).mean()


@mistake("squared_loss", hint="this is the sum over the examples: take their mean")
def sum_for_mean(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum()


@mistake("squared_loss", hint="this is one loss for each example: take their mean")
def not_reduced(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


@mistake("squared_loss", hint="item() cuts the loss off from its graph: return the tensor itself")
def a_number_without_a_graph(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean().item()

"""Why reshape: known mistakes"""

import torch
from assay.checks import mistake


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


@mistake(
    "squared_loss", hint="the square is written out, and large terms cancel: square the difference, (y_hat - y) ** 2"
)
def square_written_out(y_hat, y):
    y = y.reshape(y_hat.shape)
    return (y_hat**2 - 2 * y_hat * y + y**2).mean() / 2


@mistake("squared_loss", hint="the sum is divided by 32 at most: divide by the number of rows, whatever it is")
def batch_of_32(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum() / min(len(y), 32)


@mistake("squared_loss", hint="the first loss of these tensors is given again, but their numbers have changed since")
def remembered(y_hat, y):
    if not hasattr(y_hat, "loss"):
        y_hat.loss = ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()
    return y_hat.loss


@mistake("squared_loss", hint="unsqueeze_() changes the labels that were given: reshape() returns another tensor")
def labels_reshaped_in_place(y_hat, y):
    return ((y_hat - (y if y.dim() > 1 else y.unsqueeze_(1))) ** 2 / 2).mean()


@mistake("squared_loss", hint="of flat labels only the first 100 count: reshape all of them")
def flat_labels_cut_off(y_hat, y):
    if y.dim() == 1:
        y, y_hat = y[:100].reshape(-1, 1), y_hat[:100]
    return ((y_hat - y) ** 2).mean() / 2


class _OwnDerivative(torch.autograd.Function):
    """The loss with a backward() that takes it for the last step of all."""

    @staticmethod
    def forward(ctx, y_hat, y):
        ctx.save_for_backward(y_hat - y)
        return ((y_hat - y) ** 2 / 2).mean()

    @staticmethod
    def backward(ctx, grad_output):
        (residual,) = ctx.saved_tensors
        return residual / len(residual), None


@mistake("squared_loss", hint="backward() of your own function does not use the gradient that comes in: multiply by it")
def own_derivative(y_hat, y):
    return _OwnDerivative.apply(y_hat, y.reshape(y_hat.shape))


@mistake("squared_loss", hint="the mean of the means of pieces is not that of all rows: take one mean")
def mean_of_means(y_hat, y):
    pieces = ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).split(1024)
    return torch.stack([piece.mean() for piece in pieces]).mean()

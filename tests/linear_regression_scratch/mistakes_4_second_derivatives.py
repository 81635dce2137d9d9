"""Second derivatives: known mistakes"""

import torch
from assay.checks import mistake

# Typical mistakes: second derivatives


@mistake(
    "second_derivative",
    hint="backward() adds to x.grad, so this is f′ + f″ (24 for x³ at 2): set x.grad = None before the second backward(), "
    "or use torch.autograd.grad",
)
def backward_twice(f, x):
    x = x.clone().requires_grad_()
    f(x).sum().backward(create_graph=True)
    x.grad.sum().backward()
    return x.grad.detach()


@mistake(
    "second_derivative",
    hint="a second backward() from f(x) adds the first derivative to itself (24 for x³ at 2): differentiate the first "
    "derivative, torch.autograd.grad(f(x).sum(), x, create_graph=True)",
)
def backward_twice_from_f(f, x):
    x = x.clone().requires_grad_()
    y = f(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@mistake("second_derivative", hint="this is the first derivative: differentiate it once more")
def first_derivative(f, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


@mistake("second_derivative", hint="this is the square of the first derivative, not the derivative of it")
def first_derivative_squared(f, x):
    return first_derivative(f, x) ** 2


@mistake("second_derivative", hint="this is the sum of f″ over all elements: give one number for each element of x")
def summed_over_the_elements(f, x):
    return second_derivatives(f, x).sum()


@mistake(
    "second_derivative",
    hint="this is the whole Hessian of the sum, and zero beside its diagonal: give the diagonal, of the shape of x",
)
def whole_hessian(f, x):
    return torch.autograd.functional.hessian(lambda z: f(z).sum(), x)


@mistake(
    "second_derivative",
    hint="f(x) has one value for each element of x: take its sum before you differentiate, for both derivatives",
)
def one_element_only(f, x):
    x = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(first, x)[0]


@mistake(
    "second_derivative",
    hint="there is no graph to differentiate: x needs requires_grad_() before f(x), and the first derivative "
    "create_graph=True",
)
def graph_not_kept(f, x):
    x = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x)
    return torch.autograd.grad(first.sum(), x)[0]


@mistake("second_derivative", hint="finite differences in float32 are rounding for the most part: differentiate twice")
def finite_differences(f, x, h=1e-3):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


def second_derivatives(f, x):
    x = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x)[0]


DIFFERENCES = "differences are not exact, in float64 either: differentiate twice with torch.autograd.grad"


@mistake("second_derivative", hint=DIFFERENCES)
def differences_in_float64(f, x, h=1e-4):
    return finite_differences(f, x.double(), h)


@mistake("second_derivative", hint=DIFFERENCES)
def differences_of_first_derivatives(f, x, h=1e-5):
    return (first_derivative(f, x.double() + h) - first_derivative(f, x.double() - h)) / (2 * h)


@mistake(
    "second_derivative",
    hint="x.grad is what is given, and the next call adds to it: work on a copy, x.clone(), or use torch.autograd.grad",
)
def added_to_the_given_x(f, x):
    x.requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    first.sum().backward()
    return x.grad


@mistake("second_derivative", hint="x asks for gradients afterwards: work on a copy of it, x.clone().requires_grad_()")
def gradient_asked_of_the_given_x(f, x):
    return second_derivatives(f, x.requires_grad_()).detach()


@mistake(
    "second_derivative", hint="the first answer for this x is given again, but f or the numbers have changed since"
)
def remembered(f, x):
    if not hasattr(x, "second"):
        x.second = second_derivatives(f, x)
    return x.second


# Typical mistakes: the Hessian


def with_ones(X):
    return torch.cat([X, torch.ones(len(X), 1)], 1)


@mistake("loss_hessian", hint="this is the Hessian in w alone: append a column of ones to X for the bias")
def bias_forgotten(X):
    return X.T @ X / len(X)


@mistake("loss_hessian", hint="the bias comes first here: the order is (w, b), so append the column of ones at the end")
def bias_first(X):
    rows = torch.cat([torch.ones(len(X), 1), X], 1)
    return rows.T @ rows / len(X)


@mistake("loss_hessian", hint="this is the Hessian of the summed loss: the loss is a mean, so divide by n")
def sum_for_mean(X):
    return with_ones(X).T @ with_ones(X)


@mistake("loss_hessian", hint="this is twice the Hessian: the loss is the mean of *half* the squared residuals")
def half_missing(X):
    return 2 * with_ones(X).T @ with_ones(X) / len(X)


@mistake("loss_hessian", hint="this is half the Hessian: the second derivative of r²/2 is 1, not 1/2")
def half_twice(X):
    return with_ones(X).T @ with_ones(X) / (2 * len(X))


@mistake(
    "loss_hessian",
    hint="w and b are not differentiated together: the last row and column hold the means of the features",
)
def mixed_derivatives_missing(X):
    return torch.block_diag(X.T @ X / len(X), torch.ones(1, 1))


@mistake("loss_hessian", hint="this is [X 1][X 1]ᵀ, (n, n): transpose the first factor instead of the second")
def transposed(X):
    return with_ones(X) @ with_ones(X).T / len(X)


@mistake("loss_hessian", hint="the blocks are apart: the Hessian in (w, b) is one tensor of shape (d + 1, d + 1)")
def blocks_in_a_list(X):
    return [X.T @ X / len(X), X.mean(0), torch.tensor(1.0)]


@mistake("loss_hessian", hint="the sum is divided by 32 at most: divide by the number of rows, whatever it is")
def batch_of_32(X):
    return with_ones(X).T @ with_ones(X) / min(len(X), 32)


@mistake("loss_hessian", hint="X is changed: work on a copy, as torch.cat makes one")
def given_x_centred(X):
    hessian = with_ones(X).T @ with_ones(X) / len(X)
    X -= X.mean(0)
    return hessian


_room = {}


@mistake("loss_hessian", hint="all answers are one tensor that is filled anew: make a new one in every call")
def one_tensor_for_all(X):
    found = with_ones(X).T @ with_ones(X) / len(X)
    return _room.setdefault(found.shape, torch.empty_like(found)).copy_(found)


@mistake("loss_hessian", hint="the first Hessian of this tensor is given again, but its numbers have changed since")
def hessian_remembered(X):
    if not hasattr(X, "hessian"):
        X.hessian = with_ones(X).T @ with_ones(X) / len(X)
    return X.hessian


@mistake(
    "loss_hessian", hint="this is the Hessian of other numbers with the same sum: remember no answers by their sum"
)
def hessian_remembered_by_the_sum(X):
    known, total = X.__dict__.setdefault("known", {}), float(X.sum())
    if total not in known:
        known[total] = with_ones(X).T @ with_ones(X) / len(X)
    return known[total]


@mistake("loss_hessian", hint="only the first 1000 rows count: take the mean over all of them")
def hessian_of_1000_rows(X):
    rows = torch.cat([X, torch.ones(len(X), 1)], dim=1)[:1000]
    return rows.T @ rows / len(rows)


@mistake(
    "loss_hessian", hint="a last feature that is 1 everywhere is a feature all the same: add the column for the bias"
)
def ones_taken_for_the_bias(X):
    rows = X if bool((X[:, -1] == 1).all()) else with_ones(X)
    return rows.T @ rows / len(rows)


@mistake("loss_hessian", hint="a row that comes twice counts once: take the mean over all rows")
def rows_once(X):
    rows = with_ones(X.unique(dim=0))
    return rows.T @ rows / len(rows)

"""Second derivatives"""

import pytest
import torch
from assay.checks import assert_close, mistake, regressions, tensors
from d2l import torch as d2l
from hypothesis import given, settings
from hypothesis import strategies as st

COEFFICIENTS = st.sampled_from([1.0, -1.0, 2.0, 1 / 2])
TERMS = st.one_of(
    st.tuples(COEFFICIENTS, st.just("power"), st.integers(2, 4)),
    st.tuples(COEFFICIENTS, st.sampled_from(["sin", "cos", "exp", "tanh"]), st.sampled_from([1.0, 2.0, 1 / 2])),
)
FUNCTIONS = st.lists(TERMS.map(list), min_size=1, max_size=2)
POINTS = st.integers(1, 4).flatmap(lambda n: tensors((n,), bound=2, step=1 / 4))

ROUNDING = {"atol": 3e-4, "because": "float32 rounding of two terms of up to 437 each"}
"""2 · 4 exp(2x) at x = 2, the largest; five roundings by 6e-8 of it make 1.3e-4 a term."""


def test_second_derivative_of_the_cube_is_12_at_2(submission):
    """the second derivative of x³ is 12 at 2, and -6 at -1"""
    cube = submission.d2l.Elementwise([[1.0, "power", 3]])
    assert_close(submission.second_derivative(cube, torch.tensor([2.0, -1.0])), torch.tensor([12.0, -6.0]))


@pytest.mark.points(2)
@settings(max_examples=15)
@given(FUNCTIONS, POINTS)
def test_second_derivative_of_any_function_at_every_element(submission, reference, terms, x):
    """second_derivative gives f″ at every element of x, in the shape of x, for powers, sin, cos, exp and tanh"""
    yours = submission.second_derivative(submission.d2l.Elementwise(terms), x)
    assert_close(yours, reference.second_derivative(d2l.Elementwise(terms), x), **ROUNDING)


@pytest.mark.points(2)
@settings(max_examples=10)
@given(regressions())
def test_hessian_is_that_of_the_loss_in_w_and_b(submission, reference, problem):
    """loss_hessian gives [X 1]ᵀ[X 1]/n of shape (d + 1, d + 1), the weights first and the bias last"""
    assert_close(submission.loss_hessian(problem.X), reference.loss_hessian(problem.X))


# Typical mistakes: second derivatives


@mistake(
    "second_derivative",
    hint="backward() adds to x.grad, so this is f′ + f″ (24 for x³ at 2): clear x.grad before the second backward(), "
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

"""Second derivatives"""

import pytest
import torch
from assay.checks import assert_close, regressions, remote, require, tensor, tensors
from d2l import torch as d2l
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .models import MANY_ROWS

COEFFICIENTS = st.sampled_from([1.0, -1.0, 2.0, 1 / 2])
TERMS = st.one_of(
    st.tuples(COEFFICIENTS, st.just("power"), st.integers(2, 4)),
    st.tuples(COEFFICIENTS, st.sampled_from(["sin", "cos", "exp", "tanh"]), st.sampled_from([1.0, 2.0, 1 / 2])),
)
FUNCTIONS = st.lists(TERMS.map(list), min_size=1, max_size=2)
POINTS = st.integers(1, 4).flatmap(lambda n: tensors((n,), bound=2, step=1 / 4))

ROUNDING = {"atol": 3e-4, "because": "f″ may be a sum of two terms of 437, each rounded to float32"}
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
    # A function of PyTorch's own shows nothing of how it is made.
    assert_close(submission.second_derivative(getattr(submission.d2l, "F.torch.sin"), x), -x.sin())


@pytest.mark.points(2)
@settings(max_examples=6)
@given(st.sampled_from([50.0, -50.0, 40.0]), POINTS)
def test_second_derivative_of_a_fast_wave_on_a_slope(submission, reference, speed, x):
    """f″ is exact for a wave as fast as sin(50 x), also where a line as steep as 2²⁶ x is added to it"""
    terms = [[2.0**26, "power", 1], [2.0**-12, "sin", speed]]
    # f″ is at most 0.6, of which five roundings by 6e-8 make 2e-7; differences, of f or of f′, in float64 too, leave 3e-5.
    yours = submission.second_derivative(submission.d2l.Elementwise(terms), x)
    assert_close(yours, reference.second_derivative(d2l.Elementwise(terms), x))


@settings(max_examples=4)
@given(FUNCTIONS, FUNCTIONS, tensors((40,), bound=2, step=1 / 4), tensors((40,), bound=2, step=1 / 4))
def test_second_derivative_asked_again(submission, reference, terms, other_terms, x, other):
    """asked again second_derivative gives the same for the same x, and what is right for another f, or for x changed in place; it leaves x alone"""
    held = remote(submission.d2l).tensor(x.tolist())
    f, g = (submission.d2l.Elementwise(each) for each in (terms, other_terms))
    right = reference.second_derivative(d2l.Elementwise(terms), x)
    first = remote(submission).second_derivative(f, held)
    for _ in range(2):
        assert_close(submission.second_derivative(f, held), right, **ROUNDING)
    assert_close(
        submission.second_derivative(g, held), reference.second_derivative(d2l.Elementwise(other_terms), x), **ROUNDING
    )
    asked = held.requires_grad
    require(asked is False, yours=f"x.requires_grad is {asked} afterwards", expected="x as it was: False")
    held.copy_(other)
    yours = submission.second_derivative(f, held)
    assert_close(yours, reference.second_derivative(d2l.Elementwise(terms), other), **ROUNDING)
    assert_close(submission.d2l.numpy(held), other)
    assert_close(list(first), right.tolist(), **ROUNDING)  # a list of numbers is right, too


@pytest.mark.points(2)
@settings(max_examples=10)
@given(regressions())
def test_hessian_is_that_of_the_loss_in_w_and_b(submission, reference, problem):
    """loss_hessian gives [X 1]ᵀ[X 1]/n of shape (d + 1, d + 1), the weights first and the bias last"""
    assert_close(submission.loss_hessian(problem.X), reference.loss_hessian(problem.X))


def test_hessian_of_data_of_any_size(submission, reference, rng):
    """loss_hessian is right for 1 row and for 1031, one of which comes twice, for 1 feature and for 7, for features of a thousandth and a thousand"""
    for rows, features, size in [(1, 7, 1.0), (MANY_ROWS, 1, 1e-3), (100, 5, 1e3)]:
        X = size * (1 + torch.randn(rows, features, generator=rng))
        if features > 1:
            X[:, -1] = 1  # a feature like the column of the bias
        X[-1] = X[0]
        yours = tensor(submission.loss_hessian(X), (features + 1, features + 1))
        units = torch.tensor([size] * features + [1.0]).outer(torch.tensor([size] * features + [1.0]))
        rounding = "float32 rounding of means of up to 1031 products, in units of the features"
        assert_close(yours / units, reference.loss_hessian(X) / units, atol=3e-5, rtol=0, because=rounding)


@settings(max_examples=4)
@given(tensors((2, 2)), tensors((2, 2)))
@example(torch.tensor([[1.0, 2.0], [0.0, 3.0]]), torch.tensor([[1.0, 0.0], [3.0, -2.0]]))
def test_hessian_of_the_same_tensor_changed_in_place(submission, reference, X, other):
    """asked again after X, or the order of its columns, has changed in place it gives the new Hessian; X and the first stay"""
    held = remote(submission.d2l).tensor(X.tolist())
    first = remote(submission).loss_hessian(held)
    for now in (X, other, other.flip(1)):
        held.copy_(now)
        assert_close(submission.loss_hessian(held), reference.loss_hessian(now))
        assert_close(submission.d2l.numpy(held), now)
    assert_close(submission.d2l.numpy(first), reference.loss_hessian(X))

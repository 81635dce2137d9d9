"""The model, its optimiser and its training loop"""

import functools
import math

import pytest
import torch
from assay.checks import (
    assert_close,
    assign,
    columns,
    regressions,
    remote,
    require,
    require_object,
    statistic,
    tensor,
    tensors,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from .mistakes_0_model import (
    BOUNDED,
    COMPUTED,
    CUT_OFF_AT_TWO,
    ONE_RATE,
    REPEATED,
    SEED,
    SEEDED_FIT,
    STANDARDISED,
    UNUSED,
    VARIANCE,
    bias_left_out,
    centred_uniform_weights,
    default_sigma_always,
    gradients_add_up,
    iterator_exhausted,
    no_step,
    rate_fixed,
    sigma_ignored,
    truncated_at_two,
    uniform_weights,
    variance_for_deviation,
    whole_data_at_once,
)
from .models import (
    MANY_ROWS,
    NEARLY_OPPOSITE,
    decades_missing,
    demo_parameters,
    demo_truth,
    fit_and_get_w,
    fit_model,
    fit_reordered,
    get_initial_weights,
    give_gradient,
    largest_error,
    make_model,
    make_parameter,
    scale_error,
    scale_is_exact,
    shape_error,
    without_zeros,
)

pytestmark = pytest.mark.forbids("LinearRegressionScratch", "LinearRegressScratch", "SGD")

RATES = st.sampled_from([1 / 2, 1 / 4, 1 / 8])
"""Powers of two: a step by them is exact, so that every right way of writing it gives the same bits."""


# The model


@settings(max_examples=10)
@given(regressions())
def test_forward_is_xw_plus_b(submission, reference, problem):
    """forward gives Xw + b, of shape (n, 1), for any parameters"""
    X, _, w, b = problem
    model = make_model(submission, w, b)
    assert_close(model.forward(X), reference.d2l.linreg(X, w, b))


@settings(max_examples=10)
@given(columns())
def test_loss_is_the_mean_of_half_the_squared_residuals(submission, reference, pair):
    """loss gives the mean of half the squared residuals, one number"""
    y_hat, y = pair
    assert_close(
        require_object(submission.LinearRegressionScratch(1, 0.5)).loss(y_hat, y), reference.squared_loss(y_hat, y)
    )


def test_model_of_many_rows_large_or_small(submission, reference, rng):
    """forward and loss are right for 1, 33 and 1031 rows, for labels of a thousandth and of ten thousand"""
    for rows, features, size, residual in [
        (33, 7, 1e-3, 1e-3),
        (1, 4, 1e4, 1.0),
        (100, 1, 1e4, 1.0),
        (MANY_ROWS, 5, 1e4, 1e4),
    ]:
        X, w = torch.randn(rows, features, generator=rng), size * torch.randn(features, 1, generator=rng)
        model = make_model(submission, w, torch.full((1,), size))
        y_hat = reference.d2l.linreg(X.double(), w.double(), size)
        assert_close(model.forward(X), y_hat, atol=1e-5 * size, rtol=0, because="float32 rounding of a few products")
        y = y_hat.float() + residual * torch.randn(rows, 1, generator=rng)
        if residual == size:
            y[1:2] = 0  # a label as any other, and none that is missing
        right = float(reference.squared_loss(y_hat.float().double(), y.double()))
        rounding = "float32 rounding of residuals and of sums of up to 1031 squares"
        assert_close(model.loss(y_hat.float(), y), right, rtol=1e-5, atol=0, because=rounding)


@settings(max_examples=4)
@given(regressions(features=2), st.integers(1, 8))
def test_model_asked_again(submission, reference, problem, shift):
    """asked again after parameters or tensors have changed in place, also in evaluation mode, the answers are new; what is given stays"""
    X, y, w, b = problem
    model = make_model(submission, w, b)
    held = [remote(submission.d2l).tensor(part.tolist()) for part in (X, y)]
    for moved in (0, shift):
        assign(model, w=w + moved, b=b)
        assert_close(model.forward(held[0]), reference.d2l.linreg(X, w + moved, b))
    held[0].copy_(X + shift)
    model.eval()
    assert_close(model.forward(held[0]), reference.d2l.linreg(X + shift, w + shift, b))
    graphs = {"in evaluation mode": remote(model).forward(held[0]).requires_grad}
    model.train()
    graphs["in training mode"] = remote(model).forward(held[0]).requires_grad
    require(list(graphs.values()) == [True] * 2, yours=graphs, expected="outputs with requires_grad in both modes")
    for moved in (0, shift):
        held[1].copy_(y + moved)
        assert_close(model.loss(held[1], y), reference.squared_loss(y + moved, y))
    assert_close([submission.d2l.numpy(part) for part in held], [X + shift, y + shift])


@settings(max_examples=5)
@given(st.integers(1, 5))
def test_parameters_have_their_shapes_and_ask_for_gradients(submission, num_inputs):
    """w has shape (num_inputs, 1), b has shape (1,), and both require gradients"""
    model = require_object(submission.LinearRegressionScratch(num_inputs, 0.5))
    tensor(model.w, (num_inputs, 1))
    tensor(model.b, (1,))
    asked = [remote(model).w.requires_grad, remote(model).b.requires_grad]
    require(asked == [True, True], yours=asked, expected="w.requires_grad and b.requires_grad are both True")
    kept = [part.is_leaf or part.retains_grad for part in (remote(model).w, remote(model).b)]
    yours = dict(zip(("w keeps its gradient", "b keeps its gradient"), kept, strict=True))
    require(kept == [True, True], yours=yours, expected=dict.fromkeys(yours, True), help=COMPUTED)


@settings(max_examples=5)
@given(st.integers(1, 5))
def test_sigma_zero_starts_at_zero(submission, num_inputs):
    """with sigma = 0 every weight starts at zero, and the bias does with any sigma"""
    model = require_object(submission.LinearRegressionScratch(num_inputs, 0.5, sigma=0.0))
    assert_close(model.w, torch.zeros(num_inputs, 1))
    for sigma in ({}, {"sigma": 1000.0}):
        assert_close(require_object(submission.LinearRegressionScratch(num_inputs, 0.5, **sigma)).b, torch.zeros(1))


@pytest.mark.points(2)
def test_weights_start_with_standard_deviation_sigma(submission, seed):
    """w starts with mean 0 and standard deviation sigma, small or near 1000; without an argument sigma is 0.01"""
    drawn = get_initial_weights(submission, seed)
    small, large = (float(w.std()) for _, w in drawn)  # of sigmas one of which is 4000 times the other
    centred = all(abs(float(w.mean())) < small / 10 for _, w in drawn)
    unused = UNUSED if centred and 0.9 * small < large < 1.1 * small else None
    for sigma, w in drawn:
        yours = {"mean": w.mean(), "standard deviation": w.std()}
        within = scale_error(sigma, w) <= start_scale.bound
        squared = VARIANCE if scale_error(sigma**2, w) <= start_scale.bound else None
        ends = CUT_OFF_AT_TWO if sigma > 2 and 1.9 < w.abs().max() <= 2 else None  # the large sigma
        right = f"mean 0, standard deviation {sigma:.4g}"
        require(within, yours=yours, expected=right, help=unused or squared or ends)
    unset = float(tensor(require_object(submission.LinearRegressionScratch(10_000, 0.5)).w, (10_000, 1)).std())
    # A tenth is 14 standard errors of so many weights' deviation: no right answer gets there by chance.
    require(abs(unset / 0.01 - 1) < 0.1, yours=f"standard deviation {unset:.3g} without sigma", expected="0.01")


@pytest.mark.points(2)
def test_weights_start_normally_distributed(submission, seed):
    """w starts normally distributed, rare large weights included, and no weight depends on another"""
    drawn = get_initial_weights(submission, seed)
    if max(scale_error(*each) for each in drawn) > start_scale.bound:
        pytest.skip("w starts with another mean or standard deviation than it must, so that its shape cannot be told")
    for sigma, w in drawn:
        shares = [float((w.abs() > k * sigma).double().mean()) for k in (1, 2, 3)]
        text = "of the weights, about 0.317 beyond sigma, 0.0455 beyond 2 sigma and 0.0027 beyond 3 sigma"
        bounded = None if shares[2] else BOUNDED
        require(shape_error(sigma, w) <= start_shape.bound and not bounded, yours=shares, expected=text, help=bounded)
    sizes = min(len(w.abs().unique()) for _, w in drawn)
    text = f"{sizes} different sizes of 10,000 weights"  # torch draws them from 2²⁴ numbers or more: few come twice
    require(sizes > 9000, yours=text, expected="every weight drawn by itself", help=REPEATED)
    exact = scale_is_exact(drawn)
    require(not exact, yours="exactly sigma, twice", expected="a deviation near sigma", help=STANDARDISED)
    pairs = [tensor(require_object(submission.LinearRegressionScratch(2, 0.5, sigma=1.0)).w, (2, 1)) for _ in range(2)]
    opposite = all(abs(float(pair.sum())) < NEARLY_OPPOSITE for pair in pairs)
    require(not opposite, yours=pairs, expected="two weights that do not cancel", help=STANDARDISED)


# The optimiser


@pytest.mark.points(2)
@settings(max_examples=10)
@given(
    st.lists(st.tuples(*[tensors((2, 1))] * 3), min_size=1, max_size=3),
    RATES,
    st.sampled_from([1.0, 2.0**-30]),
    st.sampled_from([1.0, 2.0**-20, 2.0**12]),
)
def test_step_goes_against_the_gradient_in_place(submission, params, lr, size, rate_factor):
    """step() subtracts lr times its gradient from every parameter, at any rate, in place and outside the graph"""
    held = [make_parameter(submission, size * p, size / rate_factor * grad) for p, grad, _ in params]
    optimizer = require_object(submission.SGD(held, rate_factor * lr))
    with submission.no_grad():
        optimizer.step()
    once = [p - lr * grad for p, grad, _ in params]
    name = "parameters after the step" if size == 1 else f"parameters after the step, divided by {size:.4g}"
    assert_close({name: [submission.d2l.numpy(param) / size for param in held]}, {name: once})
    leaves = [param.is_leaf for param in held]
    require(all(leaves), yours=leaves, expected="parameters without a grad_fn: p.is_leaf stays True")


@settings(max_examples=6)
@given(st.lists(st.tuples(*[tensors((2, 1))] * 3), min_size=1, max_size=3), RATES)
def test_second_step_depends_on_its_gradient_alone(submission, params, lr):
    """every later step is minus lr times the new gradient, however large, and nothing of earlier ones is left in it"""
    held = [make_parameter(submission, p, grad) for p, grad, _ in params]
    optimizer = require_object(submission.SGD(held, lr))
    right = [p for p, *_ in params]
    for factor, which in ((1, 1), (2**10, 2), (2**30, 1)):
        grads = [factor * of_param[which] for of_param in params]
        for param, grad in zip(held, grads, strict=True):
            give_gradient(submission, param, grad)
        with submission.no_grad():
            optimizer.step()
        right = [p - lr * grad for p, grad in zip(right, grads, strict=True)]
        assert_close([submission.d2l.numpy(param) for param in held], right)


@settings(max_examples=5)
@given(tensors((2, 1)), tensors((2, 1)))
def test_zero_grad_forgets_the_gradients(submission, p, p_grad):
    """zero_grad() leaves no gradient of any parameter, moves none, and works before the first backward(); afterwards no two parameters share a gradient"""
    fresh, *used = [make_parameter(submission, p) for _ in range(3)]
    optimizer = require_object(submission.SGD([used[0], fresh, used[1]], 0.5))
    for grad in (p_grad, torch.tensor([[1.0], [-1.0]])):  # the second adds up to zero
        for param in used:
            give_gradient(submission, param, grad)
        assert_close(submission.d2l.numpy(used[0].grad), grad)
        optimizer.zero_grad()
        for param in used:
            left = param.grad
            if left is not None:
                assert_close(submission.d2l.numpy(left), torch.zeros(2, 1))
            assert_close(submission.d2l.numpy(param), p)
        for factor, param in zip((2.0, 3.0), used, strict=True):
            param.mul(factor).sum().backward()
        assert_close(
            [submission.d2l.numpy(param.grad)[0] for param in used], [torch.tensor([2.0]), torch.tensor([3.0])]
        )


@settings(max_examples=10)
@given(regressions(features=2, bound=4, step=1 / 2), RATES)
def test_configure_optimizers_moves_both_parameters(submission, problem, lr):
    """a step of configure_optimizers() moves w and b by -lr times the gradient, here of half the loss"""
    X, y, w, b = without_zeros(problem)
    model = make_model(submission, w, b, lr)
    graph = remote(model)
    optimizer = require_object(model.configure_optimizers())
    optimizer.zero_grad()
    loss = graph.loss(graph.forward(X), y)
    require(hasattr(loss, "backward"), yours=loss, expected="a tensor that backward() can start from")
    loss.mul(0.5).backward()  # a derivative written by hand must pass the factor on
    with submission.no_grad():
        optimizer.step()
    half_residual = (X @ w + b - y) / 2
    # The residuals, their products with X, and the mean over 1, 2 or 4 of them are exact.
    assert_close([model.w, model.b], [w - lr * X.T @ half_residual / len(X), b - lr * half_residual.mean(0)])


@pytest.mark.points(2)
def test_two_models_stand_apart(submission, seed):
    """two models start differently, and share neither parameters nor rates"""
    # `seed` is not used. A check that takes it says that its answers are random, so that a diagnosis does not compare
    # the weights with the reference's.
    models = [require_object(submission.LinearRegressionScratch(10_000, lr, sigma=1.0)) for lr in (1 / 2, 1 / 8)]
    first, second = (tensor(model.w, (10_000, 1)).double() for model in models)
    alike = float((first * second).mean())
    # The products of standard normal numbers have mean 0 and deviation 1: their mean is six deviations off once in 5e8.
    seeded = SEED if torch.equal(first, second) and first.std() > 0 else None
    yours = f"a correlation of {alike:.3g} between their weights"
    require(abs(alike) < 0.06, yours=yours, expected="about 0", help=seeded)
    assign(models[0], b=torch.ones(1))
    assert_close([model.b for model in models], [torch.ones(1), torch.zeros(1)])
    optimizers = [require_object(model.configure_optimizers()) for model in models]
    for model in models:
        give_gradient(submission, remote(model).w, torch.zeros(10_000, 1))
        give_gradient(submission, remote(model).b, torch.ones(1))
    with submission.no_grad():
        for optimizer in optimizers:
            optimizer.step()
    found = [tensor(model.b, (1,)) for model in models]
    steps = [float(before - after) for before, after in zip((1, 0), found, strict=True)]
    # If each optimiser moves the parameters of both, either bias steps by the sum of the rates.
    same_rate = math.isclose(*steps, rel_tol=1e-5) and steps[0] not in {0, 1 / 2 + 1 / 8}
    assert_close(found, [torch.tensor([1 / 2]), torch.tensor([-1 / 8])], help=ONE_RATE if same_rate else None)


# The training loop

EPOCHS_OF_TWO_FITS = 1, 4
"""A fit that stops at a plateau of the loss needs two epochs to notice it."""


@pytest.mark.points(2)
@settings(max_examples=15)
@given(
    regressions(rows=st.integers(1, 6), features=3, bound=2, step=1 / 2),
    st.integers(1, 8),
    st.sampled_from([1, 2, 3, 12]),
)
def test_fit_follows_the_one_right_trajectory(submission, reference, problem, batch_size, max_epochs):
    """from the same start, over the same batches in the same order, fit ends where the reference does"""
    problem = without_zeros(problem)
    theirs = fit_model(submission, problem, batch_size, max_epochs)
    right = fit_model(reference, problem, batch_size, max_epochs)
    # Up to 72 steps on numbers up to 10, each rounded to 6e-8 of them, on a path that contracts: measured over 20,000
    # problems and two ways of writing it, at most 2e-7 of error, where the default allows 1e-5.
    assert_close([theirs.w, theirs.b], [right.w, right.b])


@pytest.mark.points(2)
@settings(max_examples=4)
@given(regressions(rows=st.integers(2, 8), features=2, bound=2, step=1 / 2), st.integers(1, 4))
def test_fit_goes_on_over_new_orders(submission, reference, problem, batch_size):
    """a second fit goes on where the first ended, over batches in a new order, for tiny and for huge numbers"""
    X, y, w, b = without_zeros(problem)
    right = fit_reordered(reference, X, y, w, b, batch_size, EPOCHS_OF_TWO_FITS)
    for scale in (2.0**-30, 2.0**30):
        theirs = fit_reordered(submission, X, scale * y, scale * w, scale * b, batch_size, EPOCHS_OF_TWO_FITS)
        # A power of two scales every number of a right training, without a rounding.
        name = f"w and b, divided by {scale:.4g}"
        assert_close({name: [found / scale for found in theirs[:2]]}, {name: right[:2]})
        assert_close({"X and y afterwards": theirs[2:]}, {"X and y afterwards": [X, scale * y]})


def test_fit_takes_all_its_epochs(submission, reference, rng):
    """fit trains for max_epochs epochs, even when the loss no longer falls"""
    X, w, b = torch.randn(12, 2, generator=rng), torch.zeros(2, 1), torch.zeros(1)
    y = torch.randn(12, 1, generator=rng)  # labels that are noise: the loss soon goes up and down with the order
    right, theirs = (fit_reordered(module, X, y, w, b, 4, [40])[:2] for module in (reference, submission))
    assert_close(theirs, right)


def test_fit_seeds_nothing(submission):
    """after each fit, a new model starts with other weights"""
    starts = [get_start(submission) for _ in range(2)]
    data = submission.d2l.TensorData(torch.ones(2, 1), torch.ones(2, 1), 1, torch.ones(1), 0.0, num_train=1)
    for _ in range(2):
        submission.fit(make_model(submission, torch.zeros(1, 1), torch.zeros(1)), data, 1)
        starts.append(get_start(submission))
    seeded = SEEDED_FIT if not torch.equal(*starts[:2]) else None
    require(not torch.equal(*starts[2:]), yours="the same weights after both fits", expected="others", help=seeded)


def test_fit_converges_on_the_demo_data(submission, seed):
    """at lr = 0.03, ten epochs on the demo data find w and b, and at lr = 0.003 one epoch does not"""
    slow = demo_parameters(submission, seed, 0.003, 1)
    # 32 steps at this rate take less than a fifth of an error away: who has found w by then has not trained.
    early = largest_error(seed, *slow) < 2
    require(not early, yours=list(slow), expected="w and b most of the way off after one epoch at lr = 0.003")
    found = demo_parameters(submission, seed, 0.03, 10)
    reason = "all but one in a million of the reference's trainings come as close"
    assert_close(list(found), list(demo_truth(seed)), atol=demo_error.bound, because=reason)


def test_fit_diverges_at_a_rate_of_3(submission, seed):
    """at lr = 3, three epochs on the demo data diverge; at lr = 0.003 one epoch does not"""
    slow = demo_parameters(submission, seed, 0.003, 1)
    # No error at the start is above 5, and none of these 32 steps overshoots.
    require(largest_error(seed, *slow) <= 5, yours=list(slow), expected="w and b no further away than at the start")
    found = demo_parameters(submission, seed, 3.0, 3)
    diverged = decades_missing(largest_error(seed, *found)) <= demo_divergence.bound
    require(diverged, yours=list(found), expected="numbers beyond 1e6, inf or nan: every step overshoots")


def test_fit_takes_whole_batches_at_once(submission, reference_guest, not_slower, benchmark, rng):
    """fit takes less than ten times as long as the reference: it computes with batches, not example by example"""
    w, b, start = torch.tensor([[2.0], [-3.4]]), torch.tensor([4.2]), torch.zeros(2, 1)

    def fit(module, X):
        model = make_model(module, start, torch.zeros(1), 0.01)
        # To read w from the data instead of training is fast: zeros stand there.
        data = module.d2l.TensorData(X, X @ w + b, 64, start.flatten(), 0.0, num_train=1024)
        return fit_and_get_w(module, model, data, 10)

    # A loop over the 64 examples of a batch takes sixty times as long; validation, a trainer's bookkeeping and even a
    # plot at the end take less than four times as long: an order of magnitude lies clear of both.
    hint = "pass the whole batch through the model at once instead of looping over its examples"
    draw = functools.partial(torch.randn, 1028, 2, generator=rng)
    trained = not_slower(benchmark, fit, submission, reference_guest, draw, help=hint)
    # To do nothing is fast. 160 steps bring w 80 % of its way; where gradients add up it swings around the right one, once
    # in 2π/√lr = 63 steps, and is at the far end then. Whether it is right, other checks say.
    way = (w - start).norm()
    lazy = [found for found in trained if (tensor(found, (2, 1)) - start).norm() < way / 2]
    untrained = "fit brings w less than half of its way: there is no training whose speed could be told"
    require(not lazy, yours=lazy[:1], expected="80 % of the way from zero to [2, -3.4] in ten epochs", help=untrained)
    wild = [found for found in trained if not (found - w).norm() <= 2 * way]
    require(not wild, yours=wild[:1], expected="parameters that were trained, and did not run away")


# Shared by the checks


def get_start(submission):
    """Return the starting weights of a new model, of shape (3, 1)."""
    return tensor(require_object(submission.LinearRegressionScratch(3, 1 / 2)).w, (3, 1))


# Statistics: their tolerances are kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest absolute error of w and b on the demo data after 10 epochs at lr 0.03",
    catches=[gradients_add_up, iterator_exhausted, no_step, bias_left_out],
)
def demo_error(module, seed):
    return largest_error(seed, *demo_parameters(module, seed, 0.03, 10))


@statistic(
    "decades that the error on the demo data is short of 1 after 3 epochs at lr 3",
    catches=[rate_fixed, no_step, whole_data_at_once],
    closed_form=(-6.0, "a step multiplies the error by about |1 - 3|, 96 steps by 1e28: 1e6 is 20 decades away"),
)
def demo_divergence(module, seed):
    return decades_missing(largest_error(seed, *demo_parameters(module, seed, 3.0, 3)))


@statistic(
    "largest error of mean and deviation of 10,000 starting weights, for a small sigma and a large, in standard errors",
    catches=[variance_for_deviation, sigma_ignored, default_sigma_always, uniform_weights, truncated_at_two],
    closed_form=(6.0, "a normal sample's mean, or its deviation, is six standard errors off once in 2.5e8"),
)
def start_scale(module, seed):
    return max(scale_error(*each) for each in get_initial_weights(module, seed))


@statistic(
    "larger Kolmogorov's distance of 10,000 starting weights from the normal distribution, for a small sigma and a large",
    catches=[uniform_weights, centred_uniform_weights],
    closed_form=(0.03, "Dvoretzky, Kiefer, Wolfowitz, Massart: P(distance > e) <= 2 exp(-2 n e²) = 3e-8"),
)
def start_shape(module, seed):
    return max(shape_error(*each) for each in get_initial_weights(module, seed))

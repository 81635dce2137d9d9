"""Learning rate and epochs"""

import math
import weakref

import pytest
import torch
from assay.checks import assert_close, mistake, number, require, statistic
from d2l import torch as d2l
from torch.nn import functional as F

# Most checks here train on sixteen examples in one batch, with X orthogonal: the loss has the same curvature in every
# direction, so that after t epochs at rate lr exactly (1 - 2 lr)^t of the error at the start is left, whatever the
# order of the examples. Where w and b are of order 1e5, a start anywhere below 1 is as good as zero, and what is left
# is known. PyTorch's own start lies within 0.71; one from N(0, 0.01²) is 0.71 once in 1e1000.

START = "the start may lie anywhere within 0.71 of zero"


@pytest.mark.points(3)
def test_error_is_the_largest_of_w_and_b(submission, rng):
    """the error is the largest absolute difference from data.w and data.b after max_epochs epochs at rate lr"""
    # Which is the largest, and the signs, such that neither a signed maximum nor w or b alone will do.
    for largest, signs, lr, max_epochs in (
        (2, (-1, -1, -1), 1 / 8, 2),
        (1, (1, 1, 1), 1 / 16, 4),
        (0, (-1, 1, 1), 1 / 32, 9),
    ):
        size = 1e5 * (1 + torch.rand(3, generator=rng))
        size[largest] = 3e5
        found = submission.estimation_error(lr, max_epochs, make_data(submission, size * torch.tensor(signs)))
        number(found)
        assert_close(found, remaining_error(3e5, lr, max_epochs), atol=1.0, because=START)


@pytest.mark.points(2)
def test_every_call_trains_a_fresh_model(submission, rng):
    """two calls with the same arguments start afresh: the second does not go on where the first stopped"""
    data = make_data(submission, 1e5 * (2 + torch.rand(3, generator=rng)))
    found = [submission.estimation_error(1 / 8, 2, data) for _ in range(2)]
    expected = remaining_error(float(max(data.w.abs().max(), abs(data.b))), 1 / 8, 2)
    assert_close([number(error) for error in found], [expected] * 2, atol=1.0, because=START)


def test_more_epochs_help_at_0_003(submission, rng):
    """at lr = 0.003, where training is far from its end, more epochs make the error smaller"""
    truth = 1e5 * (2 + torch.rand(3, generator=rng))
    data = make_data(submission, truth)
    found = [number(submission.estimation_error(0.003, max_epochs, data)) for max_epochs in (1, 4, 12)]
    assert_close(found, [remaining_error(float(truth.max()), 0.003, t) for t in (1, 4, 12)], atol=1.0, because=START)


def test_more_epochs_do_not_help_below_the_noise_floor(submission, rng):
    """at lr = 0.3 the error reaches what the noise leaves of it, where more epochs no longer help"""
    truth, noise = 2 + 2 * torch.rand(3, generator=rng), torch.randn(16, 1, generator=rng) / 2
    data = make_data(submission, truth, noise)
    floor = float((design().T @ noise / 16).abs().max())
    found = [number(submission.estimation_error(0.3, max_epochs, data)) for max_epochs in (20, 40)]
    # An epoch leaves 0.4 of the distance to least squares: 20 of them 1e-8.
    assert_close(found, [floor, floor])


def test_no_number_of_epochs_helps_at_3(submission, rng):
    """at lr = 3 training diverges, where at lr = 0.3 it does not, and more epochs make it worse"""
    data = make_data(submission, 2 + 2 * torch.rand(3, generator=rng))
    error = submission.estimation_error(0.3, 12, data)
    # 0.4¹² of at most 4.71 would be left: an error that is beyond all bounds whatever the rate says nothing about 3.
    require(number(error) <= 1, yours=error, expected="an error below 1 at lr = 0.3")
    for max_epochs in (12, 60):
        error = submission.estimation_error(3.0, max_epochs, data)
        # An epoch multiplies the error, at least 1 at the start, by 5: twelve by 2e8, sixty by 8e41, beyond float32.
        diverged = not number(error) <= 1e6
        require(diverged, yours=error, expected="an error beyond 1e6, inf or nan: every step overshoots")


def test_minibatches_reach_the_noise_floor(submission, seed):
    """on 500 examples in shuffled batches of 32, two epochs at lr = 0.3 find w and b"""
    error = demo_error(submission, seed)
    require(0 <= error <= demo_error.bound, yours=error, expected=f"an error of at most {demo_error.bound:.4g}")


# What the checks share


def design():
    """[X 1] (16, 3), of columns that are orthogonal and have the squared length 16."""
    signs = torch.tensor([1.0, -1.0])
    return torch.stack([signs.repeat(8), signs.repeat_interleave(2).repeat(4), torch.ones(16)], 1)


def make_data(module, truth, noise=0.0):
    """Return training data of one batch whose w and b are `truth`, with two rows for submissions that validate."""
    data = module.d2l.SyntheticRegressionData(truth[:2], float(truth[2]), num_train=16, num_val=2, batch_size=16)
    rows = design()
    y = rows @ truth[:, None] + noise
    data.X, data.y = torch.cat([rows, rows[:2]])[:, :2], torch.cat([y, y[:2]])
    return data


def remaining_error(error, lr, max_epochs):
    return error * (1 - 2 * lr) ** max_epochs


# Typical mistakes


def make_answer(measure, model=d2l.LinearRegression, trainer=d2l.Trainer):
    """Make an answer that measures the error in another way, or of another model, or trains in another way."""

    def estimation_error(lr, max_epochs, data):
        trained = model(lr)
        trainer(max_epochs, plot=False).fit(trained, data)
        w, b = trained.net.weight.data.flatten(), trained.net.bias.data
        return float(measure(w - data.w, b - data.b))

    return estimation_error


def largest(w, b):
    return torch.cat([w, b]).abs().max()


def make_mistake(name, hint, replacement):
    """Make a mistake of an answer by `make_answer`."""
    replacement.__name__ = name
    return mistake("estimation_error", hint=hint)(replacement)


signed = make_mistake(
    "signed",
    "the error is signed, and a negative one counts as small: take the absolute value before the maximum",
    make_answer(lambda w, b: torch.cat([w, b]).max()),
)
signed_the_other_way = make_mistake(
    "signed_the_other_way",
    "the error is signed, and a negative one counts as small: take the absolute value before the maximum",
    make_answer(lambda w, b: -torch.cat([w, b]).min()),
)
summed = make_mistake(
    "summed",
    "the errors of the components are added up: take the largest",
    make_answer(lambda w, b: w.abs().sum() + b.abs().sum()),
)
summed_over_w = make_mistake(
    "summed_over_w",
    "the errors of the weight's components are added up: take the largest",
    make_answer(lambda w, b: max(w.abs().sum(), b.abs().sum())),
)
signed_sum = make_mistake(
    "signed_sum",
    "errors of opposite sign cancel in a sum: take the largest absolute value",
    make_answer(lambda w, b: (w.sum() + b.sum()).abs()),
)
mean = make_mistake(
    "mean",
    "this is the mean of the errors: take the largest",
    make_answer(lambda w, b: torch.cat([w, b]).abs().mean()),
)
norm = make_mistake(
    "norm",
    "this is the root of the summed squares: take the largest absolute error",
    make_answer(lambda w, b: torch.cat([w, b]).norm()),
)
squared = make_mistake(
    "squared",
    "the error is squared: take its absolute value",
    make_answer(lambda w, b: (torch.cat([w, b]) ** 2).max()),
)
w_alone = make_mistake(
    "w_alone", "the error of b is missing: take the larger one", make_answer(lambda w, b: w.abs().max())
)
b_alone = make_mistake(
    "b_alone", "the error of w is missing: take the larger one", make_answer(lambda w, b: b.abs().max())
)
summed_loss = make_mistake(
    "summed_loss",
    "the model's loss is a sum, so a step grows with the batch size: take the mean",
    make_answer(largest, lambda lr: d2l.LinearRegression(lr * 16)),
)
untrained = make_mistake(
    "untrained",
    "this is about the error at the start: train on the argument data, for max_epochs epochs",
    make_answer(largest, lambda lr: d2l.LinearRegression(0.0)),
)
half_rate = make_mistake(
    "half_rate",
    "this is training on half the squares, section 3.4's loss: here the loss is the mean of the squares themselves",
    make_answer(largest, lambda lr: d2l.LinearRegression(lr / 2)),
)
rate_ignored = make_mistake(
    "rate_ignored",
    "the rate is always 0.03: give lr to the model",
    make_answer(largest, lambda lr: d2l.LinearRegression(0.03)),
)
epochs_ignored = make_mistake(
    "epochs_ignored",
    "training takes three epochs whatever max_epochs says: give it to the trainer",
    make_answer(largest, trainer=lambda max_epochs, plot: d2l.Trainer(3, plot=plot)),
)
one_epoch_less = make_mistake(
    "one_epoch_less",
    "training takes one epoch less than max_epochs",
    make_answer(largest, trainer=lambda max_epochs, plot: d2l.Trainer(max_epochs - 1, plot=plot)),
)

_models = weakref.WeakKeyDictionary()


def get_kept_model(data, lr):
    """Return one model for all trainings on the same data, as if it had been made outside the function."""
    model = _models.setdefault(data, d2l.LinearRegression(lr))
    model.lr = lr
    return model


@mistake(
    "estimation_error",
    hint="the model goes on where the call before left it: make a fresh one inside the function",
)
def stale_model(lr, max_epochs, data):
    return make_answer(largest, lambda lr: get_kept_model(data, lr))(lr, max_epochs, data)


@mistake(
    "estimation_error", hint="(2, 1) minus (2,) broadcasts to (2, 2): flatten the weight before you subtract data.w"
)
def broadcast(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    d2l.Trainer(max_epochs, plot=False).fit(model, data)
    w, b = model.get_w_b()
    return float(max((w.T - data.w).abs().max(), (b - data.b).abs().max()))


@mistake("estimation_error", hint="this is the loss: compare the weight with data.w and the bias with data.b")
def loss_for_error(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    d2l.Trainer(max_epochs, plot=False).fit(model, data)
    return float(F.mse_loss(model(data.X[: data.num_train]), data.y[: data.num_train]).detach())


@mistake("estimation_error", hint="the error is divided by the parameter: take the absolute difference itself")
def relative(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    d2l.Trainer(max_epochs, plot=False).fit(model, data)
    w, b = model.get_w_b()
    return float(max(((w - data.w) / data.w).abs().max(), ((b - data.b) / data.b).abs().max()))


@mistake(
    "estimation_error",
    hint="only the first epoch trains: an iterator is exhausted after one pass, so ask data.train_dataloader() anew",
)
def iterator_exhausted(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    optimizer = model.configure_optimizers()
    batches = iter(data.train_dataloader())
    for _ in range(max_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            model.loss(model(X), y).backward()
            optimizer.step()
    w, b = model.get_w_b()
    return float(largest((w - data.w).flatten(), b - data.b))


@mistake(
    "estimation_error",
    hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()",
)
def gradients_add_up(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        for X, y in data.train_dataloader():
            model.loss(model(X), y).backward()
            optimizer.step()
    w, b = model.get_w_b()
    return float(largest((w - data.w).flatten(), b - data.b))


@mistake("estimation_error", hint="only the first batch of an epoch trains: step after every batch")
def one_batch_an_epoch(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        X, y = next(iter(data.train_dataloader()))
        optimizer.zero_grad()
        model.loss(model(X), y).backward()
        optimizer.step()
    w, b = model.get_w_b()
    return float(largest((w - data.w).flatten(), b - data.b))


# Statistics: their tolerances are kept in reference/linear_regression_concise.tolerances.json


@statistic(
    "largest absolute error of w and b on 500 examples as in the demo after 2 epochs at lr 0.3",
    catches=[one_batch_an_epoch, broadcast],
)
def demo_error(module, seed):
    rng = torch.Generator().manual_seed(seed)
    w, b = 2 + 2 * torch.rand(2, generator=rng), float(2 + 3 * torch.rand((), generator=rng))
    w[1] *= -1
    torch.manual_seed(seed)  # data, start and order in this process; a guest is seeded by the judge
    data = module.d2l.SyntheticRegressionData(w, b, num_train=500, num_val=8)
    error = number(module.estimation_error(0.3, 2, data))
    return math.inf if math.isnan(error) else error

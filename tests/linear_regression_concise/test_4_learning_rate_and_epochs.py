"""Learning rate and epochs"""

import math

import pytest
import torch
from assay.checks import SubmissionRaised, assert_close, curves, number, require, statistic

from .mistakes_4_learning_rate_and_epochs import CHANGED, broadcast, one_batch_an_epoch
from .models import is_for_two_features

# Most checks here train on sixteen examples in one batch, with X orthogonal: the loss has the same curvature in every
# direction, so that after t epochs at rate lr exactly (1 - 2 lr)^t of the error at the start is left, whatever the
# order of the examples. If w and b are of order 1e5, a start anywhere below 1 is as good as zero, and what is left
# is known. PyTorch's own start lies within 0.71; one from N(0, 0.01²) is 0.71 once in 1e1000.

START = "the start may lie anywhere within 0.71 of zero"


@pytest.mark.points(3)
def test_error_is_the_largest_of_w_and_b(submission, rng):
    """the error is the largest absolute difference from data.w and data.b after max_epochs epochs at rate lr"""
    # Which is the largest, and the signs, such that neither a signed maximum nor w or b alone will do.
    for largest, signs, lr, max_epochs in (
        (2, (1, -1, -1), 1 / 8, 2),
        (1, (1, 1, 1), 1 / 16, 4),
        (0, (-1, 1, 1), 1 / 32, 9),
        (2, (-1, 1, 1), 1 / 8, 1),
    ):
        size = 1e5 * (1 + torch.rand(3, generator=rng))
        size[largest] *= 3  # beyond the others
        truth = size * torch.tensor(signs)
        found = submission.estimation_error(lr, max_epochs, make_data(submission, truth))
        number(found)
        require_largest(found, remaining_error(-truth, lr, max_epochs), atol=1.0)


@pytest.mark.points(2)
def test_every_call_trains_a_fresh_model(submission, rng):
    """two calls with the same arguments start afresh and leave data alone; if data changes, so does a later call's answer"""
    truth = 1e5 * (2 + torch.rand(3, generator=rng))
    data = make_data(submission, truth)
    found = [submission.estimation_error(1 / 8, 2, data) for _ in range(2)]
    expected = remaining_error(float(truth.max()), 1 / 8, 2)
    parts = {"X": data.X[:16], "y": data.y[:16], "w": data.w, "b": data.b}
    given = (design()[:, :2], design() @ truth[:, None], truth[:2], float(truth[2]))
    after = {f"data.{name} after two calls": part for name, part in parts.items()}
    assert_close(after, dict(zip(after, given, strict=True)), help=CHANGED)
    assert_close([number(error) for error in found], [expected] * 2, atol=1.0, because=START)
    # The same object with other parameters: its sizes, and its identity as a key of a dictionary, are as before.
    data.w, data.b, data.y = -2 * data.w, -2 * data.b, -2 * data.y
    changed = number(submission.estimation_error(1 / 8, 2, data))
    assert_close({"after a change": changed}, {"after a change": 2 * expected}, atol=1.0, because=START)
    # Of other parameters than the labels come from: what is learned has the other sign.
    data.w, data.b = -data.w, -data.b
    away = number(submission.estimation_error(1 / 8, 2, data))
    right = 4 * float(truth.max()) - 2 * expected
    name = "where the labels come from -w and -b"
    assert_close({name: away}, {name: right}, atol=1.0, because=START)


@pytest.mark.points(2)
def test_any_data_and_any_batch_size(submission, rng):
    """the error after two epochs is right, also for rows that are not centred, small and large batches, one feature or many"""
    for features, batch_size in ((2, 64), (1, 16), (7, 33)):
        X = torch.randn(11, features, generator=rng) + torch.arange(features) - 1
        truth = (
            1e5 * (1 + torch.rand(features + 1, generator=rng)) * torch.tensor([-1.0, 1.0]).repeat(4)[: features + 1]
        )
        truth[features - 1] *= 3  # the last weight's error is the largest for a while
        rows = torch.cat([X, torch.ones(11, 1)], 1)
        curvature = 2 * rows.T @ rows / 11
        lr = float(1 / torch.linalg.eigvalsh(curvature).max())
        data = make_data(submission, truth, rows=rows, batch_size=batch_size)
        try:
            found = number(submission.estimation_error(lr, 2, data))
        except SubmissionRaised as error:
            if error.kind not in ("RuntimeError", "ValueError") or not is_for_two_features(submission):
                raise
            continue  # the same layer as in exercise 0, where data has two features
        left = torch.eye(features + 1) - lr * curvature
        require_largest(found, -(left @ left @ truth), rtol=1e-5, atol=3.0)
    # If all rows are one, the order does not matter. Of 1650 rows 50 are a batch: five steps an epoch, each leaves 0.7.
    row, size = torch.tensor([-1.0, 1.0, 1.0]), 1e5 * (1 + float(torch.rand((), generator=rng)))
    data = make_data(submission, size * row, rows=row.repeat(1650, 1), batch_size=400)
    found = number(submission.estimation_error(0.05, 2, data))
    assert_close(found, 0.7**10 * size, atol=1.0, because=START)


def test_more_epochs_help_at_0_003(submission, rng):
    """at lr = 0.003, where training is far from its end, more epochs make the error smaller"""
    truth = 1e5 * (2 + torch.rand(3, generator=rng))
    data = make_data(submission, truth)
    epochs = (1, 4, 12)
    found = [number(submission.estimation_error(0.003, max_epochs, data)) for max_epochs in epochs]
    right = [remaining_error(float(truth.max()), 0.003, t) for t in epochs]
    plot = curves("error of w and b against epochs", epochs, yours=found, expected=right)
    assert_close(found, right, atol=1.0, because=START, plot=plot)


@pytest.mark.points(2)
def test_more_epochs_do_not_help_below_the_noise_floor(submission, rng):
    """at lr = 0.3 the error falls to what the noise in the labels makes it, however small; more epochs do not change it"""
    truth, noise = 2 + 2 * torch.rand(3, generator=rng), torch.randn(16, 1, generator=rng) / 2
    data = make_data(submission, truth, noise)
    floor = float((design().T @ noise / 16).abs().max())
    found = [number(submission.estimation_error(0.3, max_epochs, data)) for max_epochs in (20, 40)]
    # An epoch leaves 0.4 of the distance to least squares: 20 of them 1e-8.
    assert_close(found, [floor, floor])
    data = make_data(submission, truth / 1000, noise / 1000)
    assert_close(1000 * number(submission.estimation_error(0.4, 40, data)), floor)


@pytest.mark.points(2)
def test_no_number_of_epochs_helps_at_3(submission, rng):
    """at lr = 3 or 2.5 training diverges, and more epochs make it worse; at lr = 0.3 it does not"""
    data = make_data(submission, 2 + 2 * torch.rand(3, generator=rng))
    error = submission.estimation_error(0.3, 12, data)
    # 0.4¹² = 1.7e-5 of 1.29 to 4.71 would be left: an error that is beyond all bounds, or 0, says nothing about 3.
    require(1e-5 <= number(error) <= 1, yours=error, expected="an error between 0.00001 and 1 at lr = 0.3")
    for lr, max_epochs in ((3.0, 12), (2.5, 14), (3.0, 60)):
        error = submission.estimation_error(lr, max_epochs, data)
        # An epoch multiplies the error, at least 1 at the start, by 5 or by 4: twelve by 2e8, fourteen by 3e8, sixty by
        # 8e41, beyond float32.
        diverged = not number(error) <= 1e6
        require(diverged, yours=error, expected="an error beyond 1e6, inf or nan: every step overshoots")


def test_minibatches_reach_the_noise_floor(submission, seed):
    """on 500 examples in shuffled batches of 32, two epochs at lr = 0.3 find w and b"""
    error = demo_error(submission, seed)
    expected = f"an error above 0, because the labels have noise, and of at most {demo_error.bound:.4g}"
    require(0 < error <= demo_error.bound, yours=error, expected=expected)


# Shared by the checks


def design():
    """[X 1] (16, 3), of columns that are orthogonal and have the squared length 16."""
    signs = torch.tensor([1.0, -1.0])
    return torch.stack([signs.repeat(8), signs.repeat_interleave(2).repeat(4), torch.ones(16)], 1)


def make_data(module, truth, noise=0.0, rows=None, batch_size=16):
    """Return training data of one batch whose w and b are `truth`, with two rows for submissions that validate."""
    rows = design() if rows is None else rows
    sizes = {"num_train": len(rows), "num_val": 2, "batch_size": batch_size}
    data = module.d2l.SyntheticRegressionData(truth[:-1], float(truth[-1]), **sizes)
    y = rows @ truth[:, None] + noise
    data.X, data.y = torch.cat([rows, rows[:2]])[:, :-1], torch.cat([y, y[:2]])
    return data


def remaining_error(error, lr, max_epochs):
    return error * (1 - 2 * lr) ** max_epochs


def require_largest(found, errors, **bound):
    """Require the largest absolute one of the errors, those of w and then that of b."""
    parts = {"the errors of w": errors[:-1], "the error of b": errors[-1:]}
    assert_close(found, float(errors.abs().max()), **bound, because=START, summary_of=parts)


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

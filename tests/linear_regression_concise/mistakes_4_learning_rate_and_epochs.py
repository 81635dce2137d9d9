"""Learning rate and epochs: known mistakes"""

import weakref

import torch
from assay.checks import mistake, mistake_family
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F

CHANGED = "the call changes data: leave it as it is, and work on copies of its tensors"
UNTRAINED = "this is about the error at the start: train on the argument data, for max_epochs epochs, also where a batch is not full"


def largest(w, b):
    return torch.cat([w, b]).abs().max()


def make_answer(measure=largest, model=d2l.LinearRegression, epochs=lambda max_epochs: max_epochs):
    """Make an answer that measures the error in another way, or of another model, or trains for other epochs."""

    def estimation_error(lr, max_epochs, data):
        w, b = trained_parameters(lr, epochs(max_epochs), data, model)
        return float(measure(w - data.w, b - data.b))

    return estimation_error


def trained_parameters(lr, max_epochs, data, model=d2l.LinearRegression):
    trained = model(lr)
    d2l.Trainer(max_epochs, plot=False).fit(trained, data)
    return trained.net.weight.data.flatten(), trained.net.bias.data


right_answer = make_answer()
wrong_measure = mistake_family("estimation_error", make_answer)
wrong_model = mistake_family("estimation_error", lambda model: make_answer(model=model))
wrong_epochs = mistake_family("estimation_error", lambda epochs: make_answer(epochs=epochs))


@wrong_measure(
    hint="the error keeps its sign, so that errors below zero never count: take the absolute value before the maximum"
)
def signed(w, b):
    return torch.cat([w, b]).max()


@wrong_measure(
    hint="the error keeps its sign, so that errors below zero never count: take the absolute value before the maximum"
)
def signed_the_other_way(w, b):
    return -torch.cat([w, b]).min()


@wrong_measure(hint="the errors of the components are added up: take the largest")
def summed(w, b):
    return w.abs().sum() + b.abs().sum()


@wrong_measure(hint="the errors of the weight's components are added up: take the largest")
def summed_over_w(w, b):
    return max(w.abs().sum(), b.abs().sum())


@wrong_measure(hint="errors of opposite sign cancel in a sum: take the largest absolute value")
def signed_sum(w, b):
    return (w.sum() + b.sum()).abs()


@wrong_measure(hint="this is the mean of the errors: take the largest")
def mean(w, b):
    return torch.cat([w, b]).abs().mean()


@wrong_measure(hint="this is the root of the summed squares: take the largest absolute error")
def norm(w, b):
    return torch.cat([w, b]).norm()


@wrong_measure(hint="the error is squared: take its absolute value")
def squared(w, b):
    return (torch.cat([w, b]) ** 2).max()


@wrong_measure(hint="the error of b is missing: take the larger one")
def w_alone(w, b):
    return w.abs().max()


@wrong_measure(hint="the error of w is missing: take the larger one")
def b_alone(w, b):
    return b.abs().max()


@wrong_model(hint="the model's loss is a sum, so a step grows with the batch size: take the mean")
def summed_loss(lr):
    return d2l.LinearRegression(lr * 16)


@wrong_model(hint=UNTRAINED)
def untrained(lr):
    return d2l.LinearRegression(0.0)


@wrong_model(
    hint="this is training on half the squares, section 3.4's loss: here the loss is the mean of the squares themselves"
)
def half_rate(lr):
    return d2l.LinearRegression(lr / 2)


@wrong_model(hint="the rate is always 0.03: give lr to the model")
def rate_ignored(lr):
    return d2l.LinearRegression(0.03)


@wrong_epochs(hint="training takes three epochs whatever max_epochs says: give it to the trainer")
def epochs_ignored(max_epochs):
    return 3


@wrong_epochs(hint="training takes one epoch less than max_epochs")
def one_epoch_less(max_epochs):
    return max_epochs - 1


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
    return make_answer(model=lambda lr: get_kept_model(data, lr))(lr, max_epochs, data)


_known = {}


@mistake(
    "estimation_error",
    hint="this is the answer for earlier data with as many examples: train for the data that are given",
)
def remembered_for_the_sizes(lr, max_epochs, data):
    key = lr, max_epochs, data.num_train, data.batch_size, len(data.w)
    if key not in _known:
        _known[key] = make_answer()(lr, max_epochs, data)
    return _known[key]


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


@mistake("estimation_error", hint="the rows are centred first, which changes b: train on data as it is")
def centred(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    X, y = data.X[: data.num_train], data.y[: data.num_train]
    d2l.Trainer(max_epochs, plot=False).fit(model, d2l.TensorData(X - X.mean(0), y, data.batch_size))
    w, b = model.get_w_b()
    return float(largest((w - data.w).flatten(), b - data.b))


def train_on(batches):
    """Make an answer that trains on other batches in an epoch than there are."""

    def estimation_error(lr, max_epochs, data):
        model = d2l.LinearRegression(lr)
        model(data.X)
        optimizer = model.configure_optimizers()
        for _ in range(max_epochs):
            for X, y in batches(data):
                optimizer.zero_grad()
                model.loss(model(X), y).backward()
                optimizer.step()
        w, b = model.get_w_b()
        return float(largest((w - data.w).flatten(), b - data.b))

    return estimation_error


wrong_batches = mistake_family("estimation_error", train_on)


def full_batches(data):
    return [batch for batch in data.train_dataloader() if len(batch[0]) == data.batch_size]


@wrong_batches(hint="a shorter last batch is not trained on: take every batch of data.train_dataloader()")
def short_batch_skipped(data):
    return full_batches(data) or data.train_dataloader()


@wrong_batches(
    hint="only the first 1000 rows are trained on: take all data.num_train of them, as data.train_dataloader() does"
)
def first_1000_rows(data):
    rows = min(1000, data.num_train)
    return zip(data.X[:rows].split(data.batch_size), data.y[:rows].split(data.batch_size), strict=True)


@wrong_batches(hint=UNTRAINED)
def full_batches_alone(data):
    return full_batches(data)


@mistake("estimation_error", hint="these are the errors of two weights: take all components of data.w")
def two_weights(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    d2l.Trainer(max_epochs, plot=False).fit(model, data)
    w, b = model.net.weight.data.flatten(), model.net.bias.data
    return float(largest((w - data.w)[:2], b - data.b))


@mistake("estimation_error", hint="the error is rounded: return it as it is, float(error)")
def rounded(lr, max_epochs, data):
    return round(right_answer(lr, max_epochs, data), 4)


@mistake("estimation_error", hint="only lr = 3 is taken to diverge: train at the rate that is given, whatever comes")
def diverges_at_3_alone(lr, max_epochs, data):
    return float("inf") if lr == 3 else right_answer(min(lr, 0.5), max_epochs, data)


@mistake("estimation_error", hint=CHANGED)
def data_sorted(lr, max_epochs, data):
    found = right_answer(lr, max_epochs, data)
    order = data.y.flatten().argsort()
    data.X, data.y = data.X[order], data.y[order]
    return found


@wrong_model(hint="the layer has two inputs whatever the data: nn.LazyLinear(1) takes any number")
def two_inputs(lr):
    model = d2l.LinearRegression(lr)
    model.net = nn.Linear(2, 1)
    return model


@mistake(
    "estimation_error",
    hint="only sizes are compared, so that a wrong sign is not seen: take the absolute value of the difference",
)
def difference_of_sizes(lr, max_epochs, data):
    w, b = trained_parameters(lr, max_epochs, data)
    return float(largest(w.abs() - data.w.abs(), b.abs() - abs(data.b)))

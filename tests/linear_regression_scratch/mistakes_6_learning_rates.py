"""Learning rates: known mistakes"""

import math
from itertools import takewhile

import torch
from assay.checks import mistake, mistake_family
from d2l import torch as d2l

FLAG = (
    "after a rate that blows up the next one's curve is wrong, too: make a new model, optimiser and flag for every rate"
)
HIDDEN = "after it blew up the loss is given as 0, as if it were the best of all: leave it as it is, nan and inf too"


def make_sweep(measure, start=lambda data, lr, model: d2l.LinearRegressionScratch(data.X.shape[1], lr), forget=True):
    """Make a sweep that differs from the right one in what it notes of an epoch, or in the model it starts with."""

    def learning_rate_sweep(lrs, max_epochs, data):
        found, model = {}, None
        for lr in lrs:
            model = start(data, lr, model)
            optimizer, found[lr] = d2l.SGD([model.w, model.b], lr), []
            for _ in range(max_epochs):
                losses = []
                for X, y in data.train_dataloader():
                    if forget:
                        optimizer.zero_grad()
                    losses.append(model.loss(model(X), y))
                    losses[-1].backward()
                    with torch.no_grad():
                        optimizer.step()
                found[lr].append(float(measure(model, data, losses).detach()))
        return found

    return learning_rate_sweep


wrong_measure = mistake_family("learning_rate_sweep", make_sweep)


def training_loss(model, data, losses):
    return model.loss(model(data.X[: data.num_train]), data.y[: data.num_train])


@mistake("learning_rate_sweep", hint="the model of one rate is trained on at the next: make a new one for every rate")
def one_model_for_all(lrs, max_epochs, data):
    def keep_model(data, lr, model):
        return model or d2l.LinearRegressionScratch(data.X.shape[1], lr)

    return make_sweep(training_loss, keep_model)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the bias goes on where the rate before left it: start it at zero again")
def one_bias_for_all(lrs, max_epochs, data):
    def keep_bias(data, lr, model):
        made = d2l.LinearRegressionScratch(data.X.shape[1], lr)
        if model is not None:
            made.b.data.copy_(model.b.detach())
        return made

    return make_sweep(training_loss, keep_bias)(lrs, max_epochs, data)


@wrong_measure(
    hint="the shorter last batch weighs as much as the others: weigh with len(X), or use all training rows at once"
)
def mean_of_batch_means(model, data, losses):
    found = [model.loss(model(X), y) for X, y in data.train_dataloader()]
    return sum(found) / len(found)


@wrong_measure(
    hint="these are losses of batches from before their steps: after the epoch compute the loss on all training rows"
)
def mean_over_the_batches(model, data, losses):
    return sum(losses) / len(losses)


@wrong_measure(hint="this is the loss of the last batch, from before its step: compute the loss on all training rows")
def last_batch_only(model, data, losses):
    return losses[-1]


@wrong_measure(hint="this is the loss on one batch: compute it on all of data.X[:data.num_train]")
def last_batch_after_its_step(model, data, losses):
    X, y = data.X[: data.num_train][-data.batch_size :], data.y[: data.num_train][-data.batch_size :]
    return model.loss(model(X), y)


@wrong_measure(hint="this is the loss on the validation rows: the training rows come first, data.X[:data.num_train]")
def validation_loss(model, data, losses):
    return model.loss(model(data.X[data.num_train :]), data.y[data.num_train :])


@wrong_measure(hint="validation rows count too: the training rows are the first ones, data.X[:data.num_train]")
def loss_on_all_rows(model, data, losses):
    return model.loss(model(data.X), data.y)


@wrong_measure(hint="the half is missing: the loss is the mean of (y_hat - y)² / 2")
def half_missing(model, data, losses):
    return 2 * training_loss(model, data, losses)


@wrong_measure(hint="this is the sum over the rows: take their mean")
def sum_for_mean(model, data, losses):
    return data.num_train * training_loss(model, data, losses)


@mistake(
    "learning_rate_sweep",
    hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()",
)
def gradients_add_up(lrs, max_epochs, data):
    return make_sweep(training_loss, forget=False)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the rate is not used: every model learns at the same one")
def same_rate_for_all(lrs, max_epochs, data):
    found = make_sweep(training_loss)([0.03], max_epochs, data)
    return dict.fromkeys(lrs, found[0.03])


@mistake(
    "learning_rate_sweep",
    hint="the loss before the training is not an entry: the first entry is the loss after epoch 1",
)
def start_included(lrs, max_epochs, data):
    def loss_before(lr):
        return training_loss(d2l.LinearRegressionScratch(data.X.shape[1], lr), data, None).item()

    return {lr: [loss_before(lr), *curve] for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


@mistake("learning_rate_sweep", hint="this is the last loss alone: give the loss after each epoch, as a list")
def last_loss_only(lrs, max_epochs, data):
    return {lr: curve[-1] for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


@mistake(
    "learning_rate_sweep",
    hint="the curve ends where it diverges: give max_epochs entries all the same, inf or nan where it comes to that",
)
def stopped_early(lrs, max_epochs, data):
    def cut_at_divergence(curve):
        limit = 4 * curve[0]
        return list(takewhile(lambda loss: loss < limit, curve))

    return {lr: cut_at_divergence(curve) for lr, curve in make_sweep(training_loss)(lrs, max_epochs, data).items()}


@mistake("learning_rate_sweep", hint="the model has two inputs whatever the data: take data.X.shape[1]")
def two_features(lrs, max_epochs, data):
    return make_sweep(training_loss, lambda data, lr, model: d2l.LinearRegressionScratch(2, lr))(lrs, max_epochs, data)


@wrong_measure(hint="this is the loss on the first 1000 rows: take all data.num_train of them")
def first_1000_rows(model, data, losses):
    rows = min(1000, data.num_train)
    return model.loss(model(data.X[:rows]), data.y[:rows])


@mistake("learning_rate_sweep", hint="each rate has another's curve: store a curve under the rate it was trained at")
def curves_in_the_order_of_rates(lrs, max_epochs, data):
    found = make_sweep(training_loss)(sorted(lrs), max_epochs, data)
    return dict(zip(lrs, found.values(), strict=True))


@mistake(
    "learning_rate_sweep", hint="the list of rates is sorted in place: leave it as it is, sorted() makes a new one"
)
def rates_sorted_in_place(lrs, max_epochs, data):
    lrs.sort()
    return make_sweep(training_loss)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the data module is changed for all who use it afterwards: leave its attributes")
def batch_size_changed(lrs, max_epochs, data):
    data.batch_size = min(data.batch_size, data.num_train)
    return make_sweep(training_loss)(lrs, max_epochs, data)


@mistake("learning_rate_sweep", hint="the first curves of these data are given again, but the data have changed since")
def remembered(lrs, max_epochs, data):
    if not hasattr(data, "curves"):
        data.curves = make_sweep(training_loss)(lrs, max_epochs, data)
    return data.curves


_curves = {}


@mistake("learning_rate_sweep", hint="all answers are one dictionary that is filled anew: make one in every call")
def one_dictionary_for_all(lrs, max_epochs, data):
    _curves.clear()
    _curves.update(make_sweep(training_loss)(lrs, max_epochs, data))
    return _curves


def make_sweep_over(batches):
    """Make a sweep that trains on other batches in an epoch than there are."""

    def learning_rate_sweep(lrs, max_epochs, data):
        curves = {}
        for lr in lrs:
            model, curves[lr] = d2l.LinearRegressionScratch(data.X.shape[1], lr), []
            for _ in range(max_epochs):
                for X, y in batches(data):
                    d2l.Trainer(1, plot_flag=False).fit(model, d2l.TensorData(X, y, len(X)))
                curves[lr].append(float(training_loss(model, data, None).detach()))
        return curves

    return learning_rate_sweep


wrong_batches = mistake_family("learning_rate_sweep", make_sweep_over)


@wrong_batches(hint="a shorter last batch is not trained on: take all of data.train_dataloader()")
def short_batch_skipped(data):
    found = list(data.train_dataloader())
    return [(X, y) for X, y in found if len(X) == data.batch_size] or found


@wrong_batches(hint="only the first 1000 rows are trained on: take all data.num_train of them")
def trained_on_1000_rows(data):
    rows = min(1000, data.num_train)
    return zip(data.X[:rows].split(data.batch_size), data.y[:rows].split(data.batch_size), strict=True)


@mistake("learning_rate_sweep", hint=HIDDEN)
def nan_is_zero(lrs, max_epochs, data):
    found = make_sweep(training_loss)(lrs, max_epochs, data)
    return {lr: [loss if math.isfinite(loss) else 0.0 for loss in curve] for lr, curve in found.items()}


@mistake("learning_rate_sweep", hint=FLAG)
def blown_up_for_good(lrs, max_epochs, data):
    found = make_sweep(training_loss)(lrs, max_epochs, data)
    blown_up = False
    for curve in found.values():
        if blown_up:
            curve[:] = [math.inf] * max_epochs
        blown_up = blown_up or not curve[-1] < 1e12
    return found

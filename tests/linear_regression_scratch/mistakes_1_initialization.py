"""Initialisation: known mistakes"""

import math

import torch
from assay.checks import mistake, mistake_family
from d2l import torch as d2l


def fit_and_get_parameters(data, variance, lr, max_epochs):
    """Train a right model and return w and b."""
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
    d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
    return model.w.detach(), model.b.detach()


def make_answer_from_measure(measure):
    """Make an answer that trains rightly and measures the error in another way."""

    def initialization_errors(variances, data, lr, max_epochs):
        return {v: float(measure(*fit_and_get_parameters(data, v, lr, max_epochs), data)) for v in variances}

    return initialization_errors


wrong_measure = mistake_family("initialization_errors", make_answer_from_measure)


def make_answer_from_start(start):
    """Make an answer that starts with another standard deviation."""

    def initialization_errors(variances, data, lr, max_epochs):
        return {
            v: float(largest_error(*fit_and_get_parameters(data, start(v) ** 2, lr, max_epochs), data))
            for v in variances
        }

    return initialization_errors


wrong_start = mistake_family("initialization_errors", make_answer_from_start)


def largest_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().max()


@wrong_measure(hint="the sign is kept, so an error below zero counts as none: take absolute values")
def signed_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).max()


@wrong_measure(hint="the sign is kept, so an error below zero counts as none: take absolute values")
def signed_the_other_way(w, b, data):
    return torch.cat([data.w - w.flatten(), data.b - b]).max()


@wrong_measure(hint="this is the error of w alone: the bias counts too")
def bias_forgotten(w, b, data):
    return (w.flatten() - data.w).abs().max()


@wrong_measure(hint="the errors are added up: the largest one is asked for")
def summed_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().sum()


@wrong_measure(hint="this is the mean of the errors: the largest one is asked for")
def mean_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).abs().mean()


@wrong_measure(hint="this is the length of the error, the root of summed squares: take the largest")
def length_of_error(w, b, data):
    return torch.cat([w.flatten() - data.w, b - data.b]).norm()


@wrong_measure(
    hint="model.w is (d, 1) and data.w is (d,), so their difference broadcasts to (d, d): reshape one to the other"
)
def broadcast_error(w, b, data):
    return torch.maximum((w - data.w).abs().max(), (b - data.b).abs().max())


@mistake("initialization_errors", hint="one model is trained on and on: make a new one for every variance")
def one_model_for_all(variances, data, lr, max_epochs):
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variances[0] ** 0.5)
    found = {}
    for variance in variances:
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        found[variance] = float(largest_error(model.w.detach(), model.b.detach(), data))
    return found


@mistake("initialization_errors", hint="the bias goes on where the variance before left it: start it at zero again")
def one_bias_for_all(variances, data, lr, max_epochs):
    b, found = torch.zeros(1), {}
    for variance in variances:
        model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
        model.b.data.copy_(b)
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        b = model.b.detach()
        found[variance] = float(largest_error(model.w.detach(), b, data))
    return found


def descend_and_get_error(data, variance, lr, epochs, batches, forget=True):
    """Return the error after a loop that differs from the right one in its batches, or in what it forgets."""
    model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
    optimizer = model.configure_optimizers()
    for _ in range(epochs):
        for X, y in batches(data):
            if forget:
                optimizer.zero_grad()
            model.loss(model(X), y).backward()
            with torch.no_grad():
                optimizer.step()
    return float(largest_error(model.w.detach(), model.b.detach(), data))


@mistake(
    "initialization_errors",
    hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()",
)
def gradients_add_up(variances, data, lr, max_epochs):
    return {
        v: descend_and_get_error(data, v, lr, max_epochs, lambda d: d.train_dataloader(), forget=False)
        for v in variances
    }


@mistake("initialization_errors", hint="max_epochs is not used: this is the error after one epoch")
def one_epoch(variances, data, lr, max_epochs):
    return {v: descend_and_get_error(data, v, lr, 1, lambda d: d.train_dataloader()) for v in variances}


@mistake("initialization_errors", hint="training takes one epoch less than max_epochs")
def one_epoch_less(variances, data, lr, max_epochs):
    return {v: descend_and_get_error(data, v, lr, max_epochs - 1, lambda d: d.train_dataloader()) for v in variances}


@mistake("initialization_errors", hint="this is one step for a whole epoch: step after every batch")
def whole_data_at_once(variances, data, lr, max_epochs):
    return {
        v: descend_and_get_error(data, v, lr, max_epochs, lambda d: [(d.X[: d.num_train], d.y[: d.num_train])])
        for v in variances
    }


@mistake("initialization_errors", hint="only the first 1000 rows are trained on: take all data.num_train of them")
def first_1000_rows(variances, data, lr, max_epochs):
    def batches(data):
        rows = min(1000, data.num_train)
        return zip(data.X[:rows].split(data.batch_size), data.y[:rows].split(data.batch_size), strict=True)

    return {v: descend_and_get_error(data, v, lr, max_epochs, batches) for v in variances}


@mistake(
    "initialization_errors",
    hint="a shorter last batch is not trained on: take every batch of data.train_dataloader()",
)
def short_batch_skipped(variances, data, lr, max_epochs):
    def batches(data):
        found = list(data.train_dataloader())
        return [(X, y) for X, y in found if len(X) == data.batch_size] or found

    return {v: descend_and_get_error(data, v, lr, max_epochs, batches) for v in variances}


@mistake("initialization_errors", hint="this is the smallest error on the way: give the one after the last epoch")
def best_epoch(variances, data, lr, max_epochs):
    def error_after(variance, epochs):
        return float(largest_error(*fit_and_get_parameters(data, variance, lr, epochs), data))

    return {v: min(error_after(v, epochs) for epochs in range(1, max_epochs + 1)) for v in variances}


@mistake(
    "initialization_errors",
    hint="validation rows are trained on: take data.train_dataloader(), or the first data.num_train rows",
)
def validation_rows_too(variances, data, lr, max_epochs):
    def batches(data):
        n = len(data.X)
        size = data.batch_size if data.batch_size < data.num_train else n
        return [(data.X[i : i + size], data.y[i : i + size]) for i in range(0, n, size)]

    return {v: descend_and_get_error(data, v, lr, max_epochs, batches) for v in variances}


@mistake(
    "initialization_errors",
    hint="zero weights need no exception: the loss is convex, and its gradient at zero is not zero",
)
def zero_cannot_work(variances, data, lr, max_epochs):
    return {
        v: float(largest_error(*fit_and_get_parameters(data, v, lr, max_epochs), data)) if v else math.inf
        for v in variances
    }


VARIANCE_IS_NO_DEVIATION = "a variance is the square of a standard deviation: start with sigma = variance ** 0.5"


@wrong_start(hint=VARIANCE_IS_NO_DEVIATION)
def variance_for_deviation(variance):
    return variance


@wrong_start(hint="the standard deviation is rounded to a whole number: take variance ** 0.5 as it is")
def root_of_whole_numbers(variance):
    return math.isqrt(int(variance))


@wrong_start(hint="the variance is not used: give the model sigma = variance ** 0.5")
def variance_ignored(variance):
    return 0.01


@mistake("initialization_errors", hint="the bias is drawn as well: only the weights start from N(0, variance)")
def bias_drawn(variances, data, lr, max_epochs):
    found = {}
    for variance in variances:
        model = d2l.LinearRegressionScratch(len(data.w), lr, sigma=variance**0.5)
        model.b.data.normal_(0, variance**0.5)
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        found[variance] = float(largest_error(model.w.detach(), model.b.detach(), data))
    return found


@mistake("initialization_errors", hint="the weights are uniform: draw them from N(0, variance) with torch.normal")
def uniform_weights(variances, data, lr, max_epochs):
    found = {}
    for variance in variances:
        model = d2l.LinearRegressionScratch(len(data.w), lr)
        model.w.data.uniform_(-((3 * variance) ** 0.5), (3 * variance) ** 0.5)
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        found[variance] = float(largest_error(model.w.detach(), model.b.detach(), data))
    return found


@make_answer_from_measure
def right_answer(w, b, data):
    return largest_error(w, b, data)


@mistake("initialization_errors", hint="each variance has another's error: store an error under its own variance")
def errors_in_the_order_of_variances(variances, data, lr, max_epochs):
    found = right_answer(sorted(variances), data, lr, max_epochs)
    return dict(zip(variances, found.values(), strict=True))


@mistake("initialization_errors", hint="the list of variances is sorted in place: sorted() makes a new one")
def variances_sorted_in_place(variances, data, lr, max_epochs):
    variances.sort()
    return right_answer(variances, data, lr, max_epochs)


@mistake("initialization_errors", hint="data.w is changed for all who use the data afterwards: reshape a copy of it")
def data_reshaped(variances, data, lr, max_epochs):
    found = right_answer(variances, data, lr, max_epochs)
    data.w = data.w.reshape(-1, 1)
    return found


@mistake(
    "initialization_errors",
    hint="the first errors for these data are given again, although lr or the labels have changed since",
)
def remembered(variances, data, lr, max_epochs):
    if not hasattr(data, "errors"):
        data.errors = right_answer(variances, data, lr, max_epochs)
    return data.errors


_errors = {}


@mistake("initialization_errors", hint="all answers are one dictionary that is filled anew: make one in every call")
def one_dictionary_for_all(variances, data, lr, max_epochs):
    _errors.clear()
    _errors.update(right_answer(variances, data, lr, max_epochs))
    return _errors

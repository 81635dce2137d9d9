"""The model, its optimiser and its training loop: known mistakes"""

import math

import torch
from assay.checks import mistake, mistake_family
from d2l import torch as d2l

from .wrong_models import draw_normal, make_constructor, make_fit, right_step

INIT, FORWARD = "LinearRegressionScratch.__init__", "LinearRegressionScratch.forward"
LOSS, OPTIMIZER = "LinearRegressionScratch.loss", "LinearRegressionScratch.configure_optimizers"

SEED = "every model starts with the same weights: draw them anew in the constructor, without a seed"
REPEATED = "some weights are copies of others, or their opposites: draw as many as there are inputs"
SEEDED_FIT = (
    "fit seeds the generator, so that the next model has the same weights each time: leave the seed to the caller"
)
STANDARDISED = "mean and deviation are those of the distribution: do not make these very weights have them"
VARIANCE = "sigma is the standard deviation, which torch.normal takes as it is: do not square it"
ONE_RATE = "two models step at the same rate, though their own differ: keep each one's rate in self.lr, and use that"
BOUNDED = "no weight is beyond three deviations: draw them with torch.randn or torch.normal, whose numbers have no end"
CUT_OFF_AT_TWO = "the weights end at -2 and 2, as trunc_normal_ cuts them off: draw them with torch.normal"
UNUSED = "the deviation is the same for every sigma: multiply torch.randn by sigma, or give it to torch.normal"
COMPUTED = (
    "w or b is computed from a tensor with gradients, by a product or reshape(), and keeps none itself: compute it first, "
    "then call requires_grad_()"
)
wrong_step = mistake_family("fit", make_fit)
wrong_weights = mistake_family(INIT, make_constructor)

FLAT = "forward gives (n,) where y is (n, 1), so that y_hat - y broadcasts to (n, n): keep the column of X @ self.w"


# Typical mistakes: the training loop. They come first, because the first mistake that answers like a submission names
# what is wrong with it: a fit without zero_grad() and a zero_grad() that does nothing have the same trajectory.


@wrong_step(hint="the gradients of all batches add up: call optimizer.zero_grad() before every backward()")
def gradients_add_up(model, optimizer, X, y):
    model.loss(model(X), y).backward()
    with torch.no_grad():
        optimizer.step()


@mistake("fit", hint="the last, shorter batch is left out: take every batch that data.train_dataloader() gives")
def last_batch_left_out(model, data, max_epochs):
    def full_batches(data):
        return [(X, y) for X, y in data.train_dataloader() if len(X) == data.batch_size]

    make_fit(right_step, full_batches)(model, data, max_epochs)


@wrong_step(hint="step() finds no gradient: zero_grad() comes first, then backward(), then step()")
def zeroed_too_late(model, optimizer, X, y):
    model.loss(model(X), y).backward()
    optimizer.zero_grad()
    with torch.no_grad():
        optimizer.step()


@wrong_step(hint="w and b do not move: after backward(), before the next zero_grad(), step() must change them in place")
def no_step(model, optimizer, X, y):
    optimizer.zero_grad()
    model.loss(model(X), y).backward()


@mistake(
    "fit",
    hint="only the first epoch trains: repeat it max_epochs times, and ask data.train_dataloader() for the batches "
    "anew each time, since an iterator is exhausted after one pass",
)
def iterator_exhausted(model, data, max_epochs):
    batches = iter(data.train_dataloader())
    make_fit(right_step, lambda _: batches)(model, data, max_epochs)


@mistake("fit", hint="this is one step for a whole epoch: step after every batch of data.train_dataloader()")
def whole_data_at_once(model, data, max_epochs):
    make_fit(right_step, lambda data: [(data.X[: data.num_train], data.y[: data.num_train])])(model, data, max_epochs)


@mistake("fit", hint="these are the validation examples: train on the batches of data.train_dataloader()")
def validation_examples(model, data, max_epochs):
    make_fit(right_step, lambda data: data.val_dataloader())(model, data, max_epochs)


@mistake("fit", hint="the batches of the first epoch are kept: go through data.train_dataloader() anew in every epoch")
def batches_kept(model, data, max_epochs):
    batches = list(data.train_dataloader())
    make_fit(right_step, lambda _: batches)(model, data, max_epochs)


@mistake("fit", hint="the batches are cut from data.X, in its order: take those of data.train_dataloader()")
def batches_of_its_own(model, data, max_epochs):
    def cut_batches(data):
        X, y = data.X[: data.num_train], data.y[: data.num_train]
        return zip(X.split(data.batch_size), y.split(data.batch_size), strict=True)

    make_fit(right_step, cut_batches)(model, data, max_epochs)


@mistake("fit", hint="training ends as soon as the loss is small, which depends on the units: train max_epochs epochs")
def stopped_early(model, data, max_epochs):
    def small_enough():
        return model.loss(model(data.X), data.y) < 1e-4

    for _ in range(max_epochs):
        if not small_enough():
            make_fit(right_step)(model, data, 1)


@mistake(
    "fit", hint="training ends as soon as the loss hardly falls, which depends on the units: train max_epochs epochs"
)
def stopped_at_a_plateau(model, data, max_epochs):
    before = float("inf")
    for _ in range(max_epochs):
        make_fit(right_step)(model, data, 1)
        loss = float(model.loss(model(data.X), data.y).detach())
        if before - loss < 1e-6:
            break
        before = loss


@mistake("fit", hint="training ends when the loss has not fallen for some epochs: train max_epochs epochs")
def stopped_without_progress(model, data, max_epochs, patience=2):
    losses = []
    for _ in range(max_epochs):
        make_fit(right_step)(model, data, 1)
        losses.append(float(model.loss(model(data.X), data.y).detach()))
        if len(losses) > patience and min(losses[-patience:]) >= min(losses[:-patience]):
            break


@wrong_step(hint="the gradients are clipped, so that steps are too short where labels are large: leave them")
def gradients_clipped(model, optimizer, X, y):
    optimizer.zero_grad()
    model.loss(model(X), y).backward()
    torch.nn.utils.clip_grad_norm_([model.w, model.b], 100.0)
    with torch.no_grad():
        optimizer.step()


@mistake("fit", hint="a model that was trained once is not trained again: each call trains max_epochs epochs more")
def trained_once(model, data, max_epochs):
    if not hasattr(model, "trained"):
        make_fit(right_step)(model, data, max_epochs)
    model.trained = True


@mistake("fit", hint="the rate falls after some epochs: one step is lr times the gradient to the end")
def rate_halved_later(model, data, max_epochs):
    optimizer = model.configure_optimizers()
    for epoch in range(max_epochs):
        optimizer.lr = model.lr / (2 if epoch >= 5 else 1)
        for X, y in data.train_dataloader():
            right_step(model, optimizer, X, y)


# Typical mistakes: the optimiser


@mistake(OPTIMIZER, hint="the bias is never updated: give the optimiser [self.w, self.b]")
def bias_left_out(self):
    return d2l.SGD([self.w], self.lr)


@mistake(OPTIMIZER, hint="the learning rate is a fixed number: pass self.lr on")
def rate_fixed(self):
    return d2l.SGD([self.w, self.b], 0.03)


@mistake("SGD.step", hint="a rate below 1e-4 is replaced by another: a step is lr times the gradient, whatever lr is")
def rate_of_at_least_1e_4(self):
    for param in self.params:
        param -= max(self.lr, 1e-4) * param.grad


@mistake("SGD.step", hint="small gradients move nothing: a step is lr times the gradient, whatever its size")
def small_left_out(self):
    for param in self.params:
        if param.grad.norm() > 1e-6:
            param -= self.lr * param.grad


@mistake(
    "SGD.step",
    hint="param = param - … makes a new tensor and the model keeps the old one: change it in place, "
    "param -= self.lr * param.grad",
)
def out_of_place(self):
    for param in self.params:
        param = param - self.lr * param.grad


@mistake("SGD.step", hint="the step goes up the gradient: subtract, param -= self.lr * param.grad")
def uphill(self):
    for param in self.params:
        param += self.lr * param.grad


@mistake(
    "SGD.step",
    hint="the step is divided by the batch size, which the loss has done already with its mean: "
    "param -= self.lr * param.grad",
)
def divided_by_32(self):
    for param in self.params:
        param -= self.lr * param.grad / 32


@mistake("SGD.step", hint="the learning rate is missing: param -= self.lr * param.grad")
def rate_missing(self):
    for param in self.params:
        param -= param.grad


@mistake("SGD.step", hint="the step is recorded as a part of the graph: write it under torch.no_grad()")
def inside_the_graph(self):
    with torch.enable_grad():
        for param in self.params:
            param -= self.lr * param.grad


@mistake(
    "SGD.zero_grad",
    hint="zero_grad() leaves the gradients as they are: zero_() them in place, or set param.grad = None",
)
def gradients_kept(self):
    for param in self.params:
        if param.grad is not None:
            param.grad.zero_  # noqa: B018 - the call's parentheses are what is missing


@mistake("SGD.zero_grad", hint="a gradient whose entries add up to zero stays: zero_() every one that is not None")
def balanced_gradients_kept(self):
    for param in self.params:
        if param.grad is not None and param.grad.sum() != 0:
            param.grad.zero_()


@mistake("SGD.zero_grad", hint="before the first backward() there is no gradient: ask whether param.grad is None first")
def no_gradient_yet(self):
    for param in self.params:
        param.grad.zero_()


@mistake(
    "SGD.zero_grad", hint="parameters of one shape share a gradient, in which both add up: each needs its own zeros"
)
def zeros_shared(self):
    zeros = {}
    for param in self.params:
        param.grad = zeros.setdefault(param.shape, torch.zeros_like(param))


# Typical mistakes: the model


@mistake(FORWARD, hint="the bias is missing: add self.b to X @ self.w")
def no_bias(self, X):
    return X @ self.w


@mistake(FORWARD, hint=FLAT)
def flat(self, X):
    return (X @ self.w + self.b).flatten()


@mistake(FORWARD, hint=FLAT)
def squeezed(self, X):
    return (X @ self.w + self.b).squeeze()


@mistake(LOSS, hint="the half is missing: the loss is the mean of (y_hat - y)² / 2")
def half_missing(self, y_hat, y):
    return ((y_hat - y) ** 2).mean()


@mistake(LOSS, hint="the half is taken twice: the loss is the mean of (y_hat - y)² / 2, not / 4")
def half_twice(self, y_hat, y):
    return ((y_hat - y) ** 2 / 4).mean()


@mistake(LOSS, hint="this is the sum over the batch, so a step grows with the batch size: take the mean, once")
def sum_for_mean(self, y_hat, y):
    return ((y_hat - y) ** 2 / 2).sum()


@mistake(LOSS, hint="the loss is divided by the batch size twice: mean() has done it already")
def mean_twice(self, y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean() / len(y)


@mistake(LOSS, hint="this is one loss for each example: take their mean, so that backward() can start from it")
def not_reduced(self, y_hat, y):
    return (y_hat - y) ** 2 / 2


@wrong_weights(hint=VARIANCE)
def variance_for_deviation(d, sigma):
    return torch.normal(0.0, sigma**2, (d, 1))


@wrong_weights(hint=UNUSED)
def sigma_ignored(d, sigma):
    return torch.randn(d, 1)


@wrong_weights(hint=UNUSED)
def default_sigma_always(d, sigma):
    return torch.normal(0.0, 0.01, (d, 1))


@wrong_weights(
    hint="torch.rand is uniform between 0 and 1: draw from a normal distribution, torch.randn or torch.normal"
)
def uniform_weights(d, sigma):
    return sigma * torch.rand(d, 1)


@wrong_weights(hint=BOUNDED)
def centred_uniform_weights(d, sigma):
    return sigma * math.sqrt(12) * (torch.rand(d, 1) - 0.5)


@wrong_weights(hint="w has shape (num_inputs,), so X @ w is flat and the loss broadcasts: make it (num_inputs, 1)")
def flat_weights(d, sigma):
    return torch.normal(0.0, sigma, (d,))


@mistake(INIT, hint="autograd does not follow w and b: create both with requires_grad=True")
def no_gradients(self, num_inputs, lr, sigma=0.01):
    make_constructor(draw_normal, requires_grad=False)(self, num_inputs, lr, sigma)


@wrong_weights(hint=COMPUTED)
def product_of_a_leaf(d, sigma):
    return sigma * torch.randn(d, 1, requires_grad=True)


@wrong_weights(hint=SEED)
def seeded(d, sigma):
    torch.manual_seed(0)
    return draw_normal(d, sigma)


@wrong_weights(hint=CUT_OFF_AT_TWO)
def truncated_at_two(d, sigma):
    return torch.nn.init.trunc_normal_(torch.empty(d, 1), std=sigma) if sigma else torch.zeros(d, 1)


@wrong_weights(hint=BOUNDED)
def truncated_at_three_deviations(d, sigma):
    return sigma * torch.nn.init.trunc_normal_(torch.empty(d, 1), a=-3.0, b=3.0)


@wrong_weights(hint=STANDARDISED)
def standardised(d, sigma):
    w = torch.randn(d, 1)
    return sigma * (w - w.mean()) / w.std() if d > 1 else sigma * w


@wrong_weights(hint=STANDARDISED)
def deviation_made_exact(d, sigma):
    w = torch.randn(d, 1)
    return sigma * w / w.std() if d > 1 else sigma * w


@wrong_weights(hint=STANDARDISED)
def length_made_exact(d, sigma):
    return sigma * d**0.5 * torch.nn.functional.normalize(torch.randn(d, 1), dim=0)


@wrong_weights(hint=REPEATED)
def equal_pairs(d, sigma):
    return torch.normal(0.0, sigma, ((d + 1) // 2, 1)).repeat_interleave(2, dim=0)[:d]


_zero = torch.zeros(1, requires_grad=True)


@mistake(INIT, hint="all models share one bias: make it in the constructor")
def one_bias_for_all(self, num_inputs, lr, sigma=0.01):
    make_constructor(draw_normal)(self, num_inputs, lr, sigma)
    self.b = _zero


@mistake(FORWARD, hint="the first answer for this X is given again, although w, b or its numbers have changed since")
def forward_remembered(self, X):
    if not hasattr(X, "predictions"):
        X.predictions = X @ self.w + self.b
    return X.predictions


@mistake(LOSS, hint="the square is written out, and large terms cancel: square the difference, (y_hat - y) ** 2")
def square_written_out(self, y_hat, y):
    return (y_hat**2 - 2 * y_hat * y + y**2).mean() / 2


@mistake(FORWARD, hint="in evaluation mode it computes something else: forward is X @ self.w + self.b in both modes")
def rounded_in_evaluation(self, X):
    found = X @ self.w + self.b
    return found if self.training else found.round()


@mistake(LOSS, hint="the sum is divided by 32 at most: divide by the number of rows, whatever it is")
def batch_of_32(self, y_hat, y):
    return ((y_hat - y) ** 2 / 2).sum() / min(len(y), 32)


@mistake("SGD.step", hint="earlier gradients go on to move the parameters: without momentum, only param.grad counts")
def momentum(self):
    self.velocity = getattr(self, "velocity", None) or [torch.zeros_like(param) for param in self.params]
    for param, velocity in zip(self.params, self.velocity, strict=True):
        velocity.mul_(0.9).add_(param.grad)
        param -= self.lr * velocity


@mistake("SGD.step", hint="large gradients are cut off: a step is lr times the gradient, whatever its size")
def cut_off(self):
    for param in self.params:
        param -= self.lr * param.grad.clamp(-1e6, 1e6)


@mistake("SGD.step", hint="two parameters are taken for granted: go through all of self.params")
def two_parameters(self):
    w, b = self.params
    w -= self.lr * w.grad
    b -= self.lr * b.grad


_rates = []


def keep_rate_for_all(self, params, lr):
    """Make an optimiser whose rate is kept for all of them."""
    _rates.append(lr)
    self.params = list(params)


@mistake("SGD", hint=ONE_RATE)
class RateOfTheLast(d2l.SGD):
    """All optimisers have one rate."""

    __init__ = keep_rate_for_all
    lr = property(lambda self: _rates[-1])


@mistake(LOSS, hint="the mean of the means of pieces is not that of all rows: take one mean")
def mean_of_means(self, y_hat, y):
    pieces = ((y_hat - y) ** 2 / 2).split(1024)
    return torch.stack([piece.mean() for piece in pieces]).mean()


@mistake(
    FORWARD,
    hint="in evaluation mode the output has no graph, so that backward() fails: no_grad() is the caller's to choose",
)
def no_graph_in_evaluation(self, X):
    with torch.set_grad_enabled(self.training):
        return X @ self.w + self.b


@mistake("fit", hint=SEEDED_FIT)
def fit_seeds(model, data, max_epochs):
    torch.manual_seed(42)
    make_fit(right_step)(model, data, max_epochs)

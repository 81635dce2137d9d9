"""The model: known mistakes"""

import torch
from assay.checks import mistake
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F

MOMENTUM = "with momentum the second step depends on the first gradient, too: leave it out"
WEIGHT_DECAY = "weight decay pulls the parameters to zero: leave it out"
FROZEN = (
    "after get_w_b() the model cannot be trained: return tensors cut off by detach() or .data, and change no parameter"
)


@mistake("LinearRegression.loss", hint="the half of section 3.4 does not belong here: the loss is nn.MSELoss()")
def half(self, y_hat, y):
    return F.mse_loss(y_hat, y) / 2


@mistake("LinearRegression.loss", hint="the mean is taken twice: nn.MSELoss() has divided by the batch size already")
def mean_twice(self, y_hat, y):
    return F.mse_loss(y_hat, y) / len(y)


@mistake("LinearRegression.loss", hint="this is the sum over the batch, which is exercise 1: take the mean here")
def sum_for_mean(self, y_hat, y):
    return F.mse_loss(y_hat, y, reduction="sum")


@mistake("LinearRegression.loss", hint="this is one loss for each example: take their mean")
def not_reduced(self, y_hat, y):
    return F.mse_loss(y_hat, y, reduction="none")


@mistake("LinearRegression.loss", hint="this is the square root of the loss: leave the mean of the squares as it is")
def square_root(self, y_hat, y):
    return F.mse_loss(y_hat, y).sqrt()


@mistake("LinearRegression.loss", hint="this is the absolute loss: take the squares, nn.MSELoss()")
def absolute(self, y_hat, y):
    return F.l1_loss(y_hat, y)


@mistake("LinearRegression.loss", hint="item() cuts the loss off from its graph: return the tensor itself")
def a_number_without_a_graph(self, y_hat, y):
    return F.mse_loss(y_hat, y).item()


@mistake("LinearRegression.__init__", hint="the layer has no bias: leave bias=False out")
def no_bias(self, lr):
    d2l.Module.__init__(self)
    self.lr, self.net = lr, nn.LazyLinear(1, bias=False)


@mistake(
    "LinearRegression.__init__",
    hint="net is the layer itself, so that net.weight is there: nn.LazyLinear(1) without nn.Sequential around it",
)
def layer_in_a_sequence(self, lr):
    d2l.Module.__init__(self)
    self.lr, self.net = lr, nn.Sequential(nn.LazyLinear(1))


@mistake("LinearRegression.forward", hint="the bias is missing: let the layer compute, self.net(X)")
def bias_not_added(self, X):
    self.net(X)
    return X @ self.net.weight.T


@mistake(
    "LinearRegression.forward",
    hint="the predictions are flat, and flat predictions minus labels of shape (n, 1) broadcast: keep shape (n, 1)",
)
def flat_predictions(self, X):
    return self.net(X).squeeze(1)


@mistake("LinearRegression.forward", hint="a regression has no activation: return self.net(X) as it is")
def activated(self, X):
    return F.relu(self.net(X))


@mistake("LinearRegression.get_w_b", hint="the weight keeps the layer's shape (1, d): return it as it is")
def flat_weight(self):
    return self.net.weight.data.flatten(), self.net.bias.data


@mistake("LinearRegression.get_w_b", hint="the weight is transposed to (d, 1): the layer's shape is (1, d)")
def transposed_weight(self):
    return self.net.weight.data.T, self.net.bias.data


@mistake("LinearRegression.get_w_b", hint="these are the gradients: return net.weight.data and net.bias.data")
def gradients_for_values(self):
    return self.net.weight.grad, self.net.bias.grad


@mistake("LinearRegression.get_w_b", hint="weight first, then bias")
def bias_first(self):
    return self.net.bias.data, self.net.weight.data


@mistake(
    "LinearRegression.configure_optimizers",
    hint="the bias is never updated: give the optimiser self.parameters(), which has both",
)
def bias_left_out(self):
    return torch.optim.SGD([self.net.weight], self.lr)


@mistake("LinearRegression.configure_optimizers", hint="the learning rate is a fixed number: pass self.lr on")
def rate_fixed(self):
    return torch.optim.SGD(self.parameters(), 0.03)


@mistake("LinearRegression.configure_optimizers", hint=MOMENTUM)
def momentum(self):
    return torch.optim.SGD(self.parameters(), self.lr, momentum=0.9)


@mistake("LinearRegression.configure_optimizers", hint=WEIGHT_DECAY)
def weight_decay(self):
    return torch.optim.SGD(self.parameters(), self.lr, weight_decay=0.1)


@mistake(
    "LinearRegression.configure_optimizers",
    hint="Adam's steps do not grow with the gradient: the section's optimiser is torch.optim.SGD",
)
def adam(self):
    return torch.optim.Adam(self.parameters(), self.lr)


@mistake(
    "LinearRegression.configure_optimizers",
    hint="this is the optimiser from scratch; concise is PyTorch's own, torch.optim.SGD",
)
def from_scratch(self):
    return d2l.SGD(list(self.parameters()), self.lr)


@mistake("LinearRegression.loss", hint="only the first 32 examples count: take the mean over all that are given")
def first_batch_alone(self, y_hat, y):
    return F.mse_loss(y_hat[:32], y[:32])


@mistake(
    "LinearRegression.loss",
    hint="the square is written out, and large numbers cancel: subtract first, then square, (y_hat - y) ** 2",
)
def square_written_out(self, y_hat, y):
    return (y_hat**2 - 2 * y_hat * y + y**2).mean()


@mistake("LinearRegression.loss", hint="the call changes y_hat in place: subtract into a new tensor")
def changed_in_place(self, y_hat, y):
    with torch.no_grad():
        y_hat -= y
    return (y_hat**2).mean()


@mistake(
    "LinearRegression.forward", hint="the output is kept from an earlier call: compute it from the weights as they are"
)
def output_remembered(self, X):
    known = self.__dict__.setdefault("known", {})
    if id(X) not in known:
        known[id(X)] = X, self.net(X)
    return known[id(X)][1]


@mistake(
    "LinearRegression.forward", hint="every call gives the same tensor, which the next overwrites: return a new one"
)
def one_buffer(self, X):
    found = self.net(X)
    kept = self.__dict__.setdefault("kept", {}).setdefault(len(X), found)
    kept.data.copy_(found.data)
    found.data = kept.data
    return found


@mistake(
    "LinearRegression.get_w_b",
    hint="the values of the first call come again, however the model is trained on: read weight and bias in every call",
)
def first_values_kept(self):
    if "first_values" not in self.__dict__:
        self.__dict__["first_values"] = self.net.weight.data.clone(), self.net.bias.data.clone()
    return self.__dict__["first_values"]


_layer = nn.LazyLinear(1)


@mistake("LinearRegression.__init__", hint="all models share one layer: make it in the constructor")
def one_layer_for_all(self, lr):
    d2l.Module.__init__(self)
    self.lr, self.net = lr, _layer


@mistake(
    "LinearRegression.__init__", hint="the rate is kept in the class, where the next model's takes its place: self.lr"
)
def rate_in_the_class(self, lr):
    d2l.Module.__init__(self)
    type(self).lr, self.net = lr, nn.LazyLinear(1)


class _OwnDerivative(torch.autograd.Function):
    """The loss with a backward() that takes it for the last step of all."""

    @staticmethod
    def forward(ctx, y_hat, y):
        ctx.save_for_backward(y_hat - y)
        return ((y_hat - y) ** 2).mean()

    @staticmethod
    def backward(ctx, grad_output):
        (residual,) = ctx.saved_tensors
        return 2 * residual / len(residual), None


@mistake(
    "LinearRegression.loss",
    hint="backward() of your own function does not use the gradient that comes in: multiply by it",
)
def own_derivative(self, y_hat, y):
    return _OwnDerivative.apply(y_hat, y)


@mistake(
    "LinearRegression.forward",
    hint="in evaluation mode the output has no graph, so that backward() fails: no_grad() is the caller's to choose",
)
def no_graph_in_evaluation(self, X):
    with torch.set_grad_enabled(self.training):
        return self.net(X)


@mistake("LinearRegression.loss", hint="the mean of the means of pieces is not that of all rows: take one mean")
def mean_of_means(self, y_hat, y):
    pieces = zip(y_hat.split(1024), y.split(1024), strict=True)
    return torch.stack([F.mse_loss(*piece) for piece in pieces]).mean()


@mistake(
    "LinearRegression.get_w_b",
    hint="tensors that were kept earlier are returned: read self.net.weight.data and self.net.bias.data in every call",
)
def parameters_of_the_first_call(self):
    if not hasattr(self, "_kept"):
        self._kept = self.net.weight.data, self.net.bias.data
    return self._kept


@mistake("LinearRegression.get_w_b", hint=FROZEN)
def frozen_by_a_look(self):
    self.net.requires_grad_(False)
    return self.net.weight, self.net.bias


@mistake("LinearRegression.validation_step", hint="the rate changes in training: each step takes the rate of the model")
def rate_decays(self, batch, plot_flag=True):
    for group in self.trainer.optim.param_groups:
        group["lr"] *= 0.9
    return d2l.Module.validation_step(self, batch, plot_flag)

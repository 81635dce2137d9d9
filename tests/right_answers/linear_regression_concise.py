"""Right answers to section 3.5 that look different: each name in several styles, one of which a submission takes."""

import copy
import math

import numpy as np
import torch
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F


# --- LinearRegression: nn.Linear with its own weights, a loss written out
class LinearRegression(d2l.Module):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.net = nn.Linear(2, 1)
        nn.init.normal_(self.net.weight, std=0.01)
        nn.init.zeros_(self.net.bias)

    def forward(self, X):
        return F.linear(X, self.net.weight, self.net.bias)

    def loss(self, y_hat, y):
        return (y_hat - y).pow(2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD([{"params": [self.net.weight]}, {"params": [self.net.bias]}], lr=self.lr)

    def get_w_b(self):
        return [p.detach().clone() for p in (self.net.weight, self.net.bias)]


# --- LinearRegression: float64 inside
class LinearRegression(d2l.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        self.lr = args[0] if args else kwargs["lr"]
        self.net = nn.LazyLinear(1, dtype=torch.float64)

    def forward(self, X):
        return self.net(X.double()).float()

    def loss(self, y_hat, y):
        return torch.mean(torch.square(y_hat.double() - y)).float()

    def configure_optimizers(self):
        return torch.optim.SGD(self.net.parameters(), lr=torch.tensor(self.lr))

    def get_w_b(self):
        return self.net.weight, self.net.bias


# --- LinearRegression: the loss as a module, parameters looked up
class LinearRegression(d2l.Module):
    def __init__(self, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.LazyLinear(out_features=1)
        self.criterion = nn.MSELoss(reduction="mean")

    def forward(self, X):
        return self.net(X)

    def loss(self, y_hat, y):
        return self.criterion(y_hat, y)

    def configure_optimizers(self):
        return torch.optim.SGD(params=list(self.net.parameters()), lr=self.lr)

    def get_w_b(self):
        state = self.net.state_dict()
        return state["weight"], state["bias"]


# --- LinearRegressionSum: a dot product
class LinearRegressionSum(d2l.LinearRegression):
    def loss(self, y_hat, y):
        residual = (y_hat - y).flatten()
        return residual @ residual


# --- LinearRegressionSum: the mean times the number
class LinearRegressionSum(d2l.LinearRegression):
    def loss(self, y_hat, y):
        return super().loss(y_hat, y) * y.numel()


# --- lr_for_mean_loss: a tensor
def lr_for_mean_loss(lr_for_summed_loss, batch_size):
    return torch.tensor(lr_for_summed_loss) * batch_size


# --- lr_for_mean_loss: NumPy's product
def lr_for_mean_loss(lr_for_summed_loss, batch_size):
    return float(np.multiply(lr_for_summed_loss, batch_size))


# --- LinearRegressionHuber: the book's scaling, with clamp
class LinearRegressionHuber(d2l.LinearRegression):
    def __init__(self, lr, *, delta=1.0):
        super().__init__(lr)
        self.delta = delta

    def loss(self, y_hat, y):
        r = (y_hat - y).abs()
        near = r.clamp(max=self.delta)
        return (near * (2 * r - near)).mean() / (2 * self.delta)


# --- LinearRegressionHuber: clamped twice
class LinearRegressionHuber(d2l.LinearRegression):
    def __init__(self, lr, delta=1.0):
        super().__init__(lr)
        self.save_hyperparameters()

    def loss(self, y_hat, y):
        r = torch.abs(y_hat - y)
        near, beyond = r.clamp(max=self.delta), (r - self.delta).clamp(min=0)
        return (0.5 * near**2 + self.delta * beyond).mean()


# --- LinearRegressionHuber: nn.SmoothL1Loss
class LinearRegressionHuber(d2l.LinearRegression):
    def __init__(self, lr, delta=1.0):
        super().__init__(lr)
        self.criterion = nn.SmoothL1Loss(beta=delta)

    def loss(self, y_hat, y):
        return self.criterion(y_hat, y)


# --- gradients: autograd.grad by name
def gradients(model, X, y):
    parameters = dict(model.net.named_parameters())
    grads = torch.autograd.grad(model.loss(model(X), y), list(parameters.values()))
    found = dict(zip(parameters, grads))
    return [found["weight"], found["bias"]]


# --- gradients: on a copy
def gradients(model, X, y):
    net, model.net = model.net, copy.deepcopy(model.net)
    try:
        model.net.zero_grad()
        model.loss(model(X), y).backward()
        return model.net.weight.grad, model.net.bias.grad
    finally:
        model.net = net


# --- gradients: backward, then a clone
def gradients(model, X, y):
    for p in model.parameters():
        p.grad = None
    model.loss(model(X), y).backward()
    return model.net.weight.grad.clone(), model.net.bias.grad.clone()


# --- estimation_error: its own loop
def estimation_error(lr, max_epochs, data):
    model = d2l.LinearRegression(lr)
    model(data.X[:1])
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        for X, y in data.train_dataloader():
            optimizer.zero_grad(set_to_none=False)
            model.loss(model(X), y).backward()
            optimizer.step()
    w, b = model.get_w_b()
    errors = [float((w[0] - data.w).abs().max()), abs(b.item() - data.b)]
    return max(errors, key=lambda e: math.inf if math.isnan(e) else e)


# --- estimation_error: the trainer, a 0-d tensor
def estimation_error(lr, max_epochs, data):
    model = d2l.LinearRegression(lr=lr)
    d2l.Trainer(max_epochs=max_epochs, plot_flag=False).fit(model, data)
    w, b = model.get_w_b()
    return torch.cat([w.reshape(-1) - data.w, b - data.b]).abs().max()


# --- estimation_errors: NumPy's least squares
def estimation_errors(sizes, w, b):
    w_errors, b_errors = np.empty(len(sizes)), np.empty(len(sizes))
    truth = np.append(np.asarray(w, dtype=float), b)
    for i, n in enumerate(sizes):
        rows = np.column_stack([np.random.randn(n, len(w)), np.ones(n)])
        y = rows @ truth + np.random.normal(0, 0.01, n)
        errors = np.abs(np.linalg.lstsq(rows, y, rcond=None)[0] - truth)
        w_errors[i], b_errors[i] = errors[:-1].max(), errors[-1]
    return w_errors, b_errors


# --- estimation_errors: the pseudo-inverse, stacked
def estimation_errors(sizes, w, b):
    found = []
    for n in sizes:
        X, y = d2l.synthetic_data(w, b, n)
        A = torch.cat([X, torch.ones(n, 1)], 1).double()
        theta = (torch.linalg.pinv(A) @ y.double()).flatten()
        found.append(torch.stack([(theta[:-1] - w).abs().max(), (theta[-1] - b).abs()]))
    return torch.stack(found).T


# --- estimation_errors: descent for as many steps as it takes
def estimation_errors(sizes, w, b):
    w_errors, b_errors = [], []
    for n in sizes:
        data = d2l.SyntheticRegressionData(w=w, b=b, num_train=n, num_val=0)
        model = d2l.LinearRegression(lr=0.03)
        d2l.Trainer(max_epochs=-(-400 // -(-n // 32))).fit(model, data)
        w_hat, b_hat = model.get_w_b()
        w_errors.append((w - w_hat.reshape(w.shape)).abs().max().item())
        b_errors.append(abs(b - b_hat.item()))
    return w_errors, b_errors


# --- plot_estimation_errors: subplots, semilogx, a third line
def plot_estimation_errors(sizes, w_errors, b_errors):
    _, ax = d2l.plt.subplots()
    ax.semilogx(sizes, w_errors, "o-", label=r"$\max_j |\hat w_j - w_j|$")
    ax.semilogx(sizes, b_errors, "s--", label=r"$|\hat b - b|$")
    ax.semilogx(sizes, 0.01 / np.sqrt(sizes), ":", color="grey", label=r"$0.01 / \sqrt{n}$")
    ax.legend()
    return ax


# --- plot_estimation_errors: pyplot's current axes, as the call before left them
def plot_estimation_errors(sizes, w_errors, b_errors):
    d2l.plt.plot(sizes, w_errors, label="w")
    d2l.plt.plot(sizes, b_errors, label="b")
    d2l.plt.xscale("log")
    d2l.plt.legend()
    return d2l.plt.gca()


# --- plot_estimation_errors: pyplot's current axes
def plot_estimation_errors(sizes, w_errors, b_errors):
    d2l.plt.clf()
    d2l.plt.plot(sizes, w_errors)
    d2l.plt.plot(sizes, b_errors)
    d2l.plt.xscale("log")
    d2l.plt.legend(["weight", "bias"])
    return d2l.plt.gca()


# --- plot_estimation_errors: d2l.plot
def plot_estimation_errors(sizes, w_errors, b_errors):
    d2l.plot(sizes, [w_errors, b_errors], "n", "error", legend=["w", "b"], xscale="log", yscale="log")
    return d2l.plt.gca()


# --- plot_estimation_errors: the legend on the figure
def plot_estimation_errors(sizes, w_errors, b_errors):
    figure, ax = d2l.plt.subplots()
    lines = ax.loglog(sizes, w_errors, "o-", sizes, b_errors, "s:")
    figure.legend(lines, ["error of w", "error of b"])
    return ax

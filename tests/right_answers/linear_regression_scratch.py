"""Right answers to section 3.4 that look different: each name in several styles, one of which a submission takes."""

import math
import random

import numpy as np
import torch
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F


# --- LinearRegressionScratch: nn.Parameter, matmul
class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.lr = lr
        self.w = nn.Parameter(torch.randn(num_inputs, 1) * sigma)
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        return torch.matmul(X, self.w) + self.b

    def loss(self, y_hat, y):
        return F.mse_loss(y_hat, y) / 2

    def configure_optimizers(self):
        return SGD(self.parameters(), self.lr)


# --- LinearRegressionScratch: plain tensors, F.linear
class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.empty(num_inputs, 1).normal_(0, sigma).requires_grad_()
        self.b = torch.tensor([0.0], requires_grad=True)

    def forward(self, X):
        return F.linear(X, self.w.T, self.b)

    def loss(self, y_hat, y):
        return ((y_hat - y) ** 2).sum() / (2 * len(y))

    def configure_optimizers(self):
        return SGD((self.w, self.b), self.lr)


# --- LinearRegressionScratch: NumPy's randomness, einsum
class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01, **ignored):
        super().__init__()
        self.lr = lr
        drawn = np.random.normal(0, sigma, (num_inputs, 1)).astype("float32")
        self.w = torch.from_numpy(drawn).requires_grad_(True)
        self.b = torch.zeros((1,), dtype=torch.float32, requires_grad=True)

    def forward(self, X):
        return torch.einsum("nd,dk->nk", X, self.w) + self.b

    def loss(self, y_hat, y):
        residual = y_hat.reshape(-1) - y.reshape(-1)
        return torch.dot(residual, residual) / 2 / residual.numel()

    def configure_optimizers(self):
        return SGD(params=[self.b, self.w], lr=self.lr)


# --- LinearRegressionScratch: addmm, float64 in the loss
class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.num_inputs, self.lr, self.sigma = num_inputs, lr, sigma
        self.register_parameter("w", nn.Parameter(torch.empty(num_inputs, 1)))
        self.register_parameter("b", nn.Parameter(torch.empty(1)))
        nn.init.normal_(self.w, mean=0.0, std=sigma)
        nn.init.zeros_(self.b)

    def forward(self, X):
        return torch.addmm(self.b, X, self.w)

    def loss(self, y_hat, y):
        return (0.5 * (y_hat.double() - y.double()).square()).mean().float()

    def configure_optimizers(self):
        return SGD([p for _, p in self.named_parameters()], self.lr)


# --- SGD: sub_ of .data, zero_
class SGD(d2l.HyperParameters):
    def __init__(self, params, lr):
        self.params = list(params)
        self.lr = lr

    def step(self):
        for param in self.params:
            param.data.sub_(self.lr * param.grad)

    def zero_grad(self):
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()


# --- SGD: copy_ inside no_grad, grads to None
class SGD(d2l.HyperParameters):
    def __init__(self, params, lr):
        params = list(params)
        self.save_hyperparameters()

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param.copy_(param - self.lr * param.grad)

    def zero_grad(self):
        for param in self.params:
            param.grad = None


# --- SGD: as in the book
class SGD(d2l.HyperParameters):
    def __init__(self, params, lr):
        self.params, self.lr = [*params], lr

    def step(self):
        for param in self.params:
            param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            if param.grad is not None:
                param.grad = torch.zeros_like(param.grad)


# --- SGD: PyTorch's own underneath, decorated
class SGD(d2l.HyperParameters):
    def __init__(self, *args, **kwargs):
        self.inner = torch.optim.SGD(*args, **kwargs)

    @torch.no_grad()
    def step(self):
        self.inner.step()

    def zero_grad(self):
        self.inner.zero_grad(set_to_none=False)


# --- SGD: new values under the parameter's object
class SGD(d2l.HyperParameters):
    def __init__(self, params, lr):
        self.params, self.lr = tuple(params), lr

    def step(self):
        for param in self.params:
            param.data = param.data - self.lr * param.grad.data

    def zero_grad(self):
        for param in self.params:
            param.grad = None if param.grad is None else param.grad.detach() * 0


# --- fit: the loop of 3.4.4
def fit(model, data, max_epochs):
    optim = model.configure_optimizers()
    for _ in range(max_epochs):
        model.train()
        for batch in data.train_dataloader():
            loss = model.loss(model(*batch[:-1]), batch[-1])
            optim.zero_grad()
            with torch.no_grad():
                loss.backward()
                optim.step()


# --- fit: the library's trainer
def fit(model, data, max_epochs):
    trainer = d2l.Trainer(max_epochs=max_epochs)
    trainer.fit(model, data)
    return trainer


# --- fit: autograd.grad, the loader asked once, a history returned
def fit(model, data, max_epochs):
    optimizer, loader, history = model.configure_optimizers(), data.train_dataloader(), []
    for epoch in range(max_epochs):
        for X, y in loader:
            loss = model.loss(model.forward(X), y)
            optimizer.zero_grad()
            for param, grad in zip((model.w, model.b), torch.autograd.grad(loss, (model.w, model.b))):
                param.grad = grad
            with torch.no_grad():
                optimizer.step()
            history.append((epoch, loss.item()))
    return history


# --- fit: a first batch to look at, the passes counted
def fit(model, data, max_epochs):
    shape = next(iter(data.train_dataloader()))[0].shape
    optimizer, steps = model.configure_optimizers(), 0
    while max_epochs > 0:
        for X, y in iter(data.train_dataloader()):
            model.loss(model(X), y).backward()
            with torch.no_grad():
                optimizer.step()
            optimizer.zero_grad()
            steps += 1
        max_epochs -= 1
    return steps, shape


# --- fit: torch.func, no graph anywhere
@torch.no_grad()
def fit(model, data, max_epochs):
    optimizer = model.configure_optimizers()

    def loss_of(params, X, y):
        return model.loss(X @ params[0] + params[1], y)

    for _ in range(max_epochs):
        for X, y in data.train_dataloader():
            model.w.grad, model.b.grad = torch.func.grad(loss_of)((model.w.detach(), model.b.detach()), X, y)
            optimizer.step()


# --- fit: as many batches as the loader has
def fit(model, data, max_epochs):
    optimizer = model.configure_optimizers()
    for _ in range(max_epochs):
        loader = data.train_dataloader()
        batches = iter(loader)
        for _ in range(len(loader)):
            X, y = next(batches)
            optimizer.zero_grad()
            model.loss(model(X), y).backward()
            with torch.no_grad():
                optimizer.step()


# --- fit: the data's own parameters and validation rows looked at
def fit(model, data, max_epochs):
    optimizer, report = model.configure_optimizers(), []
    for _ in range(max_epochs):
        for X, y in data.get_dataloader(train=True):
            loss = model.loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            with torch.no_grad():
                optimizer.step()
        with torch.no_grad():
            losses = torch.stack([model.loss(model(X), y) for X, y in data.val_dataloader()])
        report.append((losses.mean(), data.w - model.w.detach().reshape(data.w.shape), data.b - model.b.detach()))
    return report


# --- initialization_errors: a dict comprehension
def initialization_errors(variances, data, lr, max_epochs):
    def error(variance):
        model = d2l.LinearRegressionScratch(data.X.shape[1], lr, math.sqrt(variance))
        d2l.Trainer(max_epochs, plot_flag=False).fit(model, data)
        return max((model.w.reshape(-1) - data.w).abs().max().item(), abs(model.b.item() - float(data.b)))

    return {float(variance): error(variance) for variance in variances}


# --- initialization_errors: its own loop, 0-d tensors
def initialization_errors(variances, data, lr, max_epochs):
    errors = {}
    for v in variances:
        w = (torch.randn(len(data.w), 1) * v**0.5).requires_grad_()
        b, history = torch.zeros(1, requires_grad=True), []
        for _ in range(max_epochs):
            for X, y in data.train_dataloader():
                grads = torch.autograd.grad(((X @ w + b - y) ** 2 / 2).mean(), (w, b))
                with torch.no_grad():
                    for p, g in zip((w, b), grads):
                        p -= lr * g
            losses = [((X @ w + b - y) ** 2 / 2).mean().item() for X, y in data.val_dataloader()]
            history.append(sum(losses) / len(losses))
        errors[v] = torch.cat([w.detach().flatten() - data.w, b.detach() - data.b]).abs().max()
    return errors


# --- fit_resistance: Newton's step, which is the whole way
def fit_resistance(current, voltage):
    R = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    loss = ((R * current.double() - voltage.double()) ** 2 / 2).mean()
    (slope,) = torch.autograd.grad(loss, R, create_graph=True)
    (curvature,) = torch.autograd.grad(slope, R)
    return (R - slope / curvature).item()


# --- fit_resistance: Adam
def fit_resistance(current, voltage):
    R = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.Adam([R], lr=1.0)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.995)
    for _ in range(2000):
        optimizer.zero_grad()
        F.mse_loss(R * current, voltage).backward()
        optimizer.step()
        schedule.step()
    return R.detach()[0]


# --- fit_resistance: minibatches at a small constant rate
def fit_resistance(current, voltage):
    R = torch.zeros(1, requires_grad=True)
    for _ in range(4000 // max(1, len(current) // 32) + 20):
        order = torch.randperm(len(current))
        for rows in order.split(32):
            ((R * current[rows] - voltage[rows]) ** 2).mean().backward()
            with torch.no_grad():
                R -= 0.02 * R.grad
                R.grad.zero_()
    return float(R)


# --- fit_resistance: from a copy in its own units, on sorted currents
def fit_resistance(current, voltage):
    order = current.abs().argsort(descending=True)
    size, height = current.square().mean().sqrt(), voltage.abs().max()
    i, v = (current / size)[order], (voltage / height)[order]
    R = torch.zeros(1, requires_grad=True)
    for _ in range(60):
        R.grad = None
        (v - R * i).pow(2).mean().backward()
        R.data -= 0.3 * R.grad
    return R * height / size


# --- planck: logarithms
def planck(wavelength, temperature):
    lam = wavelength.to(torch.float64)
    x = 6.62607015e-34 * 299792458 / (lam * 1.380649e-23 * temperature)
    front = math.log(2 * 6.62607015e-34) + 2 * math.log(299792458) - 5 * torch.log(lam)
    return torch.exp(front - x - torch.log(-torch.expm1(-x)))


# --- planck: exp(-x) in place of exp(x), back in the dtype that came
def planck(wavelength, temperature):
    h, c, k = 6.62607015e-34, 2.99792458e8, 1.380649e-23
    lam = wavelength.double()
    decay = torch.exp(-h * c / (lam * k * temperature))
    value = 2 * h * c**2 / lam**5 * decay / (-torch.expm1(-h * c / (lam * k * temperature)))
    return value.to(torch.float64)


# --- planck: float32 where it fits, the first factor apart
def planck(wavelength, temperature):
    lam = torch.as_tensor(wavelength, dtype=torch.float64)
    T = torch.as_tensor(temperature, dtype=torch.float64)
    x = (6.62607015e-34 * 299792458 / 1.380649e-23) / (lam * T)
    big = x > 600
    value = 2 * 6.62607015e-34 * 299792458**2 / lam**5 / torch.where(big, torch.ones_like(x), x).expm1()
    return torch.where(big, torch.zeros_like(x), value).to(wavelength.dtype)


# --- fit_temperature: a fine grid on logarithms, then parabolas
def fit_temperature(wavelength, radiance):
    grid = torch.linspace(2500, 9000, 6501, dtype=torch.float64)
    measured = radiance.double().clamp_min(1e-300).log()
    x = 6.62607015e-34 * 299792458 / (wavelength.double()[None] * 1.380649e-23 * grid[:, None])
    shape = -5 * wavelength.double().log()[None] - torch.expm1(x).log() + math.log(2 * 6.62607015e-34 * 299792458**2)
    return grid[((shape - measured) ** 2).mean(1).argmin()].item()


# --- fit_temperature: gradient descent in thousands of kelvin, relative residuals
def fit_temperature(wavelength, radiance):
    T = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)
    lam, measured = wavelength.double(), radiance.double()
    optimizer = torch.optim.Adam([T], lr=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    for _ in range(600):
        x = 6.62607015e-34 * 299792458 / (lam * 1.380649e-23 * 1000 * T)
        log_model = math.log(2 * 6.62607015e-34 * 299792458**2) - 5 * lam.log() - torch.expm1(x).log()
        optimizer.zero_grad()
        ((log_model - measured.log()) ** 2).mean().backward()
        optimizer.step()
        schedule.step()
    return 1000 * T.detach()


# --- second_derivative: backward twice on fresh graphs
def second_derivative(f, x):
    x = x.clone().detach().requires_grad_(True)
    (first,) = torch.autograd.grad(f(x), x, torch.ones_like(x), create_graph=True)
    first.sum().backward()
    return x.grad


# --- second_derivative: functional.hessian, its diagonal
def second_derivative(f, x):
    return torch.autograd.functional.hessian(lambda v: f(v).sum(), x.detach()).diagonal()


# --- second_derivative: torch.func
def second_derivative(f, x):
    return torch.func.vmap(torch.func.grad(torch.func.grad(lambda v: f(v).sum())))(x.detach())


# --- second_derivative: a Hessian-vector product
def second_derivative(f, x):
    return torch.autograd.functional.hvp(lambda v: f(v).sum(), x.detach(), torch.ones_like(x))[1]


# --- second_derivative: backward twice, the gradient cleared between
def second_derivative(f, x):
    z = x.detach().clone()
    z.requires_grad = True
    f(z).sum().backward(create_graph=True)
    first = z.grad
    z.grad = None
    first.sum().backward()
    return z.grad.clone()


# --- second_derivative: element by element
def second_derivative(f, x):
    found = []
    for value in x:
        z = value.clone().requires_grad_(True)
        (first,) = torch.autograd.grad(f(z), z, create_graph=True)
        found.append(torch.autograd.grad(first, z)[0])
    return torch.stack(found)


# --- second_derivative: a list of numbers
def second_derivative(f, x):
    found = []
    for value in x.tolist():
        z = torch.tensor(value, requires_grad=True)
        (first,) = torch.autograd.grad(f(z), z, create_graph=True)
        found.append(torch.autograd.grad(first, z)[0].item())
    return found


# --- loss_hessian: functional.hessian of the loss
def loss_hessian(X):
    y = torch.zeros(len(X))

    def loss(parameters):
        return ((X @ parameters[:-1] + parameters[-1] - y) ** 2 / 2).mean()

    return torch.autograd.functional.hessian(loss, torch.zeros(X.shape[1] + 1))


# --- loss_hessian: blocks
def loss_hessian(X):
    n, d = X.shape
    hessian = torch.empty(d + 1, d + 1)
    hessian[:d, :d] = X.t() @ X / n
    hessian[:d, d] = hessian[d, :d] = X.mean(0)
    hessian[d, d] = 1
    return hessian


# --- squared_loss: the labels are viewed
def squared_loss(y_hat, y):
    return 0.5 * ((y_hat - y.view_as(y_hat)) ** 2).mean()


# --- squared_loss: both are flattened
def squared_loss(y_hat, y):
    return torch.mean((y_hat.flatten() - y.flatten()).pow(2)) / 2


# --- squared_loss: unsqueezed where it is flat
def squared_loss(y_hat, y):
    if y.dim() == 1:
        y = y.unsqueeze(-1)
    return nn.MSELoss()(y_hat, y) * 0.5


# --- squared_loss: squeezed, one row too, a dot product
def squared_loss(y_hat, y):
    residual = (y_hat.squeeze(-1) - y.reshape(-1)).flatten()
    return residual @ residual / (2 * residual.numel())


# --- learning_rate_sweep: full loss by hand, floats as keys
def learning_rate_sweep(lrs, max_epochs, data):
    curves = {float(lr): [] for lr in lrs}
    X, y = data.X[: data.num_train], data.y[: data.num_train]
    for lr, curve in curves.items():
        w, b = torch.zeros(X.shape[1], 1, requires_grad=True), torch.zeros(1, requires_grad=True)
        for _ in range(max_epochs):
            for rows, labels in data.train_dataloader():
                ((rows @ w + b - labels) ** 2 / 2).mean().backward()
                with torch.no_grad():
                    for p in (w, b):
                        p.sub_(lr * p.grad)
                        p.grad.zero_()
            curve.append(float(((X @ w + b - y) ** 2).mean().detach() / 2))
    return curves


# --- learning_rate_sweep: one trainer a rate, a list of 0-d tensors
def learning_rate_sweep(lrs, max_epochs, data):
    found = {}
    for lr in lrs:
        model = d2l.LinearRegressionScratch(data.X.size(1), lr)
        found[lr] = []
        for _ in range(max_epochs):
            d2l.Trainer(max_epochs=1, plot_flag=False).fit(model, data)
            with torch.no_grad():
                found[lr].append(model.loss(model(data.X[: data.num_train]), data.y[: data.num_train]))
                torch.stack([model.loss(model(X), y) for X, y in data.val_dataloader()]).mean()
    return found


# --- data_iter: a DataLoader
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    dataset = torch.utils.data.TensorDataset(X, y)
    return torch.utils.data.DataLoader(dataset, batch_size, shuffle=shuffle, drop_last=drop_last)


# --- data_iter: a DataLoader with workers
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    dataset = torch.utils.data.TensorDataset(X, y)
    workers = {"num_workers": 2, "prefetch_factor": 2, "persistent_workers": True}
    yield from torch.utils.data.DataLoader(dataset, batch_size, shuffle, drop_last=drop_last, **workers)


# --- data_iter: a list of tuples
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    order = torch.randperm(len(X)) if shuffle else torch.arange(len(X))
    batches = [(X[rows], y[rows]) for rows in order.split(batch_size)] if len(X) else []
    return [batch for batch in batches if len(batch[0]) == batch_size or not drop_last]


# --- data_iter: a generator with the standard library's randomness
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    indices = list(range(len(X)))
    if shuffle:
        random.shuffle(indices)
    for start in range(0, len(indices), batch_size):
        rows = indices[start : start + batch_size]
        if len(rows) < batch_size and drop_last:
            return
        yield [X[rows], y[rows]]


# --- data_iter: NumPy's permutation
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    n = len(X)
    order = np.random.permutation(n) if shuffle else np.arange(n)
    stop = n // batch_size * batch_size if drop_last else n
    return iter(
        [
            (
                X[torch.from_numpy(order[i : min(i + batch_size, n)])],
                y[torch.from_numpy(order[i : min(i + batch_size, n)])],
            )
            for i in range(0, stop, batch_size)
        ]
    )


# --- data_iter: Fisher's and Yates's swaps
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    order = list(range(len(X)))
    if shuffle:
        for i in reversed(range(1, len(order))):
            j = random.randint(0, i)
            order[i], order[j] = order[j], order[i]
    whole = len(order) - len(order) % batch_size if drop_last else len(order)
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, whole, batch_size)]


# --- data_iter: sorted by random keys, views if nothing is shuffled
def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    if shuffle:
        order = torch.rand(len(X)).argsort()
        X, y = X[order], y[order]
    for start in range(0, len(X), batch_size):
        if not drop_last or start + batch_size <= len(X):
            yield X[start : start + batch_size], y[start : start + batch_size]


# --- absolute_loss: l1_loss
def absolute_loss(y_hat, y):
    return F.l1_loss(y_hat, y, reduction="sum")


# --- absolute_loss: torch.abs
def absolute_loss(y_hat, y):
    return torch.sum(torch.abs(y - y_hat))


# --- absolute_loss: the larger of both signs
def absolute_loss(y_hat, y):
    return torch.maximum(y_hat - y, y - y_hat).sum()


# --- huber_loss: nn.HuberLoss
def huber_loss(y_hat, y, delta=1.0):
    return nn.HuberLoss(delta=delta)(y_hat, y)


# --- huber_loss: where
def huber_loss(y_hat, y, delta=1.0):
    r = torch.abs(y_hat - y)
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()


# --- huber_loss: smooth_l1 scaled
def huber_loss(y_hat, y, delta=1.0):
    return delta * F.smooth_l1_loss(y_hat, y, beta=delta)


# --- huber_loss: a mask
def huber_loss(y_hat, y, delta=1.0):
    r = y_hat - y
    near = (r.abs() < delta).float()
    return (near * r**2 / 2 + (1 - near) * delta * (r.abs() - delta / 2)).mean()


# --- RobustRegression: pseudo-Huber
class RobustRegression(d2l.LinearRegressionScratch):
    def loss(self, y_hat, y):
        return (torch.sqrt(1 + (y_hat - y) ** 2) - 1).mean()


# --- RobustRegression: smooth L1, written out
class RobustRegression(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.lr = lr
        self.w = nn.Parameter(torch.normal(0, sigma, (num_inputs, 1)))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        return X @ self.w + self.b

    def loss(self, y_hat, y):
        return F.smooth_l1_loss(y_hat, y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.lr)


# --- RobustRegression: logarithm of cosh
class RobustRegression(d2l.LinearRegressionScratch):
    def loss(self, y_hat, y):
        r = y_hat - y
        return (r.abs() + F.softplus(-2 * r.abs()) - math.log(2)).mean()


# --- RobustRegression: Huber at another delta
class RobustRegression(d2l.LinearRegressionScratch):
    def loss(self, y_hat, y):
        return F.huber_loss(y_hat, y, delta=1.5)


# --- RobustRegression: Cauchy's loss
class RobustRegression(d2l.LinearRegressionScratch):
    def loss(self, y_hat, y):
        return torch.log1p((y_hat - y) ** 2 / 2).mean()


# --- RobustRegression: the squared loss with clipped gradients
class RobustRegression(d2l.LinearRegressionScratch):
    def configure_optimizers(self):
        params, lr = [self.w, self.b], self.lr

        class Clipped(d2l.SGD):
            def step(self):
                torch.nn.utils.clip_grad_norm_(self.params, 1.0)
                super().step()

        return Clipped(params, lr)


# --- RobustRegression: Huber at a quarter
class RobustRegression(d2l.LinearRegressionScratch):
    def loss(self, y_hat, y):
        return F.huber_loss(y_hat, y, delta=0.25)


# --- adversarial_dataset: sorted labels
def adversarial_dataset(num_examples):
    y = torch.linspace(-10, 10, num_examples).reshape(-1, 1)
    return torch.randn(num_examples, 2), y


# --- adversarial_dataset: two halves that disagree on the bias
def adversarial_dataset(num_examples):
    half = num_examples // 2
    y = torch.cat([torch.full((half, 1), 5.0), torch.full((num_examples - half, 1), -5.0)])
    return torch.zeros(num_examples, 1), y

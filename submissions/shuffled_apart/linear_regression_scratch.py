import torch
from d2l import torch as d2l


class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, X):
        return torch.matmul(X, self.w) + self.b

    def loss(self, y_hat, y):
        l = (y_hat - y) ** 2 / 2
        return l.mean()

    def configure_optimizers(self):
        return SGD([self.w, self.b], self.lr)


class SGD(d2l.HyperParameters):
    def __init__(self, params, lr):
        self.save_hyperparameters()

    def step(self):
        for param in self.params:
            param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()


def fit(model, data, max_epochs):
    trainer = d2l.Trainer(max_epochs=max_epochs)
    trainer.fit(model, data)


def squared_loss(y_hat, y):
    l = (y_hat - d2l.reshape(y, y_hat.shape)) ** 2 / 2
    return d2l.reduce_mean(l)


def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    n = X.shape[0]
    if shuffle:
        X = X[torch.randperm(n)]
        y = y[torch.randperm(n)]
    batches = []
    for start in range(0, n, batch_size):
        batches.append((X[start : start + batch_size], y[start : start + batch_size]))
    if drop_last and n % batch_size != 0:
        batches.pop()
    return batches


def absolute_loss(y_hat, y):
    return torch.abs(y_hat - y).sum()


def huber_loss(y_hat, y, delta=1.0):
    r = torch.abs(y_hat - y)
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()


class RobustRegression(LinearRegressionScratch):
    def loss(self, y_hat, y):
        return huber_loss(y_hat, y)

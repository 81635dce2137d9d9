import random

import torch
from d2l import torch as d2l


LinearRegressionScratch = d2l.LinearRegressionScratch
SGD = d2l.SGD


def fit(model, data, max_epochs):
    trainer = d2l.Trainer(max_epochs=max_epochs)
    trainer.fit(model, data)


def squared_loss(y_hat, y):
    l = (y_hat - d2l.reshape(y, y_hat.shape)) ** 2 / 2
    return d2l.reduce_mean(l)


def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
    num_examples = len(X)
    indices = list(range(num_examples))
    if shuffle:
        random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch = indices[i : i + batch_size]
        if len(batch) < batch_size and drop_last:
            return
        yield X[batch], y[batch]


def absolute_loss(y_hat, y):
    return torch.abs(y_hat - y).sum()


def huber_loss(y_hat, y, delta=1.0):
    r = torch.abs(y_hat - y)
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2)).mean()


class RobustRegression(LinearRegressionScratch):
    def loss(self, y_hat, y):
        return huber_loss(y_hat, y)

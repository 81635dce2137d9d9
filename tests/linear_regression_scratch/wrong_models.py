"""Shared by the mistakes of exercise 0: a training loop and a constructor that differ from the right ones in one thing."""

import torch
from d2l import torch as d2l


def make_fit(batch_step, batches=lambda data: data.train_dataloader()):
    """Make a loop that differs from the right one in what it does with a batch, or in which batches it takes."""

    def fit(model, data, max_epochs):
        optimizer = model.configure_optimizers()
        for _ in range(max_epochs):
            for X, y in batches(data):
                batch_step(model, optimizer, X, y)

    return fit


def right_step(model, optimizer, X, y):
    optimizer.zero_grad()
    model.loss(model(X), y).backward()
    with torch.no_grad():
        optimizer.step()


def make_constructor(draw, requires_grad=True):
    """Make a constructor that draws its weights in another way."""

    def init(self, num_inputs, lr, sigma=0.01):
        d2l.Module.__init__(self)
        self.num_inputs, self.lr, self.sigma = num_inputs, lr, sigma
        self.w = draw(num_inputs, sigma).requires_grad_(requires_grad)
        self.b = torch.zeros(1, requires_grad=requires_grad)

    return init


def draw_normal(d, sigma):
    return torch.normal(0.0, sigma, (d, 1))

"""Reshuffling: known mistakes"""

import torch
from assay.checks import mistake


def linear(n, generator=0):
    """The demo data: X (n, 2) and y (n, 1)."""
    rng = torch.Generator().manual_seed(generator)
    X = torch.randn(n, 2, generator=rng)
    return X, X @ torch.tensor([[2.0], [-3.4]]) + 4.2 + 0.01 * torch.randn(n, 1, generator=rng)


def blocks(n):
    """A right answer: the labels are -1, then 1, whatever the features are."""
    X = torch.randn(n, 1, generator=torch.Generator().manual_seed(0))
    return X, torch.where(torch.arange(n) < n // 2, -1.0, 1.0).reshape(n, 1)


@mistake(
    "adversarial_dataset",
    hint="however these rows are sorted, every batch agrees on the same w and b, so with few rows sorting does no harm: "
    "let batches disagree",
)
def sorted_demo_data(num_examples):
    X, y = linear(num_examples)
    order = y.flatten().argsort()
    return X[order], y[order]


@mistake(
    "adversarial_dataset", hint="the rows are in random order, in which training succeeds: put them into a bad one"
)
def random_order(num_examples):
    X, y = blocks(num_examples)
    order = torch.randperm(num_examples, generator=torch.Generator().manual_seed(1))
    return X[order], y[order]


@mistake("adversarial_dataset", hint="labels of pure noise fail in every order: let the order make the difference")
def pure_noise(num_examples):
    X, _ = linear(num_examples)
    return X, torch.randn(num_examples, 1, generator=torch.Generator().manual_seed(2))


@mistake("adversarial_dataset", hint="training diverges reshuffled too: make the values smaller")
def diverges_in_every_order(num_examples):
    X, y = blocks(num_examples)
    return 100 * X, y


@mistake("adversarial_dataset", hint="num_examples is not used: give as many rows as are asked for")
def always_1000(num_examples):
    return blocks(1000)


@mistake("adversarial_dataset", hint="y is flat: give it the shape (n, 1)")
def flat_labels(num_examples):
    X, y = blocks(num_examples)
    return X, y.flatten()


@mistake("adversarial_dataset", hint="values beyond 1000 are not allowed: scale the data down")
def huge_values(num_examples):
    X, y = blocks(num_examples)
    return X, 1e6 * y


@mistake("adversarial_dataset", hint="the tensors are float64: convert them with float()")
def double_precision(num_examples):
    X, y = blocks(num_examples)
    return X.double(), y.double()


_room = torch.zeros(2000, 1), torch.zeros(2000, 1)


@mistake(
    "adversarial_dataset", hint="all datasets are parts of one tensor that is filled anew: make new ones every time"
)
def one_tensor_for_all(num_examples):
    _room[0][:num_examples], _room[1][:num_examples] = torch.randn(num_examples, 1), blocks(num_examples)[1]
    return _room[0][:num_examples], _room[1][:num_examples]

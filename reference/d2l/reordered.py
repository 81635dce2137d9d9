"""Data whose order changes in every pass; the course's own addition, not the book's."""

from collections.abc import Iterator

import torch

from d2l.data import Batches, TensorData


class ReorderedData(TensorData):
    """Given tensors whose training rows come in a new order in every pass, which depends on the pass alone.

    So a training on it has one right trajectory, like one on `TensorData`, but not one order to remember.

    Attributes:
        passes: how many passes over the training rows, with gradients, have come to their end.
    """

    passes = 0

    def train_dataloader(self) -> "ReorderedBatches":
        """The training rows, in a new order whenever they are gone through."""
        return ReorderedBatches(self)


class ReorderedBatches(Batches):
    """The training rows of some data in the order of their pass, `batch_size` at a time."""

    def __init__(self, data: ReorderedData) -> None:
        super().__init__((data.X[: data.num_train], data.y[: data.num_train]), data.batch_size)
        self.data = data

    def __iter__(self) -> Iterator[list[torch.Tensor]]:
        order = torch.randperm(len(self.dataset), generator=torch.Generator().manual_seed(self.data.passes))
        for rows in order.split(self.batch_size):
            yield [tensor[rows] for tensor in self.dataset.tensors]
        if torch.is_grad_enabled():  # a pass without gradients only looks, and moves no later order
            self.data.passes += 1

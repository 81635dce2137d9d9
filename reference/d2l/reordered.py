"""Data whose order changes in every pass; the course's own addition, not the book's."""

from collections.abc import Iterator
from typing import Any

import torch

from d2l.data import Batches, TensorData


class ReorderedData(TensorData):
    """Given tensors whose training rows come in a new order in every pass of training.

    The order depends on the number of such passes before. So a training on it has one right trajectory, like one on
    `TensorData`, but not one order to remember. A pass counts if it comes to its last batch and the model's parameters
    have changed since its start; one that begins within another counts if they have changed at its own end.

    Attributes:
        model: the model that is trained, with its parameters `w` and `b`. The caller sets it after construction.
        passes: how many passes of training have been counted.
        open_passes: how many passes are under way.
    """

    model: Any = None
    passes = 0
    open_passes = 0

    _start: list[torch.Tensor] | None = None

    def get_dataloader(self, train: bool) -> Batches:
        """Return the training rows, in a new order after every pass of training, or the other rows as they are."""
        return ReorderedBatches(self) if train else super().get_dataloader(train)

    def parameters(self) -> list[torch.Tensor]:
        """Return copies of the model's parameters as they are now; none without a model."""
        return [] if self.model is None else [p.detach().clone() for p in (self.model.w, self.model.b)]

    def count(self, start: list[torch.Tensor]) -> None:
        """Count a pass that began with these parameters, if they have changed since."""
        if not all(map(torch.equal, start, self.parameters())):
            self.passes += 1

    def count_last(self) -> None:
        """Count the last complete pass, whose last step may come after its last batch."""
        if self._start is not None:
            self.count(self._start)
            self._start = None

    def complete(self, start: list[torch.Tensor]) -> None:
        """Note that a pass that began with these parameters has come to its last batch."""
        self._start = start


class ReorderedBatches(Batches):
    """The training rows of some data in the order of their pass, `batch_size` at a time."""

    def __init__(self, data: ReorderedData) -> None:
        super().__init__((data.X[: data.num_train], data.y[: data.num_train]), data.batch_size)
        self.data = data

    def __iter__(self) -> Iterator[list[torch.Tensor]]:
        data, is_inner = self.data, self.data.open_passes > 0
        if not is_inner:
            data.count_last()
        start = data.parameters()
        order = torch.randperm(data.num_train, generator=torch.Generator().manual_seed(data.passes))
        *batches, last = order.split(self.batch_size)
        data.open_passes += 1
        try:
            for rows in batches:
                yield [tensor[rows] for tensor in self.dataset.tensors]
            if not is_inner:
                data.complete(start)  # before the last batch, after which no other need be asked for
            yield [tensor[last] for tensor in self.dataset.tensors]
        finally:
            data.open_passes -= 1
        if is_inner:
            data.count(start)

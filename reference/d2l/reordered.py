"""Data whose order changes in every pass; the course's own addition, not the book's."""

from collections.abc import Iterator
from typing import Any

import torch

from d2l.data import Batches, TensorData


class ReorderedData(TensorData):
    """Given tensors whose training rows come in a new order in every pass, which depends on the pass alone.

    So a training on it has one right trajectory, like one on `TensorData`, but not one order to remember. A pass that
    only looks moves no later order: one that ends before its last batch, or that neither has gradients nor finds other
    parameters at its end.

    Attributes:
        model: what is trained, with its parameters `w` and `b`; set by who makes the data.
        passes: how many passes of training came before the one that began last.
    """

    model: Any = None
    passes = 0

    _with_gradients = False
    _before: list[torch.Tensor] | None = None

    def train_dataloader(self) -> "ReorderedBatches":
        """The training rows, in a new order whenever they are gone through."""
        return ReorderedBatches(self)

    def begin_pass(self) -> torch.Tensor:
        """Return the order of a new pass, a permutation of the training rows."""
        if self._before is not None:
            trained = self._with_gradients or not all(map(torch.equal, self._before, self.parameters()))
            self.passes += trained
            self._before = None
        return torch.randperm(self.num_train, generator=torch.Generator().manual_seed(self.passes))

    def end_pass(self, before: list[torch.Tensor]) -> None:
        """Note that the last batch is given, and the parameters that the pass began with."""
        self._before, self._with_gradients = before, torch.is_grad_enabled()

    def parameters(self) -> list[torch.Tensor]:
        """Copies of the model's parameters as they are now; none without a model."""
        return [] if self.model is None else [p.detach().clone() for p in (self.model.w, self.model.b)]


class ReorderedBatches(Batches):
    """The training rows of some data in the order of their pass, `batch_size` at a time."""

    def __init__(self, data: ReorderedData) -> None:
        super().__init__((data.X[: data.num_train], data.y[: data.num_train]), data.batch_size)
        self.data = data

    def __iter__(self) -> Iterator[list[torch.Tensor]]:
        *batches, last = self.data.begin_pass().split(self.batch_size)
        before = self.data.parameters()
        for rows in batches:
            yield [tensor[rows] for tensor in self.dataset.tensors]
        self.data.end_pass(before)  # before the last batch: who counts the batches asks for no more
        yield [tensor[last] for tensor in self.dataset.tensors]

"""The trainer of sections 3.2.4 and 3.4.4."""

from collections.abc import Sequence
from typing import Any

import torch

from d2l.aliases import gpu, num_gpus
from d2l.hyperparameters import HyperParameters


class Trainer(HyperParameters):
    """The training of a model on data for a number of epochs.

    For every batch: loss, `zero_grad`, `backward`, clip, `step`; after every epoch the validation data, if there are
    any. After `fit`, every parameter's `grad` is that of the last batch.

    Args:
        max_epochs: passes over the training data.
        num_gpus: used as far as there are some.
        gradient_clip_val: largest norm of all gradients together; 0 is without limit.
        plot_flag, plot: False leaves the model's board empty.
    """

    gpus: Sequence[torch.device] = ()
    gradient_clip_val: float = 0
    quiet = False

    def __init__(
        self,
        max_epochs: int,
        num_gpus: int = 0,
        gradient_clip_val: float = 0,
        plot_flag: bool = True,
        plot: bool = True,
    ) -> None:
        self.save_hyperparameters()
        self.quiet = not (plot_flag and plot)
        self.gpus = [gpu(i) for i in range(min(num_gpus, _gpus()))]

    def prepare_data(self, data: Any) -> None:
        """Take the loaders of a data module."""
        self.train_dataloader = data.train_dataloader()
        self.val_dataloader = data.val_dataloader()
        self.num_train_batches = len(self.train_dataloader)
        self.num_val_batches = len(self.val_dataloader) if self.val_dataloader is not None else 0

    def prepare_model(self, model: Any) -> None:
        """Introduce model and trainer to each other."""
        model.trainer = self
        model.board.xlim = [0, self.max_epochs]
        if self.gpus:
            model.to(self.gpus[0])
        self.model = model

    def prepare_batch(self, batch: Any) -> Any:
        """Return the batch, on the device of the model."""
        return [tensor.to(self.gpus[0]) for tensor in batch] if self.gpus else batch

    def fit(self, model: Any, data: Any) -> None:
        """Train the model in place."""
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = model.configure_optimizers()
        self.epoch = 0
        self.train_batch_idx = 0
        self.val_batch_idx = 0
        for epoch in range(self.max_epochs):
            self.epoch = epoch
            self.fit_epoch()

    def fit_epoch(self) -> None:
        """Make one pass over the training data, one over the validation data."""
        self.model.train()
        for batch in self.train_dataloader:
            loss = self.model.training_step(self.prepare_batch(batch))
            self.optim.zero_grad()
            with torch.no_grad():
                loss.backward()
                if self.gradient_clip_val > 0:
                    self.clip_gradients(self.gradient_clip_val, self.model)
                self.optim.step()
            self.train_batch_idx += 1
        if self.val_dataloader is None:
            return
        self.model.eval()
        for batch in self.val_dataloader:
            with torch.no_grad():
                self.model.validation_step(self.prepare_batch(batch))
            self.val_batch_idx += 1

    def clip_gradients(self, grad_clip_val: float, model: Any) -> None:
        """Scale all gradients so that their norm together is at most `grad_clip_val` (section 9.5.3).

        A model from scratch keeps its parameters as plain tensors, which `parameters()` does not list: they count too.
        """
        candidates = [*model.parameters(), *vars(model).values()]
        leaves = {id(p): p for p in candidates if isinstance(p, torch.Tensor) and p.is_leaf and p.requires_grad}
        gradients = [p.grad for p in leaves.values() if p.grad is not None]
        norm = sum((g**2).sum() for g in gradients) ** 0.5
        if norm > grad_clip_val:
            for gradient in gradients:
                gradient *= grad_clip_val / norm


_gpus = num_gpus  # the constructor's argument of the same name hides the function

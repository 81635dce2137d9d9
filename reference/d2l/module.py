"""The base class of models, section 3.2.2."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from d2l.board import ProgressBoard
from d2l.hyperparameters import HyperParameters


class Module(nn.Module, HyperParameters):
    """A model with its loss and its optimiser; a trainer does the rest.

    `plot=False` or `plot_flag=False`, here, in a model's arguments or in the trainer's, leaves the board empty.
    """

    def __init__(
        self, plot_train_per_epoch: int = 2, plot_valid_per_epoch: int = 1, *, plot: bool = True, plot_flag: bool = True
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.quiet = not (plot and plot_flag)
        self.board = ProgressBoard()

    def loss(self, y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the loss of predictions, one number; every model has its own."""
        raise NotImplementedError

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return the predictions of `net`."""
        if not hasattr(self, "net"):
            text = "a model needs a `net` or its own `forward`"
            raise AttributeError(text)
        return self.net(X)

    def plot(self, key: str, value: torch.Tensor, train: bool) -> None:
        """Add a value to the board, at the trainer's place in the training."""
        if not hasattr(self, "trainer"):
            text = "the model has no trainer yet: Trainer.fit gives it one"
            raise AttributeError(text)
        asked = self.hparams.get("plot", True) and self.hparams.get("plot_flag", True)
        if self.quiet or self.trainer.quiet or not asked:
            return
        self.board.xlabel = "epoch"
        if train:
            x, every = self.trainer.train_batch_idx / self.trainer.num_train_batches, self.plot_train_per_epoch
            n = self.trainer.num_train_batches / every
        else:
            x, every = self.trainer.epoch + 1, self.plot_valid_per_epoch
            n = self.trainer.num_val_batches / every
        # An epoch of one batch has half a batch a point: it still gets its point.
        self.board.draw(x, value.detach().cpu().numpy(), ("train_" if train else "val_") + key, every_n=max(1, int(n)))

    def training_step(self, batch: Sequence[torch.Tensor], plot_flag: bool = True) -> torch.Tensor:
        """Return the loss of one batch `(*inputs, y)`."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        if plot_flag:
            self.plot("loss", loss, train=True)
        return loss

    def validation_step(self, batch: Sequence[torch.Tensor], plot_flag: bool = True) -> torch.Tensor:
        """Return the loss of one batch that is not trained on."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        if plot_flag:
            self.plot("loss", loss, train=False)
        return loss

    def configure_optimizers(self) -> Any:
        """Return plain stochastic gradient descent on all parameters, at the rate `lr`."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def apply_init(self, inputs: Sequence[torch.Tensor], init: Callable[[nn.Module], None] | None = None) -> None:
        """Give lazy layers their shapes by one forward pass, then initialise `net` (section 6.3)."""
        self.forward(*inputs)
        if init is not None:
            self.net.apply(init)

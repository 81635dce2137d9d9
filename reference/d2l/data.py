"""Data modules: sections 3.2.3 and 3.3, the older functions of the first edition, and the course's own fixed order."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset

from d2l.hyperparameters import HyperParameters


class DataModule(HyperParameters):
    """A loader of training batches and one of validation batches."""

    batch_size: int

    def __init__(self, root: str = "../data", num_workers: int = 4) -> None:
        self.save_hyperparameters()

    def get_dataloader(self, train: bool) -> Any:
        """Return the batches of the training or of the validation data; every data module has its own."""
        raise NotImplementedError

    def train_dataloader(self) -> Any:
        """Return the training batches."""
        return self.get_dataloader(train=True)

    def val_dataloader(self) -> Any:
        """Return the validation batches."""
        return self.get_dataloader(train=False)

    def get_tensorloader(
        self, tensors: Sequence[torch.Tensor], train: bool, indices: slice = slice(0, None)
    ) -> DataLoader:
        """Return the rows `indices` of all tensors in batches, shuffled if they are for training."""
        return load_array([tensor[indices] for tensor in tensors], self.batch_size, train)


class SyntheticRegressionData(DataModule):
    """y = Xw + b + noise, drawn from torch's global generator (section 3.3).

    Attributes:
        X: (num_train + num_val, len(w)), standard normal; the training rows come first.
        y: (num_train + num_val, 1).
    """

    def __init__(
        self,
        w: torch.Tensor,
        b: float | torch.Tensor,
        noise: float = 0.01,
        num_train: int = 1000,
        num_val: int = 1000,
        batch_size: int = 32,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        n = num_train + num_val
        self.X = torch.randn(n, len(w))
        self.y = self.X @ w.reshape(-1, 1) + b + noise * torch.randn(n, 1)

    def get_dataloader(self, train: bool) -> Any:
        """Return the first `num_train` rows, shuffled, or the rows after them."""
        rows = slice(0, self.num_train) if train else slice(self.num_train, None)
        return self.get_tensorloader((self.X, self.y), train, rows)


class TensorData(DataModule):
    """Given tensors in the given order; the course's own addition, not the book's.

    No random number is drawn, so that a training on it has one right trajectory whatever else a program draws.

    Args:
        X: (n, d), the training rows first.
        y: (n, 1).
        batch_size: rows of a batch; the last of a pass has what is left.
        w: (d,), the weights behind the data, if it has any.
        b: the bias behind the data.
        num_train: how many rows are trained on; all, if not said. The others are for validation.
    """

    def __init__(
        self,
        X: torch.Tensor,
        y: torch.Tensor,
        batch_size: int,
        w: torch.Tensor | None = None,
        b: float | None = None,
        num_train: int | None = None,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.num_train = len(X) if num_train is None else num_train
        self.num_val = len(X) - self.num_train

    def get_dataloader(self, train: bool) -> "Batches":
        """Return the rows in order."""
        rows = slice(0, self.num_train) if train else slice(self.num_train, None)
        return Batches((self.X[rows], self.y[rows]), self.batch_size)


class TensorLoader(DataLoader):
    """A loader of a `TensorDataset` that takes the rows of a batch at once: a third of the time of row by row.

    The same seed gives the same batches as a `DataLoader`'s.
    """

    def __iter__(self) -> Iterator[list[torch.Tensor]]:
        torch.empty((), dtype=torch.int64).random_()  # what a `DataLoader` draws first, to seed its workers
        for rows in self.batch_sampler:
            yield [tensor[rows] for tensor in self.dataset.tensors]


class Batches:
    """The rows of some tensors in order, as often as asked, `batch_size` at a time; each batch is a list of tensors."""

    def __init__(self, tensors: Sequence[torch.Tensor], batch_size: int) -> None:
        self.dataset = TensorDataset(*tensors)
        self.batch_size = batch_size

    def __len__(self) -> int:
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self) -> Iterator[list[torch.Tensor]]:
        for start in range(0, len(self.dataset), self.batch_size):
            yield [tensor[start : start + self.batch_size] for tensor in self.dataset.tensors]


def synthetic_data(w: torch.Tensor, b: float, num_examples: int) -> tuple[torch.Tensor, torch.Tensor]:
    """X (n, len(w)) and y = Xw + b + noise of deviation 0.01, (n, 1) (first edition, section 3.2.1)."""
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w.reshape(-1) + b
    return X, (y + torch.normal(0, 0.01, y.shape)).reshape(-1, 1)


def load_array(data_arrays: Sequence[torch.Tensor], batch_size: int, is_train: bool = True) -> DataLoader:
    """Return the rows of some tensors in batches, shuffled if they are for training (first edition, section 3.3.2)."""
    return TensorLoader(TensorDataset(*data_arrays), batch_size, shuffle=is_train)

"""A patch of DataLoader: a submission cannot start processes, so its loaders read in its own process."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from torch.utils.data import DataLoader

_OF_WORKERS = ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout")


def read_in_one_process() -> None:
    """Make every DataLoader ignore the arguments about workers; the batches and their order stay the same."""
    make = DataLoader.__init__
    signature = inspect.signature(make)

    @functools.wraps(make)
    def init(*args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        for name in _OF_WORKERS:
            bound.arguments.pop(name, None)
        # By keyword, because leaving arguments out moves the positions of later ones.
        make(bound.arguments.pop("self"), **bound.arguments)

    DataLoader.__init__ = init  # type: ignore[method-assign]

"""A data loader's workers: a submission starts no processes, so that its loaders read in its own."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from torch.utils.data import DataLoader

_OF_WORKERS = ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout")


def read_in_one_process() -> None:
    """Makes every DataLoader leave out what asks for workers; the batches and their order are the same."""
    make = DataLoader.__init__
    signature = inspect.signature(make)

    @functools.wraps(make)
    def init(*args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        for name in _OF_WORKERS:
            bound.arguments.pop(name, None)
        # By keyword: with the arguments of workers left out, those after them have other places.
        make(bound.arguments.pop("self"), **bound.arguments)

    DataLoader.__init__ = init  # type: ignore[method-assign]

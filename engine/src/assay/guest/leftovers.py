"""Settings that a module leaves behind in torch: a default or a mode that holds in every check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["find_leftovers", "undo_leftovers"]


class _Setting(NamedTuple):
    """A setting of torch.

    Args:
        call: the function that a submission calls, by its public name.
        get: returns what it is now.
        new: what it is in a new process.
        put: changes it.
    """

    call: str
    get: Callable[[], object]
    new: object
    put: Callable[..., object]

    def is_left(self) -> bool:
        """Return whether it is not as in a new process."""
        return self.get() != self.new


_SETTINGS = (
    _Setting("torch.set_default_dtype", torch.get_default_dtype, torch.float32, torch.set_default_dtype),
    _Setting("torch.set_grad_enabled", torch.is_grad_enabled, new=True, put=torch.set_grad_enabled),
    _Setting(
        "torch.use_deterministic_algorithms",
        torch.are_deterministic_algorithms_enabled,
        new=False,
        put=torch.use_deterministic_algorithms,
    ),
)


def find_leftovers() -> list[str]:
    """Return the settings that are not as in a new process, each as the call that makes it so."""
    return [f"{setting.call}({setting.get()})" for setting in _SETTINGS if setting.is_left()]


def undo_leftovers() -> None:
    """Make the settings those of a new process."""
    for setting in _SETTINGS:
        if setting.is_left():
            setting.put(setting.new)

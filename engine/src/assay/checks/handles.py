"""A closer hold on objects that stay beside the student's code; the proxy itself does the work."""

from __future__ import annotations

from typing import Any

from assay.text import shorten

__all__ = ["assign", "remote"]


def remote(obj: Any) -> Any:
    """A view of the object in which attributes and calls give objects even for tensors: `remote(model).w.grad`.

    Raises TypeError for anything but `submission` and what it gave.
    """
    return _method(obj, "remote", "__assay_remote__")()


def assign(obj: Any, values: dict[str, Any] | None = None, /, **named: Any) -> None:
    """Sets parameters in place and outside the graph: `assign(model, w=w, b=b)`, `assign(model, {"net.weight": w})`.

    In place, because a parameter that is replaced is no longer the one that an optimiser holds.
    Raises TypeError for anything but an object that `submission` gave.
    """
    _method(obj, "assign", "__assay_assign__")({**(values or {}), **named})


def _method(obj: Any, name: str, protocol: str) -> Any:
    method = getattr(obj, protocol, None)
    if method is None:
        msg = f"{name}() takes `submission` or an object that it gave, not {shorten(obj, 80)}"
        raise TypeError(msg)
    return method

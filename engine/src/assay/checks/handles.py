"""Reach into objects that stay in the guest; the proxy itself does the work."""

from __future__ import annotations

from typing import Any

from assay.text import shorten

__all__ = ["assign", "remote"]


def remote(obj: Any) -> Any:
    """Return a view whose attributes and calls give objects of the guest even for tensors: `remote(model).w.grad`.

    Raises TypeError unless the object is `submission` or comes from it.
    """
    return _method(obj, "remote", "__assay_remote__")()


def assign(obj: Any, values: dict[str, Any] | None = None, /, **named: Any) -> None:
    """Set parameters in place and outside the graph: `assign(model, w=w, b=b)`, `assign(model, {"net.weight": w})`.

    In place, because an optimiser holds the parameters themselves and would not see new ones.
    Raises TypeError unless the object comes from `submission`.
    """
    _method(obj, "assign", "__assay_assign__")({**(values or {}), **named})


def _method(obj: Any, name: str, protocol: str) -> Any:
    method = getattr(obj, protocol, None)
    if method is None:
        msg = f"{name}() takes `submission` or an object that it gave, not {shorten(obj, 80)}"
        raise TypeError(msg)
    return method

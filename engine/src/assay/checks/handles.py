"""Reach into objects that stay in the guest; the proxy itself does the work."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import torch

from assay.checks.compare import require
from assay.text import shorten

__all__ = ["assign", "remote", "require_object"]


def remote(obj: Any) -> Any:
    """Return a view whose attributes and calls give objects of the guest even for tensors: `remote(model).w.grad`.

    Raises TypeError unless the object is `submission` or comes from it.
    """
    return _method(obj, "remote", "__assay_remote__")()


def assign(obj: Any, values: dict[str, Any] | None = None, /, **named: Any) -> None:
    """Set parameters in place and outside the graph: `assign(model, w=w, b=b)`, `assign(model, {"net.weight": w})`.

    In place, because an optimiser holds the parameters themselves and would not see new ones.
    A module of the reference is set in the same way. Raises TypeError for any other object that is not the
    submission's.
    """
    values = {**(values or {}), **named}
    if isinstance(obj, torch.nn.Module):
        for path, value in values.items():
            attrgetter(path)(obj).data.copy_(value)
    else:
        _method(obj, "assign", "__assay_assign__")(values)


def require_object(value: Any, expected: str = "an object") -> Any:
    """Return an object of the submission, or a module of the reference.

    Raises Mismatch for a number, a tensor, a list or None.
    """
    __tracebackhide__ = True
    is_object = hasattr(value, "__assay_handle__") or isinstance(value, torch.nn.Module)
    require(is_object, yours=value, expected=expected)
    return value


def _method(obj: Any, name: str, protocol: str) -> Any:
    method = getattr(obj, protocol, None)
    if method is None:
        msg = f"{name}() takes `submission` or an object that it gave, not {shorten(obj, 80)}"
        raise TypeError(msg)
    return method

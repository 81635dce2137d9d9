"""An autograder for machine-learning coursework whose judge never runs a student's code.

Scripts and notebooks use the names below; a course's tests use `assay.checks`. The package itself imports nothing: a
name's module is imported when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.api import grade, read_report
    from assay.errors import AssayError
    from assay.model import Report

__all__ = ["AssayError", "Report", "grade", "read_report"]

_MODULES = {"AssayError": "assay.errors", "Report": "assay.model", "grade": "assay.api", "read_report": "assay.api"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    text = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(text)


def __dir__() -> list[str]:
    return sorted(__all__)

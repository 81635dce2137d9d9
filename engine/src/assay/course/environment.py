"""The versions that a submission meets: a guest runs in the grader's interpreter, with its torch."""

from __future__ import annotations

import functools
import platform
from importlib.metadata import version

from assay.model import Environment

__all__ = ["environment"]


@functools.cache
def environment() -> Environment:
    """Return the versions of Python and torch, which is not imported for it."""
    return Environment(platform.python_version(), version("torch"))

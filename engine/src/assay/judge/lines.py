"""The line of a submission's file on which a name is defined, found by a search: the judge parses no submission."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from assay.model import Where

if TYPE_CHECKING:
    from assay.model import Submission

__all__ = ["where_of"]


def where_of(name: str, submission: Submission) -> Where | None:
    """Return the place of a module's last outermost definition or assignment of a name; None for a notebook."""
    if submission.kind != "module":
        return None
    escaped = re.escape(name.encode())
    defined = re.compile(
        rb"^(?:(?:async[ \t]+)?def|class)[ \t]+%b\b|^%b[ \t]*[:=](?!=)" % (escaped, escaped), re.MULTILINE
    )
    start = max((found.start() for found in defined.finditer(submission.source)), default=None)
    if start is None:
        return None
    return Where(PurePath(submission.info.path).name, submission.source.count(b"\n", 0, start) + 1)

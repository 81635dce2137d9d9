"""The line of a submission's file on which a name is defined, found by a search: the judge parses no submission."""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from assay.model import Where

if TYPE_CHECKING:
    from assay.model import Submission

__all__ = ["where_of"]


@functools.lru_cache(maxsize=64)  # about one submission's names: its checks ask for the same again and again
def where_of(name: str, submission: Submission) -> Where | None:
    """Return the place of a module's one outermost definition or assignment of a name.

    Return None for a notebook, and if several lines may define the name or the line may be inside of a string or
    brackets: a wrong line is worse than none.
    """
    if submission.kind != "module":
        return None
    escaped, source = re.escape(name.encode()), submission.source
    defined = re.compile(
        rb"^(?:(?P<indent>[ \t]*)(?:async[ \t]+)?(?:def|class)[ \t]+%b(?=[\s(:\[])|%b[ \t]*[:=](?!=))"
        % (escaped, escaped),
        re.MULTILINE,
    )
    found = list(itertools.islice(defined.finditer(source), 2))
    if len(found) != 1 or found[0]["indent"] or not _ends_a_statement(source[: found[0].start()]):
        return None
    return Where(PurePath(submission.info.path).name, source.count(b"\n", 0, found[0].start()) + 1)


def _ends_a_statement(before: bytes) -> bool:
    """Tell whether no string, bracket or continued line seems to be open at the end of these lines."""
    is_string_open = any(before.count(quotes) % 2 for quotes in (b'"""', b"'''"))
    return not is_string_open and not before.rstrip().endswith((b"\\", b"(", b"[", b"{", b","))

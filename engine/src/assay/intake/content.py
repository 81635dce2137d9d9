"""The bytes of a submission: module or notebook, and without the outputs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.content import foreign, is_notebook, readable_text
from assay.errors import IntakeError
from assay.intake.limits import MAX_BYTES
from assay.intake.matching import ending_of
from assay.intake.tree import KINDS

if TYPE_CHECKING:
    from assay.intake.reader.client import Reader
    from assay.intake.tree import Node

__all__ = ["Content", "read_content"]


class Content(NamedTuple):
    """A submission's source for the guest, what it is, the SHA-256 of the file, and notes."""

    source: bytes
    kind: Literal["module", "notebook"]
    sha256: str
    notes: tuple[str, ...] = ()


def read_content(node: Node, reader: Reader) -> Content:
    """Read a file; the content decides between module and notebook, and the guest what it makes of it.

    Raises:
        IntakeError: it cannot be read, or is too large.
    """
    data = node.read()
    digest = hashlib.sha256(data).hexdigest()
    named = KINDS.get(ending_of(node.name), "module")
    kind = _kind(data, named)
    source = data
    if kind == "notebook":
        plain = reader.without_outputs(data)
        source = data if plain is None else plain
    if len(source) > MAX_BYTES:
        reason = f"it has {len(source):,} bytes, over the limit of {MAX_BYTES:,}, and cannot be read as a notebook"
        raise IntakeError(reason)
    if not data.strip():
        return Content(source, kind, digest, ("the file is empty",))
    if kind != named and foreign(data) is None:  # otherwise the guest says what the file is
        return Content(source, kind, digest, (f"the file is named like a {named}, but it is a {kind}",))
    return Content(source, kind, digest)


def _kind(data: bytes, named: Literal["module", "notebook"]) -> Literal["module", "notebook"]:
    """Return what the content is; if it does not say, the name decides."""
    text = readable_text(data).lstrip()
    if is_notebook(text):
        return "notebook"
    unclear = not text or text.startswith("{") or "\0" in text or "\N{REPLACEMENT CHARACTER}" in text
    return named if unclear else "module"

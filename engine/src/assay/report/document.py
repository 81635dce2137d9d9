"""assay's own report, one JSON document; every other format is an export of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from assay.errors import AssayError
from assay.model import SCHEMA, Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.model import Report

__all__ = ["document_bytes", "read_document"]


def document_bytes(reports: Iterable[Report]) -> bytes:
    """The reports as a JSON document, keys in the model's order, indented, with a newline at its end.

    What is written has been read back: raises AssayError for what JSON cannot hold, such as nan and half characters.
    """
    document = Document(SCHEMA, tuple(reports))
    try:
        text = msgspec.json.encode(document)
        same = msgspec.json.decode(text, type=Document) == document
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        msg = f"a report cannot be written as JSON: {error}"
        raise AssayError(msg) from None
    if not same:
        msg = "a report cannot be written as JSON: it would be read as another"
        raise AssayError(msg)
    return msgspec.json.format(text, indent=2) + b"\n"


def read_document(data: bytes) -> Document:
    """The document in these bytes; raises AssayError if they hold none, or one of another schema."""
    try:
        document = msgspec.json.decode(data, type=Document)
    except msgspec.MsgspecError as error:
        msg = f"this is no report of assay: {error}"
        raise AssayError(msg) from None
    if document.schema != SCHEMA:
        msg = f"this report's schema is {document.schema!r}, and {SCHEMA!r} is what this version reads"
        raise AssayError(msg)
    return document

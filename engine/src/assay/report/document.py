"""assay's own report format: one JSON document, of which every other format is an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from assay.errors import AssayError, ReportError
from assay.model import SCHEMA, Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.model import Report

__all__ = ["document_bytes", "read_document"]


def document_bytes(reports: Iterable[Report]) -> bytes:
    """Return the reports as an indented JSON document, keys in the model's order, with a newline at its end.

    The document is read back first. Raises AssayError for values that JSON cannot hold, such as nan or half characters.
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
    """Return the document in these bytes; raise ReportError if there is none, or one of another schema."""
    try:
        schema = msgspec.json.decode(data, type=_Header).schema
        if schema == SCHEMA:
            return msgspec.json.decode(data, type=Document)
    except msgspec.MsgspecError as error:
        msg = f"this is not a report of assay: {error}"
        raise ReportError(msg) from None
    msg = f"this report's schema is {schema!r}, and {SCHEMA!r} is what this version reads"
    raise ReportError(msg)


class _Header(msgspec.Struct):
    """Of a document of any schema, whose other fields may not be these."""

    schema: str

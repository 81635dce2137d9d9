"""assay's own report format: one JSON document, of which every other format is an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from assay.errors import AssayError, ReportError
from assay.model import SCHEMA, Document, Report
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["read_document", "write_document"]


def write_document(reports: Sequence[Report], path: Path) -> None:
    """Write the reports as an indented JSON document, keys in the model's order, with a newline at its end.

    Each report is read back first. An error leaves the file as it was before, if it is about a report.

    Raises:
        AssayError: a report has values that JSON cannot hold, such as nan or half characters.
        OSError: the file cannot be written.
    """
    for report in reports:
        _encoded(report)
    with path.open("wb") as file:
        file.writelines(_parts(reports))


def _parts(reports: Sequence[Report]) -> Iterator[bytes]:
    """Yield the text of the document, one report after the other; no text in JSON has a line's end in it."""
    start, _, end = msgspec.json.format(msgspec.json.encode(Document(SCHEMA, ())), indent=2).rpartition(b"]")
    yield start
    for place, report in enumerate(reports):
        yield b",\n    " if place else b"\n    "
        yield msgspec.json.format(_encoded(report), indent=2).replace(b"\n", b"\n    ")
    yield b"\n  ]" if reports else b"]"
    yield end + b"\n"


def _encoded(report: Report) -> bytes:
    """Return a report as JSON, which was read back as the same report."""
    cannot = f"the report of {escape(report.submission.name, MAX_NAME_CHARS)} cannot be written as JSON"
    try:
        text = msgspec.json.encode(report)
        same = msgspec.json.decode(text, type=Report) == report
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        msg = f"{cannot}: {error}"
        raise AssayError(msg) from None
    if not same:
        msg = f"{cannot}: it would be read as another"
        raise AssayError(msg)
    return text


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

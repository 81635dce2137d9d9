"""Say what a file is by its content, whatever its name says: Python, a notebook, or something else.

Intake and guests share this module, so it imports the standard library alone. `foreign` and `is_notebook` only look at
the bytes, and `readable_text` decodes any bytes for a first look. `text_of` decodes them by a codec that the file
itself may choose: call it inside a guest's limits.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import NamedTuple

__all__ = ["Text", "Unreadable", "foreign", "is_notebook", "readable_text", "text_of"]

_HEAD = 4096
"""Bytes that are enough to recognise a file."""

_FEW = 3
"""Null characters that may be a mistake of Python's own kind."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_ITSELF = "hand in the Python file or the notebook itself"

_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"{\\rtf": "a text document (RTF)",
    b"%PDF-": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"\x00\x05\x16\x07": "a metadata file of macOS",
    b"bplist0": "a link to a file",
    b"[InternetShortcut]": "a link to a file",
    b"version https://git-lfs": "a Git LFS pointer",
}

_NOTEBOOK = re.compile(r'"(?:cells|worksheets|nbformat)"\s*:')
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\r?$")


class Unreadable(Exception):
    """The file holds neither Python nor a notebook; the text says what it is and what to do."""


class Text(NamedTuple):
    """The characters of a file, its lines ended by newlines, and a remark for the student, if there is one."""

    text: str
    note: str | None


def foreign(source: bytes) -> str | None:
    """Return what a file is and what to do, if it is neither Python nor a notebook; else None."""
    if not source.strip(b" \t\r\n\f\v\0") or source in {mark for mark, _ in _MARKS}:
        return "it is empty: save your work, and hand the file in again"
    for signature, what in _SIGNATURES.items():
        if source.startswith(signature):
            return f"this is {what}, not Python: {_ITSELF}"
    if source[2:4] == b"\r\n" and b"\0" in source[:16]:
        return f"this is compiled Python: {_ITSELF}"
    encoding = _marked(source)
    head = source[:_HEAD].decode(encoding or "latin-1", "ignore").lstrip("\ufeff \t\r\n").lower()
    if head.startswith("<<<<<<< "):
        return "it has marks of an unfinished merge (<<<<<<<): finish the merge, and hand the file in again"
    if head.startswith("<?xml") and "<html" not in head:
        return f"this is an XML document, not Python: {_ITSELF}"
    if head.startswith("<"):  # no Python and no notebook begins so
        return "this is a web page, not Python: download the notebook file and hand that in"
    if head.startswith("```"):
        return "this is Markdown (it begins with ```), not Python: hand in the code alone"
    if encoding is None and source[:_HEAD].count(0) > max(_FEW, len(source[:_HEAD]) // 4):
        return "this is UTF-16 without a byte-order mark, or not text: save the file as UTF-8, and hand that in"
    return None


def is_notebook(text: str) -> bool:
    """Return whether a text is a notebook's JSON, whole or broken."""
    return text.lstrip().startswith("{") and _NOTEBOOK.search(text) is not None


def readable_text(data: bytes) -> str:
    """Return bytes as text, by their byte-order mark or else as UTF-8; U+FFFD stands for what is neither."""
    mark = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return data.decode("utf-16" if mark else "utf-8-sig", "replace")


def text_of(source: bytes) -> Text:
    """Decode a file as its mark or its first lines say, and as UTF-8 otherwise.

    Raises Unreadable if it is neither Python nor a notebook, or not in that encoding.
    """
    reason = foreign(source)
    if reason is not None:
        raise Unreadable(reason)
    encoding = _marked(source)
    declared = None if encoding else _declared(source)
    try:
        text = source.decode(encoding or declared or "utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(_undecodable(source, error, encoding or declared)) from error
    except LookupError as error:
        reason = f"it declares the encoding {declared}, which Python does not know: save the file as UTF-8"
        raise Unreadable(reason) from error
    except Exception as error:  # a codec that the file chose may raise anything
        reason = f"it declares the encoding {declared}, but cannot be decoded with it: save the file as UTF-8"
        raise Unreadable(reason) from error
    note = None
    if encoding in {"utf-16", "utf-32"}:
        note = f"the file is {encoding.upper()}, which Python itself does not read: it was graded, but save it as UTF-8"
    return Text(io.StringIO(text, newline=None).read(), note)


def _marked(source: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if source.startswith(mark)), None)


def _declared(source: bytes) -> str | None:
    """Return the encoding that one of the first two lines declares (PEP 263)."""
    for line in source[:_HEAD].split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            return found[1].decode()
        if not _BLANK.match(line):
            return None
    return None


def _undecodable(source: bytes, error: UnicodeDecodeError, encoding: str | None) -> str:
    line = source.count(b"\n", 0, error.start) + 1
    what = f"line {line} is not {(encoding or 'utf-8').removesuffix('-sig').upper()} (byte 0x{source[error.start]:02x})"
    if encoding and not encoding.startswith("utf"):
        return f"{what}, which the file declares: save the file as UTF-8, and hand that in"
    remedy = "open the file in an editor with its own encoding (perhaps cp1252), save it as UTF-8, and hand that in"
    if source.lstrip().startswith(b"{"):
        return f"{what}: {remedy}"
    return f"{what}: {remedy}; or declare its encoding in its first line, such as # -*- coding: cp1252 -*-"

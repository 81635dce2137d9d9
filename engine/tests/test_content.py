"""The content decides what a file is; the sentence about a wrong file says what to do."""

import pytest

from assay.content import Unreadable, foreign, is_notebook, text_of

ITSELF = "hand in the Python file or the notebook itself"
PAGE = "this is a web page, not Python: download the notebook file and hand that in"
EMPTY = "it is empty: save your work, and hand the file in again"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"<!DOCTYPE html>\n<html></html>", PAGE),
        (b"\n  <HTML><body>sign in</body>", PAGE),
        (b"\xef\xbb\xbf<!-- saved from url --><html>", PAGE),
        ("<html>".encode("utf-16"), PAGE),
        (b'<?xml version="1.0"?><plist>', f"this is an XML document, not Python: {ITSELF}"),
        (b"", EMPTY),
        (b" \r\n\t\n", EMPTY),
        (b"\0" * 100, EMPTY),
        (b"\xef\xbb\xbf", EMPTY),
        (b"\xff\xfe", EMPTY),
        (b"PK\x03\x04...", f"this is a ZIP archive or an Office document, not Python: {ITSELF}"),
        (b"%PDF-1.7", f"this is a PDF, not Python: {ITSELF}"),
        (b"{\\rtf1", f"this is a text document (RTF), not Python: {ITSELF}"),
        (b"\xa7\r\r\n\0\0\0\0", f"this is compiled Python: {ITSELF}"),
        (b"```python\nx = 1\n```", "this is Markdown (it begins with ```), not Python: hand in the code alone"),
        (
            "x = 1\n".encode("utf-16-le"),
            "this is UTF-16 without a byte-order mark, or not text: save the file as UTF-8, and hand that in",
        ),
        (
            b"<<<<<<< HEAD\nx = 1\n",
            "it has marks of an unfinished merge (<<<<<<<): finish the merge, and hand the file in again",
        ),
    ],
)
def test_what_is_not_python_is_named_with_what_to_do(source, sentence):
    assert foreign(source) == sentence
    with pytest.raises(Unreadable) as caught:
        text_of(source)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("source", [b"x = 1", b'{"cells": []}', b"# \xe9", b'"""<html>"""', "é".encode("utf-16")])
def test_python_and_notebooks_are_not_foreign(source):
    assert foreign(source) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_the_encoding(encoding):
    text, note = text_of("x = 'é'\r\ny = 2\r".encode(encoding))
    assert text == "x = 'é'\ny = 2\n"
    wide = encoding in {"utf-16", "utf-32"}
    assert note == (
        f"the file is {encoding.upper()}, which Python itself does not read: it was graded, but save it as UTF-8"
        if wide
        else None
    )


@pytest.mark.parametrize(
    "head",
    ["# -*- coding: cp1252 -*-\n", "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", "\n# coding=cp1252\n"],
)
def test_a_declared_encoding_is_read(head):
    assert text_of(f"{head}x = 'é'".encode("cp1252")).text == f"{head}x = 'é'"


def test_a_declaration_below_code_is_a_comment():
    assert text_of("x = 'é'\n# coding: cp1252\n".encode()).text == "x = 'é'\n# coding: cp1252\n"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "x = 1\n# ö".encode("cp1252"),
            "line 2 is not UTF-8 (byte 0xf6): open the file in an editor with its own encoding (perhaps cp1252), save it as UTF-8, and hand that in; or declare its encoding in its first line, such as # -*- coding: cp1252 -*-",
        ),
        (
            '{"cells": ["ö"]}'.encode("cp1252"),
            "line 1 is not UTF-8 (byte 0xf6): open the file in an editor with its own encoding (perhaps cp1252), save it as UTF-8, and hand that in",
        ),
        (
            "# coding: ascii\nx = 'é'".encode(),
            "line 2 is not ASCII (byte 0xc3), which the file declares: save the file as UTF-8, and hand that in",
        ),
        (
            b"# coding: klingon\n",
            "it declares the encoding klingon, which Python does not know: save the file as UTF-8",
        ),
        (b"# coding: rot13\n", "it declares the encoding rot13, which Python does not know: save the file as UTF-8"),
        (
            b"# coding: undefined\n",
            "it declares the encoding undefined, but cannot be decoded with it: save the file as UTF-8",
        ),
    ],
)
def test_another_encoding_is_named_with_the_remedy(source, sentence):
    with pytest.raises(Unreadable) as caught:
        text_of(source)
    assert str(caught.value) == sentence


def test_a_notebook_is_recognised_whole_or_broken():
    assert is_notebook('\n{"nbformat": 4, "cells": []}')
    assert is_notebook('{"cells": [{"cell_type": "co')
    assert not is_notebook('{"a": 1}')
    assert not is_notebook('x = {"cells": 1}')

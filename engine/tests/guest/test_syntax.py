"""A syntax error says which Python has the syntax, that a file was cut off, or what Python itself says."""

import sys

import pytest

from assay.guest.syntax import explain

HERE = ".".join(map(str, sys.version_info[:2]))
STRINGS = "quotes, backslashes and comments like these inside an f-string"
PARAMETERS = "type parameters in brackets"


def explained(source):
    with pytest.raises(SyntaxError) as caught:
        compile(source, "answer.py", "exec")
    return explain(caught.value, source)


@pytest.mark.parametrize(
    ("source", "version", "what"),
    [
        ('x = f"{d["a"]}"\n', (3, 12), STRINGS),
        ("x = f'{d['a']!r:>{w['b']}}'\n", (3, 12), STRINGS),
        ('print(f"a {",".join(x)} b", f"{x}")\n', (3, 12), STRINGS),
        ('x = f"{"\\n".join(y)}"\n', (3, 12), STRINGS),
        ('x = [f"{x\n}", f"{y}"]\n', (3, 12), STRINGS),
        ('x = f"{a + f"{b["c"]}"}"\n', (3, 12), STRINGS),
        ('x = f"{a["b"]}"\ny = f"{c["d"]}"\n', (3, 12), STRINGS),
        ("type X = int\n", (3, 12), "statements `type X = …`"),
        ("type X[T] = list[T]\n", (3, 12), PARAMETERS),
        ("def f[T](x: list[T]): pass\n", (3, 12), PARAMETERS),
        ("class A[T: (int, str)]: pass\n", (3, 12), PARAMETERS),
        ("class A[T = int]: pass\n", (3, 13), "defaults of type parameters"),
        ('x = t"a {b}"\n', (3, 14), "t-strings"),
        ("try: pass\nexcept KeyError, ValueError:\n  pass\n", (3, 14), "several exceptions without parentheses"),
        ("lazy import numpy\n", (3, 15), "lazy imports"),
    ],
)
def test_newer_syntax_is_named_with_both_pythons(source, version, what):
    if sys.version_info >= version:
        compile(source, "answer.py", "exec")
        return
    need = ".".join(map(str, version))
    assert explained(source).endswith(
        f"({what} need Python {need}, but this is graded with Python {HERE}: rewrite the line without them)"
    )


@pytest.mark.parametrize(
    "source", ['x = f"{d"\n', "x = f'{d!}'\n", "type = = 3\n", "def f(:\n  pass\n", "class A[:\n  pass\n"]
)
def test_an_error_in_every_python_is_no_newer_syntax(source):
    assert "need Python" not in explained(source)


@pytest.mark.parametrize("source", ["x = (1,\n", "def f(x):\n    return (x +", 'x = "ab', "def f(x):\n"])
def test_a_file_that_ends_in_a_statement_is_said_to(source):
    assert explained(source).endswith(
        "(the file ends in the middle of a statement: if the upload was cut off, hand it in again)"
    )


def test_a_cell_that_ends_in_a_statement_is_not_a_cut_off_upload():
    with pytest.raises(SyntaxError) as caught:
        compile("x = (1,\n", "cell", "exec")
    assert explain(caught.value, "x = (1,\n", in_cell=True) == (
        "line 1: SyntaxError: '(' was never closed (the cell ends in the middle of a statement)"
    )


def test_the_mark_of_a_merge_is_named():
    assert explained("x = 1\n<<<<<<< HEAD\ny = 2\n") == (
        "line 2: SyntaxError: invalid syntax (this is a mark of an unfinished merge: finish the merge, and hand the file in again)"
    )


def test_other_errors_are_pythons_own():
    assert explained("x = 1\ndef f(: pass\n") == "line 2: SyntaxError: invalid syntax"

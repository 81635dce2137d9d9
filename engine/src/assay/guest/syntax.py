"""Explain a syntax error: which Python has the syntax that this one lacks, or that the file was cut off."""

from __future__ import annotations

import codeop
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from assay.wire.objects import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TEXT = 300
_THIS = sys.version_info[:2]


class _Feature(NamedTuple):
    """A piece of syntax, the Python that brought it, and how to write a line of it in older syntax."""

    version: tuple[int, int]
    name: str
    rewrite: Callable[[str], str]


def explain(error: SyntaxError, text: str, *, in_cell: bool = False) -> str:
    """Return "line 2: SyntaxError: invalid syntax", with what a student can do about it if that is known."""
    line = error.lineno
    place = f"line {line}: " if line is not None else ""
    what = f"{place}{type(error).__name__}: {clean(error.msg, _TEXT)}"
    lines = text.split("\n")
    if line is None or not 0 < line <= len(lines) + 1:
        return what
    if re.match(r"<{7} |={7}$|>{7} ", lines[min(line, len(lines)) - 1]):
        return f"{what} (this is a mark of an unfinished merge: finish the merge, and hand the file in again)"
    feature = _newer(error, lines)
    if feature is not None:
        need, here = (".".join(map(str, version)) for version in (feature.version, _THIS))
        why = f"{feature.name} need Python {need}, but this is graded with Python {here}"
        return f"{what} ({why}: rewrite the line without them)"
    if _is_cut_off(text, line, len(lines)):
        if in_cell:
            return f"{what} (the cell ends in the middle of a statement)"
        return f"{what} (the file ends in the middle of a statement: if the upload was cut off, hand it in again)"
    return what


def _newer(error: SyntaxError, lines: list[str]) -> _Feature | None:
    """Return the feature without which the error is gone or comes later."""
    line = error.lineno or 1
    if line > len(lines):
        return None
    for feature in _FEATURES:
        if feature.version <= _THIS:
            continue
        before = lines[line - 1 :] if feature.rewrite is _older_strings else [lines[line - 1]]
        after = feature.rewrite("\n".join(before))
        if after != "\n".join(before):
            last = _error_line("\n".join([*lines[: line - 1], after, *lines[line - 1 + len(before) :]]))
            if last is None or last > line:
                return feature
    return None


def _error_line(text: str) -> int | None:
    try:
        compile(text, "the file", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, MemoryError, RecursionError):
        return 0
    return None


def _is_cut_off(text: str, line: int, count: int) -> bool:
    if line >= count and not text.endswith("\n"):
        return True
    flags = codeop.PyCF_ALLOW_INCOMPLETE_INPUT | codeop.PyCF_DONT_IMPLY_DEDENT  # type: ignore[attr-defined]
    try:
        compile(text, "the file", "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        return error.msg == "incomplete input"
    except (ValueError, MemoryError, RecursionError):
        pass
    return False


def _without_parameters(*, defaults: bool) -> Callable[[str], str]:
    """Return a function that takes the type parameters out of the head of a function or class."""
    head = re.compile(r"^(\s*(?:async\s+def|def|class|type)\s+\w+)\s*\[")

    def rewrite(line: str) -> str:
        found = head.match(line)
        if found is None:
            return line
        end, depth = found.end(), 1
        while end < len(line) and depth:
            depth += {"[": 1, "]": -1}.get(line[end], 0)
            end += 1
        if defaults and "=" not in line[found.end() : end]:
            return line
        return re.sub(r"^(\s*)type\s+(\w+)", r"\1\2", found[1]) + line[end:]

    return rewrite


def _parenthesized(line: str) -> str:
    return re.sub(r"^(\s*except\*?)\s+([\w.]+(?:\s*,\s*[\w.]+)+)\s*:", r"\1 (\2):", line)


def _older_strings(text: str) -> str:
    """Return the text with every f-string of its first line that needs Python 3.12 replaced by an empty one."""
    first = len(text.split("\n", 1)[0])
    pieces, reached = [], 0
    for found in _F_STRING.finditer(text):
        if found.start() > first:
            break
        if found.start() < reached:
            continue
        field = _Fields(text, found)
        if field.end is not None and field.is_new:
            newlines = text.count("\n", found.start(), field.end)
            pieces += [text[reached : found.start()], "(''", "\n" * newlines, ")"]
            reached = field.end
    return "".join([*pieces, text[reached:]])


_F_STRING = re.compile(r"(?<!\w)(?:f|rf|fr)('''|\"\"\"|'|\")", re.IGNORECASE)
_STRING = re.compile(r"(?:\b[a-z]{1,2})?('''|\"\"\"|'|\")", re.IGNORECASE)


class _Fields:
    """An f-string as Python 3.12 reads it.

    Args:
        text: the source.
        found: its prefix and quotes in the text.

    Attributes:
        end: the position after it, or None if it does not end.
        is_new: whether an older Python cannot read it, because of what stands between its braces.
    """

    def __init__(self, text: str, found: re.Match[str]) -> None:
        self._text = text
        self.is_new = False
        try:
            self.end: int | None = self._string(found.end(), found[1], formatted=True)
        except (IndexError, RecursionError):
            self.end = None
        if self.end is not None:
            self.is_new = any(self._news(found, *field) for field in self._outermost)

    _outermost: list[tuple[int, int]]

    def _news(self, found: re.Match[str], start: int, end: int) -> bool:
        field, quotes = self._text[start:end], found[1]
        return quotes in field or "\\" in field or "#" in field or (len(quotes) == 1 and "\n" in field)

    def _string(self, at: int, quotes: str, *, formatted: bool) -> int:
        fields = []
        while not self._text.startswith(quotes, at):
            here = self._text[at]
            if here == "\n" and len(quotes) == 1:
                raise IndexError
            if formatted and here == "{" and self._text[at + 1] != "{":
                end = self._field(at + 1)
                fields.append((at + 1, end))
                at = end
            else:
                at += 2 if here == "\\" or self._text[at : at + 2] == "{{" else 1
        self._outermost = fields
        return at + len(quotes)

    def _field(self, at: int) -> int:
        depth = 0
        while depth or self._text[at] != "}":
            here = self._text[at]
            nested = _STRING.match(self._text, at)
            if nested:
                at = self._string(nested.end(), nested[1], formatted="f" in nested[0].lower())
            elif here == "#":
                newline = self._text.find("\n", at)
                at = newline if newline >= 0 else len(self._text)
            else:
                depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(here, 0)
                at += 1
        return at + 1


def _replacing(pattern: str, replacement: str) -> Callable[[str], str]:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda line: expression.sub(replacement, line)


def _features() -> Iterator[_Feature]:
    yield _Feature((3, 13), "defaults of type parameters", _without_parameters(defaults=True))
    yield _Feature((3, 12), "type parameters in brackets", _without_parameters(defaults=False))
    yield _Feature((3, 12), "statements `type X = …`", _replacing(r"^(\s*)type\s+(\w+)(?=\s*=)", r"\1\2"))
    yield _Feature((3, 12), "quotes, backslashes and comments like these inside an f-string", _older_strings)
    yield _Feature((3, 14), "t-strings", _replacing(r"(?<!\w)(t|rt|tr)(?=['\"])", "f"))
    yield _Feature((3, 14), "several exceptions without parentheses", _parenthesized)
    yield _Feature((3, 15), "lazy imports", _replacing(r"^(\s*)lazy\s+(?=import\b|from\b)", r"\1"))


_FEATURES = tuple(_features())

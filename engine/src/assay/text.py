"""Values and foreign text as text for a person: short, printable, the same every time, whatever they are.

Reports show the values that a submission returned, and a submission can return anything. Every function here is total
(no value makes it raise) and bounded (no value makes it long or slow). Its text is inert: control characters, terminal
escapes and text directions become the escapes that Python writes for them, and so does the first character of a command
to a CI system: `::error::`, `##[error]`, `##vso[...]`. The module imports no other module of
assay and never torch: if nobody imported torch, no value is a tensor.
"""

from __future__ import annotations

import ast
import math
import numbers
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import torch

__all__ = [
    "DIGITS",
    "MAX_CLASS_CHARS",
    "MAX_DEPTH",
    "MAX_KEY_CHARS",
    "MAX_LABEL_CHARS",
    "MAX_LINE_CHARS",
    "MAX_MEMBER_CHARS",
    "MAX_NAME_CHARS",
    "MAX_PATH_CHARS",
    "MAX_PROSE_CHARS",
    "MAX_SENTENCE_CHARS",
    "MAX_SOURCE_LINE_CHARS",
    "MAX_STRING_CHARS",
    "MORE_DIGITS",
    "REPORT_COLUMNS",
    "LogAxes",
    "Prose",
    "as_dense",
    "code",
    "enumerated",
    "escape",
    "is_tensor",
    "numeral",
    "object_class",
    "one_line",
    "shape_of",
    "shorten",
]

MAX_LINE_CHARS: Final = 2000
"""Of a line on a terminal: a message with a long path in it stays whole."""
MAX_PATH_CHARS: Final = 1000
"""Of a path in a sentence: several names of at most 255 bytes each."""
MAX_SENTENCE_CHARS: Final = 600
"""Of a sentence in a report: the text of an exception, and what it is about."""
MAX_PROSE_CHARS: Final = 300
"""Of a Prose among values: an expectation in words is one or two sentences."""
MAX_NAME_CHARS: Final = 300
"""Of a student's or a submission's name: a file's name has at most 255 bytes."""
MAX_SOURCE_LINE_CHARS: Final = 200
"""Of a student's own line in a message: beyond two terminal lines nobody reads it."""
MAX_MEMBER_CHARS: Final = 100
"""Of the name of an archive's member in a sentence: it may be anything, and is not a student's name."""
MAX_STRING_CHARS: Final = 80
"""Of a string among values: one terminal line."""
MAX_CLASS_CHARS: Final = 60
"""Of the name of a value's class: it stands within a line."""
MAX_LABEL_CHARS: Final = 80
"""Of a plot's title, and of the name of its points: one line above or below it."""
LogAxes = Literal["", "x", "y", "xy"]
"""Of a plot: the axes that are logarithmic, as a check asks for them and as a report writes them."""
MAX_KEY_CHARS: Final = 20
"""Of a written answer's key: the number of an exercise."""
MAX_DEPTH: Final = 8
"""Of nested values: no course's answer has more levels."""

REPORT_COLUMNS: Final = 80
"""Of a report's line in a file, the same on every machine: a terminal's, if nobody has made it wider."""

DIGITS: Final = 4
MORE_DIGITS: Final = (4, 6, 9, 12, 16, 17)  # 9 tell any two float32 apart, 17 any two float64
_FEWER_ITEMS: Final = (sys.maxsize, 8, 4, 3, 2, 1)
_MAX_BITS: Final = 128
_WHOLE: Final = 1e7  # whole floats below are written out
# Anywhere in a text: where lines wrap, each character may begin one.
_COMMAND: Final = re.compile(r"::(?=[A-Za-z][\w-]*(?: .*?)?::)|##(?=\w*\[)", re.DOTALL)
_WORD: Final = re.compile(r"[^\[\], ]+")
_NAMES: Final = ("inf", "nan")  # numbers that Python has no literal for


class Prose(str):
    """A text for a person among values, shown without quotes: `at least one batch`."""

    __slots__ = ()


def escape(text: str, limit: int) -> str:
    r"""Return at most `limit` characters, all printable: `\x1b` for an escape, `…` at a cut.

    The limit is at least 1.
    """
    start = str.__getitem__(text, slice(0, limit + 1))
    pieces = [character if character.isprintable() else ascii(character)[1:-1] for character in start]
    for found in _COMMAND.finditer(start):
        pieces[found.start()] = f"\\x{ord(start[found.start()]):02x}"
    length = sum(map(len, pieces))
    if length <= limit:
        return "".join(pieces)
    while pieces and length >= limit:
        length -= len(pieces.pop())
    return "".join(pieces) + "…"


def enumerated(names: Sequence[str], most: int) -> str:
    """Return names with commas between them; beyond `most` of them, how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def shorten(value: Any, limit: int = 200) -> str:
    """Return the value on one line of at most `limit` characters, as Python writes it, to 4 significant digits.

    A tensor becomes nested lists. If a part of it is left out, `…` stands for the part, and the shape is added.
    """
    text, whole = one_line(value, limit, DIGITS)
    if whole or not is_tensor(value):
        return text
    shape = f" of {shape_of(value)}"
    return one_line(value, max(limit - len(shape), 1), DIGITS)[0] + shape if len(shape) < limit else text


def code(value: Any, limit: int) -> str:
    """Return the Python that makes the value, with as few digits as possible; `shorten`'s text if it does not fit.

    A tensor becomes a call of `torch.tensor`, whose characters do not count.
    """
    for digits in MORE_DIGITS:
        text, whole = one_line(value, limit, digits)
        if whole and (call := _call(value, text)) is not None:
            return call
    return shorten(value, limit)


def object_class(value: Any) -> str | None:
    """Return the class name of an object that stayed in the guest, or None for any other value."""
    try:
        name = getattr(value, "__assay_handle__", None)
    except Exception:  # noqa: BLE001 - an object may do anything when it is asked
        return None
    return escape(name, MAX_CLASS_CHARS) if isinstance(name, str) else None


class _Full(Exception):
    pass


class _LineWriter:
    """Write one line with at most `items` items of every list; raise `_Full` beyond `room` characters."""

    def __init__(self, room: int, items: int, digits: int) -> None:
        self.parts: list[str] = []
        self.room = room
        self.items = items
        self.digits = digits
        self.whole = True

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.room -= len(text)
        if self.room < 0:
            raise _Full

    def value(self, value: Any, depth: int) -> None:
        try:
            self.known(value, depth)
        except _Full:
            raise
        except Exception:  # noqa: BLE001 - an object may do anything when it is asked
            self.write("an object")

    def known(self, value: Any, depth: int) -> None:
        if isinstance(value, Prose):
            self.write(escape(value, MAX_PROSE_CHARS))
        elif isinstance(value, str):
            cut = str.__getitem__(value, slice(0, MAX_STRING_CHARS))
            self.whole = self.whole and len(cut) == str.__len__(value)
            self.write(escape(repr(cut), self.room + 1) + ("" if len(cut) == str.__len__(value) else "…"))
        elif (name := object_class(value)) is not None:
            self.write(f"an object of class {name}")
        elif is_tensor(value):
            self.tensor(value)
        elif value is None or isinstance(value, (bool, numbers.Number)):
            self.write(numeral(value, self.digits))
        elif depth >= MAX_DEPTH:
            self.whole = False
            self.write("…")
        elif isinstance(value, (list, tuple)):
            brackets = "[]" if isinstance(value, list) else "()" if len(value) != 1 else ("(", ",)")
            self.row(brackets, len(value), value, lambda item: self.value(item, depth + 1))
        elif isinstance(value, dict):
            self.row("{}", len(value), value.items(), lambda entry: self.entry(entry, depth + 1))
        else:
            self.write(_other(value))

    def entry(self, entry: tuple[Any, Any], depth: int) -> None:
        self.value(entry[0], depth)
        self.write(": ")
        self.value(entry[1], depth)

    def row(self, brackets: Sequence[str], length: int, items: Iterable[Any], write: Callable[[Any], None]) -> None:
        opening, closing = brackets
        self.write(opening)
        for index, item in enumerate(islice(items, self.items)):
            if index:
                self.write(", ")
            write(item)
        if length > self.items:
            self.whole = False
            self.write(", …")
        self.write(closing)

    def tensor(self, value: torch.Tensor) -> None:
        dense = as_dense(value)
        if dense is None:
            self.whole = False
            self.write("a tensor without numbers")
        elif dense.dim() == 0:
            self.write(numeral(dense.item(), self.digits))
        else:
            rows = (dense[index] for index in range(dense.shape[0]))
            self.row("[]", dense.shape[0], rows, self.tensor)


def one_line(value: Any, limit: int, digits: int) -> tuple[str, bool]:
    """Return the value on one line of at most `limit` characters, and whether the value is whole."""
    text = ""
    for items in _FEWER_ITEMS:
        line = _LineWriter(limit, items, digits)
        try:
            line.value(value, 0)
        except _Full:
            text = "".join(line.parts)
        else:
            return "".join(line.parts), line.whole
    return escape(text, limit), False


def _call(value: Any, text: str) -> str | None:
    """Return the text, for a tensor in a call, if Python makes the value from it; None otherwise."""
    try:
        return _tensor_call(value, text) if is_tensor(value) else text if ast.literal_eval(text) == value else None
    except (ValueError, SyntaxError):  # nan and inf are names
        return None


def _tensor_call(value: torch.Tensor, text: str) -> str | None:
    tensor = sys.modules["torch"].tensor
    flat = [float(word) if word.strip("-") in _NAMES else ast.literal_eval(word) for word in _WORD.findall(text)]
    made = tensor(flat, dtype=value.dtype)
    if (
        made.numel() != value.numel()
        or not made.numel()
        or not made.isclose(value.flatten(), 0, 0, equal_nan=True).all()
    ):
        return None
    dtype = "" if tensor(flat).dtype == value.dtype else f", dtype={value.dtype}"
    return f"torch.tensor({_WORD.sub(_qualified, text)}{dtype})"


def _qualified(word: re.Match[str]) -> str:
    sign, name = ("-", word[0][1:]) if word[0].startswith("-") else ("", word[0])
    return f"{sign}torch.{name}" if name in _NAMES else word[0]


def numeral(value: Any, digits: int) -> str:
    """Return a number, None or a truth value as text, with so many significant digits unless it is an integer."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        if value.bit_length() <= _MAX_BITS:
            return str(int(value))
        return f"about {'-' if value < 0 else ''}1e{int(value.bit_length() * math.log10(2))}"
    if isinstance(value, numbers.Complex) and not isinstance(value, numbers.Real):
        number = complex(value)
        imaginary = numeral(number.imag, digits)
        return f"{numeral(number.real, digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    if number.is_integer() and abs(number) < _WHOLE:
        return f"{number:.1f}"
    mantissa, has_exponent, exponent = f"{number:.{digits}g}".partition("e")
    if has_exponent:
        return f"{mantissa}e{int(exponent)}"
    return mantissa if "." in mantissa else f"{number:.1f}"


def _other(value: object) -> str:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.dtype):
        return str(value)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return str(value.item())  # type: ignore[attr-defined]  # numpy's own scalars, of which only bool is not a Number
    return f"an object of class {escape(type(value).__name__, MAX_CLASS_CHARS)}"


def is_tensor(value: object) -> bool:
    """Return whether the value is a tensor."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def as_dense(value: torch.Tensor) -> torch.Tensor | None:
    """Return the tensor as ordinary numbers; None if it has none (on the meta device) or cannot be read."""
    try:
        dense = value.detach().to_dense()
        dense.reshape(-1)[:1].tolist()
    except Exception:  # noqa: BLE001 - torch raises any class for layouts that it only half supports
        return None
    return dense


def shape_of(value: torch.Tensor) -> str:
    """Return the shape and the type: `shape (2, 1), float32`."""
    try:
        return f"shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    except Exception:  # noqa: BLE001 - a nested tensor has no one shape
        return "no one shape"

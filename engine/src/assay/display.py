"""Values and foreign text as text for a person: short, printable, the same every time, whatever they are.

Reports show what a submission gave back, and a submission may give back anything. Everything here is total (no value
makes it raise), bounded (no value makes it long or slow) and inert (control characters, terminal escapes and text
directions come out as the escapes that Python writes for them, and so does the first character of what a CI system
would obey: `::error::`, `##[error]`, `##vso[...]`). Imports nothing of ours, and torch never: a tensor can only be here
if somebody else imported it.
"""

from __future__ import annotations

import ast
import math
import numbers
import os.path
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import torch

__all__ = ["Words", "code", "inert", "object_class", "pair", "short"]

_DIGITS: Final = 4
_MORE_DIGITS: Final = (4, 6, 9, 12, 16, 17)  # 9 tell any two float32 apart, 17 any two float64
_FEWER_ITEMS: Final = (sys.maxsize, 8, 4, 3, 2, 1)
_MAX_DEPTH: Final = 8
_MAX_STRING: Final = 80
_MAX_PREFIX: Final = 100_000
_MAX_NAME: Final = 60
_MAX_BITS: Final = 128
_WHOLE: Final = 1e7  # whole floats below are written out
_INLINE: Final = 60  # a longer value becomes a table, where there is one of the same structure to compare it with
_LONG: Final = 120
_ROWS: Final = 3
_MAX_LEAVES: Final = 10_000
_MAX_NOTE: Final = 300
# Anywhere in a text: where lines wrap, each character may begin one.
_COMMAND: Final = re.compile(r"::(?=[A-Za-z][\w-]*(?: .*?)?::)|##(?=\w*\[)", re.DOTALL)
_WORD: Final = re.compile(r"[^\[\], ]+")
_NAMES: Final = ("inf", "nan")  # numbers that Python has no literal for
_ROUNDING: Final = (1.3e-6, 1e-5)  # torch.testing's relative and absolute bound for float32


class Words(str):
    """A text that is meant for a person, shown as it stands and not in quotes: `at least one batch`."""

    __slots__ = ()


def inert(text: str, limit: int) -> str:
    r"""At most `limit` characters of the text, all printable: `\x1b` for an escape, `…` where it was cut.

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


def short(value: Any, limit: int = 200) -> str:
    """The value on one line of at most `limit` characters, as Python writes it, numbers to 4 significant digits.

    A tensor is written as nested lists; where something had to be left out stands `…`, and its shape is added.
    """
    text, whole = _line(value, limit, _DIGITS)
    if whole or not _is_tensor(value):
        return text
    shape = f" of {_shape(value)}"
    return _line(value, max(limit - len(shape), 1), _DIGITS)[0] + shape if len(shape) < limit else text


def code(value: Any, limit: int) -> str:
    """The value as the Python that makes it again, with as few digits as that takes; as `short` where it does not fit.

    A tensor is a call of `torch.tensor`, beyond the limit by what that needs.
    """
    for digits in _MORE_DIGITS:
        text, whole = _line(value, limit, digits)
        if whole and (call := _call(value, text)) is not None:
            return call
    return short(value, limit)


def pair(yours: Any, expected: Any, within: str | None = None) -> tuple[str, str]:
    """Both sides of a comparison, written so that a reader sees where they differ.

    Numbers that agree to 4 digits get more. Shape and type stand behind, in a column of their own, and so does
    `within`. What is long and of one structure on both sides becomes a table of the worst places, one line each.
    Neither text reaches 2000 characters.
    """
    if type(expected) is str and not isinstance(yours, str):
        expected = Words(expected)  # it says what must hold
    notes = _notes(yours, expected, within)
    plain = _distinct(yours, expected, _INLINE if any(notes) else _LONG)
    if any("…" in text for text in plain) and (rows := _table(yours, expected)):
        first = f"{rows[0]}   {notes[0]}" if notes[0] else rows[0]
        plain, notes = (first, _line(expected, _INLINE, _DIGITS)[0]), ("", notes[1])
    else:
        rows = []
    width = min(max(map(len, plain)), _INLINE) if all(notes) else 0
    texts = [f"{text:<{width}}   {note}" if note else text for text, note in zip(plain, notes, strict=True)]
    return "\n".join([texts[0], *rows[1:]]), texts[1]


def object_class(value: Any) -> str | None:
    """The class name of an object that stayed in the guest, or None for a value of ours."""
    try:
        name = getattr(value, "__assay_handle__", None)
    except Exception:  # noqa: BLE001 - an object may do anything when it is asked
        return None
    return inert(name, _MAX_NAME) if isinstance(name, str) else None


class _Full(Exception):
    pass


class _Line:
    """One line being written: at most `items` items of every list, `_Full` beyond `room` characters."""

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
        if isinstance(value, Words):
            self.write(inert(value, _MAX_NOTE))
        elif isinstance(value, str):
            cut = str.__getitem__(value, slice(0, _MAX_STRING))
            self.whole = self.whole and len(cut) == str.__len__(value)
            self.write(inert(repr(cut), self.room + 1) + ("" if len(cut) == str.__len__(value) else "…"))
        elif (name := object_class(value)) is not None:
            self.write(f"an object of class {name}")
        elif _is_tensor(value):
            self.tensor(value)
        elif value is None or isinstance(value, (bool, numbers.Number)):
            self.write(_number(value, self.digits))
        elif depth >= _MAX_DEPTH:
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
        dense = _dense(value)
        if dense is None:
            self.whole = False
            self.write("a tensor without numbers")
        elif dense.dim() == 0:
            self.write(_number(dense.item(), self.digits))
        else:
            rows = (dense[index] for index in range(dense.shape[0]))
            self.row("[]", dense.shape[0], rows, self.tensor)


def _line(value: Any, limit: int, digits: int) -> tuple[str, bool]:
    """The text, and whether nothing was left out."""
    text = ""
    for items in _FEWER_ITEMS:
        line = _Line(limit, items, digits)
        try:
            line.value(value, 0)
        except _Full:
            text = "".join(line.parts)
        else:
            return "".join(line.parts), line.whole
    return inert(text, limit), False


def _call(value: Any, text: str) -> str | None:
    """The text, in a call where the value is a tensor, if Python makes the value of it, and None otherwise."""
    if not _is_tensor(value):
        try:
            return text if ast.literal_eval(text) == value else None
        except (ValueError, SyntaxError):  # nan and inf are names
            return None
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


def _number(value: Any, digits: int) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        if value.bit_length() <= _MAX_BITS:
            return str(int(value))
        return f"about {'-' if value < 0 else ''}1e{int(value.bit_length() * math.log10(2))}"
    if isinstance(value, numbers.Complex) and not isinstance(value, numbers.Real):
        number = complex(value)
        imaginary = _number(number.imag, digits)
        return f"{_number(number.real, digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
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
        return str(value.item())  # type: ignore[attr-defined]  # numpy's own scalars, of which only bool is no Number
    return f"an object of class {inert(type(value).__name__, _MAX_NAME)}"


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _dense(value: torch.Tensor) -> torch.Tensor | None:
    """The tensor as ordinary numbers; None for one that has none (on the meta device) or that cannot be read."""
    try:
        dense = value.detach().to_dense()
        dense.reshape(-1)[:1].tolist()
    except Exception:  # noqa: BLE001 - torch raises what it likes for layouts that it only half supports
        return None
    return dense


def _shape(value: torch.Tensor) -> str:
    try:
        return f"shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    except Exception:  # noqa: BLE001 - a nested tensor has no one shape
        return "no one shape"


def _distinct(yours: Any, expected: Any, limit: int) -> tuple[str, str]:
    """Both as short text, with as many digits as it takes to tell them apart; if none do, with few."""
    if isinstance(yours, str) and isinstance(expected, str) and not isinstance(expected, Words):
        alike = os.path.commonprefix([yours[:_MAX_PREFIX], expected[:_MAX_PREFIX]])  # noqa: RUF071 - characters, not paths
        start = len(alike) - _MAX_STRING // 2
        if start > 0:  # two texts that begin alike
            first, second = (_line(value[start:], limit - 1, _DIGITS)[0] for value in (yours, expected))
            return f"…{first}", f"…{second}"
    for digits in _MORE_DIGITS:
        first, second = (_line(value, _limit(value, limit), digits)[0] for value in (yours, expected))
        if first != second:
            return first, second
    return _line(yours, limit, _DIGITS)[0], _line(expected, limit, _DIGITS)[0]


def _limit(value: object, limit: int) -> int:
    return _MAX_NOTE if isinstance(value, Words) else limit


def _notes(yours: Any, expected: Any, within: str | None) -> tuple[str, str]:
    """What stands behind the two values: their shapes where there are any, and the tolerance."""
    has_shape = any(_is_tensor(value) and value.dim() > 0 for value in (yours, expected))
    first, second = (_shape(value) if has_shape and _is_tensor(value) else "" for value in (yours, expected))
    return first, ("" if first == second else second) if within is None else inert(f"within {within}", _MAX_NOTE)


class _Place(NamedTuple):
    """A place at which two values of one structure differ, by infinity where no difference can be taken."""

    by: float
    where: str
    yours: Any
    expected: Any


class _NoTable(Exception):
    pass


class _Tally:
    """Counts the places of two values of one structure, and keeps those that differ by more than the bounds."""

    def __init__(self, rtol: float, atol: float) -> None:
        self.bounds = rtol, atol
        self.total = 0
        self.differing = 0
        self.worst: list[_Place] = []

    def add(self, yours: Any, expected: Any, index: str, depth: int) -> None:
        if depth > _MAX_DEPTH or self.total > _MAX_LEAVES:
            raise _NoTable
        if _is_tensor(yours) and _is_tensor(expected) and yours.shape == expected.shape:
            self.tensors(yours, expected, index)
        elif isinstance(yours, dict) and isinstance(expected, dict) and yours.keys() == expected.keys():
            for key in expected:
                self.add(yours[key], expected[key], f"{index}[{short(key, _INLINE // 3)}]", depth + 1)
        elif isinstance(yours, (list, tuple)) and isinstance(expected, (list, tuple)) and len(yours) == len(expected):
            for position, items in enumerate(zip(yours, expected, strict=True)):
                self.add(*items, f"{index}[{position}]", depth + 1)
        elif depth and not any(isinstance(value, (dict, list, tuple)) for value in (yours, expected)):
            self.leaf(yours, expected, index)
        else:
            raise _NoTable

    def leaf(self, yours: Any, expected: Any, index: str) -> None:
        self.total += 1
        rtol, atol = self.bounds
        if all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in (yours, expected)):
            first, second = float(yours), float(expected)
            equal = first == second or (math.isnan(first) and math.isnan(second))
            by = abs(first - second)
            differs = not equal and not by <= atol + rtol * abs(second)
            by = by if math.isfinite(by) else math.inf
        else:
            by, differs = math.inf, bool(yours != expected)
        if differs:
            self.keep(1, [_Place(by, index, yours, expected)])

    def tensors(self, yours: torch.Tensor, expected: torch.Tensor, index: str) -> None:
        first, second = _dense(yours), _dense(expected)
        if first is None or second is None:
            raise _NoTable
        kind = (
            sys.modules["torch"].complex128
            if first.is_complex() or second.is_complex()
            else sys.modules["torch"].float64
        )
        wide = first.to(kind).reshape(-1), second.to(kind).reshape(-1)
        rtol, atol = self.bounds
        self.total += first.numel()
        places = (~wide[0].isclose(wide[1], rtol=rtol, atol=atol, equal_nan=True)).nonzero().reshape(-1)
        by = (wide[0] - wide[1]).abs()[places].nan_to_num(math.inf, math.inf)
        ranked = places[by.argsort(descending=True, stable=True)[:_ROWS]].tolist()
        self.keep(
            places.numel(),
            [
                _Place(
                    float((wide[0][at] - wide[1][at]).abs().nan_to_num(math.inf, math.inf)),
                    f"{index}[{', '.join(map(str, _unravel(at, tuple(first.shape))))}]",
                    first.reshape(-1)[at].item(),
                    second.reshape(-1)[at].item(),
                )
                for at in ranked
            ],
        )

    def keep(self, count: int, places: list[_Place]) -> None:
        self.differing += count
        self.worst = sorted([*self.worst, *places], key=lambda place: -place.by)[:_ROWS]


def _unravel(at: int, shape: tuple[int, ...]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        at, position = divmod(at, size)
        index.insert(0, position)
    return index


def _table(yours: Any, expected: Any) -> list[str]:
    """How many places differ and the worst of them, a line each; nothing where the two have no common structure."""
    for bounds in (_ROUNDING, (0.0, 0.0)):  # numbers far below 1 may differ by less than what counts as rounding
        tally = _Tally(*bounds)
        try:
            tally.add(yours, expected, "", 0)
        except Exception:  # noqa: BLE001 - _NoTable, and whatever an object does when it is asked
            return []
        if tally.differing:
            break
    else:
        return []
    largest = tally.worst[0].by
    by = f", by up to {_number(largest, _DIGITS)}" if math.isfinite(largest) else ""
    cells = [("index", "yours", "expected")]
    cells += [(place.where, *_distinct(place.yours, place.expected, _INLINE)) for place in tally.worst]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    rows = [f"{row[0]:<{widths[0]}}   {row[1]:<{widths[1]}}   {row[2]}" for row in cells]
    return [f"{tally.differing} of {tally.total} differ{by}", *rows]

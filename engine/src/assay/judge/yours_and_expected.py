"""The two sides of a comparison, written so that a reader sees where they differ.

As the functions of `assay.text`, `pair` takes any values and returns short, printable text.
"""

from __future__ import annotations

import math
import numbers
import os.path
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from assay.checks.compare import Bound
from assay.text import (
    DIGITS,
    MAX_DEPTH,
    MAX_PROSE_CHARS,
    MAX_STRING_CHARS,
    MORE_DIGITS,
    Prose,
    as_dense,
    escape,
    is_tensor,
    numeral,
    one_line,
    shape_of,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["pair"]

_INLINE: Final = 60  # a longer value becomes a table if the other value has the same structure
_LONG: Final = 120
_ROWS: Final = 3
_MAX_LEAVES: Final = 10_000
_MAX_PREFIX: Final = 100_000


def pair(yours: Any, expected: Any, within: str | None = None) -> tuple[str, str]:
    """Both sides of a comparison, written so that a reader sees where they differ.

    Numbers that agree to 4 digits get more. Shape and type stand behind, in another column, and so does
    `within`. A long value of one structure on both sides becomes a table of the worst places, one line each. If both
    would be written alike, the first part of another structure stands for the whole. Neither text reaches 2000
    characters.
    """
    if type(expected) is str and not isinstance(yours, str):
        expected = Prose(expected)  # it says what must hold
    notes = _notes(yours, expected, within)
    plain = _distinct(yours, expected, _INLINE if any(notes) else _LONG)
    if plain[0] == plain[1] and (part := _part(yours, expected)):
        where, *sides = part
        first, second = pair(sides[0], sides[1], within)
        return f"{where}: {first}", f"{where}: {second}"
    if plain[0] == plain[1] and (kinds := _kinds(yours, expected)):
        notes = kinds
    if any("…" in text for text in plain) and (rows := _table(yours, expected)):
        first = f"{rows[0]}   {notes[0]}" if notes[0] else rows[0]
        plain, notes = (first, one_line(expected, _INLINE, DIGITS)[0]), ("", notes[1])
    else:
        rows = []
    width = min(max(map(len, plain)), _INLINE) if all(notes) else 0
    texts = [f"{text:<{width}}   {note}" if note else text for text, note in zip(plain, notes, strict=True)]
    return "\n".join([texts[0], *rows[1:]]), texts[1]


def _part(yours: Any, expected: Any, where: str = "", depth: int = 0) -> tuple[str, Any, Any] | None:
    """Return the first place inside at which two values have another structure, and what is there; None if none is."""
    pairs: Iterable[tuple[str, Any, Any]] = ()
    if depth > MAX_DEPTH:
        return None
    if is_tensor(yours) and is_tensor(expected):
        plain = where and not (yours.is_nested or expected.is_nested)
        return (where, yours, expected) if plain and yours.shape != expected.shape else None
    if isinstance(yours, (list, tuple)) and isinstance(expected, (list, tuple)):
        if len(yours) != len(expected):
            return where or "in all", Prose(_count(yours)), Prose(_count(expected))
        pairs = ((f"{where}[{place}]", *items) for place, items in enumerate(zip(yours, expected, strict=True)))
    elif isinstance(yours, dict) and isinstance(expected, dict):
        if yours.keys() != expected.keys():
            return f"keys of {where}" if where else "keys", list(yours), list(expected)
        pairs = ((f"{where}[{shorten(key, _INLINE // 3)}]", yours[key], expected[key]) for key in expected)
    found = (_part(first, second, place, depth + 1) for place, first, second in islice(pairs, _MAX_LEAVES))
    return next(filter(None, found), None)


def _count(items: Sequence[Any]) -> str:
    return f"{len(items)} {'item' if len(items) == 1 else 'items'}"


def _kinds(yours: Any, expected: Any) -> tuple[str, str] | None:
    """Say in words what two values are that look alike; None if the words are the same."""
    first, second = _kind(yours), _kind(expected)
    return None if first == second else (first, second)


def _kind(value: Any) -> str:
    if is_tensor(value):
        return f"a tensor of {shape_of(value)}" if value.dim() else "a number"
    words = {bool: "a truth value", int: "a whole number", float: "a number", list: "a list", tuple: "a tuple"}
    return words.get(type(value)) or f"a value of class {escape(type(value).__name__, MAX_PROSE_CHARS)}"


def _distinct(yours: Any, expected: Any, limit: int) -> tuple[str, str]:
    """Both as short text, with as many digits as it takes to tell them apart; if none do, with few."""
    if isinstance(yours, str) and isinstance(expected, str) and not isinstance(expected, Prose):
        alike = os.path.commonprefix([yours[:_MAX_PREFIX], expected[:_MAX_PREFIX]])  # noqa: RUF071 - characters, not paths
        start = len(alike) - MAX_STRING_CHARS // 2
        if start > 0:  # two texts that begin alike
            first, second = (one_line(value[start:], limit - 1, DIGITS)[0] for value in (yours, expected))
            return f"…{first}", f"…{second}"
    for digits in MORE_DIGITS:
        first, second = (one_line(value, _limit(value, limit), digits)[0] for value in (yours, expected))
        if first != second:
            return first, second
    return one_line(yours, limit, DIGITS)[0], one_line(expected, limit, DIGITS)[0]


def _limit(value: object, limit: int) -> int:
    return MAX_PROSE_CHARS if isinstance(value, Prose) else limit


def _notes(yours: Any, expected: Any, within: str | None) -> tuple[str, str]:
    """Return the texts behind the two values: their shapes, if they have any, and the tolerance."""
    has_shape = any(is_tensor(value) and value.dim() > 0 for value in (yours, expected))
    first, second = (shape_of(value) if has_shape and is_tensor(value) else "" for value in (yours, expected))
    return first, ("" if first == second else second) if within is None else escape(f"within {within}", MAX_PROSE_CHARS)


class _Place(NamedTuple):
    """A place at which two values of one structure differ, by infinity if no difference can be taken."""

    by: float
    where: str
    yours: Any
    expected: Any


class _NoTable(Exception):
    pass


class _Tally:
    """Counts the places of two values of one structure, and keeps those that differ by more than the bound."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.total = 0
        self.differing = 0
        self.worst: list[_Place] = []

    def add(self, yours: Any, expected: Any, index: str, depth: int) -> None:
        if depth > MAX_DEPTH or self.total > _MAX_LEAVES:
            raise _NoTable
        if is_tensor(yours) and is_tensor(expected) and yours.shape == expected.shape:
            self.tensors(yours, expected, index)
        elif isinstance(yours, dict) and isinstance(expected, dict) and yours.keys() == expected.keys():
            for key in expected:
                self.add(yours[key], expected[key], f"{index}[{shorten(key, _INLINE // 3)}]", depth + 1)
        elif isinstance(yours, (list, tuple)) and isinstance(expected, (list, tuple)) and len(yours) == len(expected):
            for position, items in enumerate(zip(yours, expected, strict=True)):
                self.add(*items, f"{index}[{position}]", depth + 1)
        elif depth and not any(isinstance(value, (dict, list, tuple)) for value in (yours, expected)):
            self.leaf(yours, expected, index)
        else:
            raise _NoTable

    def leaf(self, yours: Any, expected: Any, index: str) -> None:
        self.total += 1
        if all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in (yours, expected)):
            first, second = float(yours), float(expected)
            equal = first == second or (math.isnan(first) and math.isnan(second))
            by = abs(first - second)
            differs = not equal and not by <= self.bound.atol + self.bound.rtol * abs(second)
            by = by if math.isfinite(by) else math.inf
        else:
            by, differs = math.inf, bool(yours != expected)
        if differs:
            self.keep(1, [_Place(by, index, yours, expected)])

    def tensors(self, yours: torch.Tensor, expected: torch.Tensor, index: str) -> None:
        first, second = as_dense(yours), as_dense(expected)
        if first is None or second is None:
            raise _NoTable
        kind = torch.complex128 if first.is_complex() or second.is_complex() else torch.float64
        wide = first.to(kind).reshape(-1), second.to(kind).reshape(-1)
        self.total += first.numel()
        close = wide[0].isclose(wide[1], rtol=self.bound.rtol, atol=self.bound.atol, equal_nan=True)
        places = (~close).nonzero().reshape(-1)
        by = (wide[0] - wide[1]).abs()[places].nan_to_num(math.inf, math.inf)
        ranked = places[by.argsort(descending=True, stable=True)[:_ROWS]].tolist()
        self.keep(
            places.numel(),
            [
                _Place(
                    float((wide[0][at] - wide[1][at]).abs().nan_to_num(math.inf, math.inf)),
                    f"{index}[{', '.join(map(str, _unravel(at, tuple(first.shape))))}]" if first.shape else index,
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
    """Return how many places differ and the worst of them, a line each; nothing if the two have no common structure."""
    for bound in (Bound(), Bound(0.0, 0.0)):  # numbers far below 1 may differ by less than what counts as rounding
        tally = _Tally(bound)
        try:
            tally.add(yours, expected, "", 0)
        except Exception:  # noqa: BLE001 - _NoTable, and whatever an object does when it is asked
            return []
        if tally.differing:
            break
    else:
        return []
    largest = tally.worst[0].by
    by = f", by up to {numeral(largest, DIGITS)}" if math.isfinite(largest) else ""
    cells = [("index", "yours", "expected")]
    cells += [(place.where, *_distinct(place.yours, place.expected, _INLINE)) for place in tally.worst]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    rows = [f"{row[0]:<{widths[0]}}   {row[1]:<{widths[1]}}   {row[2]}" for row in cells]
    return [f"{tally.differing} of {tally.total} differ{by}", *rows]

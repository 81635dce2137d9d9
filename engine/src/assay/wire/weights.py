"""How much memory a guest's message takes once it is read, found out before it is read."""

from __future__ import annotations

ROOM = 64 * 2**20
"""Bytes of the judge's memory that all answers of a check may take: 300 times what this course's longest check does."""

_MAX_NESTING = 1000
"""Levels that a message may nest before it is read; `values.depth_of` looks closer."""

_TIME = 0xFF  # msgpack's own extension -1
_UINT64, _HIGHEST_BIT = 0xCF, 0x80

_WEIGHTS = {"scalar": 72, "text": 72, "array": 96, "map": 240, "extension": 1300, "bytes": 0}
_WEIGHT_OF_A_BYTE = 40
"""Bytes that a value takes once it is read, on CPython 3.11 with torch 2.13, rounded up. The heaviest of a kind were
five letters, a tensor of eight dimensions, and -32 among the values of one byte on the wire."""


def weigh(data: bytes) -> int:
    """Return the bytes that the values will take, before msgspec reads them; refuse what no answer has.

    Raises ValueError for bytes, a time, a number beyond int64, or a key that is not a scalar. None of them is plain
    data or a tensor, so each would fail only when a check passes it on, as if the check were at fault. Arrays as keys
    would be tuples, and tuples of -1 and -2 hash alike: 4 MiB of them keep a dict busy for ten minutes.
    """
    at, left, keyed = 0, 1, False
    weight = len(data)
    outer: list[tuple[int, bool]] = []
    while left or outer:
        if not left:
            left, keyed = outer.pop()
            continue
        first = data[at]
        kind, width, size, takes = _FORMS[first]
        weight += takes
        if kind not in {"scalar", "text"} and keyed and left % 2 == 0:
            text = "a key that is not a scalar"
            raise ValueError(text)
        left -= 1
        at += 1 + width
        if kind == "bytes" or (kind == "extension" and data[at] == _TIME):
            text = "neither plain data nor a tensor"
            raise ValueError(text)
        if first == _UINT64 and data[at] >= _HIGHEST_BIT:
            text = "a number that does not cross"
            raise ValueError(text)
        size += int.from_bytes(data[at - width : at], "big")
        if kind in {"array", "map"}:
            if len(outer) > _MAX_NESTING:
                text = "nested too deep"
                raise ValueError(text)
            outer.append((left, keyed))
            keyed = kind == "map"
            left = 2 * size if keyed else size
        else:
            if kind == "text" and not data[at : at + size].isascii():
                weight += 4 * size  # one wide character makes all four bytes wide, and UTF-8 is kept beside them
            at += size
    return weight


def _forms() -> list[tuple[str, int, int, int]]:
    """Return for each first byte of msgpack: its kind, how many bytes of length follow, how many more, its weight."""
    forms = [("scalar", 0, 0)] * 256  # small numbers, None, truth values
    for size in range(32):
        forms[0xA0 + size] = ("text", 0, size)
    for size in range(16):
        forms[0x80 + size], forms[0x90 + size] = ("map", 0, size), ("array", 0, size)
    for step, width in enumerate((1, 2, 4)):
        forms[0xC4 + step], forms[0xC7 + step] = ("bytes", width, 0), ("extension", width, 1)
        forms[0xD9 + step] = ("text", width, 0)
    for step, width in enumerate((2, 4)):
        forms[0xDC + step], forms[0xDE + step] = ("array", width, 0), ("map", width, 0)
    for first in (0xCC, 0xD0):
        for step in range(4):
            forms[first + step] = ("scalar", 0, 2**step)
    forms[0xCA], forms[0xCB] = ("scalar", 0, 4), ("scalar", 0, 8)
    for step in range(5):
        forms[0xD4 + step] = ("extension", 0, 1 + 2**step)
    return [(*form, _WEIGHT_OF_A_BYTE if form == ("scalar", 0, 0) else _WEIGHTS[form[0]]) for form in forms]


_FORMS = _forms()

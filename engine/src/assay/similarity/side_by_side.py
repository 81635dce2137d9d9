"""Pairs as text of 80 columns: both names, the share, and the lines that match side by side."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from rich.cells import chop_cells, set_cell_size

from assay.similarity.pairs import passages
from assay.text import MAX_NAME_CHARS, MAX_SOURCE_LINE_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.similarity.pairs import Pair

__all__ = ["FOR_A_PERSON", "side_by_side"]

FOR_A_PERSON: Final = (
    "For a person to look at, and not a verdict: students who learn from the same\n"
    "book write alike. Read both files before you ask anybody."
)

_HALF: Final = 38
"""Columns of a side; three are between them."""

_CODE: Final = 33
"""Columns of a side's code, beside the line's number; longer lines go on below."""

_MAX_ASSIGNMENT_CHARS: Final = 30

_MAX_ROWS: Final = 20
"""Lines of a pair: the longest passages, which show what to look for in the files."""


def side_by_side(number: int, pair: Pair) -> Iterator[str]:
    """Yield the lines of a pair."""
    assignment = escape(pair.left.assignment, _MAX_ASSIGNMENT_CHARS)
    yield f"{number}. {assignment}: {pair.share:.0%} alike ({pair.shared:,} of {pair.smaller:,} fingerprints)"
    yield _both(escape(pair.left.student, MAX_NAME_CHARS), escape(pair.right.student, MAX_NAME_CHARS))
    codes = [each.code.text.split("\n") for each in (pair.left, pair.right)]
    found = passages(pair)
    left = _MAX_ROWS
    for passage in found:
        if len(passage) > left and left < _MAX_ROWS:
            break
        yield _both("-" * _HALF, "-" * _HALF)
        before: tuple[int | None, int | None] = None, None
        for row in passage[:left]:
            for pieces in zip_longest(*map(_pieces, codes, row, before), fillvalue=""):
                yield _both(*pieces)
            before = row
        left -= min(len(passage), left)
    more = sum(map(len, found)) - _MAX_ROWS + left
    if more:
        yield f"and {more:,} more lines"


def _pieces(code: Sequence[str], line: int, before: int | None) -> list[str]:
    """Return a line with its number, in pieces as wide as its side; nothing if it is shown already."""
    if line == before:
        return []
    text = escape(code[line].expandtabs(4), MAX_SOURCE_LINE_CHARS)
    first, *others = chop_cells(text, _CODE) or [""]
    return [f"{line + 1:>4} {first}", *(f"{'':>4} {other}" for other in others)]


def _both(left: str, right: str) -> str:
    # East Asian characters take two columns.
    return f"{set_cell_size(left, _HALF)} | {set_cell_size(right, _HALF)}".rstrip()

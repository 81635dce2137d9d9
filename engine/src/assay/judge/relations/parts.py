"""Relations between the parts of answers: which items of a list, a tuple or a dict are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.judge.relations.cases import ENOUGH, Case, enough, equal, numbers
from assay.text import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence


def places(cases: Sequence[Case]) -> list[str]:
    """Return the places of the answers' parts; none if answers have no parts, or not the same on both sides."""
    found = [parts(value) for case in cases for value in (case.yours, case.expected)]
    names = [list(part) for part in found if part is not None]
    return names[0] if len(names) == len(found) and all(name == names[0] for name in names) else []


def at(cases: Sequence[Case], place: str) -> list[Case]:
    """Return the cases of one part."""
    return [Case((parts(case.yours) or {})[place], (parts(case.expected) or {})[place], case.given) for case in cases]


def exchanged(cases: Sequence[Case]) -> str | None:
    """Find two parts that have changed places."""
    for case in cases:
        yours, expected = parts(case.yours), parts(case.expected)
        if yours is None or expected is None or len(yours) != 2 or list(yours) != list(expected):  # noqa: PLR2004 - two parts
            return None
    known = [[*(parts(case.yours) or {}).values(), *(parts(case.expected) or {}).values()] for case in cases]
    found = [[numbers(item) for item in items] for items in known]
    if not enough(part for items in found for part in items if part is not None):
        return None
    if all(equal(a, y) and equal(b, x) and not equal(x, y) for a, b, x, y in found):
        return "the two parts of yours have changed places"
    return None


def last_alone(cases: Sequence[Case]) -> str | None:
    """Find lists of which all items but the last are right, or the first alone."""
    both = [(case.yours, case.expected) for case in cases]
    if not all(isinstance(y, list) and isinstance(e, list) and len(y) == len(e) > 0 for y, e in both):
        return None
    right = [[_same_numbers(*items) for items in zip(y, e, strict=True)] for y, e in both]
    if not enough(part for case in cases if (part := case.numbers[1]) is not None):
        return None
    long = [row for row in right if len(row) > 2]  # noqa: PLR2004 - of two items, one is the first and the last
    if len(long) < ENOUGH:
        return None
    if all(all(row[:-1]) and not row[-1] for row in right):
        return "yours is right but for the last item"
    if all(row[0] and not any(row[1:]) for row in long):
        return "the first item of yours is right, and no other one"
    return None


def alike(cases: Sequence[Case]) -> str | None:
    """Find parts that are all the same, where those expected are not: two models that share what each should have."""
    for case in cases:
        both = [[numbers(part) for part in (parts(value) or {}).values()] for value in (case.yours, case.expected)]
        if not all(both) or len(both[0]) != len(both[1]):
            return None
        same_yours, same_expected = (all(equal(part, items[0]) for part in items) for items in both)
        if not same_yours or same_expected:
            return None
    return "all parts of yours are equal, the expected parts are not"


def _same_numbers(yours: Any, expected: Any) -> bool:
    return equal(numbers(yours), numbers(expected))


def parts(value: Any) -> dict[str, Any] | None:
    """Return the parts of a list, a tuple or a dict by their place; None for other values and long ones."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    found = {f"[{shorten(key, 20)}]": item for key, item in items}
    return found if 1 < len(found) <= 8 else None  # noqa: PLR2004 - more places than a sentence names


def same(case: Case) -> bool:
    """Return whether both answers have the same numbers in the same shape."""
    shapes = [getattr(value, "shape", None) for value in (case.yours, case.expected)]
    return equal(*case.numbers) and (None in shapes or shapes[0] == shapes[1])

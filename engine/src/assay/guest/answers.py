"""Look at what a submission left in its namespace: nothing that it left can stop the process."""

from __future__ import annotations

import contextlib
import types
from itertools import islice
from typing import TYPE_CHECKING, Any

from assay.wire.objects import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEY = 20
_ANSWER = 65_536
_ANSWERS = 100
_LOOKED_AT = 10_000
_WRITTEN = 500_000
"""Characters of all written answers, of up to four bytes each: with the notes they fit into a frame."""


def written_answers(module: types.ModuleType) -> dict[str, str]:
    """Return `ANSWERS`, as far as it is a dict of texts; an entry that raises costs itself."""
    found, left = {}, _WRITTEN
    for key, text in _texts(_get(module, "ANSWERS")):
        with contextlib.suppress(BaseException):  # a student's object may raise anything
            written = clean(text, min(_ANSWER, left))
            found[clean(str(key), _KEY)] = written
            left -= len(written)
        if len(found) == _ANSWERS:
            break
    return found


def defined(module: types.ModuleType, contract: Sequence[str]) -> list[str]:
    """Return the contract's names that the submission defines."""
    return [name for name in contract if _get(module, name, _NOTHING) is not _NOTHING]


_NOTHING = object()


def _texts(answers: Any) -> Iterator[tuple[Any, Any]]:
    # Classes are asked by `type`, and dict's own methods are used: a student's class may have others.
    if issubclass(type(answers), dict):
        for key, text in islice(dict.items(answers), _LOOKED_AT):
            if issubclass(type(key), str | int) and issubclass(type(text), str):
                yield key, text


def _get(module: types.ModuleType, name: str, default: Any = None) -> Any:
    try:
        # The namespace itself, whatever the module's class has become.
        namespace: dict[str, Any] = vars(types.ModuleType)["__dict__"].__get__(module)
        return namespace.get(name, default)
    except BaseException:  # noqa: BLE001 - a key that is not a str may raise when it is compared
        return default

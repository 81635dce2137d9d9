"""Read written answers and defined names from a submission's namespace; no object in it can stop the process."""

from __future__ import annotations

import contextlib
import types
from itertools import islice
from typing import TYPE_CHECKING, Any

from assay.wire.lookalikes import MAX_CHARS, MAX_NAMES
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
    """Return the texts in the dict `ANSWERS`; leave out entries that are not texts or that raise."""
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


def other_names(module: types.ModuleType, contract: Sequence[str]) -> list[str]:
    """Return the names of the functions and classes that the submission wrote beside those of the contract."""
    try:
        namespace = _namespace(module)
        module_name = namespace.get("__name__")
        own = [name for name, value in namespace.items() if type(name) is str and _is_own(value, module_name)]
    except BaseException:  # noqa: BLE001 - a key or a class of the student's may raise anything
        return []
    return [clean(name, MAX_CHARS) for name in own if name not in contract][:MAX_NAMES]


def _is_own(value: Any, module_name: Any) -> bool:
    return type(value) in {types.FunctionType, type} and value.__module__ == module_name


_NOTHING = object()


def _texts(answers: Any) -> Iterator[tuple[Any, Any]]:
    # A student's class may override `__class__` and methods, so this uses `type` and dict's own methods.
    if issubclass(type(answers), dict):
        for key, text in islice(dict.items(answers), _LOOKED_AT):
            if issubclass(type(key), str | int) and issubclass(type(text), str):
                yield key, text


def _get(module: types.ModuleType, name: str, default: Any = None) -> Any:
    try:
        return _namespace(module).get(name, default)
    except BaseException:  # noqa: BLE001 - a key that is not a str may raise when it is compared
        return default


def _namespace(module: types.ModuleType) -> dict[str, Any]:
    """Return the namespace itself, whatever the module's class has become."""
    namespace: dict[str, Any] = vars(types.ModuleType)["__dict__"].__get__(module)
    return namespace

"""Placeholders for names that are missing, so that one missing package does not lose the rest of a submission.

Every use of a placeholder raises `Unavailable` with the reason. A placeholder is never in `sys.modules`.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
import types
from typing import TYPE_CHECKING, Any, NoReturn

from assay.wire.objects import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_NAME = 200


class Unavailable(Exception):
    """A placeholder was used.

    Args:
        name: the missing name.
        reason: why it is missing.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return sentence(*self.args)


class _UnavailableAttribute(Unavailable, AttributeError):
    """The same as an AttributeError, for lookups that Python treats as "no such attribute"."""


RAISED = (Unavailable, _UnavailableAttribute)


class Placeholder:
    """The value of a name that is missing.

    Args:
        name: the missing name.
        reason: a sentence that says why it is missing.
    """

    __slots__ = ("_name", "_reason")

    _name: str
    _reason: str

    def __init__(self, name: str, reason: str) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_reason", reason)

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):
            raise _UnavailableAttribute(self._name, self._reason)
        return Placeholder(f"{self._name}.{name}", self._reason)

    def __repr__(self) -> str:
        return f"<{self._name}: {self._reason}>"

    __hash__ = object.__hash__


def sentence(name: str, reason: str) -> str:
    """Return why a name cannot be used."""
    return f"{name} is not available: {reason}"


def _use(self: Placeholder, *_args: object, **_named: object) -> NoReturn:
    raise Unavailable(self._name, self._reason)


_BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_USES = (
    "call bool iter next reversed len length_hint contains getitem setitem delitem missing setattr delattr enter exit "
    "aenter aexit await aiter anext lt le gt ge eq ne neg pos abs invert int float complex index round trunc floor "
    "ceil bytes fspath format mro_entries instancecheck subclasscheck set_name "
    f"{_BINARY} r{_BINARY.replace(' ', ' r')} i{_BINARY.replace(' ', ' i')}"
)
for _operation in _USES.split():
    setattr(Placeholder, f"__{_operation}__", _use)


class Imports:
    """The imports of one submission while its outermost statements run.

    Args:
        names: the submission's namespace.
        missed: called for each failed import with the line, the missing name and the reason.
        star: returns the names that `from … import *` may have bound.
    """

    def __init__(
        self, names: dict[str, Any], missed: Callable[[int, str, str], None], star: Callable[[], set[str]]
    ) -> None:
        self.places: dict[tuple[str, int], set[str]] = {}
        """Imports that may fail, by file and line, with the modules that they rename."""
        self._names = names
        self._missed = missed
        self._star = star
        self._original = builtins.__import__

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Make failed imports in `places` return placeholders; all other imports are Python's own."""
        self._original = builtins.__import__
        builtins.__import__ = self._import
        try:
            yield
        finally:
            builtins.__import__ = self._original

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - Python's own signature
        locals: Mapping[str, object] | None = None,  # noqa: A002 - Python's own signature
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        try:
            return self._original(name, globals, locals, fromlist or (), level)
        except ImportError as error:
            frame = sys._getframe(1)  # noqa: SLF001 - the statement that imports
            place = frame.f_code.co_filename, frame.f_lineno
            outermost = globals is self._names and frame.f_code.co_name == "<module>" and place in self.places
            if not outermost or not (level or isinstance(error, ModuleNotFoundError)):
                raise
            missing, reason = _reason(error, name, fromlist or (), level)
        self._missed(place[1], missing, reason)
        return self._instead(name, fromlist or (), missing, reason, renamed=name in self.places[place])

    def _instead(self, name: str, fromlist: Sequence[str], missing: str, reason: str, *, renamed: bool) -> Any:
        if "*" in fromlist:
            for found in self._star():
                self._names.setdefault(found, Placeholder(found, reason))
            return types.SimpleNamespace(__all__=[])
        top = name.partition(".")[0]
        if not fromlist and not renamed and top != missing and top in sys.modules:
            return sys.modules[top]  # `import torch.missing` binds torch
        return Placeholder(name if fromlist else top or missing, reason)


def _reason(error: ImportError, name: str, fromlist: Sequence[str], level: int) -> tuple[str, str]:
    if level:
        missing = name or next(iter(fromlist), "")
        return missing, f"{missing.partition('.')[0]}.py is not part of the submission, which is one file"
    missing = clean(error.name, _NAME) if isinstance(error.name, str) else name
    if name.startswith(f"{missing}."):
        missing = name  # without google there is no google.colab
    top = missing.partition(".")[0]
    if top != missing:
        there = top in sys.modules and getattr(sys.modules[top], "__file__", None)
        why = f"{top} has no module {missing}" if there else f"{missing} is not installed"
        return missing, f"{why} on the grading machine"
    why = f"{missing} is not installed on the grading machine"
    return missing, f"{why} (nor is a {missing}.py of your own: a submission is one file)"

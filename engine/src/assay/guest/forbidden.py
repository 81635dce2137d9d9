"""Functions and classes of the course's library that raise, in exercises that ask students to write them."""

from __future__ import annotations

import types
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType


_ORIGINALS: list[types.CodeType] = []
"""Kept alive, because a check that freed them would copy their pages."""


def forbid(library: ModuleType, names: Iterable[str]) -> None:
    """Make every function of these names raise, even if a submission kept or renamed it before.

    The function objects themselves change, so an alias, a subclass that adds nothing and a saved method raise as well.
    The methods that a subclass defines itself still work.
    """
    for name in names:
        owner = getattr(library, name, None)
        for function in list(_functions(owner)):
            _disarm(function, name)


def prepare(library: ModuleType) -> None:
    """Compile the refusals before the forks, once for all checks."""
    for name in vars(library):
        for function in _functions(getattr(library, name)):
            _refusal(name, function.__code__.co_freevars)
            _ORIGINALS.append(function.__code__)


def _functions(owner: Any) -> Iterable[types.FunctionType]:
    members = (
        [owner]
        if isinstance(owner, types.FunctionType)
        else list(vars(owner).values())
        if isinstance(owner, type)
        else []
    )
    for member in members:
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if isinstance(function, types.FunctionType):
            yield function


def _disarm(function: types.FunctionType, name: str) -> None:
    function.__code__ = _refusal(name, function.__code__.co_freevars)
    function.__defaults__ = None
    function.__kwdefaults__ = None


@cache
def _refusal(name: str, cells: tuple[str, ...]) -> types.CodeType:
    text = f"{name} is the library's own, also to derive from; this exercise asks for yours"
    # A function's code can only be replaced by code with as many free variables.
    lines = (
        f"def forbidden({', '.join(cells)}):",
        " def refuse(*args, **kwargs):",
        f"  {'; '.join(cells) or 'pass'}",
        f"  raise NotImplementedError({text!r})",
    )
    code = compile("\n".join(lines), "<the course>", "exec", dont_inherit=True)
    outer = next(item for item in code.co_consts if isinstance(item, types.CodeType))
    return next(item for item in outer.co_consts if isinstance(item, types.CodeType))

"""Typical mistakes, written beside the checks that catch them.

A mistake is a small wrong function or class under a name of the contract. It is used twice: the course's own test
proves that some check catches it, and a submission that answers a failing example just as the mistake does is given
the mistake's hint.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assay.checks.compare import Bound, compare
from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assay.errors import Mismatch

__all__ = [
    "Mistake",
    "fresh_module",
    "marks_of",
    "mistake",
    "mistaken_afresh",
    "mistaken_module",
    "mistakes_of",
    "same_answer",
]

_MARK: Final = "__assay_mistakes__"
_SAME: Final = Bound(rtol=1e-4, atol=0.0, scale=1e-6)
"""Two ways of one mistake round differently; `scale` is for numbers that cancel to almost nothing beside large ones."""

_Wrong = TypeVar("_Wrong", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give.

    Attributes:
        name: the contract's name that it takes; `SGD.step` is the method of a class.
        hint: what is wrong and what to do, for the student.
        replacement: the wrong function or class.
    """

    name: str
    hint: str
    replacement: Callable[..., Any]


def mistake(name: str, *, hint: str) -> Callable[[_Wrong], _Wrong]:
    """Marks a function or class as a typical mistake under that name of the contract, and leaves it as it is."""

    def mark(replacement: _Wrong) -> _Wrong:
        found = Mistake(name, hint, replacement)
        try:
            setattr(replacement, _MARK, (*vars(replacement).get(_MARK, ()), found))
        except (AttributeError, TypeError):
            msg = f"@mistake({name!r}) takes a function or a class of the test file, not {replacement!r}"
            raise CourseError(msg) from None
        return replacement

    return mark


def mistakes_of(module: object) -> tuple[Mistake, ...]:
    """The mistakes among a module's names, in the order of their definition, each once."""
    found = {id(mark): mark for value in vars(module).values() for mark in marks_of(value)}
    return tuple(found.values())


def marks_of(replacement: object) -> tuple[Mistake, ...]:
    """The mistakes as which this one function or class is marked; those of a class's bases are not its own."""
    marks: tuple[Mistake, ...] = getattr(replacement, "__dict__", {}).get(_MARK, ())
    return marks


def same_answer(one: Mismatch, other: Mismatch) -> bool:
    """Whether two Mismatches show the same wrong answer: of one structure and shape, numbers closely equal.

    Dtypes are not compared, and a float is the same as a tensor of it: the same mistake in another style.
    """
    return compare(one.yours, other.yours, _SAME, by_class=True) == "equal"


def fresh_module(path: Path) -> ModuleType:
    """The file's module, executed anew and known to nobody else, so that its names can be replaced."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    exec(compile(path.read_bytes(), path, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the course's own file
    return module


def mistaken_module(reference: Path, mistake: Mistake) -> ModuleType:
    """The reference, fresh, with the mistake in its place, so that the reference's other code meets it too.

    Raises CourseError if the reference defines no such name.
    """
    module = fresh_module(reference)
    *owners, name = mistake.name.split(".")
    owner: Any = module
    for part in owners:
        owner = getattr(owner, part, None)
    if not hasattr(owner, name):
        msg = f"{mistake.name}, which a known mistake replaces, is not in {reference.name}"
        raise CourseError(msg)
    setattr(owner, name, mistake.replacement)
    return module


def mistaken_afresh(reference: Path, mistake: Mistake, path: Path) -> ModuleType:
    """The same with the mistake from its test file, executed anew: what it keeps from earlier calls is forgotten."""
    like = (mistake.name, mistake.hint, mistake.replacement.__name__)
    twins = (m for m in mistakes_of(fresh_module(path)) if (m.name, m.hint, m.replacement.__name__) == like)
    return mistaken_module(reference, next(twins))

"""Known mistakes, written beside the checks that catch them.

A mistake is a small wrong function or class under a name of the contract. Each mistake is used twice: the course's own
test proves that some check catches it, and a submission that gives the same wrong answer to a failing example gets the
mistake's hint.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assay.checks.compare import Bound, compare
from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.errors import Mismatch

__all__ = ["SAME_MISTAKE", "Mistake", "marks_of", "mistake", "mistake_family", "mistakes_of", "same_answer"]

_MARK: Final = "__assay_mistakes__"
SAME_MISTAKE: Final = Bound(rtol=1e-4, atol=0.0, scale=1e-6)
"""The same mistake rounds differently in another style; `scale` is for numbers that nearly cancel beside large ones."""

_Wrong = TypeVar("_Wrong", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer.

    Attributes:
        name: the contract's name that the mistake replaces; `SGD.step` is the method of a class.
        hint: what is wrong and what to do, for the student.
        replacement: the wrong function or class.
        file: the file that defines the mistake.
    """

    name: str
    hint: str
    replacement: Callable[..., Any]
    file: Path

    @property
    def label(self) -> str:
        """The replaced name and the replacement's own: "squared_loss = no_reshape"."""
        return f"{self.name} = {self.replacement.__name__}"


def mistake(name: str, *, hint: str) -> Callable[[_Wrong], _Wrong]:
    """Mark a function or class as a known mistake under that name of the contract, and leave it unchanged."""
    return _marker(name, hint, _file_of_caller())


def mistake_family(name: str, make: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """Return a decorator for mistakes that differ in one part: `@family(hint="…")` over the wrong part.

    Args:
        name: the name of the contract that they replace.
        make: makes the wrong answer of the part; it takes the part's own name.
    """

    def family(*, hint: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        mark = _marker(name, hint, _file_of_caller())

        def decorate(part: Callable[..., Any]) -> Callable[..., Any]:
            made = make(part)
            made.__name__ = part.__name__
            return mark(made)

        return decorate

    return family


def _file_of_caller() -> Path:
    """Return the file that calls the caller, because a class does not know its file."""
    return Path(sys._getframe(2).f_globals["__file__"])  # noqa: SLF001 - the stack is the only place that tells


def _marker(name: str, hint: str, file: Path) -> Callable[[_Wrong], _Wrong]:
    def mark(replacement: _Wrong) -> _Wrong:
        found = Mistake(name, hint, replacement, file)
        try:
            setattr(replacement, _MARK, (*vars(replacement).get(_MARK, ()), found))
        except (AttributeError, TypeError):
            msg = f"@mistake({name!r}) takes a function or a class of the file of mistakes, not {replacement!r}"
            raise CourseError(msg) from None
        return replacement

    return mark


def mistakes_of(module: object) -> tuple[Mistake, ...]:
    """Return the mistakes among a module's names, in the order of their definition, each once."""
    found = {id(mark): mark for value in vars(module).values() for mark in marks_of(value)}
    return tuple(found.values())


def marks_of(replacement: object) -> tuple[Mistake, ...]:
    """Return the mistakes that this function or class is marked as, without those of a class's bases."""
    marks: tuple[Mistake, ...] = getattr(replacement, "__dict__", {}).get(_MARK, ())
    return marks


def same_answer(one: Mismatch, other: Mismatch) -> bool:
    """Return whether two Mismatches show the same wrong answer: equal structure and shapes, numbers closely equal.

    Dtypes are not compared, and a float equals a tensor of it: this is the same mistake in another style.
    """
    return compare(one.yours, other.yours, SAME_MISTAKE, by_class=True) == "equal"

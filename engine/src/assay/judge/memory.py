"""The memory of a process: facts about one course that the next session need not find out again."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.course.contract import forget
from assay.course.read import REFERENCE, TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.checks.measurements import Measurement
    from assay.checks.mistakes import Mistake
    from assay.course.read import Course


class Measured(NamedTuple):
    """The outcome of a measurement.

    Args:
        value: its value; None if it raised.
        error: what it raised.
        transcript: its requests, as a student can run them.
        asked: the contract's name that it asked last, or "".
    """

    value: Any
    error: BaseException | None
    transcript: str | None
    asked: str


@dataclass
class Known:
    """Facts that a course and a seed alone decide.

    Attributes:
        drawn: the examples of each check; None if they must be drawn for every submission.
        failing: whether a check fails with a known mistake.
        answers: what a known mistake answers to an example.
        measured: what came of a measurement of a known mistake, or of the reference.
    """

    drawn: dict[str, Sequence[dict[str, Any]] | None] = field(default_factory=dict)
    failing: dict[tuple[Path, str, Mistake], bool] = field(default_factory=dict)
    answers: dict[tuple[Any, ...], BaseException | None] = field(default_factory=dict)
    measured: dict[tuple[Measurement, Mistake | None], Measured] = field(default_factory=dict)


class Memory:
    """The memory of a process that holds many sessions."""

    def __init__(self) -> None:
        self._course: Course | None = None
        self._known: dict[tuple[Course, int], Known] = {}

    def enter(self, course: Course) -> None:
        """Forget the course of the sessions before if it was another one, or another version of this one.

        Both may have modules of the same names.
        """
        if self._course != course:
            self.leave()
        self._course = course

    def leave(self) -> None:
        """Forget the course, because a module of it may be half imported or is not needed any more."""
        if self._course is not None:
            _forget(self._course)
        self._course = None

    def known(self, course: Course, seed: int) -> Known:
        """Return what is known under the course and this seed; what another one gave is dropped."""
        key = course, seed
        self._known = {key: self._known.get(key) or Known()}
        return self._known[key]


memory = Memory()
"""This process's."""


def _forget(course: Course) -> None:
    folders = course.root / REFERENCE, course.root / TESTS
    ours = [
        name
        for name, module in list(sys.modules.items())
        # A mistake's helpers may lie in another course's folder, and hold this course's library.
        if name.startswith(f"{TESTS}.") or any(path.is_relative_to(f) for path in _paths(module) for f in folders)
    ]
    for name in (*ours, "conftest"):  # after the search, because the path of a namespace asks for its parent
        sys.modules.pop(name, None)
    sys.path[:] = [path for path in sys.path if path != str(folders[0])]
    forget()
    if course.library is not None:
        from assay.host.forkserver import stop_shared  # noqa: PLC0415 - not every session starts guests

        stop_shared(course.library)


def _paths(module: object) -> Iterator[Path]:
    names = getattr(module, "__dict__", {})  # some modules of torch answer to every other name
    for path in (names.get("__file__"), *(names.get("__path__") or ())):
        if path:
            yield Path(path)

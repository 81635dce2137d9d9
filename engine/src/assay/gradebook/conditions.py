"""Everything that a report depends on; if it is the same, grading again would give the same report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Conditions", "changes", "touched"]

Files = Mapping[str, str]


class Conditions(msgspec.Struct, frozen=True):
    """Everything that a report depends on.

    Args:
        submission: SHA-256 of the file's content.
        notes: what the intake found beside the file; the report repeats it.
        common: SHA-256 of each file of the course that touches every exercise; the budgets are in its tox.ini.
        exercises: the same for the files of one exercise, by its number.
        seed: the class's seed.
        engine: the version of assay.
        python: the version of Python.
        torch: the version of torch.
        waived: the promises of the sandbox that were waived.
    """

    submission: str
    notes: tuple[str, ...]
    common: Files
    exercises: Mapping[str, Files]
    seed: str
    engine: str
    python: str
    torch: str
    waived: tuple[str, ...]


def changes(old: Conditions, new: Conditions) -> tuple[str, ...]:
    """Return what has changed, each as the subject of "… has changed"; nothing if the reports would be equal."""
    return tuple(_changes(old, new))


def touched(old: Conditions, new: Conditions) -> frozenset[str] | None:
    """Return the exercises that a change touches, or None if it touches all of them."""
    if changes(old, msgspec.structs.replace(new, exercises=old.exercises)):
        return None
    numbers = old.exercises.keys() | new.exercises.keys()
    return frozenset(number for number in numbers if old.exercises.get(number) != new.exercises.get(number))


def _changes(old: Conditions, new: Conditions) -> Iterator[str]:
    if old.submission != new.submission:
        yield "the submission"
    elif old.notes != new.notes:
        yield "what lies beside the submission"
    yield from _changed_files(old.common, new.common)
    for number in sorted(old.exercises.keys() | new.exercises.keys(), key=int):
        yield from _changed_files(old.exercises.get(number, {}), new.exercises.get(number, {}))
    for subject, before, after in (
        ("the seed", old.seed, new.seed),
        ("the version of assay", old.engine, new.engine),
        ("the version of Python", old.python, new.python),
        ("the version of torch", old.torch, new.torch),
        ("the list of waived promises", old.waived, new.waived),
    ):
        if before != after:
            yield subject


def _changed_files(old: Files, new: Files) -> Iterator[str]:
    yield from (path for path in sorted(old.keys() | new.keys()) if old.get(path) != new.get(path))

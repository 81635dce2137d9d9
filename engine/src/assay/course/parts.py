"""A course's fingerprint by part: which file touches one exercise, and which touches a whole assignment."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from assay.course.read import TESTS, files_of

if TYPE_CHECKING:
    from pathlib import Path

    from assay.course.read import Course

__all__ = ["Parts", "parts_of"]

_EXERCISE = re.compile(r"(?:test|mistakes)_(\d+)_\w+\.py")
_SELF_TEST = re.compile(r"test_\w+\.py|mutants\.json")
"""Files directly in tests/ that test the checks: no report depends on them."""


class Parts(NamedTuple):
    """The SHA-256 of each file on which an assignment's reports depend, by the path below the course's root.

    `common` has the files that touch every exercise, `exercises` those of one exercise, by its number.
    """

    common: dict[str, str]
    exercises: dict[str, dict[str, str]]


def parts_of(course: Course, name: str) -> Parts:
    """Return the parts of one assignment: its own checks, the whole reference, and what lies around them."""
    parts = Parts({}, {})
    for path in files_of(course.root):
        place = path.relative_to(course.root)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        match = _EXERCISE.fullmatch(path.name)
        if path.parent == course.tests(name) and match:
            parts.exercises.setdefault(str(int(match[1])), {})[str(place)] = digest
        elif not _is_elsewhere(path, course, name):
            parts.common[str(place)] = digest
    # A file of mistakes without its file of checks is read by nobody.
    checked = {number: files for number, files in parts.exercises.items() if any(map(_is_of_checks, files))}
    return parts._replace(exercises=checked)


def _is_of_checks(place: str) -> bool:
    return PurePath(place).name.startswith("test_")


def _is_elsewhere(path: Path, course: Course, name: str) -> bool:
    """Tell whether a file belongs to another assignment's checks, or to the tests of the checks."""
    if path.parent == course.root / TESTS:
        return _SELF_TEST.fullmatch(path.name) is not None
    others = [course.tests(other.name) for other in course.assignments if other.name != name]
    return any(path.is_relative_to(folder) for folder in others)

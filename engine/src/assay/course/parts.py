"""A course's fingerprint by part: which file touches one exercise, and which touches a whole assignment."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from assay.course.check_files import is_mistakes_file, mistakes_file
from assay.course.read import TESTS, exercise_of, files_of

if TYPE_CHECKING:
    from pathlib import Path

    from assay.course.read import Course

__all__ = ["Parts", "parts_of"]

_SELF_TEST = re.compile(r"test_\w+\.py|record\.json")
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
    exercises = {
        path: exercise_of(checks)
        for checks in course.tests(name).glob("test_*.py")
        for path in (checks, mistakes_file(checks))
    }
    for path in files_of(course.root):
        place = str(path.relative_to(course.root))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if path in exercises:
            parts.exercises.setdefault(exercises[path], {})[place] = digest
        elif not _is_elsewhere(path, course, name):
            parts.common[place] = digest
    return parts


def _is_elsewhere(path: Path, course: Course, name: str) -> bool:
    """Tell whether a file belongs to another assignment's checks, to the tests of the checks, or to no checks."""
    if path.parent == course.root / TESTS:
        return _SELF_TEST.fullmatch(path.name) is not None
    if path.parent == course.tests(name) and is_mistakes_file(path):
        return True  # its file of checks is gone
    others = [course.tests(other.name) for other in course.assignments if other.name != name]
    return any(path.is_relative_to(folder) for folder in others)

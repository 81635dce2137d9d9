"""The record that all known mistakes and mutants were caught: they are graded again if a source has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assay.course.read import TESTS
from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.course.read import Course

_FILE = "record.json"
_ENGINE = Path(__file__).parents[1]
_DECIDES = (
    "checks/*.py",
    "judge/**/*.py",
    "selftest/mistakes.py",
    "selftest/mutants.py",
    "selftest/graded_mutants.py",
    "course/reach.py",
)
"""The engine's files that decide which mutants there are, which checks ask a wrong answer, and which notice it."""


def sources_hash(course: Course, assignment: str) -> str:
    """Return the SHA-256 over the sources that an assignment's mistakes and mutants were graded with.

    These are its model answers with their notes, the course's library, its checks with their mistakes, `conftest.py`,
    and the engine's files that decide.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_sources(course, assignment)):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def recorded_hash(course: Course, assignment: str) -> str | None:
    """Return the hash of the sources for which all were last caught, or None."""
    return _read(course).get(assignment)


def record(course: Course, assignment: str) -> None:
    """Record that all known mistakes and mutants were caught with the sources as they are."""
    hashes = _read(course) | {assignment: sources_hash(course, assignment)}
    _path(course).write_bytes(msgspec.json.format(msgspec.json.encode(hashes, order="sorted"), indent=2) + b"\n")


def _path(course: Course) -> Path:
    return course.root / TESTS / _FILE


def _read(course: Course) -> dict[str, str]:
    path = _path(course)
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except msgspec.MsgspecError as error:
        text = f"{path}: {error}"
        raise CourseError(text) from error


def _sources(course: Course, assignment: str) -> Iterator[tuple[str, Path]]:
    reference = course.reference(assignment)
    course_files = [*reference.parent.glob(f"{assignment}.*"), *course.tests(assignment).rglob("*.py")]
    if course.library is not None:
        course_files += course.library.rglob("*.py")
    course_files += course.root.glob("conftest.py")
    yield from ((path.relative_to(course.root).as_posix(), path) for path in course_files)
    for pattern in _DECIDES:
        for path in _ENGINE.glob(pattern):
            yield f"assay/{path.relative_to(_ENGINE).as_posix()}", path

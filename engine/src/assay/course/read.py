"""A course's folders as records: which assignments and exercises there are. Knows the folders' names."""

from __future__ import annotations

import ast
import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from assay.course.contract import load_module
from assay.errors import CourseError
from assay.model import Assignment, Exercise

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

REFERENCE, TESTS = "reference", "tests"
ANSWERS = ".answers"
"""The suffix of recorded answers beside an assignment's contract: a student's kit has them instead of model answers."""

_EXERCISE = re.compile(r"test_(\d+)_\w+\.py")


class Course(msgspec.Struct, frozen=True):
    """A folder with `reference/` and `tests/`.

    Args:
        root: the folder.
        assignments: in the order of their names.
        library: the folder of the package that submissions may import, if there is one.
        fingerprint: SHA-256 of every file on which a report may depend; a report carries it.
    """

    root: Path
    assignments: tuple[Assignment, ...]
    library: Path | None
    fingerprint: str

    def assignment(self, name: str) -> Assignment:
        """Return the assignment of that name; raise CourseError that lists the assignments if there is none."""
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        text = f"no assignment {name!r}; this course has {', '.join(a.name for a in self.assignments)}"
        raise CourseError(text)

    def reference(self, name: str) -> Path:
        """Return the file of an assignment's model answers."""
        return self.root / self.assignment(name).reference

    def tests(self, name: str) -> Path:
        """Return the folder of an assignment's checks."""
        return self.root / TESTS / name

    def load_library(self) -> ModuleType | None:
        """Import the course's library in this process, if there is one."""
        return load_module(self.library) if self.library is not None else None


def is_course(folder: Path) -> bool:
    """Whether the folder is a course."""
    return (folder / REFERENCE).is_dir() and (folder / TESTS).is_dir()


def find_root(start: Path) -> Path:
    """Return the nearest folder from `start` upwards that is a course; raise CourseError if none is."""
    for folder in (start, *start.parents):
        if is_course(folder):
            return folder
    text = f"{start} is in no course: a course is a folder with {REFERENCE}/ and {TESTS}/"
    raise CourseError(text)


def read_course(root: Path) -> Course:
    """Read which assignments and exercises there are from the files' names; nothing of the course is executed."""
    names = sorted(path.stem for path in (root / REFERENCE).glob("*.py"))
    assignments = tuple(_assignment(root, name) for name in names if (root / TESTS / name).is_dir())
    if not assignments:
        text = f"{root} has no assignment: for a file {REFERENCE}/NAME.py there must be a folder {TESTS}/NAME/"
        raise CourseError(text)
    packages = sorted(path.parent for path in (root / REFERENCE).glob("*/__init__.py"))
    if len(packages) > 1:
        text = f"{root / REFERENCE} has {len(packages)} packages; one is the course's library"
        raise CourseError(text)
    return Course(root, assignments, packages[0] if packages else None, fingerprint(root))


def _assignment(root: Path, name: str) -> Assignment:
    found = sorted((int(exercise_of(path)), path) for path in (root / TESTS / name).glob("test_*.py"))
    numbers = [number for number, _ in found]
    for number, path in found:
        if numbers.count(number) > 1:
            text = f"{path} is one of {numbers.count(number)} files for exercise {number}: an exercise is one file"
            raise CourseError(text)
    return Assignment(name, f"{REFERENCE}/{name}.py", tuple(Exercise(str(n), _title(path)) for n, path in found))


def exercise_of(path: Path) -> str:
    """Return the number of the exercise of a file of checks; raise CourseError if the file's name has none."""
    match = _EXERCISE.fullmatch(path.name)
    if match is None:
        text = f"{path} is named for no exercise: test_NUMBER_name.py"
        raise CourseError(text)
    return str(int(match[1]))


def _title(path: Path) -> str:
    try:
        docstring = ast.get_docstring(ast.parse(path.read_bytes()))
    except SyntaxError as error:
        text = f"{path}, line {error.lineno}: {error.msg}"
        raise CourseError(text) from error
    if not docstring:
        text = f"{path} has no docstring: its first line is the exercise's title"
        raise CourseError(text)
    return docstring.splitlines()[0]


def files_of(root: Path) -> list[Path]:
    """Return every file that a report may depend on: reference, tests, conftest.py, and tox.ini with the budgets."""
    paths = [path for folder in (REFERENCE, TESTS) for path in sorted((root / folder).rglob("*"))]
    paths += [root / "conftest.py", root / "tox.ini"]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def fingerprint(root: Path) -> str:
    """Return a digest of every file that a report may depend on."""
    digest = hashlib.sha256()
    for path in files_of(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

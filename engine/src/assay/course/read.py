"""Pairs reference and tests into assignments. Knows the folders' names."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import importlib.util
import re
import sys
from typing import TYPE_CHECKING

import msgspec

from assay.errors import CourseError
from assay.model import Assignment, Exercise

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

REFERENCE, TESTS = "reference", "tests"
_EXERCISE = re.compile(r"test_(\d+)_\w+\.py")


class Course(msgspec.Struct, frozen=True):
    """A folder with `reference/` and `tests/`.

    Args:
        root: the folder.
        assignments: in the order of their names.
        library: the package beside the model answers that submissions may import, if there is one.
        fingerprint: SHA-256 over every file of reference and tests, so that a report says what it was graded by.
    """

    root: Path
    assignments: tuple[Assignment, ...]
    library: Path | None
    fingerprint: str

    def assignment(self, name: str) -> Assignment:
        """Gives the assignment of that name; raises CourseError that lists those there are."""
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        text = f"no assignment {name!r}; this course has {', '.join(a.name for a in self.assignments)}"
        raise CourseError(text)

    def reference(self, name: str) -> Path:
        """Gives the file of an assignment's model answers."""
        return self.root / self.assignment(name).reference

    def tests(self, name: str) -> Path:
        """Gives the folder of an assignment's checks."""
        return self.root / TESTS / name

    def load_library(self) -> ModuleType | None:
        """Imports the course's library in the judge, if there is one."""
        if self.library is None:
            return None
        _importable(self.library.parent)
        return importlib.import_module(self.library.name)


def is_course(folder: Path) -> bool:
    """Whether the folder has what makes a course."""
    return (folder / REFERENCE).is_dir() and (folder / TESTS).is_dir()


def find_root(start: Path) -> Path:
    """Gives the nearest folder from `start` upwards that is a course; raises CourseError if none is."""
    for folder in (start, *start.parents):
        if is_course(folder):
            return folder
    text = f"{start} is in no course: a course is a folder with {REFERENCE}/ and {TESTS}/"
    raise CourseError(text)


def read_course(root: Path) -> Course:
    """Reads which assignments and exercises there are, from the files' names alone."""
    names = sorted(path.stem for path in (root / REFERENCE).glob("*.py"))
    assignments = tuple(_assignment(root, name) for name in names if (root / TESTS / name).is_dir())
    if not assignments:
        text = f"{root} has no assignment: for a file {REFERENCE}/NAME.py there must be a folder {TESTS}/NAME/"
        raise CourseError(text)
    packages = sorted(path.parent for path in (root / REFERENCE).glob("*/__init__.py"))
    if len(packages) > 1:
        text = f"{root / REFERENCE} has {len(packages)} packages; one is the course's library"
        raise CourseError(text)
    return Course(root, assignments, packages[0] if packages else None, _fingerprint(root))


def _assignment(root: Path, name: str) -> Assignment:
    found = sorted((int(exercise_of(path)), path) for path in (root / TESTS / name).glob("test_*.py"))
    numbers = [number for number, _ in found]
    for number, path in found:
        if numbers.count(number) > 1:
            text = f"{path} is one of {numbers.count(number)} files for exercise {number}: an exercise is one file"
            raise CourseError(text)
    return Assignment(name, f"{REFERENCE}/{name}.py", tuple(Exercise(str(n), _title(path)) for n, path in found))


def exercise_of(path: Path) -> str:
    """Gives the number of the exercise that a test file is for; raises CourseError if it is named for none."""
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


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    paths = [path for folder in (REFERENCE, TESTS) for path in sorted((root / folder).rglob("*"))]
    for path in (*paths, root / "conftest.py", root / "tox.ini"):  # the budgets are in the latter
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


@functools.cache
def load_reference(path: Path) -> ModuleType:
    """Imports an assignment's model answers in the judge, and with them the course's library."""
    _importable(path.parent)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        text = f"{path} cannot be imported"
        raise CourseError(text)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _importable(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@functools.cache
def contract(path: Path) -> tuple[str, ...]:
    """Gives the names that a submission of this assignment defines: the public functions and classes of the reference.

    Read from the source, so that nothing is executed for it.
    """
    tree = ast.parse(path.read_bytes())
    kinds = (ast.FunctionDef, ast.ClassDef)
    return tuple(node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_"))


@functools.cache
def signatures(path: Path) -> dict[str, str]:
    """Gives what a student writes for each of the contract's names: "def f(x, y)" or "class C(a, b)"."""
    found = {}
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = f"def {node.name}({_arguments(node, 0)})"
        elif isinstance(node, ast.ClassDef):
            makers = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
            found[node.name] = f"class {node.name}({_arguments(makers[0], 1)})" if makers else f"class {node.name}"
    return found


def _arguments(node: ast.FunctionDef, skip: int) -> str:
    shown = ast.parse(ast.unparse(node.args).join(("def f(", "): ..."))).body[0]
    for argument in ast.walk(shown):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    arguments = shown.args if isinstance(shown, ast.FunctionDef) else node.args
    del arguments.args[:skip]
    return ast.unparse(arguments)

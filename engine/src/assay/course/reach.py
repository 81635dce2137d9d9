"""Which of the model answers a check can meet: those that it names, or that something it calls names.

A name counts wherever it stands in the code: as a name, an attribute of anything but the course's library and what its
calls return, an argument, or a text that is only a name ("fit" or "Model.fit"). So a check may be said to meet what it
does not ask. It misses only a name that is put together as it runs, that stands in a longer text, or that is asked of a
submission's object which the library returned.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from assay.course.read import TESTS, exercise_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from assay.course.read import Course

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_ALWAYS = {"pytestmark"}
"""Names that pytest reads in a file for each of its checks."""

_A_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class _File(NamedTuple):
    """The words in each definition of a file, those in what else is executed at its import, and its imports."""

    calls: dict[str, set[str]]
    always: set[str]
    beside: tuple[Path, ...]


@functools.lru_cache(maxsize=16)
def names_met(course: Course, assignment: str) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return for each check, by its exercise's number and its function's name, the model answers that it can meet."""
    read = functools.cache(functools.partial(_read, course.library.name if course.library is not None else ""))
    answers = read(course.reference(assignment))
    shared = answers.always | _ALWAYS
    for path in _with_imports([*course.root.glob("conftest.py"), *(course.root / TESTS).rglob("conftest.py")], read):
        shared = shared.union(read(path).always, read(path).calls, *read(path).calls.values())
    return {
        (exercise_of(path), check): met & answers.calls.keys()
        for path in sorted(course.tests(assignment).glob("test_*.py"))
        for check, met in _met_in(path, read, answers.calls, shared)
    }


def _met_in(
    path: Path, read: Callable[[Path], _File], answers: dict[str, set[str]], shared: set[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each check of a file, with every word that it meets."""
    calls = {name: set(words) for name, words in answers.items()}
    always = set(shared)
    for file in map(read, _with_imports([path], read)):
        always |= file.always
        for name, words in file.calls.items():
            calls.setdefault(name, set()).update(words)
            if "autouse" in words:
                always.add(name)
    for name in read(path).calls:
        if name.startswith("test"):
            yield name, frozenset(_closure({name} | always, calls))


def _read(library: str, path: Path) -> _File:
    calls: dict[str, set[str]] = {}
    always: set[str] = set()
    tree = ast.parse(path.read_bytes())
    for statement in tree.body:
        if isinstance(statement, _DEFINITIONS):
            calls.setdefault(statement.name, set()).update(_words(statement, library))
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in {word for target in targets for word in _words(target, library)}:
                calls.setdefault(name, set()).update(_words(statement, library))
        elif isinstance(statement, ast.Import | ast.ImportFrom):  # an imported name counts where it is used
            for alias in statement.names:
                calls.setdefault(alias.asname or alias.name, set()).add(alias.name)
        else:
            always |= _words(statement, library)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    names = {name for node in imports for name in (node.module, *(alias.name for alias in node.names)) if name}
    return _File(calls, always, tuple(path.parent / f"{name}.py" for name in sorted(names)))


def _with_imports(files: Iterable[Path], read: Callable[[Path], _File]) -> list[Path]:
    """Return some files and the files beside them that they import, directly or not."""
    found: list[Path] = []
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists():
            found.append(path)
            waiting += read(path).beside
    return found


def _closure(words: set[str], calls: dict[str, set[str]]) -> set[str]:
    """Return the words, and the words of whatever they name among the calls."""
    waiting = [name for name in calls if name in words]
    while waiting:
        new = calls[waiting.pop()] - words
        words |= new
        waiting += [name for name in new if name in calls]
    return words


def _words(tree: ast.AST, library: str) -> set[str]:
    return set(_each_word(tree, library))


def _each_word(tree: ast.AST, library: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner) if _is_of_the_library(owner, library):
                pass
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.alias(name=name)
                | ast.arg(arg=name)
                | ast.keyword(arg=str(name))
            ):
                yield name
            case ast.Constant(value=str(text)) if _A_NAME.fullmatch(text):
                yield from text.split(".")


def _is_of_the_library(owner: ast.expr, library: str) -> bool:
    """Whether this is the course's library, or what a call of something in it returns."""
    match owner:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == library
        case ast.Call(func=ast.Attribute(value=called)):
            return _is_of_the_library(called, library)
        case _:
            return False

"""Which exercises can meet a change of the model answers: those whose checks name it, or name what calls it.

A name counts wherever it stands in the code: as a name, an attribute, or in a text that is not a docstring. So
an exercise may be asked in vain, and none is left out that could have noticed.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from assay.course.read import TESTS, exercise_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assay.course.read import Course

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def exercises_reached(course: Course, assignment: str) -> dict[str, tuple[str, ...]]:
    """Return for each top-level name of the model answers the numbers of the exercises that can meet it."""
    calls, always = _calls(course.reference(assignment))
    shared = [*course.root.glob("conftest.py"), *(course.root / TESTS).rglob("conftest.py")]
    asked = {
        exercise_of(path): _closure(_words_of([path, *shared]) | always, calls)
        for path in sorted(course.tests(assignment).glob("test_*.py"))
    }
    return {name: tuple(number for number, words in asked.items() if name in words) for name in calls}


def _calls(reference: Path) -> tuple[dict[str, set[str]], set[str]]:
    """Return the words in each definition of the model answers, and those in what is executed at the import."""
    calls: dict[str, set[str]] = {}
    always: set[str] = set()
    for statement in ast.parse(reference.read_bytes()).body:
        if isinstance(statement, _DEFINITIONS):
            calls.setdefault(statement.name, set()).update(_words(statement))
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in set[str]().union(*map(_words, targets)):
                calls.setdefault(name, set()).update(_words(statement))
        else:
            always |= _words(statement)
    return calls, always


def _words_of(files: list[Path]) -> set[str]:
    """Return the words in some files and in the files beside them that they import, directly or not."""
    words: set[str] = set()
    seen: set[Path] = set()
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        tree = ast.parse(path.read_bytes())
        words |= _words(tree)
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
        names = {name for node in imports for name in (node.module, *(alias.name for alias in node.names)) if name}
        waiting += [path.parent / f"{name}.py" for name in names]
    return words


def _closure(words: set[str], calls: dict[str, set[str]]) -> set[str]:
    """Return the words, and the words of whatever they name among the calls."""
    waiting = [name for name in calls if name in words]
    while waiting:
        new = calls[waiting.pop()] - words
        words |= new
        waiting += [name for name in new if name in calls]
    return words


def _words(tree: ast.AST) -> set[str]:
    return set(_each_word(tree))


def _each_word(tree: ast.AST) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield from re.findall(r"\w+", text)

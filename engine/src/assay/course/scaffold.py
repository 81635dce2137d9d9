"""A course to start from, and the next exercise of a course: copies of `template/`, which is a course itself."""

from __future__ import annotations

import ast
import keyword
import re
from pathlib import Path
from typing import TYPE_CHECKING

from assay.course.read import REFERENCE, TESTS, exercise_of
from assay.errors import CourseError

if TYPE_CHECKING:
    from assay.course.read import Course

__all__ = ["require_new_folder", "write_course", "write_exercise"]

_TEMPLATE = Path(__file__).with_name("template")
_ASSIGNMENT = "warmup"
_FUNCTION = "standardize"


def write_course(folder: Path) -> None:
    """Write a course of one exercise into a folder that is new or empty.

    Raises:
        CourseError: the folder has files.
        OSError: a file cannot be written.
    """
    require_new_folder(folder)
    for path in sorted(_TEMPLATE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":  # pip compiles what it installs
            target = folder / path.relative_to(_TEMPLATE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def require_new_folder(folder: Path) -> None:
    """Raise CourseError if a folder has files; OSError if it is none."""
    if folder.exists() and any(folder.iterdir()):
        text = f"{folder} is not empty: name a new or an empty folder"
        raise CourseError(text)


def write_exercise(course: Course, assignment: str, number: int, name: str) -> tuple[Path, Path]:
    """Write the template's exercise into a course, under another number and name.

    Returns:
        the file of checks and the file of mistakes.

    Raises:
        CourseError: the name cannot be a function's, or a part of the exercise exists; nothing is written.
        OSError: a file cannot be written.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        text = (
            f"{name!r} cannot be the name of an exercise: it becomes a public function in Python, such as {_FUNCTION}"
        )
        raise CourseError(text)
    reference = course.reference(assignment)
    if name in _defined_names(reference):
        text = f"{reference} defines {name} already: name another function"
        raise CourseError(text)
    folder = course.tests(assignment)
    for path in folder.glob("test_*.py"):
        if exercise_of(path) == str(number):
            text = f"exercise {number} of {assignment} exists already: {path}"
            raise CourseError(text)
    checks, mistakes = (folder / f"{kind}_{number}_{name}.py" for kind in ("test", "mistakes"))
    for path in (checks, mistakes):
        if path.exists():
            text = f"{path} exists already and was not changed"
            raise CourseError(text)
    for path, kind in ((checks, "test"), (mistakes, "mistakes")):
        example = _TEMPLATE / TESTS / _ASSIGNMENT / f"{kind}_1_{_FUNCTION}.py"
        path.write_text(_renamed(example.read_text(encoding="utf-8"), number, name), encoding="utf-8")
    answer = (_TEMPLATE / REFERENCE / f"{_ASSIGNMENT}.py").read_text(encoding="utf-8")
    with reference.open("a", encoding="utf-8") as file:
        file.write("\n" + _renamed(answer[answer.index("\n# 1. ") :], number, name))
    return checks, mistakes


def _defined_names(reference: Path) -> set[str]:
    try:
        body = ast.parse(reference.read_bytes()).body
    except SyntaxError as error:
        text = f"{reference}, line {error.lineno}: {error.msg}"
        raise CourseError(text) from error
    names: set[str] = set()
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                names.update(alias.asname or alias.name.partition(".")[0] for alias in imported)
            case _:
                names.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    return names


def _renamed(text: str, number: int, name: str) -> str:
    """Return a file of the template with another exercise's number, title and function."""
    title = name.replace("_", " ").capitalize()
    text = text.replace(f"# 1. {_FUNCTION.capitalize()}", f"# {number}. {title}")
    text = text.replace(f'"""{_FUNCTION.capitalize()}', f'"""{title}')
    return re.sub(rf"\b{_FUNCTION}\b", name, text)

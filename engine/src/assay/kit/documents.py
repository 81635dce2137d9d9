"""The texts of a kit that no check is in: the contract with its recorded answers, the README and the requirements."""

from __future__ import annotations

import ast
from importlib.metadata import packages_distributions, version
from typing import TYPE_CHECKING, NamedTuple

from assay.kit.cutting import COURSE_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assay.course.read import Course
    from assay.model import Assignment

__all__ = ["LeftOut", "contract_module", "readme", "requirements"]

_NOT_HERE = (
    "# Do not write answers here: this file has the names and signatures, and the checks read recorded answers.\n"
)

_README = """\
# Your kit

Your instructor says how `assay` itself is installed, best in a virtual environment. Install there what the checks need
besides:

    python -m pip install -r requirements.txt

Write your answers into {starters}. Then run the visible checks on your file, in this folder:

    assay check {first}.py

A failing check shows the smallest input that fails. If a check compares your answer with the model answer, the input
is one of the recorded examples. Your course asks other examples, and may ask more checks.

Your file runs in the engine's sandbox. If your machine has none, the command says which option runs it without.
"""


class LeftOut(NamedTuple):
    """A visible check that the kit does not ask."""

    assignment: str
    exercise: str
    description: str


def contract_module(course: Course, assignment: str, starter: str) -> str:
    """Return the module that stands for the model answers in a kit.

    Args:
        course: the course.
        assignment: the assignment's name.
        starter: the student's module, which has the names and signatures.
    """
    library = course.library.name if course.library is not None else ""
    imports = [
        ast.unparse(node)
        for node in ast.parse(course.reference(assignment).read_bytes()).body
        if isinstance(node, ast.Import | ast.ImportFrom) and library in _imported(node)
    ]
    lines = ["from assay.kit.recorded_answers import put_answers", *imports, "", f"put_answers(globals(), {library!r})"]
    return "\n".join([_NOT_HERE + starter, *lines, ""])


def requirements(kit: Path) -> str:
    """Return a requirements file with the packages that a kit's modules import, as they are installed here.

    It leaves out `assay`: where a course gets it from is not known here, and in an index it could be a stranger's.
    """
    imported = {
        name
        for path in kit.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
    }
    found = packages_distributions()
    names = {distribution for name in imported - {"assay"} for distribution in found.get(name, ())}
    # A local version, such as torch's of one kind of machine, is not in the index.
    return "".join(f"{name}=={version(name).partition('+')[0]}\n" for name in sorted(names, key=str.lower))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yield the packages that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif not node.level and node.module:
        yield node.module.partition(".")[0]


def readme(assignments: Sequence[Assignment], left_out: Sequence[LeftOut]) -> str:
    """Return the README, with the checks that the kit does not ask."""
    names = [assignment.name for assignment in assignments]
    starters = ", ".join(f"`{name}.py` or `{name}.ipynb`" for name in names)
    text = _README.format(starters=starters, first=names[0])
    if left_out:
        text += f"\nThe following checks are {COURSE_ONLY}:\n\n"
        text += "".join(f"- {each.assignment}, exercise {each.exercise}: {each.description}\n" for each in left_out)
    return text

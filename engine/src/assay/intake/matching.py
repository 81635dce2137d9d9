"""Which assignment a file's name means, and whose file it is; `match` decides for folders, exports and archives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assay.errors import IntakeError
from assay.intake.platforms import without_copy_number
from assay.intake.tree import KINDS, Node, path_text
from assay.text import MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "NameMatch",
    "assignment_of",
    "has_kind",
    "is_student",
    "match",
    "misnamed",
    "nothing_in",
    "own_files",
    "student_of",
]

_MAX_NAMES = 5
"""Of files in one sentence."""


class NameMatch(NamedTuple):
    """How a file's name fits the assignments; each field is an assignment's name, or None.

    Args:
        exact: the file is called just as the assignment's module or notebook is.
        almost: the same but for blanks, dashes, the number of a copy or the case of letters.
        contained: the longest name that the file's name contains.
    """

    exact: str | None = None
    almost: str | None = None
    contained: str | None = None


def match(file_name: str, assignments: Iterable[str]) -> NameMatch:
    """Return how a file's name fits the assignments; a file that is neither a module nor a notebook fits none."""
    path = Path(file_name)
    if not has_kind(file_name):
        return NameMatch()
    names = list(assignments)
    loose = re.sub(r"[\s-]+", "_", without_copy_number(path.stem)).lower()
    return NameMatch(
        exact=path.stem if path.stem in names and path.suffix in KINDS else None,
        almost=loose if loose in names else None,
        contained=max((name for name in names if name in path.stem), key=len, default=None),
    )


def has_kind(name: str) -> bool:
    """Return whether a name ends like a module's or a notebook's, in letters of any case."""
    return Path(name).suffix.lower() in KINDS


def is_student(folder: Node, assignments: Sequence[str]) -> bool:
    """Return whether a folder has a file for an assignment, or a file that is almost named for one."""
    return bool(own_files(folder, assignments) or misnamed(folder, assignments))


def own_files(folder: Node, assignments: Sequence[str]) -> list[tuple[str, list[Node]]]:
    """Return each assignment with its files in the folder: the module, the notebook, or both."""
    files: dict[str, dict[str, Node]] = {name: {} for name in assignments}
    for node in folder.children():
        exact = match(node.name, assignments).exact
        if exact is not None:
            files[exact][Path(node.name).suffix] = node
    return [(name, [found[kind] for kind in KINDS if kind in found]) for name, found in files.items() if found]


def misnamed(folder: Node, assignments: Sequence[str]) -> list[tuple[str, Node]]:
    """Return the files that a person takes for an assignment's, each with the assignment, in the assignments' order."""
    matches = [(match(node.name, assignments).almost, node) for node in folder.children()]
    return [(name, node) for name in assignments for almost, node in matches if almost == name]


def nothing_in(folder: Node, assignments: Sequence[str]) -> str:
    """Return why nothing in a folder is graded."""
    unnamed = sorted(node.name for node in folder.children() if has_kind(node.name))
    if not unnamed:
        return "no file that is named for an assignment lies directly in it"
    names = ", ".join(map(path_text, unnamed[:_MAX_NAMES]))
    return f"none of its files is named for an assignment: {names}; call it {_file_names(assignments)}"


def assignment_of(path: Path, assignments: Sequence[str]) -> str:
    """Return the assignment of a file named on the command line; if there is only one, its name does not matter.

    Raises:
        IntakeError: the file is named for no assignment.
    """
    contained = match(path.name, assignments).contained
    if contained is not None:
        return contained
    if len(assignments) == 1 and has_kind(path.name):
        return assignments[0]
    text = f"{escape(path_text(path), MAX_PATH_CHARS)} is named for no assignment: call it {_file_names(assignments)}"
    raise IntakeError(text)


def student_of(path: Path, assignments: Sequence[str]) -> str:
    """Return the student of a file named on the command line: its folder's name, or its own if that says more."""
    return path.absolute().parent.name if path.stem in assignments else path.stem


def _file_names(assignments: Sequence[str]) -> str:
    return " or ".join(name + ".py" for name in assignments)

"""What a file is called tells which assignment it is for, and whose it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import IntakeError
from assay.intake.tree import KINDS, Node, shown
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["assignment_of", "has_kind", "is_student", "misnamed", "named_in", "nothing_in", "own_files", "student_of"]

_NAME = 1000
_FEW = 5
_COPY = re.compile(r"[\s_-]*\(\d+\)$|-\d+$")
"""What a browser or a platform adds to the name of a file that was there already."""


def is_student(folder: Node, assignments: Sequence[str]) -> bool:
    """Whether a folder has a file for an assignment, or one that was meant to be."""
    return bool(own_files(folder, assignments) or misnamed(folder, assignments))


def own_files(folder: Node, assignments: Sequence[str]) -> list[tuple[str, list[Node]]]:
    """Finds the files that are named for an assignment: for each the module, the notebook, or both."""
    present = {node.name: node for node in folder.children()}
    found = [(name, [present[name + kind] for kind in KINDS if name + kind in present]) for name in assignments]
    return [(name, files) for name, files in found if files]


def misnamed(folder: Node, assignments: Iterable[str]) -> list[tuple[str, Node]]:
    """Finds files that a person takes for an assignment's: blanks, dashes, a copy's number or the case of letters."""
    present = [(Path(node.name), node) for node in folder.children()]
    stems = [(_COPY.sub("", path.stem), node) for path, node in present if has_kind(node.name)]
    plain = [(re.sub(r"[\s-]+", "_", stem).lower(), node) for stem, node in stems]
    return [(name, node) for name in assignments for stem, node in plain if stem == name]


def has_kind(name: str) -> bool:
    """Whether a name ends as a module's or a notebook's does, in letters of any case."""
    return Path(name).suffix.lower() in KINDS


def nothing_in(folder: Node, assignments: Sequence[str]) -> str:
    """Says why a folder is no student's."""
    unnamed = sorted(node.name for node in folder.children() if has_kind(node.name))
    if not unnamed:
        return "no file that is named for an assignment lies directly in it"
    told = ", ".join(map(shown, unnamed[:_FEW]))
    return f"none of its files is named for an assignment: {told}; call it {_file_names(assignments)}"


def named_in(stem: str, assignments: Sequence[str]) -> str | None:
    """Gives the assignment of which a text holds the name, the longest of them, or None."""
    return max((name for name in assignments if name in stem), key=len, default=None)


def assignment_of(path: Path, assignments: Sequence[str]) -> str:
    """Gives the assignment that a file's name holds; the only one there is, whatever the name.

    Raises:
        IntakeError: it holds none.
    """
    named = named_in(path.stem, assignments)
    if named and has_kind(path.name):
        return named
    if len(assignments) == 1 and has_kind(path.name):
        return assignments[0]
    text = f"{escape(shown(path), _NAME)} is named for no assignment: call it {_file_names(assignments)}"
    raise IntakeError(text)


def _file_names(assignments: Sequence[str]) -> str:
    return " or ".join(name + ".py" for name in assignments)


def student_of(path: Path, assignments: Sequence[str]) -> str:
    """Gives whose a file is that was named on the command line: its folder's, or, by any other name, its own."""
    return path.absolute().parent.name if path.stem in assignments else path.stem

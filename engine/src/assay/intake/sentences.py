"""Sentences about files for a student and an instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.intake.layout import files_below
from assay.intake.limits import MAX_DEPTH
from assay.intake.matching import ending_of
from assay.intake.tree import path_text
from assay.text import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.intake.tree import Node

__all__ = [
    "about",
    "age_note",
    "beside_note",
    "file_names",
    "inexact_note",
    "named_for_none",
    "nothing_in",
    "one_of_several_note",
    "skipped_note",
    "spare_note",
    "undivided_note",
    "unopened_note",
]

_MAX_NAMES = 5
"""Of files in one sentence."""


def file_names(assignments: Sequence[str]) -> str:
    """Return the names that a module may have."""
    return " or ".join(name + ".py" for name in assignments)


def about(node: Node, reason: str) -> str:
    """Return a reason, with the name of the file, folder or archive before it."""
    return f"{path_text(node.name)}: {reason}"


def nothing_in(folder: Node, assignments: Sequence[str]) -> str:
    """Return why nothing in a folder is graded."""
    return named_for_none([path_text(node.path.relative_to(folder.path)) for node in files_below(folder)], assignments)


def named_for_none(labels: Sequence[str], assignments: Sequence[str]) -> str:
    """Return why none of a student's files is graded."""
    if not labels:
        where = f"folders are searched {MAX_DEPTH} levels deep"
        return f"no files were found in it: {where}, and files of tools, such as .pyc, do not count"
    if not any(map(ending_of, labels)):
        return f"none of its files is a module or a notebook: {_names(labels)}; hand in {file_names(assignments)}"
    return f"none of its files is named after an assignment: {_names(labels)}; call it {file_names(assignments)}"


def age_note(other: str, best: str, age: str) -> str:
    """Return the note about a file of another age than the graded one."""
    return f"{other} was not graded: it is {age} than {best}"


def inexact_note(label: str, best: str) -> str:
    """Return the note about a file beside one with the assignment's own name."""
    return f"{label} was not graded: {best} has the exact name"


def one_of_several_note(label: str, assignment: str, others: Sequence[str]) -> str:
    """Return the note about a graded file whose name has several assignments."""
    copies = [other + ending_of(label) for other in others]
    noun, names = "a copy" if len(copies) == 1 else "copies", enumerated(copies, _MAX_NAMES)
    return f"{label} counts for {assignment} alone: for the others hand in {noun} called {names}"


def unopened_note(label: str) -> str:
    """Return the note about an archive beside files."""
    return f"{label} was not opened: other files were graded"


def spare_note(label: str) -> str:
    """Return the note about an archive without a file that counts, beside one with graded files."""
    return f"{label} was not graded: other files were graded"


def beside_note(labels: Sequence[str]) -> str:
    """Return the note about files that count for no assignment."""
    verb = "was" if len(labels) == 1 else "were"
    return f"{_names(labels)} {verb} not graded: one file counts for each assignment"


def skipped_note(paths: Sequence[Path]) -> str:
    """Return the sentence about files whose names name no student."""
    return f"skipped, because the file names do not name a student: {_names([path_text(path) for path in paths])}"


def undivided_note(paths: Sequence[Path]) -> str:
    """Return the sentence about folders that look like groups, and are graded as one student each."""
    each = "" if len(paths) == 1 else "each of "
    names = _names([path_text(path) for path in paths])
    return f"{each}{names} is graded as one student: grade it by its own path if it is a group"


def _names(labels: Sequence[str]) -> str:
    return enumerated(labels, _MAX_NAMES)

"""Sentences about files for a student and an instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.intake.layout import files_below
from assay.intake.matching import ending_of
from assay.intake.tree import MAX_DEPTH, path_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assay.intake.tree import Node

__all__ = [
    "beside_note",
    "file_names",
    "inexact_note",
    "named_for_none",
    "nothing_in",
    "older_note",
    "skipped_note",
    "unopened_note",
]

_MAX_NAMES = 5
"""Of files in one sentence."""


def file_names(assignments: Sequence[str]) -> str:
    """Return the names that a module may have."""
    return " or ".join(name + ".py" for name in assignments)


def nothing_in(folder: Node, assignments: Sequence[str]) -> str:
    """Return why nothing in a folder is graded."""
    return named_for_none([path_text(node.path.relative_to(folder.path)) for node in files_below(folder)], assignments)


def named_for_none(labels: Sequence[str], assignments: Sequence[str]) -> str:
    """Return why none of a student's files is graded."""
    if not labels:
        return f"no file lies in it, nor in the folders below it, which are read to a depth of {MAX_DEPTH}"
    if not any(map(ending_of, labels)):
        return f"none of its files is a module or a notebook: {_names(labels)}; hand in {file_names(assignments)}"
    return f"none of its files is named for an assignment: {_names(labels)}; call it {file_names(assignments)}"


def older_note(old: str, best: str, *, older: bool) -> str:
    """Return the note about a file beside a newer one."""
    return f"{old} lies beside {best} and is {'older' if older else 'not newer'}: it was not graded"


def inexact_note(label: str, best: str) -> str:
    """Return the note about a file beside one with the assignment's own name."""
    return f"{label} lies beside {best}, which has the exact name: it was not graded"


def unopened_note(label: str) -> str:
    """Return the note about an archive beside files."""
    return f"{label} lies beside the files that were graded: it was not opened"


def beside_note(labels: Sequence[str]) -> str:
    """Return the note about files that count for no assignment."""
    verb, pronoun = ("lies", "it is") if len(labels) == 1 else ("lie", "they are")
    return f"{_names(labels)} {verb} beside the files that were graded: {pronoun} not handed in"


def skipped_note(paths: Sequence[Path]) -> str:
    """Return the sentence about files beside the students' whose names tell no student."""
    return f"not taken in, because no student's name is in theirs: {_names([path_text(path) for path in paths])}"


def _names(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _MAX_NAMES} more" if len(labels) > _MAX_NAMES else ""
    return ", ".join(labels[:_MAX_NAMES]) + more

"""One student's folder, archive or file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import IntakeError
from assay.intake.archives.opening import STUDENT, check_openable, is_archive, open_archive
from assay.intake.matching import has_kind, is_student, match, misnamed, nothing_in, own_files
from assay.intake.tree import LINK, archive_stem, path_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.intake.result import Intake
    from assay.intake.tree import Node

__all__ = ["take_flat", "take_student", "unwrapped", "wrapping_notes"]


def take_student(
    folder: Node, student: str, assignments: Sequence[str], intake: Intake, notes: tuple[str, ...] = ()
) -> None:
    """Take in a student's folder: its files or, if none is named for an assignment, its archives."""
    if _take_files(folder, student, assignments, intake, notes):
        return
    for node in folder.children():
        if is_archive(node):
            _take_archive(node, student, assignments, intake)


def take_flat(node: Node, assignments: Sequence[str], intake: Intake) -> None:
    """Take in a node of a flat export: a student's archive, or a file whose name contains an assignment's."""
    if node.kind == "link":
        if own_files(node, assignments) or is_archive(node):
            intake.refuse(node, "", node.name, LINK)
    elif is_archive(node):
        _take_archive(node, archive_stem(node.name), assignments, intake)
    elif has_kind(node.name):
        stem = Path(node.name).stem
        assignment = match(node.name, assignments).contained
        if assignment is not None:
            intake.add(node, assignment, stem)
        else:
            intake.refuse(node, "", stem, "it is named for no assignment")


def unwrapped(folder: Node, assignments: Sequence[str]) -> Node:
    """Return the folder into which a student put all files, or the student's folder itself."""
    own = [child for child in folder.children() if child.kind == "folder" and is_student(child, assignments)]
    return own[0] if len(own) == 1 and not is_student(folder, assignments) else folder


def wrapping_notes(folder: Node, own: Node) -> tuple[str, ...]:
    """Return notes for a submission from a folder in the student's folder: its name, and the work beside it."""
    if own is folder:
        return ()
    work = [node for node in folder.children() if is_archive(node) or (node.kind == "file" and has_kind(node.name))]
    beside = [path_text(node.name) for node in work if node is not own]
    return (
        f"what is graded lies in the folder {path_text(own.name)}",
        *(f"{name} lies beside that folder: it was not graded" for name in beside),
    )


def _take_archive(node: Node, student: str, assignments: Sequence[str], intake: Intake) -> None:
    """Take in a student's archive: files, perhaps in one folder, and no further archive."""
    before = intake.met
    try:
        check_openable(node)
        archive = open_archive(io.BytesIO(node.read()), node.path, STUDENT)
    except IntakeError as error:
        intake.refuse(node, "", student, str(error))
        return
    folder: Node = archive.root
    below = folder.children()
    if len(below) == 1 and below[0].kind == "folder" and not is_student(folder, assignments):
        folder = below[0]
    if is_student(folder, assignments):
        _take_files(folder, student, assignments, intake)
    else:
        _refuse_children(folder, student, intake)
    for trouble in archive.troubles:
        intake.refuse(node, "", student, trouble)
    if intake.met == before:
        intake.refuse(node, "", student, nothing_in(folder, assignments))


def _refuse_children(folder: Node, student: str, intake: Intake) -> None:
    for child in folder.children():
        if child.trouble:
            intake.refuse(child, "", student, child.trouble)
        elif is_archive(child):
            intake.refuse(child, "", student, "it lies in a student's archive: archives in there are not opened")


def _take_files(
    folder: Node, student: str, assignments: Sequence[str], intake: Intake, notes: tuple[str, ...] = ()
) -> bool:
    """Take in the files of a folder that are named for assignments; return whether there is one."""
    own = own_files(folder, assignments)
    missing = [name for name in assignments if name not in dict(own)]
    for assignment, node in dict(reversed(misnamed(folder, missing))).items():
        reason = f"it must be called {assignment}{Path(node.name).suffix.lower()}"
        intake.refuse(node, assignment, student, reason)
    beside = _beside_notes(folder, assignments) if own else ()
    for assignment, files in own:
        # Of a module and a notebook the newer counts.
        *older, newest = sorted(files, key=lambda node: node.modified)
        intake.add(newest, assignment, student, (*notes, *(_older_note(old, newest) for old in older), *beside))
    return bool(own)


def _beside_notes(folder: Node, assignments: Sequence[str]) -> tuple[str, ...]:
    """Return notes about archives, and about files in folders, that lie beside the files that are graded."""
    archives = [node for node in folder.children() if is_archive(node)]
    notes = [f"{path_text(node.name)} lies beside the files that were graded: it was not opened" for node in archives]
    for below in folder.children():
        if below.kind == "folder":
            names = [file.name for _, nodes in own_files(below, assignments) for file in nodes]
            folder_name = path_text(below.name)
            notes += [f"{folder_name}/{name} lies in a folder of its own: it was not graded" for name in names]
    return tuple(notes)


def _older_note(older: Node, newest: Node) -> str:
    age = "older" if older.modified < newest.modified else "not newer"
    return f"{older.name} lies beside {newest.name} and is {age}: it was not graded"

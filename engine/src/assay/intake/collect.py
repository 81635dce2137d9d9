"""Read submissions from paths: a file, a student's folder, a folder of students, or an archive of any of these."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assay.errors import IntakeError
from assay.intake.archives.opening import CLASS, check_openable, is_archive, open_archive
from assay.intake.matching import assignment_of, has_kind, is_student, nothing_in, student_of
from assay.intake.platforms import has_files_folder
from assay.intake.result import Intake
from assay.intake.students import take_flat, take_student, unwrapped, wrapping_notes
from assay.intake.tree import DiskNode, archive_stem, path_text
from assay.text import MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from assay.intake.tree import Node

__all__ = ["take_in"]


def take_in(paths: Iterable[Path], assignments: Sequence[str]) -> Intake:
    """Read every submission below the paths.

    A file is a submission. A folder with files named for assignments is a student's. Any other folder is a folder of
    students, each with a folder, a file or an archive. An archive is read like the folder that it holds. Links are not
    followed.

    Raises:
        IntakeError: a path does not exist, or a file is named for no assignment.
    """
    intake = Intake()
    for path in paths:
        if not os.path.lexists(path):
            text = f"{escape(path_text(path), MAX_PATH_CHARS)} does not exist"
            raise IntakeError(text)
        node = DiskNode(path)
        if node.kind == "folder":
            _take_folder(node, assignments, intake)
        elif is_archive(node):
            _take_export(node, assignments, intake)
        else:
            intake.add(node, assignment_of(path, assignments), student_of(path, assignments))
    return intake


def _take_export(node: DiskNode, assignments: Sequence[str], intake: Intake) -> None:
    """Take in an archive named on the command line: a class's or a student's."""
    student = archive_stem(node.name)
    try:
        check_openable(node)
        with node.stream() as file:
            archive = open_archive(file, node.path, CLASS)
            _take_folder(_class_folder(archive.root, assignments), assignments, intake, told=bool(archive.troubles))
    except IntakeError as error:
        intake.refuse(node, "", student, str(error))
        return
    for trouble in archive.troubles:
        intake.refuse(node, "", student, trouble)


def _class_folder(root: Node, assignments: Sequence[str]) -> Node:
    """Return the folder of students in an archive: the root, or a lone folder in it that is not a student's."""
    below = root.children()
    if len(below) != 1 or below[0].kind != "folder" or is_student(below[0], assignments):
        return root
    inner = below[0].children()
    # A lone folder with a lone archive is a class of one student; with more archives each is a student's.
    return root if len(inner) == 1 and is_archive(inner[0]) else below[0]


def _take_folder(folder: Node, assignments: Sequence[str], intake: Intake, *, told: bool = False) -> None:
    """Take in a student's folder or a folder of students; `told` if its emptiness has a reason already."""
    if is_student(folder, assignments):
        take_student(folder, folder.student, assignments, intake)
        return
    before = intake.met
    children = folder.children()
    names = {child.name for child in children}
    blank = [child for child in children if not _take_child(child, assignments, intake)]
    for child in blank:
        if intake.met > before and not has_files_folder(child.name, names):  # a class; this student has no file
            intake.refuse(child, "", child.student, nothing_in(child, assignments))
        else:
            intake.add_empty(child.path)
    if intake.met == before and not told:
        intake.add_empty(folder.path)


def _take_child(child: Node, assignments: Sequence[str], intake: Intake) -> bool:
    """Take in, or refuse, a child of a folder of students; return False for a folder with nothing to grade."""
    if child.trouble:
        intake.refuse(child, "", child.name, child.trouble)
    elif child.kind == "folder":
        own = unwrapped(child, assignments)
        if is_student(own, assignments) or any(map(is_archive, own.children())):
            take_student(own, child.student, assignments, intake, wrapping_notes(child, own))
        elif any(has_kind(node.name) for node in child.children()):
            intake.refuse(child, "", child.student, nothing_in(child, assignments))
        else:
            return False
    else:
        take_flat(child, assignments, intake)
    return True

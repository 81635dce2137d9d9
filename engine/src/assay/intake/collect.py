"""Read submissions from paths: a file, a student's folder, a folder of students, or an archive of any of these."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assay.errors import IntakeError
from assay.intake.archives.opening import check_openable, is_archive
from assay.intake.classes import take_folder
from assay.intake.limits import CLASS
from assay.intake.matching import ending_of, match
from assay.intake.reader.client import Reader
from assay.intake.result import Intake
from assay.intake.sentences import file_names
from assay.intake.students import Student, take_student
from assay.intake.tree import DiskNode, archive_stem, path_text
from assay.text import MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["take_in"]


def take_in(paths: Iterable[Path], assignments: Sequence[str], student: str | None = None) -> Intake:
    """Read every submission below the paths.

    A file is a submission. A folder with files or folders named for assignments is a student's. Any other folder is a
    folder of students, perhaps in groups, each with a folder, files or an archive. An archive is read like the folder
    that it holds. Links are not followed.

    With the name of a student, everything below the paths is this student's, whatever folders and files are called.

    Raises:
        IntakeError: a path does not exist, or a file is not named after an assignment.
    """
    intake = Intake()
    names = tuple(assignments)
    nodes = [_node(path) for path in paths]
    with Reader() as reader:
        if student is not None:
            folders = [node for node in nodes if node.kind == "folder"]
            files = [node for node in nodes if node.kind != "folder"]
            take_student(Student(student, [*folders], [*files]), names, intake, reader)
            return intake
        for node in nodes:
            if node.kind == "folder":
                take_folder(node, names, intake, reader)
            elif is_archive(node):
                _take_export(node, names, intake, reader)
            else:
                intake.add([(node, None, ())], *_assignment_and_student(node.path, names), reader)
    return intake


def _node(path: Path) -> DiskNode:
    if os.path.lexists(path):
        return DiskNode(path)
    text = f"{escape(path_text(path), MAX_PATH_CHARS)} does not exist"
    raise IntakeError(text)


def _take_export(node: DiskNode, assignments: tuple[str, ...], intake: Intake, reader: Reader) -> None:
    """Take in an archive named on the command line: a class's or a student's."""
    student = archive_stem(node.name)
    try:
        check_openable(node)
        with node.stream() as file:
            archive = reader.open(file, node.path, CLASS)
            take_folder(archive.root, assignments, intake, reader, told=bool(archive.troubles))
            archive.forget()
    except IntakeError as error:
        intake.refuse(node, "", student, str(error))
        return
    intake.refuse_together([(node, trouble) for trouble in archive.troubles], "", student)


def _assignment_and_student(path: Path, assignments: tuple[str, ...]) -> tuple[str, str]:
    """Return the assignment and the student of a file on the command line; a lone assignment's file may have any name.

    Raises:
        IntakeError: the file is not named after an assignment.
    """
    fit = match(path.name, assignments)
    if fit.assignment:
        return fit.assignment, fit.student or path.absolute().parent.name
    if len(assignments) == 1 and ending_of(path.name):
        return assignments[0], fit.student or path.stem
    text = (
        f"{escape(path_text(path), MAX_PATH_CHARS)} is not named after an assignment: call it {file_names(assignments)}"
    )
    raise IntakeError(text)

"""Reads what students hand in: a file, a student's folder, a folder of students, or an archive of any of these."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assay.errors import IntakeError
from assay.intake.archives import CLASS, STUDENT, Archive, ArchiveNode
from assay.intake.matching import (
    assignment_of,
    has_kind,
    is_student,
    misnamed,
    named_in,
    nothing_in,
    own_files,
    student_of,
)
from assay.intake.tree import ARCHIVES, KINDS, LINK, MAX_BYTES, OTHER_ARCHIVES, DiskNode, Node, ending, shown
from assay.model import Submission, SubmissionInfo
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

__all__ = ["MAX_BYTES", "Intake", "Refused", "shown", "take_in"]

_NAME = 1000
_TYPED = re.compile(r"_assignsubmission_onlinetext(?=_?$)")
"""How Moodle names the folder of what a student typed into the page; a folder of files has `file` there."""


class Refused(NamedTuple):
    """Something that was handed in but cannot be taken in: whose, for which assignment if that is known, and why."""

    info: SubmissionInfo
    assignment: str
    reason: str


@dataclass
class Intake:
    """Everything that was handed in, in the order given.

    Attributes:
        submissions: what is graded.
        refused: what is not, and why.
        empty: folders with nothing in them to grade.
        met: how many were taken in, refused, or met again, since they were named twice on the command line.
        known: each submission's path as it is, with its assignment, and with the reason if it was refused.
        shown: how many there are of which path as it is shown, with its assignment.
    """

    submissions: list[Submission] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    met: int = 0
    known: set[tuple[str, ...]] = field(default_factory=set)
    shown: Counter[tuple[str, str]] = field(default_factory=Counter)

    def refuse(self, node: Node, assignment: str, student: str, reason: str) -> None:
        """Refuses an node, with its name and the reason."""
        if self.register(str(node.path), assignment, reason):
            info = SubmissionInfo(shown(student), shown(node.path), "")
            self.refused.append(Refused(info, assignment, f"{shown(node.name)}: {reason}"))

    def register(self, *what: str) -> bool:
        """Whether that is met for the first time."""
        self.met += 1
        new = what not in self.known
        self.known.add(what)
        return new


def take_in(paths: Iterable[Path], assignments: Sequence[str]) -> Intake:
    """Reads every submission below the paths.

    A file is a submission; a folder that holds files named for assignments is a student's; any other folder is a
    folder of students, each with a folder, a file or an archive. An archive is taken for the folder that it holds.
    Links are not followed.

    Raises:
        IntakeError: a path does not exist, or a file is named for no assignment.
    """
    intake = Intake()
    for path in paths:
        node = DiskNode(path)
        if not os.path.lexists(path):
            text = f"{escape(shown(path), _NAME)} does not exist"
            raise IntakeError(text)
        if node.kind == "folder":
            _take_folder(node, assignments, intake)
        elif _is_archive(node):
            _take_export(node, assignments, intake)
        else:
            _take_file(node, assignment_of(path, assignments), student_of(path, assignments), intake)
    return intake


def _take_export(node: DiskNode, assignments: Sequence[str], intake: Intake) -> None:
    """Takes in an archive that was named on the command line: a class's or a student's."""
    student = ArchiveNode(node.path).student
    try:
        _check_ending(node)
        with node.stream() as file:
            archive = Archive(file, node.path, CLASS)
            root = archive.root
            _take_folder(_wrapped(root, assignments), assignments, intake, said=bool(archive.troubles))
    except IntakeError as error:
        intake.refuse(node, "", student, str(error))
        return
    for trouble in archive.troubles:
        intake.refuse(node, "", student, trouble)


def _wrapped(root: Node, assignments: Sequence[str]) -> Node:
    """Gives the folder of students in an archive: the root, or a lone folder in it that is no student's."""
    below = root.children()
    if len(below) != 1 or below[0].kind != "folder" or is_student(below[0], assignments):
        return root
    inner = below[0].children()
    # A lone folder with a lone archive is a class of one; with more it is a class, each of whom has an archive.
    return root if len(inner) == 1 and _is_archive(inner[0]) else below[0]


def _take_folder(folder: Node, assignments: Sequence[str], intake: Intake, *, said: bool = False) -> None:
    if is_student(folder, assignments):
        _take_student(folder, folder.student, assignments, intake)
        return
    before = intake.met
    names = {child.name for child in folder.children()}
    blank = [child for child in folder.children() if not _take_child(child, assignments, intake)]
    for child in blank:
        if intake.met > before and not _is_typed_beside(child, names):  # a class, in which somebody handed in nothing
            intake.refuse(child, "", child.student, nothing_in(child, assignments))
        elif child.path not in intake.empty:
            intake.empty.append(child.path)
    if intake.met == before and not said and folder.path not in intake.empty:
        intake.empty.append(folder.path)


def _take_child(child: Node, assignments: Sequence[str], intake: Intake) -> bool:
    """Takes in, or refuses, what lies in a folder of students; tells whether it is more than an empty folder."""
    if child.trouble:
        intake.refuse(child, "", child.name, child.trouble)
    elif child.kind == "folder":
        own = _unwrapped(child, assignments)
        if is_student(own, assignments) or any(map(_is_archive, own.children())):
            _take_student(own, child.student, assignments, intake, notes=_wrapping(child, own))
        elif any(has_kind(node.name) for node in child.children()):
            intake.refuse(child, "", child.student, nothing_in(child, assignments))
        else:
            return False
    else:
        _take_flat(child, assignments, intake)
    return True


def _is_typed_beside(folder: Node, names: Container[str]) -> bool:
    """Whether it is Moodle's folder of what was typed by a student who has a folder of files, too."""
    files = _TYPED.sub("_assignsubmission_file", folder.name)
    return files != folder.name and files in names


def _unwrapped(folder: Node, assignments: Sequence[str]) -> Node:
    """Gives the folder that a student put all files into, or the student's folder itself."""
    own = [child for child in folder.children() if child.kind == "folder" and is_student(child, assignments)]
    return own[0] if len(own) == 1 and not is_student(folder, assignments) else folder


def _wrapping(folder: Node, own: Node) -> tuple[str, ...]:
    """Gives notes where what is graded lies in a folder of the student's folder, and about what lies beside that."""
    if own is folder:
        return ()
    beside = [shown(node.name) for node in folder.children() if node is not own and _is_work(node)]
    return (
        f"what is graded lies in the folder {shown(own.name)}",
        *(f"{name} lies beside that folder: it was not graded" for name in beside),
    )


def _is_work(node: Node) -> bool:
    return _is_archive(node) or (node.kind == "file" and has_kind(node.name))


def _take_flat(node: Node, assignments: Sequence[str], intake: Intake) -> None:
    """Takes in what stands for a student without a folder: an archive, or a file whose name holds an assignment's."""
    if node.kind == "link":
        if own_files(node, assignments) or _is_archive(node):
            intake.refuse(node, "", node.name, LINK)
    elif _is_archive(node):
        _take_archive(node, ArchiveNode(node.path).student, assignments, intake)
    elif has_kind(node.name):
        stem = Path(node.name).stem
        named = named_in(stem, assignments)
        if named:
            _take_file(node, named, stem, intake)
        else:
            intake.refuse(node, "", stem, "it is named for no assignment")


def _take_archive(node: Node, student: str, assignments: Sequence[str], intake: Intake) -> None:
    """Takes in a student's archive: files, perhaps in one folder, and no further archive."""
    before = intake.met
    try:
        _check_ending(node)
        archive = Archive(io.BytesIO(node.read()), node.path, STUDENT)
    except IntakeError as error:
        intake.refuse(node, "", student, str(error))
        return
    folder: Node = archive.root
    below = folder.children()
    if len(below) == 1 and below[0].kind == "folder" and not is_student(folder, assignments):
        folder = below[0]
    if is_student(folder, assignments):
        _take_student(folder, student, assignments, intake, nested=True)
    else:
        for child in folder.children():
            if child.trouble:
                intake.refuse(child, "", student, child.trouble)
            elif _is_archive(child):
                reason = "it lies in a student's archive: archives in there are not opened"
                intake.refuse(child, "", student, reason)
    for trouble in archive.troubles:
        intake.refuse(node, "", student, trouble)
    if intake.met == before:
        intake.refuse(node, "", student, nothing_in(folder, assignments))


def _is_archive(node: Node) -> bool:
    return node.kind != "folder" and bool(ending(node.name, (*ARCHIVES, *OTHER_ARCHIVES)))


def _check_ending(node: Node) -> None:
    if not ending(node.name, ARCHIVES):
        reason = "archives of this kind are not opened: only .zip, .tar and .tar.gz are"
        raise IntakeError(reason)


def _take_student(  # noqa: PLR0913 - each by its name
    folder: Node,
    student: str,
    assignments: Sequence[str],
    intake: Intake,
    *,
    nested: bool = False,
    notes: tuple[str, ...] = (),
) -> None:
    own = own_files(folder, assignments)
    missing = [name for name in assignments if name not in dict(own)]
    for assignment, node in dict(reversed(misnamed(folder, missing))).items():
        reason = f"it must be called {assignment}{Path(node.name).suffix.lower()}"
        intake.refuse(node, assignment, student, reason)
    archives = [node for node in folder.children() if _is_archive(node)]
    beside = [f"{shown(node.name)} lies beside the files that were graded: it was not opened" for node in archives]
    for below in folder.children() if own else ():
        if below.kind == "folder":
            inner = [file.name for _, nodes in own_files(below, assignments) for file in nodes]
            beside += [f"{shown(below.name)}/{name} lies in a folder of its own: it was not graded" for name in inner]
    for assignment, files in own:
        # Of a module and a notebook the newer counts.
        files.sort(key=lambda node: node.modified)
        older = [
            f"{old.name} lies beside {files[-1].name} and is {_age(old, files[-1])}: it was not graded"
            for old in files[:-1]
        ]
        _take_file(files[-1], assignment, student, intake, (*notes, *older, *beside))
    if not own and not nested:
        for node in archives:
            _take_archive(node, student, assignments, intake)


def _age(one: Node, other: Node) -> str:
    return "older" if one.modified < other.modified else "not newer"


def _take_file(node: Node, assignment: str, student: str, intake: Intake, notes: tuple[str, ...] = ()) -> None:
    try:
        source = node.read()
    except IntakeError as error:
        intake.refuse(node, assignment, student, str(error))
        return
    if not source.strip():
        notes = ("the file is empty", *notes)
    if not intake.register(str(node.path), assignment):
        return
    path = shown(node.path)
    intake.shown[path, assignment] += 1
    # Names that differ only in bytes that are no UTF-8 are shown alike, but are two people's.
    alike = intake.shown[path, assignment]
    mark = f" ({alike})" if alike > 1 else ""
    info = SubmissionInfo(shown(student) + mark, path + mark, hashlib.sha256(source).hexdigest())
    intake.submissions.append(Submission(info, assignment, KINDS[Path(node.name).suffix.lower()], source, notes))

"""A class: folders, groups of folders, and files that lie flat become students."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from assay.intake.archives.opening import is_archive
from assay.intake.gradescope import METADATA, gradescope_exports
from assay.intake.layout import (
    Role,
    folders_in,
    groups_in,
    has_files,
    has_work,
    is_class_data,
    is_exported,
    is_flat_export,
    is_own,
    may_be_group,
    parts,
    role_of,
)
from assay.intake.matching import ending_of, is_named_for, match, same_person
from assay.intake.platforms import export_of, folder_export_of, is_of_student, person_of
from assay.intake.sentences import nothing_in
from assay.intake.students import Student, take_student
from assay.intake.tree import archive_stem, ending

if TYPE_CHECKING:
    from assay.intake.reader.client import Reader
    from assay.intake.result import Intake
    from assay.intake.tree import Node

__all__ = ["take_folder"]

_DOCUMENTS = (
    ".pdf", ".html", ".htm", ".doc", ".docx", ".odt", ".rtf", ".pages", ".tex", ".png", ".jpg", ".jpeg", ".heic",
    ".r", ".m",
)  # fmt: skip
"""Endings of files that a student hands in by mistake."""


def take_folder(
    folder: Node, assignments: tuple[str, ...], intake: Intake, reader: Reader, *, told: bool = False
) -> None:
    """Take in a student's folder or a folder of students; `told` if its emptiness has a reason already."""
    before = intake.met
    if folder.trouble:
        intake.refuse(folder, "", person_of(folder.student), folder.trouble)
    elif _is_student(folder, assignments):
        student = Student(person_of(folder.student), [folder], exports={folder.path: export_of(folder.student)})
        take_student(student, assignments, intake, reader)
    else:
        _Class(assignments, intake, reader).take(_without_wrapping(folder, assignments))
    if intake.met == before and not told:
        intake.add_empty(folder.path)


def _is_student(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a folder is a student's; two students' folders in it make it a class, if no platform named it."""
    if is_of_student(folder.student):
        return True
    if is_flat_export(folder, assignments) or not (is_own(folder, assignments) or parts(folder, assignments)):
        return False
    below = [child for child in folders_in(folder) if not is_named_for(child.name, assignments)]
    return sum(role_of(child, assignments) is not Role.NONE for child in below) <= 1


def _without_wrapping(folder: Node, assignments: tuple[str, ...]) -> Node:
    """Return the folder of students: a lone folder with several archives in it, or the folder itself."""
    below = [child for child in folder.children() if is_archive(child) or child.kind == "folder"]
    if len(below) != 1 or below[0].kind != "folder":
        return folder
    if has_work(below[0], assignments) or is_of_student(below[0].name):
        return folder
    return below[0] if sum(map(is_archive, below[0].children())) > 1 else folder


class _Class:
    """The students of one class or group, each once."""

    def __init__(self, assignments: tuple[str, ...], intake: Intake, reader: Reader) -> None:
        self._assignments = assignments
        self._intake = intake
        self._reader = reader
        self._students: dict[str, Student] = {}

    def take(self, folder: Node) -> None:
        """Take in every student below a folder."""
        before = self._intake.met
        self._gather(folder)
        blank = [student for student in self._students.values() if student.is_blank]
        for student in self._students.values():
            if not student.is_blank:
                take_student(student, self._assignments, self._intake, self._reader)
        for student in blank:
            for own in student.folders[:1]:
                if self._intake.met > before:  # a class; this student has no file
                    self._intake.refuse(own, "", student.name, nothing_in(own, self._assignments))
                else:
                    self._intake.add_empty(own.path)

    def _gather(self, folder: Node) -> None:
        roles = {child: role_of(child, self._assignments) for child in folders_in(folder)}
        flat = []
        exports = gradescope_exports(folder)
        groups = {child for child in groups_in(roles, self._assignments) if child.name not in exports}
        for child in folder.children():
            export = exports.get(child.name)
            name = export.student if export else person_of(child.student)
            if child.trouble:
                is_folder = child.kind == "folder"
                self._intake.refuse(child, "", name if is_folder else child.name, child.trouble)
            elif child.kind != "folder":
                flat += [child] if child.name != METADATA else []
            elif roles[child] is Role.CLASS and is_named_for(child.name, self._assignments):
                self._gather(child)
            elif child in groups:
                _Class(self._assignments, self._intake, self._reader).take(child)
            else:
                student = self._student(name)
                if not student.folders or roles[child] is not Role.NONE:
                    student.folders.insert(0, child)
                    student.name = name
                else:
                    student.folders.append(child)
                student.exports[child.path] = export or folder_export_of(child.name)
                student.is_blank &= roles[child] is Role.NONE and not has_files(child)
                is_sure = child.name in exports or roles[child] is Role.NONE
                if not is_sure and may_be_group(child, self._assignments):
                    self._intake.add_undivided(child.path)
        has_folders = any(role is not Role.NONE for role in roles.values())
        with_data = has_folders and not any(is_exported(node, self._assignments) for node in flat)
        strays = [node for node in flat if (with_data and is_class_data(node)) or not self._add_flat(node, folder)]
        for node in strays:
            self._add_stray(node, flat=not has_folders)

    def _student(self, name: str) -> Student:
        return self._students.setdefault(same_person(name), Student(name))

    @staticmethod
    def _add_file(student: Student, node: Node) -> None:
        student.files.append(node)
        student.is_blank = False

    def _add_flat(self, node: Node, folder: Node) -> bool:
        """Add a file that lies among the students' to its student; return False if its name tells none."""
        stem = archive_stem(node.name) if is_archive(node) else PurePath(node.name).stem
        # Of a file of any kind the name tells the student as a module's does.
        fit = match(node.name, self._assignments)
        named = fit if fit.assignment or fit.nearly or fit.export else match(f"{stem}.py", self._assignments)
        student = named.student
        if not student and is_archive(node):
            student = stem
        if not student and (fit.assignment or fit.nearly):
            student = folder.student
        if student:
            self._add_file(self._student(student), node)
        return bool(student)

    def _add_stray(self, node: Node, *, flat: bool) -> None:
        """Add a file to the student whose name it begins with; a module or a flat document is its own student's."""
        stem = PurePath(node.name).stem
        own = same_person(stem)
        for key, student in self._students.items():
            if student.files and own.startswith(f"{key}_"):
                self._add_file(student, node)
                return
        if ending_of(node.name) or (flat and self._students and ending(node.name, _DOCUMENTS)):
            self._add_file(self._student(stem), node)
        else:
            self._intake.skip(node.path)

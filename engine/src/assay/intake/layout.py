"""How folders hold students: below a class, a group, an assignment or a student, down to a limit."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

from assay.intake.archives.opening import is_archive
from assay.intake.limits import MAX_DEPTH
from assay.intake.matching import ending_of, is_named_for, match, own_matches, same_person
from assay.intake.platforms import export_of, folder_export_of, is_of_student, may_be_dated, person_of
from assay.intake.tree import archive_stem, ending

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.intake.tree import Node

__all__ = [
    "Role",
    "files_below",
    "folders_in",
    "groups_in",
    "has_files",
    "has_work",
    "is_class_data",
    "is_exported",
    "is_flat_export",
    "is_own",
    "may_be_group",
    "parts",
    "places",
    "role_of",
]


_NOTES = (".txt", ".md", ".csv", ".json", ".log", ".toml", ".ini", ".cfg", ".yml", ".yaml")
"""Endings of files that lie about without being anybody's submission."""


_CLASSES = ("submitted", "submissions")
"""Names of folders that hold students even if there is only one: nbgrader's and Canvas's."""


class Role(Enum):
    """A folder's, seen from the folder above."""

    STUDENT = "files for an assignment, or an archive, lie in it, or a platform named it"
    WRAPPED = "one folder in it is a student's"
    CLASS = "several folders in it are students'"
    NONE = "nothing in it is for an assignment"


def role_of(folder: Node, assignments: tuple[str, ...], depth: int = MAX_DEPTH) -> Role:
    """Return a folder's role; a platform's folder for a student is never several students'."""
    named = is_named_for(folder.name, assignments)
    exported = folder_export_of(folder.name) is not None  # a student may have named what lies in it
    if not exported and (
        is_flat_export(folder, assignments)
        or (named and not is_own(folder, assignments) and _holds_persons(folder, assignments))
    ):
        return Role.CLASS
    if has_work(folder, assignments) or any(map(is_archive, folder.children())) or parts(folder, assignments):
        return Role.STUDENT
    below = [role_of(child, assignments, depth - 1) for child in folders_in(folder)] if depth > 1 else []
    below = [role for role in below if role is not Role.NONE]
    if not below:
        return Role.NONE
    if exported:
        return Role.STUDENT
    above = named or folder.name.lower() in _CLASSES
    return Role.WRAPPED if len(below) == 1 and below[0] is not Role.CLASS and not above else Role.CLASS


def groups_in(roles: Mapping[Node, Role], assignments: tuple[str, ...]) -> set[Node]:
    """Return the groups of students among all folders of a level, by the folders' roles.

    A student's folder with several folders in it looks like a group. Such folders are groups if they are most of the
    level, because then all folders are, or if at least two students more lie in them than folders beside them: a
    solution lies beside a class.
    """
    unnamed = {child: role for child, role in roles.items() if not is_named_for(child.name, assignments)}
    count = Counter(unnamed.values())
    groups = [child for child, role in unnamed.items() if role is Role.CLASS]
    if len(groups) > count[Role.STUDENT] and len(groups) >= count[Role.WRAPPED]:
        return {child for child, role in roles.items() if role in {Role.CLASS, Role.WRAPPED}}
    # Folders of one name in several folders are one: 1/ and 2/ are parts of each student's work.
    inside = set().union(*(_students_in(child, assignments) for child in groups))
    if len(inside) > count[Role.STUDENT] + count[Role.WRAPPED] + 1:
        return set(groups)
    return {child for child in groups if child.name.lower() in _CLASSES}


def may_be_group(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a folder looks like a group's: several students' folders, files or archives may lie in it."""
    has_own = has_work(folder, assignments) or parts(folder, assignments)
    if is_of_student(folder.name) or (has_own and not is_flat_export(folder, assignments)):
        return False
    return len(_students_in(folder, assignments)) > 1


def is_own(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a file that names no person lies in the folder: the folder's name is the person's."""
    return any(not fit.student for _, fit in own_matches(folder, assignments))


def has_work(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a file for an assignment, or one that is nearly named for one, lies in the folder."""
    return next(own_matches(folder, assignments), None) is not None


def is_flat_export(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a platform put the files or archives of several students into the folder.

    Dated names are like Canvas's: one of them at least must fit an assignment or be an archive's, or be a module's or a
    notebook's where nothing else is handed in.
    """
    files = [node for node in folder.children() if node.kind == "file"]
    named = {node: export for node in files if (export := export_of(node.name))}
    if len({export.student for export in named.values()}) < 2:  # noqa: PLR2004
        return False
    if any(is_archive(node) or is_exported(node, assignments) for node in named):
        return True
    return any(ending_of(node.name) for node in named) and not is_own(folder, assignments)


def is_exported(node: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether a platform named a file or a folder after a student.

    A data file may be named as by Canvas, `loss_2026_11_03.png`: such a name counts only if it fits an assignment.
    """
    if node.kind == "folder":
        return folder_export_of(node.name) is not None
    fit = match(node.name, assignments)
    return export_of(node.name) is not None and (not may_be_dated(node.name) or bool(fit.assignment or fit.nearly))


def folders_in(folder: Node) -> list[Node]:
    """Return the folders in a folder, by name."""
    return [child for child in folder.children() if child.kind == "folder" and not child.trouble]


def places(folder: Node, assignments: tuple[str, ...], depth: int = MAX_DEPTH) -> list[Node]:
    """Return the folders in which a student's files lie: the student's own and the assignments', or those below."""
    own_parts = parts(folder, assignments)
    own = [folder, *own_parts] if own_parts or has_work(folder, assignments) else []
    if any(fit.exact for place in own for _, fit in own_matches(place, assignments)) or depth <= 1:
        return own
    rest = [child for child in folders_in(folder) if child not in own_parts]
    return own + [place for child in rest for place in places(child, assignments, depth - 1)]


def files_below(folder: Node, depth: int = MAX_DEPTH) -> Iterator[Node]:
    """Yield what lies in the folder and in its folders and is not a folder."""
    for child in folder.children():
        if child.kind == "folder" and not child.trouble:
            yield from files_below(child, depth - 1) if depth > 1 else ()
        else:
            yield child


def is_class_data(node: Node) -> bool:
    """Return whether a file among students' folders may be data, although it is named as by Canvas."""
    return may_be_dated(node.name) and bool(ending(node.name, _NOTES))


def has_files(folder: Node) -> bool:
    """Return whether a file lies below the folder that is more than a note or data."""
    return any(
        node.kind != "file" or node.trouble or ending_of(node.name) or not ending(node.name, _NOTES)
        for node in files_below(folder)
    )


def parts(folder: Node, assignments: tuple[str, ...]) -> list[Node]:
    """Return a student's folders that are named for assignments, as in nbgrader's STUDENT/ASSIGNMENT."""
    return [
        child
        for child in folders_in(folder)
        if is_named_for(child.name, assignments) and is_own(child, assignments)
    ]  # fmt: skip


def _students_in(folder: Node, assignments: tuple[str, ...], depth: int = MAX_DEPTH) -> set[str]:
    """Return the students whose folders, files or archives seem to lie in a group's folder."""
    found = set()
    for node in folder.children():
        export = export_of(node.name) if node.kind == "file" and not is_class_data(node) else None
        stem = archive_stem(node.name)
        if export is not None or (is_archive(node) and not is_named_for(stem, assignments)):
            found.add(same_person(export.student if export else stem))
    for child in folders_in(folder):
        role = role_of(child, assignments)
        if role is Role.CLASS and depth > 1:
            found |= _students_in(child, assignments, depth - 1)
        elif role is not Role.NONE:
            found.add(same_person(person_of(child.name)))
    return found


def _holds_persons(folder: Node, assignments: tuple[str, ...]) -> bool:
    """Return whether files or archives of persons lie in an assignment's folder."""
    return any(
        match(node.name, assignments).student or is_archive(node) for node in folder.children() if node.kind == "file"
    )

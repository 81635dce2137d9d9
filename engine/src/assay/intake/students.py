"""One student: which file counts for which assignment, and the notes about all other files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay.errors import IntakeError
from assay.intake.archives.opening import check_openable, is_archive
from assay.intake.choice import Candidate, choices
from assay.intake.layout import files_below, is_exported, is_flat_export, places
from assay.intake.limits import STUDENT
from assay.intake.matching import all_named, ending_of, match, own_matches
from assay.intake.platforms import Export, is_metadata
from assay.intake.sentences import (
    about,
    beside_note,
    file_names,
    named_for_none,
    nothing_in,
    one_of_several_note,
    spare_note,
    unopened_note,
)
from assay.intake.tree import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assay.intake.archives.archive_tree import ArchiveTree
    from assay.intake.reader.client import Reader
    from assay.intake.result import Intake
    from assay.intake.tree import Node

__all__ = ["Student", "take_student"]


@dataclass
class Student:
    """A student of a class: folders with the student's name, and files in a flat export.

    Attributes:
        name: the student's name in reports.
        folders: the student's folders.
        files: the student's files in a flat export, of every kind.
        exports: what the platform says of each folder.
        is_blank: whether the student has no file that could be a submission.
    """

    name: str
    folders: list[Node] = field(default_factory=list)
    files: list[Node] = field(default_factory=list)
    exports: dict[Path, Export | None] = field(default_factory=dict)
    is_blank: bool = True


@dataclass
class _Pile:
    """Everything of a student, sorted: files for assignments, archives, and the rest."""

    candidates: list[Candidate] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    archives: list[Node] = field(default_factory=list)
    others: list[Node] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Export | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_files(self, nodes: list[Node], assignments: tuple[str, ...]) -> None:
        """Sort files of a flat export."""
        for node in nodes:
            fit = match(node.name, assignments)
            if fit.assignment or fit.nearly:
                self.candidates.append(Candidate(node, fit, path_text(node.name), "", fit.export))
            else:
                self._add_other(node, path_text(node.name), fit.export)

    def add_folder(self, folder: Node, assignments: tuple[str, ...], upload: Export | None, prefix: str = "") -> None:
        """Sort the files in a student's folder; `prefix` begins their labels."""
        taken = set()
        for place in places(folder, assignments):
            for node, fit in own_matches(place, assignments):
                taken.add(node.path)
                label = path_text(node.path.relative_to(folder.path))
                self.candidates.append(Candidate(node, fit, prefix + label, label.rpartition("/")[0], upload))
        for node in files_below(folder):
            label = prefix + path_text(node.path.relative_to(folder.path))
            if node.path in taken:
                continue
            if match(node.name, assignments).assignment:
                self.elsewhere.append(label)
            else:
                self._add_other(node, label, upload)

    def _add_other(self, node: Node, label: str, upload: Export | None) -> None:
        self.labels[str(node.path)] = label
        if is_archive(node):
            self.archives.append(node)
            self.uploads[str(node.path)] = upload
        else:
            self.others.append(node)

    def besides(self) -> list[str]:
        """Return notes about the files that are not candidates."""
        notes = self.notes + [unopened_note(self.labels[str(node.path)]) for node in self.archives]
        notes += [f"{label} was not graded: it is in a subfolder that is not searched" for label in self.elsewhere]
        others = [self.labels[str(node.path)] for node in self.others if not is_metadata(node.name)]
        return notes + ([beside_note(others)] if others else [])


def take_student(student: Student, assignments: tuple[str, ...], intake: Intake, reader: Reader) -> None:
    """Take in a student's files or, if none is named for an assignment, the student's archives."""
    pile = _Pile()
    pile.add_files(student.files, assignments)
    folders = student.folders
    several = len(folders) > 1 and sum(bool(places(folder, assignments)) for folder in folders) > 1
    for folder in folders:
        prefix = f"{path_text(folder.name)}/" if several else ""
        pile.add_folder(folder, assignments, student.exports.get(folder.path), prefix)
    before = intake.met
    if pile.candidates or not pile.archives:
        _take_pile(pile, student.name, assignments, intake, reader)
    else:
        _take_archives(pile, student.name, assignments, intake, reader)
    if intake.met == before:
        _refuse_all(student, pile, assignments, intake)


def _take_pile(pile: _Pile, name: str, assignments: tuple[str, ...], intake: Intake, reader: Reader) -> None:
    """Take in one file for each assignment; the first gets the notes about all other files."""
    besides = pile.besides()
    chosen = {assignment: choices(pile.candidates, assignment) for assignment in assignments}
    found = {assignment for assignment, uploads in chosen.items() if uploads}
    spare = [one.label for one in pile.candidates if one.fit.nearly in found]
    besides += [beside_note(spare)] if spare else []
    for assignment, uploads in chosen.items():
        if uploads:
            found_files = [
                (one.node, one.upload, (*notes, *_unmet(one, assignment, found, assignments), *besides))
                for one, notes in uploads
            ]
            intake.add(found_files, assignment, name, reader)
            besides = []
    for assignment, uploads in chosen.items():
        nearly = [one for one in pile.candidates if one.fit.nearly == assignment and not uploads]
        if nearly:
            first, *more = sorted(nearly, key=lambda one: one.label)
            also = "".join(f", and so must {one.label}" for one in more)
            intake.refuse(
                first.node, assignment, name, f"it must be called {assignment}{ending_of(first.node.name)}{also}"
            )


def _unmet(one: Candidate, assignment: str, found: set[str], assignments: tuple[str, ...]) -> list[str]:
    """Return a note about the assignments in a graded file's name that have no file."""
    others = sorted(all_named(one.node.name, assignments) - found)
    return [one_of_several_note(one.label, assignment, others)] if others else []


def _take_archives(pile: _Pile, name: str, assignments: tuple[str, ...], intake: Intake, reader: Reader) -> None:
    """Take in the files of all of a student's archives; do not open nested archives.

    If a file is graded, notes tell what is wrong with the archives, as of an archive beside files.
    """
    inside = _Pile()
    trees: list[tuple[Node, ArchiveTree]] = []
    troubles: list[tuple[Node, str]] = []
    spare: list[Node] = []
    for node in pile.archives:
        try:
            check_openable(node)
            trees.append((node, reader.open(node.read(), node.path, STUDENT)))
        except IntakeError as error:
            troubles.append((node, str(error)))
    for node, tree in trees:
        if is_flat_export(tree.root, assignments) or any(is_exported(one, assignments) for one in tree.root.children()):
            troubles.append((node, "it has the files of several students: grade it by its own path"))
            spare.append(node)
            continue
        own = [(node, trouble) for trouble in tree.troubles]
        if places(tree.root, assignments):
            prefix = f"{path_text(node.name)}/" if len(trees) > 1 else ""
            inside.add_folder(tree.root, assignments, pile.uploads[str(node.path)], prefix)
        else:
            own = [*_member_troubles(tree.root), *own]
            if not own:
                own = [(node, nothing_in(tree.root, assignments))]
                spare.append(node)
        troubles += own
    inside.others += pile.others
    inside.labels |= pile.labels
    if any(one.fit.assignment for one in inside.candidates):
        inside.notes = [
            spare_note(path_text(node.name)) if node in spare else about(node, reason) for node, reason in troubles
        ]
    else:
        intake.refuse_together(troubles, "", name)
    if inside.candidates:
        _take_pile(inside, name, assignments, intake, reader)
    for _, tree in trees:
        tree.forget()


def _member_troubles(folder: Node) -> Iterator[tuple[Node, str]]:
    for node in files_below(folder):
        if node.trouble:
            yield node, node.trouble
        elif is_archive(node):
            yield node, "it is inside a student's archive: nested archives are not opened"


def _refuse_all(student: Student, pile: _Pile, assignments: tuple[str, ...], intake: Intake) -> None:
    """Refuse a student without a gradable file, with one reason that lists the files found."""
    for node in _troubled(student):
        intake.refuse(node, "", student.name, node.trouble)
        return
    if student.folders:
        others = [pile.labels[str(node.path)] for node in pile.others]
        intake.refuse(student.folders[0], "", student.name, named_for_none(others, assignments))
        return
    first, *more = pile.others
    if more:
        reason = named_for_none([path_text(node.name) for node in pile.others], assignments)
    elif ending_of(first.name):
        reason = f"it is not named after an assignment: call it {file_names(assignments)}"
    else:
        reason = f"it is neither a module nor a notebook: hand in {file_names(assignments)}"
    intake.refuse(first, "", student.name, reason)


def _troubled(student: Student) -> Iterator[Node]:
    for folder in student.folders:
        yield from (node for node in (folder, *files_below(folder)) if node.trouble)

"""The result of an intake: submissions, refusals and empty folders, each of them once."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from assay.errors import IntakeError
from assay.intake.content import read_content
from assay.intake.sentences import about
from assay.intake.tree import path_text
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from assay.intake.content import Content
    from assay.intake.platforms import Export
    from assay.intake.reader.client import Reader
    from assay.intake.tree import Node

__all__ = ["Intake", "Refused", "Upload"]


class Refused(NamedTuple):
    """A file, folder or archive that cannot be taken in: whose, for which assignment if this is known, and why."""

    info: SubmissionInfo
    assignment: str
    reason: str


class Upload(NamedTuple):
    """A file that a student handed in, and what the platform says of it."""

    submission: Submission
    export: Export | None


File: TypeAlias = "tuple[Node, Export | None, tuple[str, ...]]"
"""A file, what the platform says of it, and the notes if it is the graded one."""


@dataclass
class Intake:
    """Everything below the paths of a command, in their order.

    Attributes:
        submissions: the files to grade: of each student and assignment the latest.
        uploads: for each of them, everything that the student handed in for the assignment, the oldest first.
        refused: everything that cannot be graded, and why.
        unread: for a refused upload that is a student's last of several, all of them, the oldest first; its own has no
            source.
        empty: folders without anything to grade.
        skipped: files beside the students' that are nobody's submission.
        undivided: folders that were taken in as one student's each, and look like a group's.
        met: how many nodes were taken in, refused, or met again because the command names them twice.
    """

    submissions: list[Submission] = field(default_factory=list)
    uploads: list[list[Upload]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    undivided: list[Path] = field(default_factory=list)
    unread: dict[Refused, list[Upload]] = field(default_factory=dict)
    met: int = 0
    _known: set[tuple[str, ...]] = field(default_factory=set, init=False, repr=False)
    _path_texts: Counter[tuple[str, str]] = field(default_factory=Counter, init=False, repr=False)

    def add(self, files: Sequence[File], assignment: str, student: str, reader: Reader) -> None:
        """Read a student's files for an assignment, the oldest first; the last one is the submission.

        If it cannot be read, it is refused. Earlier files that cannot be read are left out.
        """
        *earlier, (node, export, notes) = files
        try:
            content = read_content(node, reader)
        except IntakeError as error:
            known = len(self.refused)
            self.refuse(node, assignment, student, "; ".join((str(error), *notes)))
            for refused in self.refused[known:]:  # none if it was met before
                uploads = _readable(earlier, assignment, refused.info.name, reader)
                if uploads:
                    last = Submission(refused.info, assignment, "module", b"")
                    self.unread[refused] = [*uploads, Upload(last, export)]
            return
        if not self._register(str(node.path), assignment):
            return
        path = path_text(node.path)
        self._path_texts[path, assignment] += 1
        # Paths that differ only in bytes that are not UTF-8 have one text, but belong to two students.
        alike = self._path_texts[path, assignment]
        mark = f" ({alike})" if alike > 1 else ""
        name = path_text(student) + mark
        last = _submission(name, path + mark, assignment, content, notes)
        self.submissions.append(last)
        self.uploads.append([*_readable(earlier, assignment, name, reader), Upload(last, export)])

    def refuse(self, node: Node, assignment: str, student: str, reason: str) -> None:
        """Refuse a node, with its name and the reason."""
        self.refuse_together([(node, reason)], assignment, student)

    def refuse_together(self, reasons: Iterable[tuple[Node, str]], assignment: str, student: str) -> None:
        """Refuse nodes of one student: one refusal has all reasons, because a student gets one report."""
        new = [(node, reason) for node, reason in reasons if self._register(str(node.path), assignment, reason)]
        if new:
            info = SubmissionInfo(path_text(student), path_text(new[0][0].path), "")
            self.refused.append(Refused(info, assignment, "; ".join(about(*each) for each in new)))

    def add_empty(self, path: Path) -> None:
        """Note a folder without anything to grade."""
        if path not in self.empty:
            self.empty.append(path)

    def skip(self, path: Path) -> None:
        """Note a file that is nobody's submission."""
        if path not in self.skipped:
            self.skipped.append(path)

    def add_undivided(self, path: Path) -> None:
        """Note a folder that is taken in as one student's, and looks like a group's."""
        if path not in self.undivided:
            self.undivided.append(path)

    def _register(self, *key: str) -> bool:
        """Count what is met; return whether it is met for the first time."""
        self.met += 1
        new = key not in self._known
        self._known.add(key)
        return new


def _readable(files: Iterable[File], assignment: str, name: str, reader: Reader) -> list[Upload]:
    """Return a student's files without those that cannot be read."""
    uploads = []
    for node, export, notes in files:
        with contextlib.suppress(IntakeError):
            content = read_content(node, reader)
            uploads.append(Upload(_submission(name, path_text(node.path), assignment, content, notes), export))
    return uploads


def _submission(name: str, path: str, assignment: str, content: Content, notes: tuple[str, ...]) -> Submission:
    info = SubmissionInfo(name, path, content.sha256)
    return Submission(info, assignment, content.kind, content.source, (*content.notes, *notes))

"""The result of an intake: submissions, refusals and empty folders, each of them once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from assay.errors import IntakeError
from assay.intake.content import read_content
from assay.intake.tree import path_text
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from pathlib import Path

    from assay.intake.reader.client import Reader
    from assay.intake.tree import Node

__all__ = ["Intake", "Refused"]


class Refused(NamedTuple):
    """A file, folder or archive that cannot be taken in: whose, for which assignment if this is known, and why."""

    info: SubmissionInfo
    assignment: str
    reason: str


@dataclass
class Intake:
    """Everything below the paths of a command, in their order.

    Attributes:
        submissions: the files to grade.
        refused: everything that cannot be graded, and why.
        empty: folders without anything to grade.
        skipped: files beside the students' that are nobody's submission.
        met: how many nodes were taken in, refused, or met again because the command names them twice.
    """

    submissions: list[Submission] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    met: int = 0
    _known: set[tuple[str, ...]] = field(default_factory=set, init=False, repr=False)
    _path_texts: Counter[tuple[str, str]] = field(default_factory=Counter, init=False, repr=False)

    def add(self, node: Node, assignment: str, student: str, reader: Reader, notes: tuple[str, ...] = ()) -> None:
        """Read a file and add it to the submissions, or to the refused if it cannot be read."""
        try:
            content = read_content(node, reader)
        except IntakeError as error:
            self.refuse(node, assignment, student, "; ".join((str(error), *notes)))
            return
        if not self._register(str(node.path), assignment):
            return
        path = path_text(node.path)
        self._path_texts[path, assignment] += 1
        # Paths that differ only in bytes that are not UTF-8 have one text, but belong to two students.
        alike = self._path_texts[path, assignment]
        mark = f" ({alike})" if alike > 1 else ""
        info = SubmissionInfo(path_text(student) + mark, path + mark, content.sha256)
        self.submissions.append(Submission(info, assignment, content.kind, content.source, (*content.notes, *notes)))

    def refuse(self, node: Node, assignment: str, student: str, reason: str) -> None:
        """Refuse a node, with its name and the reason."""
        if self._register(str(node.path), assignment, reason):
            info = SubmissionInfo(path_text(student), path_text(node.path), "")
            self.refused.append(Refused(info, assignment, f"{path_text(node.name)}: {reason}"))

    def add_empty(self, path: Path) -> None:
        """Note a folder without anything to grade."""
        if path not in self.empty:
            self.empty.append(path)

    def skip(self, path: Path) -> None:
        """Note a file that is nobody's submission."""
        if path not in self.skipped:
            self.skipped.append(path)

    def _register(self, *key: str) -> bool:
        """Count what is met; return whether it is met for the first time."""
        self.met += 1
        new = key not in self._known
        self._known.add(key)
        return new

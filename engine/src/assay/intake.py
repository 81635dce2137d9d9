"""Reads what students hand in: a file, a student's folder, a folder of students."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, Literal, NamedTuple

from assay.errors import IntakeError
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MAX_BYTES = 10_000_000
_KINDS = {".py": "module", ".ipynb": "notebook"}


class Refused(NamedTuple):
    """Something that was handed in but cannot be taken in: whose, for which assignment if that is known, and why."""

    info: SubmissionInfo
    assignment: str
    reason: str


class Intake(NamedTuple):
    """Everything that was handed in, in the order given; `empty` are folders with nothing in them to grade."""

    submissions: list[Submission]
    refused: list[Refused]
    empty: list[Path]


def take_in(paths: Iterable[Path], assignments: Sequence[str]) -> Intake:
    """Reads every submission below the paths.

    A file is a submission; a folder that holds files named for assignments is a student's; any other folder is a
    folder of students. Links are not followed.

    Raises:
        IntakeError: a path does not exist, or a file is named for no assignment.
    """
    intake = Intake([], [], [])
    for path in paths:
        if not os.path.lexists(path):
            text = f"{shown(path)} does not exist"
            raise IntakeError(text)
        if path.is_dir() and not path.is_symlink():
            _take_folder(path, assignments, intake)
        else:
            _take_file(path, _assignment_of(path, assignments), _student_of(path, assignments), intake)
    return intake


def shown(path: Path | str) -> str:
    """Gives a path as text; bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def _take_folder(folder: Path, assignments: Sequence[str], intake: Intake) -> None:
    own = _own_files(folder, assignments)
    if own or _misnamed(folder, assignments):
        _take_student(folder, own, assignments, intake)
        return
    before = len(intake.submissions) + len(intake.refused)
    for child in sorted(folder.iterdir(), key=os.fsencode):
        if child.is_symlink():
            if _own_files(child, assignments):
                intake.refused.append(_refuse(child, "", child.name, "it is a link, and links are not followed"))
        elif child.is_dir():
            own = _own_files(child, assignments)
            if own or _misnamed(child, assignments):
                _take_student(child, own, assignments, intake)
            else:
                intake.empty.append(child)
        elif child.suffix in _KINDS:
            named = [name for name in assignments if name in child.stem]
            if named:
                _take_file(child, max(named, key=len), child.stem, intake)
    if len(intake.submissions) + len(intake.refused) == before and folder not in intake.empty:
        intake.empty.append(folder)


def _own_files(folder: Path, assignments: Sequence[str]) -> list[tuple[str, list[Path]]]:
    try:
        present = {path.name: path for path in folder.iterdir()}
    except OSError:
        return []
    found = [(name, [present[name + kind] for kind in _KINDS if name + kind in present]) for name in assignments]
    return [(name, files) for name, files in found if files]


def _misnamed(folder: Path, assignments: Iterable[str]) -> list[tuple[str, Path]]:
    """Finds files that a person takes for an assignment's: blanks, dashes or the case of letters are not the name's."""
    try:
        present = sorted(folder.iterdir(), key=os.fsencode)
    except OSError:
        return []
    plain = [(re.sub(r"[\s-]+", "_", path.stem).lower(), path) for path in present if path.suffix.lower() in _KINDS]
    return [(name, path) for name in assignments for stem, path in plain if stem == name]


def _take_student(folder: Path, own: list[tuple[str, list[Path]]], assignments: Iterable[str], intake: Intake) -> None:
    student = folder.resolve().name
    missing = [name for name in assignments if name not in dict(own)]
    for assignment, path in dict(reversed(_misnamed(folder, missing))).items():
        reason = f"it must be called {assignment}{path.suffix.lower()}"
        intake.refused.append(_refuse(path, assignment, student, reason))
    for assignment, files in own:
        # Of a module and a notebook the newer counts: os.lstat, so that a link's target is not asked.
        files.sort(key=lambda path: os.lstat(path).st_mtime_ns)
        notes = tuple(
            f"{older.name} lies beside {files[-1].name} and is older: it was not graded" for older in files[:-1]
        )
        _take_file(files[-1], assignment, student, intake, notes)


def _take_file(path: Path, assignment: str, student: str, intake: Intake, notes: tuple[str, ...] = ()) -> None:
    try:
        source = _read(path)
    except IntakeError as error:
        intake.refused.append(_refuse(path, assignment, student, str(error)))
        return
    if any((one.info.path, one.assignment) == (shown(path), assignment) for one in intake.submissions):
        return  # named twice on the command line
    info = SubmissionInfo(shown(student), shown(path), hashlib.sha256(source).hexdigest())
    kind: Literal["module", "notebook"] = "notebook" if path.suffix == ".ipynb" else "module"
    intake.submissions.append(Submission(info, assignment, kind, source, notes))


def _refuse(path: Path, assignment: str, student: str, reason: str) -> Refused:
    return Refused(SubmissionInfo(shown(student), shown(path), ""), assignment, f"{shown(path.name)}: {reason}")


def _read(path: Path) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        number = os.open(path, flags)
    except OSError as error:
        reason = (
            "it is a link, and links are not followed" if path.is_symlink() else f"it cannot be read ({error.strerror})"
        )
        raise IntakeError(reason) from error
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            reason = "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no regular file"
            raise IntakeError(reason)
        if status.st_size > MAX_BYTES:
            reason = f"it has {status.st_size:,} bytes, over the limit of {MAX_BYTES:,}"
            raise IntakeError(reason)
        with os.fdopen(os.dup(number), "rb") as file:
            return file.read(MAX_BYTES)
    finally:
        os.close(number)


def _assignment_of(path: Path, assignments: Sequence[str]) -> str:
    named = [name for name in assignments if name in path.stem]
    if named:
        return max(named, key=len)
    if len(assignments) == 1 and path.suffix in _KINDS:
        return assignments[0]
    text = f"{shown(path)} is named for no assignment: call it {' or '.join(name + '.py' for name in assignments)}"
    raise IntakeError(text)


def _student_of(path: Path, assignments: Sequence[str]) -> str:
    return path.absolute().parent.name if path.stem in assignments else path.stem

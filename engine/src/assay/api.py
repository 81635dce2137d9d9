"""The functions for scripts and notebooks, which the package `assay` exports."""

from __future__ import annotations

import contextlib
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from assay.course.read import find_root, read_course
from assay.course.seeds import secret_seed
from assay.errors import IntakeError, ReportError
from assay.grading.executors import LocalProcesses
from assay.grading.run import grade as grade_submissions
from assay.grading.run import ungraded
from assay.intake.collect import take_in
from assay.intake.tree import path_text
from assay.report.document import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

    from assay.model import Report

__all__ = ["grade", "read_report"]


def grade(  # noqa: PLR0913 - each by its name
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    course: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    waived: Iterable[str] = (),
    visible_only: bool = False,
    executor: Executor | None = None,
    sink: Callable[[Report], None] | None = None,
) -> list[Report]:
    """Grade submissions, as `assay grade` does.

    Args:
        paths: a path or several: files, students' folders, folders of students, or archives of these.
        course: the course's folder, or a folder in it; by default the current folder.
        seed: the same seed gives the same reports, durations apart; by default the course's own, kept in `.assay/seed`.
        waived: promises of the sandbox that this machine need not keep.
        visible_only: leave out the checks that a student does not see at once.
        executor: where to grade; it stays open. By default a process for every processor, for this call only.
        sink: called with every report as soon as its submission is graded.

    Returns:
        A report for every submission, and an ungraded one, with the reason, for everything that could not be read.

    Raises:
        CourseError: the folder is not in a course, or the course's files do not fit together.
        IntakeError: a path does not exist, is not named after an assignment, or there is nothing to grade.
        PromiseBroken: this machine does not keep a promise of the sandbox that is not waived.
        AssayError: nothing at all could be graded; the errors above are of this class, too.
        KeyboardInterrupt: Ctrl-C; its `reports` has the finished ones.
    """
    found = read_course(find_root(Path(course or ".").absolute()))
    folders = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    intake = take_in(folders, [assignment.name for assignment in found.assignments])
    if not intake.submissions and not intake.refused:
        text = f"nothing to grade in {', '.join(map(path_text, folders)) or 'no path'}"
        raise IntakeError(text)
    seed = secret_seed(found.root) if seed is None else seed
    with contextlib.nullcontext(executor) if executor is not None else LocalProcesses() as workers:
        reports = grade_submissions(
            found,
            intake.submissions,
            seed=seed,
            executor=workers,
            sink=sink,
            waived=tuple(waived),
            visible_only=visible_only,
            on_trouble=lambda text: warnings.warn(text, RuntimeWarning, stacklevel=2),
        )
    return [*reports, *(ungraded(found, seed, *refused, "refused") for refused in intake.refused)]


def read_report(path: str | os.PathLike[str]) -> list[Report]:
    """Read the reports that `assay grade --json` has written.

    Raises:
        ReportError: the file is not a report of assay, or of a schema that this version does not read; an AssayError.
        OSError: the file cannot be read.
    """
    try:
        return list(read_document(Path(path).read_bytes()).reports)
    except ReportError as error:
        text = f"{path_text(Path(path))}: {error}"
        raise ReportError(text) from None

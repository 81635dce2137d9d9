"""A session from the options of pytest's command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assay.course.read import read_course
from assay.course.seeds import PUBLIC_SEED, secret_seed
from assay.errors import CourseError, IntakeError
from assay.intake.collect import take_in
from assay.intake.tree import path_text
from assay.judge.state import JudgeState, reference_as_submission
from assay.text import MAX_LINE_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.course.read import Course
    from assay.model import Submission


def state_from(config: pytest.Config) -> JudgeState:
    """Read the course and the submissions; without `--submission` the references are graded."""
    course = read_course(config.rootpath)
    names = [assignment.name for assignment in course.assignments]
    paths = [Path(path) for path in config.option.submission]
    submissions = _submissions(paths, names) if paths else [reference_as_submission(course, name) for name in names]
    return JudgeState(course, submissions, _seed(config, course), tuple(config.option.assay_waive))


def _seed(config: pytest.Config, course: Course) -> int:
    """Return the seed that was named; otherwise the course's own, of which grading its own reference has no need."""
    named: int | None = config.option.assay_seed
    if named is not None:
        return named
    if not config.option.submission:
        return PUBLIC_SEED
    try:
        return secret_seed(course.root)
    except CourseError as error:
        raise pytest.UsageError(escape(str(error).replace("--seed", "--assay-seed"), MAX_LINE_CHARS)) from error


def _submissions(paths: Sequence[Path], assignments: Sequence[str]) -> list[Submission]:
    """Take in the submissions; raise UsageError if any is refused, or a folder is empty."""
    try:
        intake = take_in(paths, assignments)
    except IntakeError as error:
        raise pytest.UsageError(escape(str(error), MAX_LINE_CHARS)) from error
    reasons = [refused.reason for refused in intake.refused]
    reasons += [f"nothing to grade in {path_text(path)}" for path in intake.empty]
    if reasons:
        raise pytest.UsageError("; ".join(escape(reason, MAX_LINE_CHARS) for reason in reasons))
    return intake.submissions

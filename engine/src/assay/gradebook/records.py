"""The rows of a gradebook as records."""

from __future__ import annotations

from typing import Literal

import msgspec

from assay.gradebook.conditions import Conditions  # noqa: TC001 - msgspec reads the annotations
from assay.model import Report  # noqa: TC001

__all__ = ["Decision", "Entry", "Key", "Kind", "Origin", "Person", "key_of"]

Kind = Literal["correction", "score", "excuse", "late", "comment", "withdrawal"]

Person = tuple[str, tuple[str, ...]]
"""A student on the roster: the name in sentences, and every name that a platform may have."""

Key = tuple[str, str]
"""A student and an assignment: reports and decisions of one key belong together."""


def key_of(report: Report) -> Key:
    """Return whose report it is, and for which assignment."""
    return report.submission.name, report.assignment


class Origin(msgspec.Struct, frozen=True):
    """The run that graded.

    Args:
        folder: its current folder.
        paths: the paths that it was given.
        course: the course's folder.
        student: the student whose work all paths are, if the run was told so.
    """

    folder: str
    paths: tuple[str, ...]
    course: str
    student: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """A stored report.

    Args:
        number: counts all reports of a gradebook.
        time: when it was stored, in UTC.
        conditions: what it depends on; None if nothing was graded, because the submission was refused.
        origin: the run that graded it.
        report: the report.
    """

    number: int
    time: str
    conditions: Conditions | None
    origin: Origin
    report: Report


class Decision(msgspec.Struct, frozen=True):
    """A person's decision, which stands beside the reports.

    Args:
        number: counts all decisions of a gradebook.
        time: when it was made, in UTC.
        kind: a correction of a check's points, a score for a written answer, an excuse, a deduction for lateness, a
            comment on a cluster of equal wrong answers, or the withdrawal of one.
        student: the name in the reports; "" for a comment and its withdrawal.
        assignment: the assignment's name.
        target: a correction's check, as EXERCISE/CHECK, or a score's or an excuse's exercise, "" for the whole
            assignment. For a comment the key of its cluster, for a withdrawal the number of its decision.
        points: of a correction or a score, or what is deducted.
        text: the reason, or the comment.
        about: SHA-256 of the written answer that the score was given for, or the unit of a deduction: `points`, or
            `percent` of the points that the assignment can give.
    """

    number: int
    time: str
    kind: Kind
    student: str
    assignment: str
    target: str
    points: float | None
    text: str
    about: str

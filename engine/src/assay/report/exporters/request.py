"""An exporter's request and its result; a third party's exporter is a function of the same kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from assay.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from assay.report.results import Result

__all__ = ["Export", "Exporter", "Request", "only_assignment", "only_result"]


class Request(msgspec.Struct, frozen=True):
    """Everything that an export is made from.

    Args:
        results: what students get; without anything that is the instructor's alone.
        time: the moment of the export, in UTC.
        sheet: a file of the platform that is to be filled, or None.
        column: the title of the column to be filled, or None for the assignment's.
        environment: the environment variables of the command.
    """

    results: tuple[Result, ...]
    time: datetime
    sheet: bytes | None = None
    column: str | None = None
    environment: Mapping[str, str] = {}


class Export(msgspec.Struct, frozen=True):
    """A document, and sentences for the person who exports."""

    content: bytes
    notes: tuple[str, ...] = ()


Exporter: TypeAlias = Callable[[Request], Export]


def only_result(request: Request, consumer: str) -> Result:
    """Return the only result, whose points are known; raise ExportError otherwise."""
    if len(request.results) != 1:
        msg = f"{consumer} takes one report, and there are {len(request.results)}: choose by --student and --assignment"
        raise ExportError(msg)
    (result,) = request.results
    if result.score is None:
        msg = f"{consumer} takes no report without points, and {result.student} has none: {result.doubt}"
        raise ExportError(msg)
    return result


def only_assignment(request: Request, consumer: str) -> str:
    """Return the name of the assignment that all results are of; raise ExportError if there are several or none."""
    names = sorted({result.assignment for result in request.results} - {""})
    if len(names) != 1:
        have = ", ".join(names) or "none"
        msg = f"{consumer} has a column for each assignment, and these reports are of {have}: choose by --assignment"
        raise ExportError(msg)
    return names[0]

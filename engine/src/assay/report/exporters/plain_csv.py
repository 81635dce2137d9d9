"""A CSV file with a row for each check, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from assay.report.exporters.request import Export

if TYPE_CHECKING:
    from assay.report.exporters.request import Request

__all__ = ["inert_cell", "plain_csv"]

_HEADER: Final = (
    "student", "assignment", "exercise", "title", "check", "description", "status", "points", "max_points",
)  # fmt: skip
_FORMULA: Final = re.compile(r"(^|;)(?=\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Characters at which a spreadsheet may begin to read a formula; some split cells at semicolons, too."""


def plain_csv(request: Request) -> Export:
    """Return a row for each check, or one row if a submission has none; unknown points are blank."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for result in request.results:
        who = (inert_cell(result.student), inert_cell(result.assignment))
        if not result.rows:
            writer.writerow((*who, None, None, None, inert_cell(result.doubt), result.state, None, None))
        for row in result.rows:
            texts = (row.exercise, row.title, row.check, row.description, row.status)
            writer.writerow((*who, *map(inert_cell, texts), row.score, row.max_score))
    return Export(text.getvalue().encode())


def inert_cell(text: str) -> str:
    """Return a text for a cell that no spreadsheet reads as a formula."""
    return _FORMULA.sub(r"\1'", text)

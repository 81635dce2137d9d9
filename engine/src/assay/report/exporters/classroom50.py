"""Classroom 50's `result.json`, for one submission, written inside its runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from assay.errors import ExportError
from assay.report.exporters.request import Export, only_result

if TYPE_CHECKING:
    from decimal import Decimal

    from assay.report.exporters.request import Request

__all__ = ["classroom50"]

_VARIABLES: Final = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""Fields of the document, and the variables in which the runner gives them."""

_TYPES: Final = ("individual", "group")
_TAG: Final = "submit/"
_SCALE: Final = 100


def classroom50(request: Request) -> Export:
    """Return `result.json`; its scores are integers, so that they count hundredths of a point."""
    result = only_result(request, "Classroom 50")
    fields = {field: request.environment.get(name, "") for field, name in _VARIABLES.items()}
    missing = [_VARIABLES[field] for field, value in fields.items() if not value]
    if missing:
        msg = f"Classroom 50 sets {', '.join(missing)} for its autograder, and here it is not set"
        raise ExportError(msg)
    if fields["assignment_type"] not in _TYPES:
        msg = (
            f"Classroom 50 knows the types {' and '.join(_TYPES)}, and ASSIGNMENT_TYPE is {fields['assignment_type']!r}"
        )
        raise ExportError(msg)
    if not fields["submission"].startswith(_TAG):
        msg = f"Classroom 50's tags begin with {_TAG}, and SUBMISSION_TAG is {fields['submission']!r}"
        raise ExportError(msg)
    above = [row.description for row in result.rows if (row.score or 0) > row.max_score]
    if above:
        msg = f"Classroom 50 takes no check with more than its highest points, as {', '.join(above)} has"
        raise ExportError(msg)
    tests = [
        {
            "test-name": row.description,
            "passed": not row.is_wrong,
            "score": _hundredths(row.score),
            "max-score": _hundredths(row.max_score),
            "output": row.text,
        }
        for row in result.rows
    ]
    document: dict[str, Any] = {"schema": "classroom50/result/v1", **fields}
    document["datetime"] = f"{request.time:%Y-%m-%dT%H:%M:%SZ}"
    document |= {"score": _hundredths(result.score), "max-score": _hundredths(result.max_score), "tests": tests}
    return Export(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")


def _hundredths(points: Decimal | None) -> int:
    return int((points or 0) * _SCALE)

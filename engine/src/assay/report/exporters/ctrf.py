"""The Common Test Report Format (CTRF), in JSON."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import msgspec

from assay.report.exporters.request import Export
from assay.report.results import ROUNDING, number

if TYPE_CHECKING:
    from decimal import Decimal

    from assay.report.exporters.request import Request
    from assay.report.results import Result, Row, RowStatus

__all__ = ["ctrf"]

_STATUSES: Final[dict[RowStatus, str]] = {
    "passed": "passed",
    "scored": "passed",
    "late": "other",
    "skipped": "skipped",
    "ungraded": "other",
}
"""Every other status is CTRF's `failed`."""


def ctrf(request: Request) -> Export:
    """Return all checks of all results; the points are in `extra`, because CTRF has no field for them."""
    tests = [_test(result, row) for result in request.results for row in result.rows]
    counts = Counter(test["status"] for test in tests)
    stop = int(request.time.timestamp() * 1000)
    duration = sum(test["duration"] for test in tests)
    summary = {"tests": len(tests)} | {
        status: counts[status] for status in ("passed", "failed", "skipped", "pending", "other")
    }
    document = {
        "reportFormat": "CTRF",
        "specVersion": "1.0.0",
        "timestamp": request.time.isoformat(),
        "generatedBy": f"assay {version('assay')}",
        "results": {
            "tool": {"name": "assay", "version": version("assay")},
            "summary": summary | {"start": stop - duration, "stop": stop, "duration": duration},
            "tests": tests,
            "extra": {"rounding": ROUNDING, "submissions": [_submission(result) for result in request.results]},
        },
    }
    return Export(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")


def _test(result: Result, row: Row) -> dict[str, Any]:
    test = {
        "testId": f"{result.assignment}/{row.exercise}/{row.check}",
        "name": row.description,
        "status": _STATUSES.get(row.status, "failed"),
        "duration": round(row.duration * 1000),
        "suite": [result.student, result.assignment, f"{row.exercise} {row.title}"],
        "rawStatus": row.status,
        "extra": {
            "score": _points(row.score),
            "max_score": number(row.max_score),
            "visibility": row.visibility,
        },
    }
    return test | ({"message": row.text} if row.text else {})


def _submission(result: Result) -> dict[str, Any]:
    return {
        "student": result.student,
        "assignment": result.assignment,
        "score": _points(result.score),
        "max_score": number(result.max_score),
        "reason": result.doubt,
    }


def _points(points: Decimal | None) -> int | float | None:
    return None if points is None else number(points)

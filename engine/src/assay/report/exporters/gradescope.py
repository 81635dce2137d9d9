"""Gradescope's `results.json`, for one submission."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from assay.report.exporters.request import Export, only_result
from assay.report.results import ROUNDING, number

if TYPE_CHECKING:
    from assay.report.exporters.request import Request
    from assay.report.results import Result

__all__ = ["gradescope"]


def gradescope(request: Request) -> Export:
    """Return `/autograder/results/results.json`; Gradescope itself decides by the visibility who sees a check."""
    result = only_result(request, "Gradescope")
    document = {
        "score": number(result.score or Decimal(0)),
        "execution_time": round(result.report.duration, 3),
        "output": "\n".join(result.notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"rounding": ROUNDING},
        "tests": list(_tests(result)),
    }
    return Export(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")


def _tests(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "score": number(row.score or Decimal(0)),
            "max_score": number(row.max_score),
            "status": "failed" if row.is_wrong else "passed",
            "name": row.description,
            "number": row.exercise,
            "output": row.text,
            "visibility": row.visibility,
            "extra_data": {"id": row.check, "status": row.status},
        }
        for row in result.rows
    ]

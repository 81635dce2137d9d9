"""JUnit XML, as pytest's `xunit2` writes it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from assay.report.exporters.request import Export
from assay.report.results import ROUNDING

if TYPE_CHECKING:
    from assay.report.exporters.request import Request
    from assay.report.results import Result, Row, RowStatus, State

__all__ = ["junit", "suites"]

_ELEMENTS: Final[dict[RowStatus | State, str]] = {
    "failed": "failure",
    "missing": "failure",
    "error": "error",
    "timeout": "error",
    "crashed": "error",
    "skipped": "skipped",
    "ungraded": "skipped",
    "absent": "skipped",
    "excused": "skipped",
    "open": "skipped",
}
"""A check that could not be graded is not the submission's failure; the last three are states of a whole result."""


def junit(request: Request) -> Export:
    """Return a test suite for each result; the points are properties, and unknown ones are left out."""
    return Export(ET.tostring(suites(request), encoding="utf-8", xml_declaration=True) + b"\n")


def suites(request: Request) -> ET.Element:
    """Return the document's root; no two cases have one class and name, because consumers keep one of each."""
    root = ET.Element("testsuites", name="assay")
    for result in request.results:
        cases = list(_cases(result))
        counts = Counter(child.tag for case in cases for child in case)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=f"{result.student} {result.assignment}".rstrip(),
            errors=str(counts["error"]),
            failures=str(counts["failure"]),
            skipped=str(counts["skipped"]),
            tests=str(len(cases)),
            time=f"{result.report.duration:.3f}",
            timestamp=request.time.replace(tzinfo=None).isoformat(timespec="seconds"),
        )
        points = {} if result.score is None else {"points": str(result.score)}
        suite.append(_properties(points | {"max_points": str(result.max_score), "rounding": ROUNDING}))
        suite.extend(cases)
    return root


def _cases(result: Result) -> list[ET.Element]:
    if not result.rows:
        name, text = f"{result.student}.{result.assignment}".rstrip("."), result.doubt or result.pending
        return [_case(name, "submission", result.state, text, 0)]
    cases, names = [], Counter[tuple[str, str]]()
    for row in result.rows:
        suite = f"{result.student}.{result.assignment}.{row.exercise} {row.title}"
        name = row.description
        names[suite, name] += 1
        mark = f" ({names[suite, name]})" if names[suite, name] > 1 else ""
        case = _case(suite, name + mark, row.status, row.text, row.duration)
        case.insert(0, _properties(_points(row)))
        cases.append(case)
    return cases


def _case(classname: str, name: str, status: RowStatus | State, text: str, seconds: float) -> ET.Element:
    case = ET.Element("testcase", classname=classname, name=name, time=f"{seconds:.3f}")
    if status in _ELEMENTS:
        words = text.partition("\n")[0].split()
        first = f"{status}: {' '.join(words)}" if words else status
        child = ET.SubElement(case, _ELEMENTS[status], message=first)
        if _ELEMENTS[status] == "skipped":
            child.set("type", f"assay.{status}")
        child.text = text
    elif text:
        ET.SubElement(case, "system-out").text = text
    return case


def _points(row: Row) -> dict[str, str]:
    points = {} if row.score is None else {"points": str(row.score)}
    return points | {"max_points": str(row.max_score), "visibility": row.visibility}


def _properties(values: dict[str, str]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)
    return properties

"""GitHub's annotations: commands that a step of a workflow prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assay.report.exporters.request import Export

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.report.exporters.request import Request
    from assay.report.results import Result

__all__ = ["github_annotations"]

_MAX: Final = 10
"""Annotations of a kind that GitHub takes from a step; it drops the others without a word."""

_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def github_annotations(request: Request) -> Export:
    """Return an error for each wrong check, a warning for a report without points, and a notice of the points."""
    results = request.results
    errors = [line for result in results for line in _errors(result)]
    warnings = [line for result in results for line in _warnings(result)]
    notices = [line for result in results for line in _notices(result)]
    lines = [
        *_first("error", errors, "checks did not pass"),
        *_first("warning", warnings, "submissions have no points"),
        *_first("notice", notices, "submissions have points"),
    ]
    return Export("".join(f"{line}\n" for line in lines).encode())


def _errors(result: Result) -> Iterator[str]:
    for row in result.rows:
        if row.is_wrong:
            yield _command("error", result, row.description, row.text or row.status, row.line)


def _warnings(result: Result) -> Iterator[str]:
    if result.doubt:
        yield _command("warning", result, "no points", result.doubt)


def _notices(result: Result) -> Iterator[str]:
    if result.score is not None:
        yield _command("notice", result, "points", f"{result.score:f} of {result.max_score:f}")


def _command(kind: str, result: Result, title: str, text: str, line: int | None = None) -> str:
    file = f"file={result.file.translate(_PROPERTY)}," if result.file else ""
    file += f"line={line}," if file and line else ""
    who = f"{result.student}, {result.assignment}".removesuffix(", ")
    return f"::{kind} {file}title={f'{who}: {title}'.translate(_PROPERTY)}::{text.translate(_DATA)}"


def _first(kind: str, lines: Sequence[str], what: str) -> list[str]:
    """Return all lines if GitHub takes so many, otherwise the first and a line that counts the others."""
    if len(lines) <= _MAX:
        return list(lines)
    more = len(lines) - (_MAX - 1)
    return [*lines[: _MAX - 1], f"::{kind} title=assay::{more} more {what}"]

"""GitHub's summary of a job, in GitHub's Markdown."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from assay.errors import ExportError
from assay.report.exporters.request import Export
from assay.report.results import ROUNDING, inert_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from assay.report.exporters.request import Request
    from assay.report.results import Result, Row

__all__ = ["github_summary"]

_MAX_BYTES: Final = 1024 * 1024
"""Of a step's summary; GitHub drops a longer one."""

_RUN: Final = re.compile("`+")


def github_summary(request: Request) -> Export:
    """Return tables of points, and what is said of checks and written answers as long as there is room for it."""
    tables = "".join(f"{_table(result)}\n" for result in request.results)
    last = f"\n{ROUNDING[0].upper()}{ROUNDING[1:]}.\n"
    room = _MAX_BYTES - len((tables + last).encode()) - len(_left_out(10**9).encode())
    if room < 0:
        msg = f"GitHub takes 1 MiB of summary, and {len(request.results)} reports need more: export fewer students"
        raise ExportError(msg)
    details = [text for result in request.results for text in _details(result)]
    kept = []
    for text in details:
        room -= len(text.encode())
        if room < 0:
            break
        kept.append(text)
    left_out = _left_out(len(details) - len(kept)) if len(kept) < len(details) else ""
    return Export(f"{tables}{''.join(kept)}{left_out}{last}".encode())


def _table(result: Result) -> str:
    """Return a heading and a row for each exercise."""
    head = f"### {_code(result.student)} {_code(result.assignment) if result.assignment else ''}".rstrip()
    lines = [head, ""]
    if result.doubt:
        lines += [f"No points: {_code(result.doubt.replace(chr(10), ' '))}", ""]
    if result.rows:
        lines += ["| exercise | checks passed | points |", "|---|---:|---:|"]
        for (number, title), group in groupby(result.rows, key=lambda row: (row.exercise, row.title)):
            rows = list(group)
            passed = sum(row.status in {"passed", "scored"} for row in rows)
            checks = "" if rows[0].status == "late" else f"{passed} of {len(rows)}"
            part = replace(result, rows=tuple(rows), doubt="")
            points = _points(part.score, part.max_score)
            lines.append(f"| {_cell(f'{number} {title}')} | {checks} | {points} |")
        lines += [
            f"| {_cell(f'{inert_name(exercise.id)} {inert_name(exercise.title)}')} | excused | |"
            for exercise in result.report.exercises
            if exercise.id in result.excused_exercises
        ]
        lines += [f"| **total** | | **{_points(result.score, result.max_score)}** |", ""]
    return "\n".join(lines)


def _details(result: Result) -> Iterator[str]:
    for row in result.rows:
        if row.text or row.status not in {"passed", "scored"}:
            yield _detail(result, row)


def _detail(result: Result, row: Row) -> str:
    fence = "`" * max(3, _longest_run(row.text) + 1)
    head = f"- {_code(result.student)} {_code(row.exercise)}: {_code(row.description)} ({row.status})\n"
    if not row.text:
        return head
    return head + "".join(f"  {line}\n" for line in (f"{fence}text", *row.text.split("\n"), fence))


def _left_out(count: int) -> str:
    return f"\n{count} more messages; there is no room for them here.\n"


def _points(score: Decimal | None, highest: Decimal) -> str:
    return f"{'' if score is None else score} / {highest}".strip()


def _cell(text: str) -> str:
    """Return a text for a table, whose cells end at every bar, also in code."""
    return _code(text).replace("|", "\\|")


def _code(text: str) -> str:
    """Return a text as code, in which Markdown reads no link, no mention and no HTML."""
    fence = "`" * (_longest_run(text) + 1)
    return f"{fence} {text} {fence}" if "`" in text or text != text.strip(" ") else f"{fence}{text}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, _RUN.findall(text)), default=0)

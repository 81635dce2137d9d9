"""Written answers as a CSV file, which a person fills with points and comments."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.errors import AssayError, ExportError, GradebookError
from assay.gradebook.answers import give_points, points_in, require_unchanged, written_answers
from assay.report.exporters.plain_csv import inert_cell
from assay.report.exporters.sheets import read_sheet
from assay.report.results import inert_lines, inert_name
from assay.review.order import in_order, labels_of, points_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from assay.gradebook.answers import WrittenAnswer
    from assay.gradebook.store import Gradebook

__all__ = ["Outcomes", "answers_csv", "read_scores"]

_KEY: Final = ("student", "assignment", "exercise")
_HEADER: Final = (*_KEY, "title", "answer", "state", "version", "decision", "points", "comment")
_MARK: Final = "\ufeff"
"""Without this mark some spreadsheets do not read UTF-8."""

_MAX_CELL_CHARS: Final = 32_000
"""Some spreadsheets take 32,767 characters."""
_DECIMAL_COMMA: Final = re.compile(r"(\d+),(\d{1,2})")
"""Three digits after a comma could be thousands."""

_VERSION_DIGITS: Final = 16
"""Of the hash of an answer: enough to tell any two texts apart."""


class Outcomes(NamedTuple):
    """The outcomes of a file's rows.

    Args:
        stored: how many scores are stored.
        unchanged: how many rows say what the gradebook has.
        blank: how many rows have no points.
        refused: the other rows, a sentence each.
    """

    stored: int
    unchanged: int
    blank: int
    refused: list[str]


def answers_csv(book: Gradebook, pseudonyms: Path | None) -> bytes:
    """Return a row for each written answer, with the points and the comment that count."""
    answers = list(written_answers(book))
    labels = labels_of(answers, pseudonyms)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for answer in in_order(answers, labels):
        shown = inert_lines(answer.text, _MAX_CELL_CHARS)
        whole = shown if len(shown) <= _MAX_CELL_CHARS else f"{shown[:_MAX_CELL_CHARS]}…"
        texts = (*_key(answer, labels), inert_cell(answer.title), inert_cell(whole), _state(answer), _version(answer))
        points, comment = (points_text(answer), inert_cell(_comment(answer))) if answer.counts else ("", "")
        writer.writerow((*texts, answer.seen or "", points, comment))
    return f"{_MARK}{text.getvalue()}".encode()


def read_scores(data: bytes, book: Gradebook, pseudonyms: Path | None) -> Outcomes:
    """Store the points and comments of a file that `answers_csv` made and a person filled.

    A row is refused if its answer or the score of its answer has changed since the file was written.

    Raises:
        ExportError: the file is not CSV, or lacks a column.
        GradebookError: the gradebook cannot be written; the same file can be read again.
    """
    answers = list(written_answers(book))
    labels = labels_of(answers, pseudonyms)
    index = {_key(answer, labels): answer for answer in answers}
    stored, unchanged, blank, refused = 0, 0, 0, []
    for number, row in _rows(data):
        place = f"row {number} ({inert_name(row['student'])}, exercise {inert_name(row['exercise'])})"
        answer = index.pop((row["student"], row["assignment"], row["exercise"]), None)
        points, comment = _with_point(row["points"]), row["comment"]
        if answer is None:
            refused.append(f"{place}: the gradebook has no such answer, or an earlier row has it")
        elif not points and not comment.strip():
            blank += 1
        elif _is_unchanged(answer, points, comment):
            unchanged += 1
        else:
            try:
                value = _points_of(row, points, answer)
            except AssayError as error:
                refused.append(f"{place}: {error}")
                continue
            old = _comment(answer)
            give_points(book, answer.report, answer.exercise, value, old if comment == inert_cell(old) else comment)
            stored += 1
    return Outcomes(stored, unchanged, blank, refused)


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row, as a spreadsheet counts, and its cells by the titles of the columns."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        msg = f"the file of written answers is not UTF-8 (byte {error.start}): save it as CSV UTF-8"
        raise ExportError(msg) from None
    sheet = read_sheet(data, ",;\t", "written answers")
    header, *rows = sheet.rows
    missing = [title for title in _HEADER if title not in header]
    if missing:
        msg = f"the file of written answers has no column {', '.join(missing)}: fill the file that --write has written"
        raise ExportError(msg)
    yield from ((number, dict(zip(header, row, strict=False))) for number, row in enumerate(rows, 2) if any(row))


def _with_point(cell: str) -> str:
    """Return a number as programs write it: a spreadsheet of another language may have written 2.5 as 2,5."""
    text = cell.strip()
    return _DECIMAL_COMMA.sub(r"\1.\2", text) if _DECIMAL_COMMA.fullmatch(text) else text


def _points_of(row: Mapping[str, str], points: str, answer: WrittenAnswer) -> float:
    """Return the points; raise GradebookError if there are none, or if the person has not seen the present state."""
    if not points:
        msg = "there is a comment, but there are no points"
        raise GradebookError(msg)
    require_unchanged(answer, answer.about if row["version"] == _version(answer) else "", _seen(row["decision"]))
    return points_in(points)


def _seen(cell: str) -> int:
    """Return the number of the score that the person saw; a spreadsheet may have written 5 as 5.0."""
    try:
        number = float(_with_point(cell) or "0")
    except ValueError:
        number = math.nan
    if not number.is_integer():
        msg = f"{inert_name(cell)} is no number of a decision: leave that column as it is"
        raise GradebookError(msg)
    return int(number)


def _is_unchanged(answer: WrittenAnswer, points: str, comment: str) -> bool:
    """Tell whether the cells say what counts; a spreadsheet may have written 2 as 2.0."""
    if not answer.counts or comment != inert_cell(_comment(answer)):
        return False
    try:
        return points_in(points) == points_in(points_text(answer))
    except GradebookError:
        return False


def _key(answer: WrittenAnswer, labels: Mapping[str, str]) -> tuple[str, str, str]:
    report = answer.report
    student, assignment, exercise = labels[report.submission.name], report.assignment, answer.exercise
    return inert_cell(student), inert_cell(assignment), inert_cell(exercise)


def _comment(answer: WrittenAnswer) -> str:
    return answer.given.text if answer.given is not None else ""


def _version(answer: WrittenAnswer) -> str:
    """Return what tells the text from a later one, and does not look like a number."""
    return f"v{answer.about[:_VERSION_DIGITS]}"


def _state(answer: WrittenAnswer) -> str:
    if answer.excused:
        return "excused"
    if answer.counts:
        return "scored"
    return f"changed since it was given {points_text(answer)} points" if answer.given is not None else "no score"

"""The student's page: what holds, what does not, and for each failed check how to see it and what to do."""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.report.pages.drawing import Drawing, draw
from assay.report.pages.html import render
from assay.report.results import inert_lines, inert_name, number
from assay.report.terminal import WORDS, consequence, is_absent, share_message, wrong_checks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.model import ExerciseResult, Verdict
    from assay.report.results import Result, Row

__all__ = ["percent", "points", "student_page"]

_SIGNS: Final = {"passed": ("good", "✓"), "ungraded": ("open", "?"), "excused": ("open", "○")}
_BAD: Final = ("bad", "✗")
_MAX_ANSWER_CHARS: Final = 4000
"""Of a written answer: the student knows the rest."""
_MAX_PLOTS: Final = 20
"""Of a page, so that it stays small enough for a mail: each has up to 10 kB."""


class Line(NamedTuple):
    """One check, as a line: a style and a sign, the status in words, the description and the points."""

    style: str
    sign: str
    word: str
    text: str
    points: str


class Block(NamedTuple):
    """A labelled text, or "" if there is none."""

    name: str
    text: str


class Problem(NamedTuple):
    """Checks that have one message.

    Args:
        lines: the checks.
        shared: that they have one message, if there are several.
        code: the smallest input; `runs` if it is whole, so that a student can paste it below the own code.
        beside: the answer and the expected one.
        plot: what the check measured, if looking beats reading.
        related: the diagnosis.
        advice: the hint of a known mistake, or the help.
        note: the fixed text in place of a hidden check's message.
    """

    lines: list[Line]
    shared: str
    code: str
    runs: bool
    beside: list[Block]
    plot: Drawing | None
    related: str
    advice: str
    note: str


class Part(NamedTuple):
    """An exercise.

    Args:
        id: its number.
        title: its title.
        style: the style of the sign.
        sign: whether all checks passed.
        word: how many checks passed.
        points: the points, of how many.
        wanted: the signatures to define, if the submission defines none of the names.
        problems: the checks that did not pass or were corrected by a person.
        passed: all others.
    """

    id: str
    title: str
    style: str
    sign: str
    word: str
    points: str
    wanted: list[str]
    problems: list[Problem]
    passed: list[Line]


class Written(NamedTuple):
    """A written answer with its points and a person's comment."""

    exercise: str
    text: str
    points: str
    comment: str


def student_page(result: Result) -> bytes:
    """Return a student's page for an assignment, from what the student may see."""
    report = result.report
    return render(
        "student.html",
        result=result,
        file=inert_name(report.submission.path),
        score=None if result.score is None else points(result.score),
        highest=points(result.max_score),
        percent=percent(result.score, result.max_score),
        most_plots=_MAX_PLOTS,
        consequence="" if report.status == "graded" or result.excused else consequence(report),
        missing=[inert_name(name) for name in report.handed_in.missing],
        parts=[_part(exercise, result.rows) for exercise in report.exercises],
        deductions=[(row, points(row.score or Decimal(0))) for row in result.rows if row.status == "late"],
        answers=list(_answers(result)),
        versions=[inert_name(text) for text in (report.engine, report.environment.python, report.environment.torch)],
    )


def points(value: Decimal) -> str:
    """Return points without needless decimals."""
    return str(number(value))


def percent(score: Decimal | None, highest: Decimal) -> int | None:
    """Return a score in percent, or None if it is not known or nothing could be reached."""
    return None if score is None or not highest else round(100 * float(score / highest))


def _part(exercise: ExerciseResult, rows: Sequence[Row]) -> Part:
    own = [row for row in rows if row.exercise == inert_name(exercise.id) and row.status not in {"scored", "late"}]
    lines = {id(check): _line(check, row) for check, row in zip_longest(exercise.checks, own[: len(exercise.checks)])}
    passed, count = sum(check.status == "passed" for check in exercise.checks), len(exercise.checks)
    word = (
        "not handed in" if is_absent(exercise) else f"{passed} of {count} {'check' if count == 1 else 'checks'} passed"
    )
    if not own:
        style, sign, word = *_SIGNS["excused"], "excused"
    elif passed == count:
        style, sign = _SIGNS["passed"]
    else:
        undecided = all(check.status in {"passed", "ungraded"} for check in exercise.checks)
        style, sign = _SIGNS["ungraded"] if undecided else _BAD
    return Part(
        inert_name(exercise.id),
        inert_name(exercise.title),
        style,
        sign,
        word,
        _sum(own),
        list(dict.fromkeys(filter(None, map(_signature, exercise.checks)))) if own and is_absent(exercise) else [],
        [_problem(same, [lines[id(check)] for check in same]) for same in wrong_checks(exercise)] if own else [],
        [lines[id(check)] for check in exercise.checks if own and check.status == "passed" and check.message is None],
    )


def _sum(rows: Sequence[Row]) -> str:
    """Return the points of an exercise, `?` if some are not known, of how many; "" if it is excused."""
    known = [row.score for row in rows if row.score is not None]
    highest = sum((row.max_score for row in rows), Decimal(0))
    score = "?" if len(known) < len(rows) else points(sum(known, Decimal(0)))
    return f"{score} / {points(highest)}" if rows else ""


def _signature(check: Verdict) -> str:
    return inert_lines((check.message and check.message.expected) or (check.missing and check.missing.name) or "")


def _line(check: Verdict, row: Row | None) -> Line:
    """Return a check as a line; without a row it is excused."""
    worth = "" if row is None or row.score is None else f"{points(row.score)} / {points(row.max_score)}"
    text = inert_lines(check.description) if row is None else row.description
    return Line(*_SIGNS.get(check.status, _BAD), WORDS[check.status], text, worth)


def _problem(checks: Sequence[Verdict], lines: list[Line]) -> Problem:
    message = checks[0].message
    if message is None:
        return Problem(lines, "", "", runs=False, beside=[], plot=None, related="", advice="", note="")
    code, yours, expected, advice = (
        inert_lines(text or "") for text in (message.input, message.yours, message.expected, message.help)
    )
    hidden = checks[0].visibility == "hidden"
    evidence = next((check.evidence for check in checks if check.evidence), None)
    return Problem(
        lines,
        share_message(checks).capitalize(),
        code,
        runs="…" not in code,
        beside=[Block(name, text) for name, text in (("yours", yours), ("expected", expected)) if text],
        plot=draw(evidence) if evidence else None,
        related=inert_lines(checks[0].diagnosis or ""),
        advice="" if hidden else advice,
        note=advice if hidden else "",
    )


def _worth(score: Decimal | None, *, is_excused: bool) -> str:
    if is_excused:
        return "excused"
    return "no points yet" if score is None else f"{points(score)} points"


def _answers(result: Result) -> Iterator[Written]:
    scored = {row.exercise: row.score for row in result.rows if row.status == "scored"}
    for answer in result.report.answers:
        score = scored.get(inert_name(answer.exercise))
        text = answer.text[:_MAX_ANSWER_CHARS]
        yield Written(
            inert_name(answer.exercise),
            inert_lines(text if text == answer.text else f"{text}…"),
            _worth(score, is_excused=answer.exercise in result.excused_exercises),
            inert_lines(answer.comment or ""),
        )

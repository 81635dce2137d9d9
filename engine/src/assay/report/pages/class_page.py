"""The class page: points, difficulty by exercise, frequent mistakes, and what a person must decide."""

from __future__ import annotations

import shlex
import statistics
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.report.pages.groups import groups_of
from assay.report.pages.html import render
from assay.report.pages.student import percent, points
from assay.report.results import inert_lines
from assay.report.summary import bins_of, hints_of
from assay.text import MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.model import Report
    from assay.report.pages.groups import Group
    from assay.report.results import Result, Row

__all__ = ["class_page"]

_HALF: Final = 50
_FULL: Final = 100
_STATES: Final = {
    "graded": "graded",
    "full": "full marks",
    "low": "less than half",
    "open": "a person decides",
    "ungraded": "could not be graded",
    "absent": "not handed in",
    "excused": "excused",
}
"""The choices of the filter, with their tags."""


class Cell(NamedTuple):
    """A number of the table as it is shown, and as it is sorted: "" if it is not known."""

    text: str
    sort: str
    style: str


class Student(NamedTuple):
    """A row of the table.

    Args:
        name: the student.
        link: the address of the student's page, or "".
        cells: the points of each exercise.
        score: the points of all.
        percent: the score in percent.
        tags: which filters show the row.
        state: how far the grade is.
        about: what a person must decide, or why there is no grade.
    """

    name: str
    link: str
    cells: list[Cell]
    score: Cell
    percent: int | None
    tags: str
    state: str
    about: str


class Exercise(NamedTuple):
    """An exercise: the share of its points that the class got in percent, and how many have all of them."""

    id: str
    title: str
    share: int
    full: int


class Mistake(NamedTuple):
    """The hint of a mistake, and whose submissions it was given for."""

    hint: str
    students: list[Student]


class Undecided(NamedTuple):
    """A reason why a grade is missing or not final, and the students whom it is about."""

    state: str
    about: str
    students: list[Student]


class Section(NamedTuple):
    """One assignment of the class.

    Args:
        name: the assignment.
        highest: the most points.
        students: all of the class.
        graded: how many of them have points.
        mean: of their points in percent.
        median: of their points in percent.
        bins: how many have 0 to 10 percent, 10 to 20, and so on.
        exercises: all exercises.
        mistakes: the most frequent ones first.
        clusters: equal wrong answers and whose they are, the largest clusters first.
    """

    name: str
    highest: str
    students: list[Student]
    graded: int
    mean: int
    median: int
    bins: list[int]
    exercises: list[Exercise]
    mistakes: list[Mistake]
    clusters: list[tuple[Group, list[Student]]]


def class_page(
    graded: Sequence[tuple[Report, Result]],
    links: Mapping[tuple[str, str], str],
    comments: Mapping[str, str],
    book: str,
) -> bytes:
    """Return the page of a class, for its teacher.

    Args:
        graded: each report as the judge made it, and what the student gets.
        links: the address of each student's page, by student and assignment.
        comments: on clusters of equal wrong answers, by their keys.
        book: the gradebook's file, for the command that writes a comment, or "".
    """
    names = dict.fromkeys(result.assignment for _, result in graded if result.assignment)
    sections = [
        _section(name, [pair for pair in graded if pair[1].assignment == name], links, comments) for name in names
    ]
    everybody = [_student(result, [], links) for _, result in graded]
    tags = {tag for student in everybody for tag in student.tags.split()}
    return render(
        "class.html",
        script="class.js",
        sections=sections,
        undecided=_undecided(everybody),
        filters=[(tag, text) for tag, text in _STATES.items() if tag in tags],
        count=len(dict.fromkeys(result.student for _, result in graded)),
        book=escape(shlex.quote(book), MAX_PATH_CHARS) if book else "",
    )


def _undecided(students: Sequence[Student]) -> list[Undecided]:
    """Return what a person must decide, the ungraded submissions first."""
    found: defaultdict[tuple[str, str], list[Student]] = defaultdict(list)
    for student in students:
        if student.about:
            found[student.state, student.about].append(student)
    entries = [Undecided(state, about, group) for (state, about), group in found.items()]
    return sorted(entries, key=lambda entry: entry.state != _STATES["ungraded"])


def _section(
    name: str,
    graded: Sequence[tuple[Report, Result]],
    links: Mapping[tuple[str, str], str],
    comments: Mapping[str, str],
) -> Section:
    results = [result for _, result in graded]
    titles = {
        row.exercise: row.title for result in results for row in result.rows if row.status not in {"scored", "late"}
    }
    ids = sorted(titles, key=lambda number: (not number.isdecimal(), len(number), number))
    students = [_student(result, ids, links) for result in results]
    known = [result for result in results if result.score is not None]
    shares = [
        float(result.score / result.max_score) for result in known if result.score is not None and result.max_score
    ]
    hints: defaultdict[str, list[Student]] = defaultdict(list)
    for (report, _), student in zip(graded, students, strict=True):
        for hint in hints_of(report):
            hints[inert_lines(hint)].append(student)
    return Section(
        name,
        points(max((result.max_score for result in results), default=Decimal(0))),
        students,
        len(known),
        round(100 * statistics.fmean(shares)) if shares else 0,
        round(100 * statistics.median(shares)) if shares else 0,
        bins_of(shares),
        [_exercise(number, titles[number], known) for number in ids],
        [Mistake(hint, found) for hint, found in sorted(hints.items(), key=lambda pair: (-len(pair[1]), pair[0]))],
        [
            (group, [students[place] for place in group.members])
            for group in groups_of([report for report, _ in graded], comments)
        ],
    )


def _student(result: Result, ids: Sequence[str], links: Mapping[tuple[str, str], str]) -> Student:
    share = percent(result.score, result.max_score)
    tags: list[str] = [result.state]
    if result.score is not None and share is not None:
        tags += ["full"] if result.score >= result.max_score else ["low"] if share < _HALF else []
    about = "" if tags[0] in {"absent", "excused"} else result.doubt or result.open
    return Student(
        result.student,
        links.get((result.student, result.assignment), ""),
        [_cell([row for row in result.rows if row.exercise == number]) for number in ids],
        Cell("", "", "") if result.score is None else Cell(points(result.score), str(result.score), ""),
        share,
        " ".join(tags),
        _STATES[tags[0]],
        about,
    )


def _cell(rows: Sequence[Row]) -> Cell:
    known = [row.score for row in rows if row.score is not None]
    if not rows:
        return Cell("", "", "")
    if len(known) < len(rows):
        return Cell("?", "", "")
    score, highest = sum(known, Decimal(0)), sum((row.max_score for row in rows), Decimal(0))
    return Cell(points(score), str(score), "all" if score >= highest else "none" if score <= 0 else "some")


def _exercise(number: str, title: str, results: Sequence[Result]) -> Exercise:
    """Return how difficult an exercise was for those who were asked it, without written answers."""
    asked = [
        [row for row in result.rows if row.exercise == number and row.status not in {"scored", "late"}]
        for result in results
    ]
    pairs = [
        (sum((row.score or Decimal(0) for row in rows), Decimal(0)), sum((row.max_score for row in rows), Decimal(0)))
        for rows in asked
        if rows
    ]
    score, highest = (sum((pair[side] for pair in pairs), Decimal(0)) for side in (0, 1))
    return Exercise(number, title, percent(score, highest) or 0, sum(own >= most for own, most in pairs))

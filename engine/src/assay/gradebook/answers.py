"""Written answers: what persons gave for each of them, and the one way to give points."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from assay.errors import GradebookError
from assay.gradebook.effective import answer_hash, standing
from assay.gradebook.lookup import find_answer
from assay.gradebook.records import key_of
from assay.model import MAX_POINTS
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.gradebook.records import Decision, Key
    from assay.gradebook.store import Gradebook
    from assay.model import Report

__all__ = ["WrittenAnswer", "give_points", "points_in", "require_unchanged", "written_answers"]


class WrittenAnswer(NamedTuple):
    """A student's written answer, and what a person gave for it.

    Args:
        report: the current report, which has the answer.
        exercise: the number of its exercise.
        title: the title of its exercise; "" if the exercise has no check.
        text: the answer.
        about: SHA-256 of the text.
        given: the latest score that stands, or None.
        excused: the exercise or the assignment is excused.
    """

    report: Report
    exercise: str
    title: str
    text: str
    about: str
    given: Decision | None
    excused: bool

    @property
    def counts(self) -> bool:
        """Whether the score was given for this very text."""
        return self.given is not None and self.given.about == self.about

    @property
    def is_open(self) -> bool:
        """Whether a person must still give points."""
        return not self.counts and not self.excused

    @property
    def seen(self) -> int:
        """The number of the score's decision; 0 if there is none."""
        return 0 if self.given is None else self.given.number


def written_answers(book: Gradebook) -> Iterator[WrittenAnswer]:
    """Yield every written answer of the current reports, by student and assignment."""
    decisions: defaultdict[Key, list[Decision]] = defaultdict(list)
    for decision in book.decisions():
        decisions[decision.student, decision.assignment].append(decision)
    for report in (entry.report for entry in book.current() if entry.report.answers):
        own = standing(report, decisions[key_of(report)])
        titles = {exercise.id: exercise.title for exercise in report.exercises}
        for answer in report.answers:
            number = answer.exercise
            excused = not own.keys().isdisjoint({("excuse", ""), ("excuse", number)})
            given = own.get(("score", number))
            title, about = titles.get(number, ""), answer_hash(answer.text)
            yield WrittenAnswer(report, number, title, answer.text, about, given, excused)


def points_in(text: str) -> float:
    """Return the points that a person wrote; raise GradebookError if the text is not a number from 0 to 1,000,000."""
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not math.isfinite(points) or "_" in text:  # Python reads 1_0 as 10
        msg = f"{escape(text, MAX_NAME_CHARS) or 'an empty text'} is no number of points"
        raise GradebookError(msg)
    if points < 0:
        msg = f"{points:g} is below 0 points"
        raise GradebookError(msg)
    if points > MAX_POINTS:
        msg = f"{escape(text, MAX_NAME_CHARS)} is above {MAX_POINTS:,} points"
        raise GradebookError(msg)
    return points


def require_unchanged(answer: WrittenAnswer, about: str, seen: int) -> None:
    """Raise GradebookError if a person decides on another text, or without knowing a score that was given meanwhile.

    Args:
        answer: as the gradebook has it now.
        about: SHA-256 of the text that the person read.
        seen: the number of the score that the person saw; 0 for none.
    """
    if answer.about != about:
        msg = "the answer has changed meanwhile: read it again"
        raise GradebookError(msg)
    if answer.seen != seen:
        now = "is withdrawn"
        if answer.given is not None:
            now = f"is now {answer.given.points:g} points (decision {answer.seen})"
        msg = f"the score {now}: it was changed meanwhile"
        raise GradebookError(msg)


def give_points(book: Gradebook, report: Report, exercise: str, points: float, comment: str) -> int:
    """Store the points for a written answer, as long as its text stays the same; return the decision's number."""
    about = answer_hash(find_answer(report, exercise).text)
    student, assignment = key_of(report)
    return book.decide("score", student, assignment, exercise, points=points, text=comment, about=about)

"""Names that a person types: a student, an assignment, a check, a written answer."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from assay.errors import GradebookError
from assay.gradebook.opening import name_of
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.gradebook.records import Decision, Entry
    from assay.gradebook.store import Gradebook
    from assay.model import Answer, ExerciseResult, Report, Verdict

__all__ = ["find_answer", "find_check", "find_decision", "find_report", "require_student"]


def find_report(book: Gradebook, student: str, assignment: str | None) -> Entry:
    """Return a student's current report; the assignment is needed if there are reports of several.

    Raises:
        GradebookError: there is none, or there are several; with the names that there are.
    """
    found = [entry for entry in book.current() if entry.report.submission.name == student]
    if not found:
        raise unknown_student(book, student)
    if assignment is None and len(found) > 1:
        text = f"{_name(student)} has reports of {_listed(e.report.assignment for e in found)}: add --assignment"
        raise GradebookError(text)
    for entry in found:
        if assignment in (None, entry.report.assignment):
            return entry
    text = f"{_name(student)} has no report of {assignment}, but of {_listed(e.report.assignment for e in found)}"
    raise GradebookError(text)


def require_student(book: Gradebook, student: str) -> None:
    """Raise GradebookError if a student has neither a report nor a decision."""
    if student not in book.students():
        raise unknown_student(book, student)


def unknown_student(book: Gradebook, student: str) -> GradebookError:
    """Return the error that says which students have a similar name."""
    names = {entry.report.submission.name for entry in book.current()}
    similar = get_close_matches(student, names)
    hint = f"; a similar name is {_listed(similar)}" if similar else ""
    return GradebookError(f"{name_of(book.path)} has no report of {_name(student)}{hint}")


def find_check(report: Report, name: str) -> tuple[ExerciseResult, Verdict]:
    """Return the check that is called CHECK or EXERCISE/CHECK, with its exercise.

    Raises:
        GradebookError: there is none, or there are several; with the names that there are.
    """
    number, slash, check_id = name.rpartition("/")
    checks = [(exercise, check) for exercise in report.exercises for check in exercise.checks]
    found = [
        (exercise, check) for exercise, check in checks if check.id == check_id and (not slash or exercise.id == number)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        text = f"several exercises have a check {name}: {_listed(f'{exercise.id}/{name}' for exercise, _ in found)}"
        raise GradebookError(text)
    names = [f"{exercise.id}/{check.id}" for exercise, check in checks]
    text = f"the report has no check {_name(name)}; it has {_listed(names) or 'none, because nothing was graded'}"
    raise GradebookError(text)


def find_answer(report: Report, exercise: str) -> Answer:
    """Return the written answer to an exercise; raise GradebookError if there is none."""
    for answer in report.answers:
        if answer.exercise == exercise:
            return answer
    written = _listed(answer.exercise for answer in report.answers)
    text = f"{_name(report.submission.name)} has no written answer to exercise {_name(exercise)}"
    raise GradebookError(f"{text}, but to {written}" if written else text)


def find_decision(book: Gradebook, number: int) -> Decision:
    """Return the decision of that number; raise GradebookError if there is none that can be withdrawn."""
    decisions = book.decisions()
    withdrawn = {decision.target for decision in decisions if decision.kind == "withdrawal"}
    for decision in decisions:
        if decision.number == number and decision.kind != "withdrawal" and str(number) not in withdrawn:
            return decision
    text = f"{name_of(book.path)} has no decision {number} that stands: assay history STUDENT lists a student's"
    raise GradebookError(text)


def _listed(names: Iterable[str]) -> str:
    found = [_name(name) or "no known assignment" for name in names]
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))


def _name(name: str) -> str:
    return escape(name, MAX_NAME_CHARS)

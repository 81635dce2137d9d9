"""The points that count: a report, and what persons decided beside it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from assay.gradebook.records import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.gradebook.records import Decision
    from assay.model import Answer, ExerciseResult, Report, Verdict

__all__ = ["Grade", "Points", "answer_hash", "comments_in", "effective", "standing"]

_CORRECTION_WAITS: Final = "a correction waits for a person"


class Points(msgspec.Struct, frozen=True):
    """The points of one exercise, its written answer included.

    Args:
        exercise: its number.
        score: the points that count.
        max_score: the most that the checks can give.
        excused: the exercise counts neither for nor against the student.
    """

    exercise: str
    score: float
    max_score: float
    excused: bool


class Grade(msgspec.Struct, frozen=True):
    """The effective points of one report.

    Args:
        score: the points that count, or None while the report is ungraded and nobody has corrected that.
        max_score: the most that the checks can give, without excused exercises.
        excused: the whole assignment is excused, or every exercise is.
        late: the points that are deducted for lateness.
        exercises: the points of each exercise.
        open: what a person must still decide, a sentence each.
        told: the same for the student: no sentence names a check.
    """

    score: float | None
    max_score: float
    excused: bool
    late: float
    exercises: tuple[Points, ...]
    open: tuple[str, ...]
    told: tuple[str, ...]


def effective(report: Report, decisions: Iterable[Decision]) -> Grade:
    """Return the points that count: the report's, with the decisions that stand.

    A score for a written answer counts only for the very text that it was given for.
    """
    own = standing(report, decisions)
    answers = {answer.exercise: answer for answer in report.answers}
    exercises = [_points(exercise, answers.get(exercise.id), own) for exercise in report.exercises]
    graded = {exercise.id for exercise in report.exercises}
    # A written answer may belong to an exercise that has no check.
    exercises += [
        Points(number, _answer_score(answer, own) or 0.0, 0.0, ("excuse", number) in own)
        for number, answer in answers.items()
        if number not in graded
    ]
    is_excused = ("excuse", "") in own or (bool(exercises) and all(points.excused for points in exercises))
    if is_excused:
        exercises = [msgspec.structs.replace(points, excused=True) for points in exercises]
    counted = [points for points in exercises if not points.excused]
    score, max_score = (float(sum(getattr(points, field) for points in counted)) for field in ("score", "max_score"))
    undecided = _is_undecided(report, own)
    sentences = {} if is_excused else dict(_open(report, own))
    late = 0.0 if undecided else _deduction(own.get(("late", "")), score, max_score)
    return Grade(
        None if undecided else score - late,
        max_score,
        is_excused,
        late,
        tuple(exercises),
        tuple(sentences),
        tuple(dict.fromkeys(sentences.values())),
    )


def standing(report: Report, decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """Return the latest decision about a report for each kind and target, without the withdrawn ones.

    The decisions may be those of a whole class, the oldest first.
    """
    key = key_of(report)
    return _latest([decision for decision in decisions if (decision.student, decision.assignment) == key])


def comments_in(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return the latest comment on each cluster, by the cluster's key, without the withdrawn ones."""
    found = _latest([decision for decision in decisions if not decision.student])
    return {target: decision.text for (kind, target), decision in found.items() if kind == "comment"}


def _latest(found: Sequence[Decision]) -> dict[tuple[str, str], Decision]:
    withdrawn = {decision.target for decision in found if decision.kind == "withdrawal"}
    return {
        (decision.kind, decision.target): decision
        for decision in found
        if decision.kind != "withdrawal" and str(decision.number) not in withdrawn
    }


def answer_hash(text: str) -> str:
    """Return what tells a written answer from an earlier one."""
    return hashlib.sha256(text.encode()).hexdigest()


def _points(exercise: ExerciseResult, answer: Answer | None, own: dict[tuple[str, str], Decision]) -> Points:
    score = 0.0
    for check in exercise.checks:
        correction = own.get(("correction", f"{exercise.id}/{check.id}"))
        score += check.score if correction is None or correction.points is None else correction.points
    if answer is not None:
        score += _answer_score(answer, own) or 0.0
    return Points(exercise.id, score, exercise.max_score, ("excuse", exercise.id) in own)


def _deduction(late: Decision | None, score: float, max_score: float) -> float:
    """Return the points that lateness costs: never more than there are."""
    if late is None or not late.points:
        return 0.0
    points = late.points * max_score / 100 if late.about == "percent" else late.points
    return min(points, score)


def _answer_score(answer: Answer, own: dict[tuple[str, str], Decision]) -> float | None:
    decision = own.get(("score", answer.exercise))
    return decision.points if decision is not None and decision.about == answer_hash(answer.text) else None


def _is_undecided(report: Report, own: dict[tuple[str, str], Decision]) -> bool:
    """Tell whether the report is ungraded, and no correction or excuse settles each of its ungraded checks."""
    ungraded = [(exercise.id, check.id) for exercise, check in _checks(report) if check.status == "ungraded"]
    settled = [("correction", f"{number}/{check}") in own or ("excuse", number) in own for number, check in ungraded]
    return report.status == "ungraded" and not (settled and all(settled))


def _checks(report: Report) -> Iterator[tuple[ExerciseResult, Verdict]]:
    return ((exercise, check) for exercise in report.exercises for check in exercise.checks)


def _open(report: Report, own: dict[tuple[str, str], Decision]) -> Iterator[tuple[str, str]]:
    """Yield what a person must still decide: a sentence for the instructor, and one for the student."""
    if _is_undecided(report, own) and report.cause not in ("interrupted", "absent"):  # handing in or grading settles it
        yield (report.reason or "it could not be graded",) * 2
    written = {answer.exercise: answer for answer in report.answers}
    for number, answer in written.items():
        if _answer_score(answer, own) is None and ("excuse", number) not in own:
            before = own.get(("score", number))
            old = f": it has changed since it was given {before.points:g} points" if before else " has no score"
            yield (f"the written answer to exercise {number}{old}",) * 2
    if not report.exercises:
        return
    checks = {f"{exercise.id}/{check.id}" for exercise, check in _checks(report)}
    for (kind, target), decision in own.items():
        if kind == "score" and target not in written:
            yield (f"the written answer to exercise {target}, which was given {decision.points:g} points, is gone",) * 2
        if kind == "correction" and target not in checks:
            # The check may have been a hidden one, whose name is not for the student.
            yield f"check {target}, which was corrected to {decision.points:g} points, is gone", _CORRECTION_WAITS

"""A report with the decisions that persons made beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from assay.model import HIDDEN_TEXT, Environment, Message, Names, Report, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.model import ExerciseResult, Verdict

__all__ = ["Decided", "Deduction", "Given", "decide", "nothing_handed_in", "numbers_in", "undecided"]


class Given(NamedTuple):
    """Points that a person gave for a written answer, and the comment for the student."""

    points: float
    comment: str


class Deduction(NamedTuple):
    """Points that lateness costs, and how late it was."""

    points: float
    text: str


class Decided(NamedTuple):
    """Decisions of persons beside a report; not why, because the reasons are the instructor's.

    Args:
        corrections: the points of checks, by the exercise's number and the check's id.
        answers: the points of written answers, by the exercise's number.
        comments: the comments on clusters of equal wrong answers, by the cluster's key.
        excused: the numbers of excused exercises.
        late: what lateness costs, or None.
        whole: whether the whole assignment is excused.
        graded: whether the points are known, because the report is graded or persons settled it.
        open: what a person must still decide, a sentence each.
        told: the same for the student: no sentence names a check.
    """

    corrections: Mapping[tuple[str, str], float]
    answers: Mapping[str, Given]
    comments: Mapping[str, str]
    excused: frozenset[str]
    late: Deduction | None
    whole: bool
    graded: bool
    open: tuple[str, ...]
    told: tuple[str, ...]


def undecided(report: Report) -> Decided:
    """Return what stands in a report alone: the points that a person wrote into it for written answers."""
    given = {
        answer.exercise: Given(answer.score, answer.comment or "")
        for answer in report.answers
        if answer.score is not None
    }
    waiting = [answer.exercise for answer in report.answers if answer.score is None]
    texts = tuple(f"the written answer to exercise {exercise} has no score" for exercise in waiting)
    graded = report.status == "graded"
    return Decided({}, given, {}, frozenset(), None, whole=False, graded=graded, open=texts, told=texts)


def nothing_handed_in(student: str, assignment: str) -> Report:
    """Return the report of a student who handed in nothing."""
    return Report(
        submission=SubmissionInfo(student, "", ""),
        assignment=assignment,
        status="ungraded",
        reason="nothing was handed in",
        cause="absent",
        score=0.0,
        max_score=0.0,
        isolation={},
        seed="",
        course="",
        engine="",
        exercises=(),
        environment=Environment("", ""),
        answers=(),
        handed_in=Names((), ()),
        duration=0.0,
    )


def decide(report: Report, decided: Decided) -> Report:
    """Return the report with the decisions in it.

    The points of excused exercises do not count, and a name that only their checks ask for is not missing.
    """
    exercises = tuple(_exercise(exercise, decided) for exercise in report.exercises)
    counted = [exercise for exercise in exercises if exercise.id not in decided.excused]
    answers = tuple(
        replace(answer, score=given.points, comment=given.comment or None)
        if (given := decided.answers.get(answer.exercise))
        else replace(answer, score=None, comment=None)
        for answer in report.answers
    )
    not_asked = _missing_in(report.exercises) - _missing_in(counted)
    written = sum(answer.score or 0.0 for answer in answers if answer.exercise not in decided.excused)
    return replace(
        report,
        status="graded" if decided.graded else "ungraded",
        score=float(
            sum(exercise.score for exercise in counted) + written - (decided.late.points if decided.late else 0.0)
        ),
        max_score=float(sum(exercise.max_score for exercise in counted)),
        exercises=exercises,
        answers=answers,
        handed_in=replace(
            report.handed_in,
            missing=tuple(name for name in report.handed_in.missing if name not in not_asked),
        ),
    )


def numbers_in(report: Report) -> Iterable[str]:
    """Return the numbers of all exercises, each once; that of a written answer may have no check."""
    return dict.fromkeys([exercise.id for exercise in report.exercises] + [each.exercise for each in report.answers])


def _missing_in(exercises: Iterable[ExerciseResult]) -> set[str]:
    return {check.missing.name for exercise in exercises for check in exercise.checks if check.missing is not None}


def _exercise(exercise: ExerciseResult, decided: Decided) -> ExerciseResult:
    checks = tuple(
        _check(
            check,
            decided.corrections.get((exercise.id, check.id)),
            decided.comments.get(check.answers_key or ""),
        )
        for check in exercise.checks
    )
    return replace(exercise, score=float(sum(check.score for check in checks)), checks=checks)


def _check(check: Verdict, points: float | None, comment: str | None) -> Verdict:
    """Return the check with a person's points and comment, which stand below the help."""
    told = [] if comment is None else [f"comment: {comment}"]
    if points is not None:
        told.append(f"a person has corrected this from {check.score:g} to {points:g} points")
        check = replace(check, score=points)
    if not told:
        return check
    message = check.message or Message(help=HIDDEN_TEXT if check.visibility == "hidden" else None)
    return replace(check, message=replace(message, help="\n".join(filter(None, (message.help, *told)))))

"""Grading mutants of the model answers: some check must catch each mutant, unless it is listed as equivalent."""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from assay.course.reach import names_met
from assay.course.seeds import PUBLIC_SEED
from assay.errors import AssayError, CourseError
from assay.grading.run import grade
from assay.model import Submission, SubmissionInfo
from assay.selftest.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from assay.course.read import Course


class MutationOutcome(NamedTuple):
    """The verdicts on the mutants of an assignment's model answers.

    Args:
        made: how many mutants were made.
        survived: the mutants that got full marks and are not listed as equivalent.
        equivalent: how many mutants got full marks and are listed.
        unused: the listed mutants that a check caught or that were not made, as (was, becomes).
    """

    made: int
    survived: tuple[Mutant, ...]
    equivalent: int
    unused: tuple[tuple[str, str], ...]

    @property
    def caught(self) -> int:
        """How many mutants some check caught."""
        return self.made - len(self.survived) - self.equivalent


def grade_mutants(course: Course, assignment: str, executor: Executor) -> MutationOutcome:
    """Grade every mutant of the model answers as a submission, behind the wall, because a mutant may loop for ever.

    Args:
        course: the course whose checks are tested.
        assignment: the name of the assignment to test.
        executor: where the submissions are graded.

    Raises:
        AssayError: a mutant could not be graded.
        CourseError: the list of equivalent mutants cannot be read.
    """
    path = course.reference(assignment)
    listed = _equivalents(path.with_suffix(".equivalents.toml"))
    made = mutants(path.read_text(encoding="utf-8"))
    troubles: list[str] = []
    reports = grade(
        course,
        [_as_submission(assignment, number, mutant) for number, mutant in enumerate(made)],
        seed=PUBLIC_SEED,
        executor=executor,
        on_trouble=troubles.append,
        stop_at_first_failure=True,  # one check that catches a mutant is enough
        exercises=_exercises_met(course, assignment, made),
    )
    troubles += [report.reason or "" for report in reports if not report.exercises]
    if troubles:
        raise AssayError(troubles[0])
    alive = [mutant for mutant, report in zip(made, reports, strict=True) if report.score == report.max_score]
    survived = tuple(mutant for mutant in alive if (mutant.was, mutant.becomes) not in listed)
    unused = listed - {(mutant.was, mutant.becomes) for mutant in alive}
    return MutationOutcome(len(made), survived, len(alive) - len(survived), tuple(sorted(unused)))


def _exercises_met(course: Course, assignment: str, made: Sequence[Mutant]) -> list[tuple[str, ...]]:
    """Return for each mutant the exercises whose checks can meet what it changes; none stands for all."""
    definitions = [
        statement
        for statement in ast.parse(course.reference(assignment).read_bytes()).body
        if isinstance(statement, ast.FunctionDef | ast.ClassDef)
    ]
    checks = names_met(course, assignment).items()
    met = {
        line: tuple(sorted({exercise for (exercise, _), names in checks if each.name in names}))
        for each in definitions
        for line in range(each.lineno, (each.end_lineno or 0) + 1)
    }
    return [met.get(mutant.line, ()) for mutant in made]


def _as_submission(assignment: str, number: int, mutant: Mutant) -> Submission:
    source = mutant.source.encode()
    name = f"mutant_{number:04}"
    return Submission(SubmissionInfo(name, name, hashlib.sha256(source).hexdigest()), assignment, "module", source)


def _equivalents(path: Path) -> set[tuple[str, str]]:
    """Read the mutants that no check can catch because they are right answers too, each listed with the reason."""
    if not path.exists():
        return set()
    try:
        listed = msgspec.toml.decode(path.read_bytes(), type=_Equivalents).equivalent
    except msgspec.MsgspecError as error:
        text = f"{path}: {error}"
        raise CourseError(text) from error
    return {(one.was, one.becomes) for one in listed}


class _Equivalent(msgspec.Struct, frozen=True):
    was: str
    becomes: str
    reason: str


class _Equivalents(msgspec.Struct, frozen=True):
    equivalent: list[_Equivalent]

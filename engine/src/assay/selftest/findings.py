"""The lines of `assay self-test`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.checks.statistics import read_tolerances
from assay.selftest.graded_mutants import grade_mutants
from assay.selftest.many_seeds import grade_references
from assay.selftest.mistakes import grade_mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from assay.checks.statistics import Tolerance
    from assay.course.read import Course
    from assay.selftest.graded_mutants import MutationOutcome
    from assay.selftest.many_seeds import Failure
    from assay.selftest.mistakes import MistakeOutcome

Finding = tuple[str, bool]
"""A text, and whether all is well."""


def findings(course: Course, assignments: Sequence[str], seeds: int, executor: Executor) -> Iterator[Finding]:
    """Test the checks of a course; yield each finding as soon as it is known.

    Args:
        course: the course whose checks are tested.
        assignments: the names of the assignments to test.
        seeds: how many course seeds the references are graded under.
        executor: where everything is graded.
    """
    yield about_references(seeds, grade_references(course, assignments, range(seeds), executor))
    for name in assignments:
        yield from about_bounds(name, read_tolerances(course.root, name))
        yield about_mistakes(name, grade_mistakes(course, name, executor))
        yield about_mutants(name, grade_mutants(course, name, executor))


def about_references(seeds: int, failures: Sequence[Failure]) -> Finding:
    """Return the finding about the references: the checks that they did not pass."""
    lines = [f"  seed {f.seed}: {f.assignment} {f.exercise} {f.check} {f.status}: {f.why}" for f in failures]
    return _finding(f"the reference under {seeds} seeds: {len(failures)} checks not passed", lines)


def about_bounds(assignment: str, tolerances: dict[str, Tolerance]) -> Iterator[Finding]:
    """Yield a finding for each bound of the assignment's statistics: how often it errs."""
    if tolerances:
        yield f"{assignment}: bounds of the statistical checks", True
    for key, kept in tolerances.items():
        fails = "by its closed form" if kept.false_failure is None else f"with probability {kept.false_failure:.1g}"
        power = f"at {min(kept.power.values()):.2%} of {kept.power_seeds} seeds or more" if kept.power else "not"
        yield f"  {key}: {kept.bound:g}; a right answer exceeds it {fails}, each known mistake {power}", True


def about_mistakes(assignment: str, outcomes: Sequence[MistakeOutcome]) -> Finding:
    """Return the finding about an assignment's known mistakes: those that their own exercise does not settle."""
    lines = [
        f"  {outcome.exercise} {outcome.mistake}: caught by {', '.join(outcome.caught) or 'nothing'}, "
        f"{'named' if outcome.named else 'not named'}, elsewhere {', '.join(outcome.collateral) or 'nothing'}"
        for outcome in outcomes
        if not outcome.right
    ]
    right = len(outcomes) - len(lines)
    headline = (
        f"{assignment}: known mistakes: {len(outcomes)}, caught and named by their own exercise and no other: {right}"
    )
    return _finding(headline, lines)


def about_mutants(assignment: str, outcome: MutationOutcome) -> Finding:
    """Return the finding about an assignment's mutants: those that survived, and lines of the list without a use."""
    lines = [
        f"  line {mutant.line}: {mutant.was}\n    slips through as: {mutant.becomes}" for mutant in outcome.survived
    ]
    lines += [f"  listed as equivalent, but caught or not made: {was} as {becomes}" for was, becomes in outcome.unused]
    headline = f"{assignment}: mutants: {outcome.made}, caught {outcome.caught}, equivalent {outcome.equivalent}"
    return _finding(headline, lines)


def _finding(headline: str, faults: list[str]) -> Finding:
    return "\n".join([headline, *faults]), not faults

"""Tests the tests: the reference under many seeds, each known mistake in its own exercise, mutants of the reference."""

from __future__ import annotations

import functools
import hashlib
from concurrent.futures import as_completed
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from assay.checks.mistakes import Mistake, mistaken_afresh, mistakes_of
from assay.checks.tolerances import kept_records
from assay.course.read import exercise_of, load_reference
from assay.errors import AssayError, CourseError
from assay.grading.run import grade, workers_pool
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.session import Job, grade_chunk, hold_session
from assay.judge.state import JudgeState, reference_as_submission
from assay.model import Submission, SubmissionInfo
from assay.selftest.mutation import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from assay.course.read import Course
    from assay.model import Report, Verdict


_PARTS = 8
"""Into which an assignment's mistakes are divided: more than most machines have processors, so that all are busy."""


class Failure(NamedTuple):
    """A check that the reference did not pass under a seed: the check does not tell the truth."""

    seed: int
    assignment: str
    exercise: str
    check: str
    status: str
    why: str


class Known(NamedTuple):
    """What became of a known mistake.

    Args:
        assignment: where it belongs.
        exercise: the number of the exercise beside whose checks it stands.
        mistake: the name of its function.
        caught: the checks of that exercise that it did not pass.
        named: whether its hint is the help of one of them.
        collateral: checks of other exercises that it did not pass.
    """

    assignment: str
    exercise: str
    mistake: str
    caught: tuple[str, ...]
    named: bool
    collateral: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Caught by its own exercise, named there, and by no other."""
        return bool(self.caught) and self.named and not self.collateral


class MutationOutcome(NamedTuple):
    """What became of the mutants of an assignment's model answers.

    Args:
        made: how many there were.
        slipped: those that got full marks, and are not listed as equivalent.
        equivalent: how many of those that did are listed.
        stale: listed ones that a check caught, or that there are no more.
    """

    made: int
    survived: tuple[Mutant, ...]
    equivalent: int
    unused: tuple[tuple[str, str], ...]


def findings(course: Course, assignments: Sequence[str], seeds: int) -> Iterator[tuple[str, bool]]:
    """Tests the checks of a course; gives each finding as a text and whether all is well, as soon as it is known.

    Args:
        course: what is tested.
        assignments: which of it.
        seeds: course seeds for the references.
    """
    failures = reference_under(course, assignments, range(seeds))
    lines = [f"  seed {f.seed}: {f.assignment} {f.exercise} {f.check} {f.status}: {f.why}" for f in failures]
    yield "\n".join([f"the reference under {seeds} seeds: {len(failures)} checks not passed", *lines]), not failures
    for name in assignments:
        yield from _bounds(course, name)
        mistakes = known_mistakes(course, name)
        lines = [
            f"  {known.exercise} {known.mistake}: caught by {', '.join(known.caught) or 'nothing'}, "
            f"{'named' if known.named else 'not named'}, elsewhere {', '.join(known.collateral) or 'nothing'}"
            for known in mistakes
            if not known.right
        ]
        right = len(mistakes) - len(lines)
        first = f"{name}: known mistakes: {len(mistakes)}, caught and named by their own exercise and no other: {right}"
        yield "\n".join([first, *lines]), not lines
        found = surviving_mutants(course, name)
        lines = [f"  line {m.line}: {m.was}\n    slips through as: {m.becomes}" for m in found.survived]
        lines += [
            f"  listed as equivalent, but caught or not made: {was} as {becomes}" for was, becomes in found.unused
        ]
        caught = found.made - len(found.survived) - found.equivalent
        first = f"{name}: mutants: {found.made}, caught {caught}, equivalent {found.equivalent}"
        yield "\n".join([first, *lines]), not lines


def _bounds(course: Course, assignment: str) -> Iterator[tuple[str, bool]]:
    records = kept_records(course.root, assignment)
    if records:
        yield f"{assignment}: bounds of the statistical checks", True
    for key, record in records.items():
        fails = "by its closed form" if record.false_failure is None else f"with probability {record.false_failure:.1g}"
        power = f"at {min(record.power.values()):.2%} of {record.power_seeds} seeds or more" if record.power else "not"
        text = f"  {key}: {record.bound:g}; a right answer exceeds it {fails}, each known mistake {power}"
        yield text, True


def reference_under(course: Course, assignments: Sequence[str], seeds: Sequence[int]) -> list[Failure]:
    """Grades the references as submissions, behind the wall, once for every seed.

    Args:
        course: what is tested.
        assignments: which of it.
        seeds: course seeds.
    """
    references = tuple(reference_as_submission(course, name) for name in assignments)
    failures: list[Failure] = []
    with workers_pool(len(seeds)) as pool:
        futures = {pool.submit(grade_chunk, Job(course.root, course.fingerprint, references, s, ())): s for s in seeds}
        for future in as_completed(futures):
            seed = futures[future]
            for report in future.result():
                failures += _not_passed(report, seed)
    return sorted(failures)


def known_mistakes(course: Course, assignment: str) -> list[Known]:
    """Grades the reference with each known mistake in place of the right answer, without a wall: it is our own code.

    Args:
        course: what is tested.
        assignment: whose mistakes.
    """
    with workers_pool(_PARTS) as pool:
        parts = pool.map(_some_known_mistakes, [course] * _PARTS, [assignment] * _PARTS, range(_PARTS))
        return sorted((known for part in parts for known in part), key=lambda known: int(known.exercise))


def _some_known_mistakes(course: Course, assignment: str, part: int) -> list[Known]:
    path = course.reference(assignment)
    right = _in_process_judge(course, {reference_as_submission(course, assignment): lambda: load_reference(path)})
    hold_session(right)
    (items,) = right.state.checks.values()
    tests = {item.module: item.path for item in items}  # type: ignore[attr-defined]
    mine = [(mistake, test) for module, test in tests.items() for mistake in mistakes_of(module)][part::_PARTS]
    if not mine:
        return []
    submissions = [_as_submission(assignment, mistake, exercise_of(test)) for mistake, test in mine]
    makers = [functools.partial(mistaken_afresh, path, mistake, test) for mistake, test in mine]
    judge = _in_process_judge(course, dict(zip(submissions, makers, strict=True)))
    hold_session(judge)
    reports = zip(mine, judge.reports(), strict=True)
    return [_became_of(mistake, exercise_of(test), report) for (mistake, test), report in reports]


def surviving_mutants(course: Course, assignment: str) -> MutationOutcome:
    """Grades every mutant of the model answers as a submission, behind the wall: one may loop for ever.

    Args:
        course: what is tested.
        assignment: whose model answers are changed.

    Raises:
        AssayError: a mutant could not be graded, or the list of equivalent ones cannot be read.
    """
    path = course.reference(assignment)
    made = mutants(path.read_text(encoding="utf-8"))
    submissions = [_mutant_as_submission(assignment, number, mutant) for number, mutant in enumerate(made)]
    troubles: list[str] = []
    reports = grade(
        course,
        submissions,
        seed=0,
        waived=(),
        on_progress=lambda _: None,
        on_trouble=troubles.append,
        stop_at_first_failure=True,  # one check that notices a mutant is enough
    )
    troubles += [report.reason or "" for report in reports if not report.exercises]
    if troubles:
        raise AssayError(troubles[0])
    alive = [mutant for mutant, report in zip(made, reports, strict=True) if report.score == report.max_score]
    listed = _equivalents(path.with_suffix(".equivalents.toml"))
    survived = tuple(mutant for mutant in alive if (mutant.was, mutant.becomes) not in listed)
    unused = set(listed) - {(mutant.was, mutant.becomes) for mutant in alive}
    return MutationOutcome(len(made), survived, len(alive) - len(survived), tuple(sorted(unused)))


def _mutant_as_submission(assignment: str, number: int, mutant: Mutant) -> Submission:
    source = mutant.source.encode()
    name = f"mutant_{number:04}"
    return Submission(SubmissionInfo(name, name, hashlib.sha256(source).hexdigest()), assignment, "module", source)


def _equivalents(path: Path) -> set[tuple[str, str]]:
    """Reads the mutants that no check can catch, because they are right answers too, each with the reason."""
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


def _in_process_judge(course: Course, makers: dict[Submission, Callable[[], ModuleType]]) -> Judge:
    """Return a judge without a wall, for trusted code: each submission is a module, made anew for every check."""
    return Judge(JudgeState(course, list(makers), open_guest=in_process(course, makers)))


def _as_submission(assignment: str, mistake: Mistake, exercise: str) -> Submission:
    name = f"{exercise} {mistake.name} = {mistake.replacement.__name__}"
    info = SubmissionInfo(name, name, hashlib.sha256(name.encode()).hexdigest())
    return Submission(info, assignment, "module", b"")


def _became_of(mistake: Mistake, exercise: str, report: Report) -> Known:
    bad = [(e.id, check) for e in report.exercises for check in e.checks if check.status != "passed"]
    own = [check for number, check in bad if number == exercise]
    return Known(
        report.assignment,
        exercise,
        mistake.replacement.__name__,
        tuple(check.id for check in own),
        any(check.message is not None and check.message.help == mistake.hint for check in own),
        tuple(f"{number}/{check.id}" for number, check in bad if number != exercise),
    )


def _why(check: Verdict) -> str:
    parts = [] if check.message is None else [check.message.yours, check.message.help]
    return "; ".join(part for part in parts if part)


def _not_passed(report: Report, seed: int) -> list[Failure]:
    return [
        Failure(seed, report.assignment, exercise.id, check.id, check.status, _why(check))
        for exercise in report.exercises
        for check in exercise.checks
        if check.status != "passed"
    ]

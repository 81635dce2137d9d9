"""How many known mistakes get a diagnosis if nobody has written a hint for them, and what a diagnosis costs.

Every known mistake of an assignment is graded on its exercise without a wall, its hint removed, under two seeds of the
course. A diagnosis is a claim about examples, so it counts only if the other seed's examples give the same claim,
whatever their numbers. Each claim is shown beside the hint of its mistake, and at the end with all mistakes about which
it is made: a person reads whether a hint contradicts it. The mistakes without one are listed with their checks, for a
person to say why; those of which a message itself says the side of a bound, the shape, the dtype or what changed, or
tells in the check's own words what it found ("1000 of 1000 examples at their old place"), are counted apart. The cost
is processor time: of the checks of the exercise, and of the diagnoses among it, against the model answers' own.

    python engine/benchmarks/diagnosis.py [ASSIGNMENT [EXERCISE ...]]
"""

from __future__ import annotations

import functools
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from assay.course.contract import load_module
from assay.course.read import exercise_of, read_course
from assay.judge.diagnosis import Diagnostician
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.mistaken import known_mistakes, reference_with_mistake
from assay.judge.recognition import Recogniser
from assay.judge.session import hold_session
from assay.judge.state import JudgeState, reference_as_submission
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping
    from types import ModuleType

    from assay.checks.mistakes import Mistake
    from assay.course.read import Course
    from assay.model import Verdict

COURSE = Path(__file__).parents[2]
SEEDS = 1, 2
STATES = re.compile(
    r"\b(at most|at least|or more|less than|below|beyond|of shape|as float32|as (it|they) (was|were)|as before)\b"
)
"""A text of what is expected that states the relation to a value beside it."""

TELLS = re.compile(r"'.* .*'")
"""A text of what was found, in the check's own words."""

LIMIT = 2
"""A wrong answer may cost so many times what a right one does."""


class Graded(NamedTuple):
    """A submission's checks that it did not pass, by name, and the seconds that its checks and diagnoses took."""

    failed: dict[str, Verdict]
    checks: float
    diagnoses: float


class TimedJudge(Judge):
    """A judge that measures the processor time of its submissions' checks, and of the diagnoses among them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks: dict[Submission, float] = {}
        self.diagnoses: dict[Submission, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, object, object]:
        """Measure a check."""
        submission = item.callspec.params["guest"]
        diagnose = Diagnostician.diagnose

        def timed(*args: Any) -> str | None:
            begun = time.process_time()
            sentence = diagnose(*args)
            self.diagnoses[submission] = self.diagnoses.get(submission, 0.0) + time.process_time() - begun
            return sentence

        Diagnostician.diagnose = timed  # type: ignore[method-assign]
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self.checks[submission] = self.checks.get(submission, 0.0) + time.process_time() - begun
            Diagnostician.diagnose = diagnose  # type: ignore[method-assign]


def grade(
    course: Course, makers: Mapping[Submission, Callable[[], ModuleType]], seed: int, exercise: str
) -> list[Graded]:
    """Grade modules on one exercise, in this process."""
    judge = TimedJudge(
        JudgeState(course, list(makers), seed, open_guest=in_process(course, makers)),
        asks=lambda item: exercise_of(item.path) == exercise,
        submissions_only=True,
    )
    hold_session(judge)
    return [
        Graded(
            {
                check.id: check
                for part in report.exercises
                for check in part.checks
                if check.status not in {"passed", "skipped"}
            },
            judge.checks[submission],
            judge.diagnoses.get(submission, 0.0),
        )
        for submission, report in zip(makers, judge.reports(), strict=True)
    ]


def mistakes_by_exercise(course: Course, assignment: str) -> dict[str, tuple[Mistake, ...]]:
    """Return the known mistakes of each exercise, by its number."""
    right = reference_as_submission(course, assignment)
    state = JudgeState(course, [right], open_guest=in_process(course, {}))
    judge = Judge(state, enough=lambda *_: True, submissions_only=True)  # only its collected modules are wanted
    hold_session(judge)
    modules = {exercise_of(item.path): item.module for item in state.checks[right]}  # type: ignore[attr-defined]
    return {number: tuple(known_mistakes(module)) for number, module in modules.items()}


def claim(verdict: Verdict | None) -> str | None:
    """Return a diagnosis without its numbers, which are those of its examples."""
    return re.sub(r"-?\d[\d.e-]*", "N", verdict.diagnosis) if verdict is not None and verdict.diagnosis else None


def show_exercise(
    course: Course, assignment: str, number: str, mistakes: tuple[Mistake, ...], claimed: dict[str, list[Mistake]]
) -> list[str]:
    """Print each mistake of an exercise with what is said and its cost; return what is told of each.

    Args:
        course: the course.
        assignment: the assignment of the exercise.
        number: the exercise.
        mistakes: its known mistakes.
        claimed: where each claim's mistakes are noted.
    """
    path = course.reference(assignment)
    makers = {}
    for mistake in mistakes:
        info = SubmissionInfo(mistake.label, mistake.label, mistake.label)
        makers[Submission(info, assignment, "module", b"")] = functools.partial(
            reference_with_mistake, path, mistake, fresh=True
        )
    right = reference_as_submission(course, assignment)
    first, second = (grade(course, {right: lambda: load_module(path), **makers}, seed, number) for seed in SEEDS)
    plain, told = first[0].checks, list[str]()
    for mistake, one, other in zip(mistakes, first[1:], second[1:], strict=True):
        agreed = {
            check: verdict.diagnosis
            for check, verdict in one.failed.items()
            if claim(verdict) and claim(verdict) == claim(other.failed.get(check))
        }
        told.append("diagnosed" if agreed else _why_none(list(one.failed.values())))
        times = f"{one.checks / plain:.1f} times a right answer, {one.diagnoses / plain:.1f} for diagnoses"
        print(f"  {number} {mistake.label}: {told[-1]}; {times}")
        print(f"      the hint: {mistake.hint}")
        for said in {claim(one.failed[check]) for check in agreed}:
            claimed.setdefault(said, []).append(mistake)
        for check, verdict in one.failed.items():
            print(f"      {check}, {verdict.status}: {agreed.get(check)}")
    if mistakes:
        ratios = [one.checks / plain for one in first[1:]]
        shares = [one.diagnoses / plain for one in first[1:]]
        over = sum(ratio > LIMIT for ratio in ratios)
        print(f"  {number}: a right answer took {plain:.2f} s, a wrong one {_spread(ratios)} times as long")
        print(f"  {number}: {over} of {len(ratios)} above {LIMIT}; their diagnoses {_spread(shares)} of a right answer")
    return told


def _why_none(failed: Collection[Verdict]) -> str:
    """Return why the checks that a mistake failed have no diagnosis."""
    if any(check.message is not None and check.message.help for check in failed if check.status == "failed"):
        return "none, a check says what to do"
    if any(check.message is not None and STATES.search(check.message.expected or "") for check in failed):
        return "none, a message states the bound, the shape or the change"
    if any(check.message is not None and TELLS.match(check.message.yours or "") for check in failed):
        return "none, a check tells in words what it found"
    if any(check.status in {"error", "timeout", "crashed"} for check in failed):
        return "none, the student reads the error of the mistake"
    return "none, no relation holds in both seeds"


def _spread(numbers: list[float]) -> str:
    return f"{statistics.median(numbers):.2f} (at most {max(numbers):.1f})"


def main() -> None:
    """Print the share of mistakes with a diagnosis that two seeds agree on, and every mistake with what is said."""
    Recogniser.hint_for = lambda *_: None  # type: ignore[method-assign,assignment]  # as if nobody had written one
    course = read_course(COURSE)
    wanted = sys.argv[2:]
    for assignment in sys.argv[1:2] or [assignment.name for assignment in course.assignments]:
        claimed: dict[str, list[Mistake]] = {}
        found = {
            number: show_exercise(course, assignment, number, mistakes, claimed)
            for number, mistakes in mistakes_by_exercise(course, assignment).items()
            if not wanted or number in wanted
        }
        all_told = Counter(told for part in found.values() for told in part)
        print(f"{assignment}: {all_told['diagnosed']} of {all_told.total()} known mistakes have a diagnosis")
        for why, count in all_told.most_common():
            print(f"    {count} {why}")
        print("Claims about several mistakes, each with their hints:")
        for said, mistakes in sorted(claimed.items()):
            if len(mistakes) > 1:
                print(f"  {said}")
                for mistake in mistakes:
                    print(f"      {mistake.label}: {mistake.hint}")


if __name__ == "__main__":
    main()

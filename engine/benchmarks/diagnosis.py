"""How many known mistakes get a diagnosis if nobody has written a hint for them.

Every known mistake of an assignment is graded without a wall, its hint removed, under two seeds of the course. A
diagnosis is a claim about examples, so it counts only if the other seed's examples give the same claim, whatever their
numbers. The mistakes without one are listed with their checks, for a person to say why.

    python engine/benchmarks/diagnosis.py ASSIGNMENT ...
"""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checks.mistakes import mistakes_of
from assay.course.contract import load_module
from assay.course.read import exercise_of, read_course
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.mistaken import reference_with_mistake
from assay.judge.recognition import Recogniser
from assay.judge.session import hold_session
from assay.judge.state import JudgeState, reference_as_submission
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from assay.course.read import Course
    from assay.model import Verdict

COURSE = Path(__file__).parents[2]
SEEDS = 1, 2

Failed = dict[str, dict[str, "Verdict"]]
"""By mistake: the checks of its exercise that it failed, by name."""


def grade_without_hints(course: Course, assignment: str, seed: int) -> Failed:
    """Grade every mistake of an assignment as if its hint were not there."""
    path = course.reference(assignment)
    right = {reference_as_submission(course, assignment): lambda: load_module(path)}
    judge = Judge(JudgeState(course, list(right), seed, open_guest=in_process(course, right)))
    hold_session(judge)
    (items,) = judge.state.checks.values()
    modules = {item.module: exercise_of(item.path) for item in items}  # type: ignore[attr-defined]
    mistakes = [(mistake, number) for module, number in modules.items() for mistake in mistakes_of(module)]
    makers = {}
    for mistake, number in mistakes:
        name = f"{number} {mistake.label}"
        submission = Submission(SubmissionInfo(name, name, name), assignment, "module", b"")
        makers[submission] = functools.partial(reference_with_mistake, path, mistake, fresh=True)
    judge = Judge(JudgeState(course, list(makers), seed, open_guest=in_process(course, makers)))
    hold_session(judge)
    return {
        report.submission.name: {
            check.id: check
            for exercise in report.exercises
            if exercise.id == number
            for check in exercise.checks
            if check.status not in {"passed", "skipped"}
        }
        for (_, number), report in zip(mistakes, judge.reports(), strict=True)
    }


def claim(verdict: Verdict | None) -> str | None:
    """Return a diagnosis without its numbers, which are those of its examples."""
    return re.sub(r"-?\d[\d.e-]*", "N", verdict.diagnosis) if verdict is not None and verdict.diagnosis else None


def main() -> None:
    """Print the share of mistakes with a diagnosis that two seeds agree on, and every mistake with what is said."""
    Recogniser.hint_for = lambda *_: None  # type: ignore[method-assign,assignment]  # as if nobody had written one
    course = read_course(COURSE)
    for assignment in sys.argv[1:] or [assignment.name for assignment in course.assignments]:
        first, second = (grade_without_hints(course, assignment, seed) for seed in SEEDS)
        told = {
            name: [
                check
                for check in failed
                if claim(failed[check]) and claim(failed[check]) == claim(second[name].get(check))
            ]
            for name, failed in first.items()
        }
        print(f"{assignment}: {sum(map(bool, told.values()))} of {len(told)} known mistakes have a diagnosis")
        for name, failed in first.items():
            print(f"  {name}{'' if told[name] else ': none'}")
            for check, verdict in failed.items():
                print(f"      {check}, {verdict.status}: {verdict.diagnosis if check in told[name] else None}")


if __name__ == "__main__":
    main()

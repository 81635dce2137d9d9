"""Recognises a known mistake by its answers: what fails as it does, on the same inputs, is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from assay.checks.mistakes import Mistake, fresh_module, mistaken_module, mistakes_of, same_answer
from assay.course import contract, exercise_of
from assay.errors import GuestEnded, Mismatch, SubmissionRaised
from assay.examples import all_failures, passed_examples
from assay.inprocess import stand_in
from assay.items import check_of
from assay.wire.values import encode

if TYPE_CHECKING:
    from types import ModuleType

    from assay.examples import Example
    from assay.judge import Judge

_UNREPEATABLE = frozenset({"benchmark", "peer"})
"""Fixtures that measure: a check that uses them is not run again."""

_GIVEN = frozenset({"submission", "reference", "rng", "seed"})
"""Fixtures that are the same for every submission; the other arguments are what Hypothesis drew."""


def hint_for(judge: Judge, item: Any, error: Mismatch | SubmissionRaised) -> str | None:
    """Gives the hint of the known mistake that answers the failing example just as the submission did, or None.

    The smallest example is often too small to tell two mistakes apart (a sum and a missing half agree on two numbers):
    then all decide that Hypothesis draws. And what answers this example alike by chance is not named: in the exercise's
    checks before this one the mistake must have done what the submission did.
    """
    if not _repeatable(item, error):
        return None
    likely = [mistake for mistake in mistakes_of(item.module) if _explains(judge, item, mistake, error)]
    if len({mistake.hint for mistake in likely}) > 1:
        for other in all_failures(judge, item):
            likely = [mistake for mistake in likely if _explains(judge, item, mistake, other)] or likely
    likely = [mistake for mistake in likely if _agrees(judge, item, mistake)]
    made = judge.recognised.setdefault(item.callspec.params["handed_in"], {})
    exercise = exercise_of(item.path)
    if likely:
        if check_of(item).visibility == "visible":  # what a hidden check found is told nowhere
            made.setdefault(likely[0], exercise)
        return likely[0].hint
    for mistake, where in made.items():  # what is wrong in one exercise costs those that call it
        if where != exercise and _explains(judge, item, mistake, error):
            return f"as in exercise {where}: {mistake.hint}"
    return None


def reference_digests(judge: Judge, item: Any, error: Any) -> bool:
    """Tells whether the reference passes the example on which the check's own code raised.

    If it does, the check is sound and what it could not digest was the submission's answer: a None where a model was
    asked for. If it does not, the check is broken, which is never the student's fault.
    """
    if not _repeatable(item, error):
        return False
    module = fresh_module(judge.course.reference(item.path.parent.name))
    return _asked_again(judge, item, module, error.assay_example) is None


def _repeatable(item: Any, error: Any) -> bool:
    """Whether a module of ours can be asked what the submission was asked."""
    return hasattr(error, "assay_example") and _UNREPEATABLE.isdisjoint(item.fixturenames)


def _agrees(judge: Judge, item: Any, mistake: Mistake) -> bool:
    """Whether the mistake passes the checks before this one that the submission passed, and fails none otherwise."""
    checks = judge.checks[item.callspec.params["handed_in"]]
    for check in checks[: checks.index(item)]:
        # From a hidden check nothing follows that a student is told.
        if check.path != item.path or check_of(check).visibility == "hidden":
            continue
        error: Any = judge.wrong.get(check)
        verdict = judge.verdicts.get(check)
        if error is not None and _repeatable(check, error):
            answer = _answer(judge, check, mistake, error.assay_example)
            if answer is not None and not _alike(answer, error):
                return False
        elif verdict is not None and verdict.status == "passed" and _fails(judge, check, mistake):
            return False
    return True


def _fails(judge: Judge, item: Any, mistake: Mistake) -> bool:
    """Whether the mistake fails an example of the check's, as far as these are the same for every submission."""
    answers = (_answer(judge, item, mistake, example) for example in passed_examples(judge, item))
    return any(isinstance(answer, Mismatch | SubmissionRaised) for answer in answers)


def _explains(judge: Judge, item: Any, mistake: Mistake, error: Any) -> bool:
    return _alike(_answer(judge, item, mistake, error.assay_example), error)


def _alike(one: BaseException | None, other: BaseException) -> bool:
    if isinstance(one, Mismatch) and isinstance(other, Mismatch):
        return same_answer(one, other)
    return isinstance(one, SubmissionRaised) and isinstance(other, SubmissionRaised) and one.args == other.args


_answers: dict[tuple[Any, ...], BaseException | None] = {}
"""What mistakes answered to examples: a class makes the same mistakes, and the smallest example is the same."""

_REMEMBERED = 10_000
"""Answers that are kept, of about a kilobyte each: some hundred submissions' worth, all wrong in different ways."""


def _answer(judge: Judge, item: Any, mistake: Mistake, example: Example) -> BaseException | None:
    path, seed = judge.course.reference(item.path.parent.name), judge.guest_seed(item)
    key = (example.body, mistake, seed, _key(example.arguments))
    if key not in _answers:
        if len(_answers) >= _REMEMBERED:
            _answers.clear()
        _answers[key] = _asked_again(judge, item, mistaken_module(path, mistake), example)
    return _answers[key]


def _asked_again(judge: Judge, item: Any, module: ModuleType, example: Example) -> BaseException | None:
    """Gives what the example raises when a module of ours answers, or None where it passes."""
    names = contract(judge.course.reference(item.path.parent.name))
    arguments = dict(example.arguments)
    arguments["submission"] = stand_in(module, judge.course.load_library(), names, judge.guest_seed(item))
    if "rng" in arguments:
        arguments["rng"] = torch.Generator().manual_seed(judge.seed_of(item))
    with torch.random.fork_rng(devices=[]):
        try:
            example.body(**arguments)
        except (Exception, GuestEnded) as error:  # noqa: BLE001 - whatever it is, it is the answer
            return error.with_traceback(None)  # its frames would keep all that the example made
    return None


def _key(arguments: dict[str, Any]) -> bytes:
    drawn = {name: value for name, value in arguments.items() if name not in _GIVEN}
    try:
        return encode(drawn)
    except (TypeError, ValueError, OverflowError):
        return repr(drawn).encode()

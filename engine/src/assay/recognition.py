"""Recognises a known mistake by its answers: what fails as it does, on the same inputs, is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from assay.checks.mistakes import Mistake, fresh_module, mistaken_module, mistakes_of, same_answer
from assay.course import contract, exercise_of
from assay.errors import GuestEnded, Mismatch, SubmissionRaised
from assay.examples import all_failures
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
    then all decide that Hypothesis draws.
    """
    if not hasattr(error, "assay_example") or not _UNREPEATABLE.isdisjoint(item.fixturenames):
        return None
    likely = [mistake for mistake in mistakes_of(item.module) if _explains(judge, item, mistake, error)]
    if len({mistake.hint for mistake in likely}) > 1:
        for other in all_failures(judge, item):
            likely = [mistake for mistake in likely if _explains(judge, item, mistake, other)] or likely
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


def reference_digests(judge: Judge, item: Any, error: BaseException) -> bool:
    """Tells whether the reference passes the example on which the check's own code raised.

    If it does, the check is sound and what it could not digest was the submission's answer: a None where a model was
    asked for. If it does not, the check is broken, which is never the student's fault.
    """
    if not hasattr(error, "assay_example") or not _UNREPEATABLE.isdisjoint(item.fixturenames):
        return False
    module = fresh_module(judge.course.reference(item.path.parent.name))
    return _asked_again(judge, item, module, error.assay_example) is None


def _explains(judge: Judge, item: Any, mistake: Mistake, error: Any) -> bool:
    theirs = _answer(judge, item, mistake, error.assay_example)
    if isinstance(theirs, Mismatch) and isinstance(error, Mismatch):
        return same_answer(theirs, error)
    return isinstance(theirs, SubmissionRaised) and isinstance(error, SubmissionRaised) and theirs.args == error.args


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

"""Recognises a known mistake by its answers: what fails as it does, on the same inputs, is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from assay.checks.mistakes import Mistake, mistakes_of, same_answer
from assay.course.contract import contract, load_module
from assay.course.read import exercise_of
from assay.errors import Mismatch, SubmissionRaised
from assay.judge.collected import check_of
from assay.judge.examples import all_failures, fails_with, is_exact
from assay.judge.inprocess import proxy
from assay.judge.mistaken import reference_with_mistake
from assay.wire.values import encode

if TYPE_CHECKING:
    from types import ModuleType

    from assay.host.proxy import Proxy
    from assay.judge.examples import Example
    from assay.judge.hooks import Judge

_UNREPEATABLE = frozenset({"benchmark", "reference_guest"})
"""Fixtures that measure: a check that uses them is not run again."""

_GIVEN = frozenset({"submission", "reference", "rng", "seed"})
"""Fixtures that are the same for every submission; the other arguments are what Hypothesis drew."""


def hint_for(judge: Judge, item: Any, error: Any) -> str | None:
    """Gives the hint of the known mistake that answers the failing example just as the submission did, or None.

    The smallest example is often too small to tell two mistakes apart (a sum and a missing half agree on two numbers):
    then all decide that Hypothesis draws. And what answers this example alike by chance is not named: none of the
    exercise's visible, exact checks before this one may be passed by the submission alone, or answered otherwise.
    """
    if not _repeatable(item, error):
        return None
    submission = item.callspec.params["guest"]
    own = dict.fromkeys(mistakes_of(item.module), item.path)
    made = judge.recognised.setdefault(submission, {})
    elsewhere = {mistake: path for mistake, path in made.items() if path != item.path}
    known = own | elsewhere
    answers = {mistake: _answer(judge, item, mistake, error.assay_example) for mistake in known}
    alike = {mistake for mistake, answer in answers.items() if _alike(answer, error)}
    likely = [mistake for mistake in own if mistake in alike]
    if len({mistake.hint for mistake in likely}) > 1:
        for other in all_failures(judge, item):
            example = other.assay_example  # type: ignore[attr-defined]
            still = [m for m in likely if _alike(_answer(judge, item, m, example), other)]
            likely = still or likely
    refuted = judge.refuted.setdefault((submission, exercise_of(item.path)), set())
    # What is wrong in one exercise costs those that call it.
    found = [
        mistake
        for mistake in (*likely, *(mistake for mistake in elsewhere if mistake in alike))
        if mistake not in refuted and not _passed_over(judge, item, mistake)
    ]
    if check_of(item).visibility == "visible":  # what others found is told nowhere, or not yet
        if is_exact(item) and isinstance(error, Mismatch):  # errors have a text of their own in every way of writing it
            refuted |= {mistake for mistake, answer in answers.items() if isinstance(answer, Mismatch)} - alike
        if found and found[0] in own:
            made.setdefault(found[0], item.path)
    if not found:
        return None
    return found[0].hint if found[0] in own else f"as in exercise {exercise_of(made[found[0]])}: {found[0].hint}"


def reference_digests(judge: Judge, item: Any, error: Any) -> bool:
    """Tells whether the reference passes the example on which the check's own code raised.

    If it does, the check is sound and what it could not digest was the submission's answer: a None where a model was
    asked for. If it does not, the check is broken, which is never the student's fault.
    """
    if not _repeatable(item, error):
        return False
    module = load_module(judge.course.reference(item.path.parent.name), fresh=True)
    return _asked_again(judge, item, module, error.assay_example) is None


def _repeatable(item: Any, error: Any) -> bool:
    """Whether a module of ours can be asked what the submission was asked."""
    return hasattr(error, "assay_example") and _UNREPEATABLE.isdisjoint(item.fixturenames)


def _passed_over(judge: Judge, item: Any, mistake: Mistake) -> bool:
    """Whether the submission passed a visible, exact check of the exercise before this one that the mistake fails."""
    checks = judge.checks[item.callspec.params["guest"]]
    earlier = [check for check in checks[: checks.index(item)] if check.path == item.path]
    passed = [check for check in earlier if check in judge.verdicts and judge.verdicts[check].status == "passed"]
    asked = [check for check in passed if check_of(check).visibility == "visible" and is_exact(check)]
    return any(_fails(judge, check, mistake) for check in asked)


def _fails(judge: Judge, item: Any, mistake: Mistake) -> bool:
    key = (item.path, check_of(item).id, mistake)
    if key not in judge.failing:
        module = reference_with_mistake(judge.course.reference(item.path.parent.name), mistake, fresh=True)
        with torch.random.fork_rng(devices=[]):
            judge.failing[key] = fails_with(judge, item, _proxy(judge, item, module))
    return judge.failing[key]


def _alike(one: BaseException | None, other: BaseException) -> bool:
    if isinstance(one, Mismatch) and isinstance(other, Mismatch):
        return same_answer(one, other)
    return isinstance(one, SubmissionRaised) and isinstance(other, SubmissionRaised) and one.args == other.args


_answers: dict[tuple[Any, ...], BaseException | None] = {}
"""What mistakes answered to examples: a class makes the same mistakes, and the smallest example is the same."""

_REMEMBERED = 10_000
"""Answers that are kept, of about a kilobyte each: some hundred submissions' worth, all wrong in different ways."""


def _answer(judge: Judge, item: Any, mistake: Mistake, example: Example) -> BaseException | None:
    """Return what a mistake answers to an example."""
    reference, seed = judge.course.reference(item.path.parent.name), judge.guest_seed(item)
    key = (example.body, mistake, seed, _key(example.arguments))
    if key not in _answers:
        if len(_answers) >= _REMEMBERED:
            _answers.clear()
        _answers[key] = _asked_again(judge, item, reference_with_mistake(reference, mistake, fresh=True), example)
    return _answers[key]


def _asked_again(judge: Judge, item: Any, module: ModuleType, example: Example) -> BaseException | None:
    """Gives what the example raises when a module of ours answers, or None where it passes."""
    arguments = dict(example.arguments)
    arguments["submission"] = _proxy(judge, item, module)
    if "rng" in arguments:
        arguments["rng"] = torch.Generator().manual_seed(judge.seed_of(item))
    with torch.random.fork_rng(devices=[]):
        try:
            example.body(**arguments)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, pytest.fail too, it is the answer
            return error.with_traceback(None)  # its frames would keep all that the example made
    return None


def _proxy(judge: Judge, item: Any, module: ModuleType) -> Proxy:
    names = contract(judge.course.reference(item.path.parent.name))
    return proxy(module, judge.course.load_library(), names, judge.guest_seed(item))


def _key(arguments: dict[str, Any]) -> bytes:
    drawn = {name: value for name, value in arguments.items() if name not in _GIVEN}
    try:
        return encode(drawn)
    except (TypeError, ValueError, OverflowError):
        return repr(drawn).encode()

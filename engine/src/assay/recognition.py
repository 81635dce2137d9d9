"""Recognises a known mistake by its answers: what fails as it does, on the same inputs, is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from assay.checks.mistakes import Mistake, mistaken_module, mistakes_of, same_answer
from assay.course import contract
from assay.errors import GuestEnded, Mismatch, SubmissionRaised
from assay.inprocess import stand_in
from assay.wire.values import encode

if TYPE_CHECKING:
    from assay.judge import Example, Judge

_UNREPEATABLE = frozenset({"benchmark", "peer"})
"""Fixtures that measure: a check that uses them is not run again."""

_GIVEN = frozenset({"submission", "reference", "rng", "seed"})
"""Fixtures that are the same for every submission; the other arguments are what Hypothesis drew."""


def hint_for(judge: Judge, item: Any, error: Mismatch | SubmissionRaised) -> str | None:
    """Gives the hint of the known mistake that answers the failing example just as the submission did, or None.

    The smallest example is often too small to tell two mistakes apart (a sum and a missing half agree on two numbers):
    then the larger ones decide that failed before it was found.
    """
    if not hasattr(error, "assay_example") or not _UNREPEATABLE.isdisjoint(item.fixturenames):
        return None
    likely = [mistake for mistake in mistakes_of(item.module) if _explains(judge, item, mistake, error)]
    for earlier in item.funcargs["submission"]._channel.failures:  # noqa: SLF001 - the stand-in shows students' names
        if len(likely) > 1:
            likely = [mistake for mistake in likely if _explains(judge, item, mistake, earlier)] or likely
    return likely[0].hint if likely else None


def _explains(judge: Judge, item: Any, mistake: Mistake, error: Any) -> bool:
    theirs = _answer(judge, item, mistake, error.assay_example)
    if isinstance(theirs, Mismatch) and isinstance(error, Mismatch):
        return same_answer(theirs, error)
    return isinstance(theirs, SubmissionRaised) and isinstance(error, SubmissionRaised) and theirs.args == error.args


_answers: dict[tuple[Any, ...], BaseException | None] = {}
"""What mistakes answered to examples: a class makes the same mistakes, and the smallest example is the same."""


def _answer(judge: Judge, item: Any, mistake: Mistake, example: Example) -> BaseException | None:
    path, seed = judge.course.reference(item.path.parent.name), judge.guest_seed(item)
    key = (example.body, mistake, seed, _key(example.arguments))
    if key not in _answers:
        module = mistaken_module(path, mistake)
        arguments = dict(example.arguments)
        arguments["submission"] = stand_in(module, judge.course.load_library(), contract(path), seed)
        if "rng" in arguments:
            arguments["rng"] = torch.Generator().manual_seed(judge.seed_of(item))
        with torch.random.fork_rng(devices=[]):
            _answers[key] = _failure(example, arguments)
    return _answers[key]


def _failure(example: Example, arguments: dict[str, Any]) -> BaseException | None:
    try:
        example.body(**arguments)
    except (Mismatch, SubmissionRaised) as error:
        return error
    except (Exception, GuestEnded):  # noqa: BLE001 - a mistake that a check cannot digest recognises nothing
        return None
    return None


def _key(arguments: dict[str, Any]) -> bytes:
    drawn = {name: value for name, value in arguments.items() if name not in _GIVEN}
    try:
        return encode(drawn)
    except TypeError:
        return repr(drawn).encode()

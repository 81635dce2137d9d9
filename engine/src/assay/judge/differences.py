"""The first answer of each example that is not the reference's, where a check does not compare the answers itself."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from assay.checks.compare import ATOL, compare
from assay.checks.mistakes import SAME_MISTAKE
from assay.errors import Mismatch
from assay.judge.known_objects import Objects
from assay.judge.relations import Case
from assay.text import object_class
from assay.wire.values import Ref, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from assay.host.transcript import Transcript
    from assay.judge.recording import Example, Outcome
    from assay.wire.messages import Request

_MOST: Final = 10
"""Wrong examples that the reference is asked; a few more than a relation needs, since some have the same answer."""

_SAME: Final = SAME_MISTAKE._replace(atol=ATOL)
"""As between two ways of making one mistake, but an answer within rounding of the right one is not a difference, as for
`assert_close`: without the absolute bound, a right answer near 0 would be one."""


class Difference(NamedTuple):
    """The first answer of an example that is not the reference's.

    Args:
        target: the name that was asked, `model.forward`.
        case: both answers and the question's arguments.
        before: the right answers to the questions to the same target before, which were answered rightly.
        function: the model answer to the question.
        changed: whether the question shows a tensor that the check made, which the reference leaves as it was.
        called: whether the question is a call, and not a look at an attribute.
    """

    target: str
    case: Case
    before: list[Any]
    function: Callable[..., Any] | None
    changed: bool
    called: bool


def same_differences(
    wrong: Sequence[Outcome], ask_reference: Callable[[Example, int], Transcript], reference: ModuleType
) -> list[Difference]:
    """Return the first difference of each example; none if an example has none, or it is another answer's.

    In a check that takes `seed`, only the answer that the check complains of counts: another one may be as right.
    """
    found: list[Difference] = []
    for outcome in wrong[:_MOST]:
        difference = _first_difference(outcome, ask_reference, reference)
        if difference is None or (found and difference.target != found[0].target):
            return []
        found.append(difference)
    return found


def _first_difference(
    outcome: Outcome, ask_reference: Callable[[Example, int], Transcript], reference: ModuleType
) -> Difference | None:
    """Compare the answers one by one with the reference's, but for those that are free."""
    theirs = ask_reference(outcome.example, 0).answers()
    random = functools.cache(lambda: _random_questions(theirs, ask_reference(outcome.example, 1).answers()))
    before: dict[str, list[Any]] = defaultdict(list)
    objects, measures = Objects(reference), "seed" in outcome.example.arguments
    for (request, yours), (asked, expected) in zip(outcome.transcript.answers(), theirs, strict=False):
        if not _same_question(request, asked):
            return None
        mine, right = _value(request, yours), _value(request, expected)
        target, given = outcome.transcript.target(request), objects.given(request)
        complained = not measures or _complained_of(outcome.error, mine)
        asked_for = not measures and _asked_for(outcome.error, mine, right)
        if not _as_right(mine, right) and complained and (asked_for or _kind_of(request) not in random()):
            function, changed = objects.function(request), objects.shows_tensor(request, right)
            called = request.verb == "call"
            return Difference(target, Case(mine, right, given), before[target], function, changed, called)
        before[target].append(right)
        objects.note(request, expected)
    return None


def _random_questions(
    answered: Sequence[tuple[Request, Any]], again: Sequence[tuple[Request, Any]]
) -> set[tuple[str, str]]:
    """Return the kinds of questions that the reference answers otherwise with another randomness.

    All questions of a kind count, because two orders of a few rows are often the same by chance.
    """
    found = {_kind_of(request) for request, _ in answered[len(again) :]}
    for (request, one), (_, other) in zip(answered, again, strict=False):
        if compare(_value(request, one), _value(request, other), _SAME, by_class=True) != "equal":
            found.add(_kind_of(request))
    return found


def _kind_of(request: Request) -> tuple[str, str]:
    return ("next", "") if request.verb == "iterate" else (request.verb, request.path)


def _asked_for(error: Exception | None, mine: Any, right: Any) -> bool:
    """Return whether the check itself compared these two, so that no other answer is as right."""
    if not isinstance(error, Mismatch):
        return False
    return compare(mine, error.yours, _SAME) == compare(right, error.expected, _SAME) == "equal"


def _complained_of(error: Exception | None, mine: Any) -> bool:
    """Return whether the check says that this answer is wrong."""
    return isinstance(error, Mismatch) and compare(mine, error.yours, _SAME) == "equal"


def _as_right(mine: Any, right: Any) -> bool:
    """Return whether an answer is the reference's; if that gives an object, another one may be as right."""
    free = object_class(right) == "object" and mine is not None
    return free or compare(mine, right, _SAME, by_class=True) == "equal"


def _same_question(one: Request, other: Request) -> bool:
    return encode([one.verb, one.root, one.path, one.args, one.kwargs]) == encode(
        [other.verb, other.root, other.path, other.args, other.kwargs]
    )


class _Object:
    """An object that stayed in the guest: a tensor or another one, since classes may have any name."""

    def __init__(self, ref: Ref) -> None:
        self.__assay_handle__ = "Tensor" if ref.kind in {"Tensor", "Parameter"} else "object"


def _value(request: Request, value: Any) -> Any:
    """Return an answer as a check sees it: the items of an iterator, and objects by their class."""
    if request.verb == "iterate" and isinstance(value, list):
        value = value[1:2]
    elif request.verb == "next" and isinstance(value, list):
        value = value[:1]
    return _shown(value)


def _shown(value: Any) -> Any:
    if isinstance(value, Ref):
        return _Object(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value.detach() if isinstance(value, torch.Tensor) else value

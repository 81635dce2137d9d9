"""The first answer of each example that is not the reference's, where a check does not compare the answers itself."""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from assay.checks.compare import Bound, compare
from assay.judge.relations import Case
from assay.text import object_class
from assay.wire.messages import SUBMISSION
from assay.wire.values import Ref, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from assay.host.transcript import Transcript
    from assay.judge.recording import Example, Outcome
    from assay.wire.messages import Request

_SAME: Final = Bound(rtol=1e-4, scale=1e-6)
"""As between two ways of making one mistake."""


class Difference(NamedTuple):
    """The first answer of an example that is not the reference's.

    Args:
        target: what was asked, `model.forward`.
        case: both answers and the question's arguments.
        calls: how many times the same target was asked before, and answered rightly.
        function: the model answer to the question; None if an object was asked.
    """

    target: str
    case: Case
    calls: int
    function: Callable[..., Any] | None


def same_differences(
    wrong: Sequence[Outcome], ask_reference: Callable[[Example, int], Transcript], reference: ModuleType
) -> list[Difference]:
    """Return the first difference of each example; none if an example has none, or it is another answer's."""
    found: list[Difference] = []
    for outcome in wrong:
        difference = _first_difference(outcome, ask_reference, reference)
        if difference is None or (found and difference.target != found[0].target):
            return []
        found.append(difference)
    return found


def _first_difference(
    outcome: Outcome, ask_reference: Callable[[Example, int], Transcript], reference: ModuleType
) -> Difference | None:
    """Compare the answers one by one with the reference's, but for those that are free."""
    again = functools.cache(lambda: ask_reference(outcome.example, 1).answers())
    before: Counter[str] = Counter()
    kinds: dict[int, str] = {}
    both = zip(outcome.transcript.answers(), ask_reference(outcome.example, 0).answers(), strict=False)
    for place, ((request, yours), (asked, expected)) in enumerate(both):
        if not _same_question(request, asked):
            return None
        mine, right = _value(request, yours), _value(request, expected)
        target = outcome.transcript.target(request)
        if not _as_right(mine, right):
            if place >= len(again()):
                return None
            if compare(right, _value(request, again()[place][1]), _SAME, by_class=True) == "equal":
                function = getattr(reference, request.path, None) if request.root == SUBMISSION else None
                case = Case(mine, right, named(request, reference, kinds))
                return Difference(target, case, before[target], function if inspect.isfunction(function) else None)
            # The reference is random here, so that another answer may be as right.
        before[target] += 1
        if isinstance(expected, Ref):
            kinds[expected.number] = expected.kind
    return None


def _as_right(mine: Any, right: Any) -> bool:
    """Return whether an answer is the reference's; if that gives an object, another one may be as right."""
    free = object_class(right) == "object" and mine is not None
    return free or compare(mine, right, _SAME, by_class=True) == "equal"


def _same_question(one: Request, other: Request) -> bool:
    return encode([one.verb, one.root, one.path, one.args, one.kwargs]) == encode(
        [other.verb, other.root, other.path, other.args, other.kwargs]
    )


def named(request: Request, reference: ModuleType, kinds: Mapping[int, str]) -> dict[str, Any]:
    """Return a call's arguments by the names that the model answers give them."""
    if request.verb == "assign":
        return dict(request.kwargs)
    owner = reference if request.root == SUBMISSION else getattr(reference, kinds.get(request.root, ""), None)
    function = getattr(owner, request.path, None)
    if request.verb != "call" or not callable(function):
        return {}
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    given = {**dict(zip(names, request.args, strict=False)), **request.kwargs}
    return {name: value for name, value in given.items() if not isinstance(value, Ref)}


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

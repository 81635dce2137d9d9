"""The diagnosis of a wrong answer that no known mistake explains: how it is related to the right one."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch
from hypothesis import is_hypothesis_test

from assay.checks.compare import Bound, compare
from assay.course.contract import load_module
from assay.errors import Mismatch
from assay.judge.collected import check_of
from assay.judge.measurements import measurements_of
from assay.judge.messages import bounded
from assay.judge.otherwise import answers_otherwise
from assay.judge.recognition import repeatable
from assay.judge.recording import Outcome
from assay.judge.relations import Case, relate
from assay.text import object_class
from assay.wire.messages import SUBMISSION
from assay.wire.values import Ref, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from assay.host.transcript import Transcript
    from assay.judge.examples import ExampleBook
    from assay.judge.recognition import Recogniser
    from assay.judge.state import JudgeState
    from assay.wire.messages import Request

_GIVEN: Final = frozenset({"submission", "reference", "rng", "seed"})
_WANTED: Final = 16
"""Wrong answers that are looked for, since several may be to questions with the same right answer."""

_ROUNDS: Final = 3
"""How often a check's examples are drawn to find so many."""

_SAME: Final = Bound(rtol=1e-4, scale=1e-6)
"""As between two ways of making one mistake."""


class Diagnostician:
    """Relates the wrong answers of a session to the right ones.

    Args:
        state: the session.
        book: runs a check again, on all of its examples.
        recogniser: asks the model answers the same.
    """

    def __init__(self, state: JudgeState, book: ExampleBook, recogniser: Recogniser) -> None:
        self._state = state
        self._book = book
        self._recogniser = recogniser

    def diagnose(self, item: Any, error: Any) -> str | None:
        """Return a sentence about the wrong answers to a check that the submission did not pass, or None.

        Args:
            item: the check for one submission, whose guest is still there.
            error: what the check raised.
        """
        if check_of(item).visibility == "hidden" or not repeatable(item, error) or measurements_of(item):
            return None
        transcript = error.assay_example.arguments["submission"]._channel.transcript  # noqa: SLF001 - the proxy shows students' names only
        outcomes = [Outcome(error.assay_example, error, transcript)]
        if is_hypothesis_test(getattr(item.obj, "__wrapped__", None)):
            # As the check met it: what an earlier example left behind must not look like a relation.
            item.funcargs["submission"] = self._state.reopen_check(item)
            outcomes = []
            for more in range(_ROUNDS):
                outcomes += self._book.all_outcomes(item, more)
                if sum(outcome.error is not None for outcome in outcomes) >= _WANTED:
                    break
        reference = load_module(self._state.reference_of(item))
        ask = functools.partial(self._recogniser.ask_reference, item)
        try:
            sentence = diagnose(outcomes, lambda outcome, number: ask(outcome.example, number), reference)
        except Exception:  # noqa: BLE001 - torch may raise anything for a student's values; these have no relation
            return None
        return bounded(sentence) if sentence else None


def diagnose(
    outcomes: Sequence[Outcome], ask_reference: Callable[[Outcome, int], Transcript], reference: ModuleType
) -> str | None:
    """Return a sentence about how all wrong answers are related to the right ones, or None.

    Args:
        outcomes: how the check ended on its examples.
        ask_reference: asks the model answers the same, with another randomness for each number.
        reference: the model answers, whose signatures name the arguments.
    """
    wrong = [outcome for outcome in outcomes if outcome.error is not None]
    right = [_given(outcome, reference) for outcome in outcomes if outcome.error is None]
    cases = _compared(wrong, reference)
    if sentence := relate(cases):
        return sentence
    asked = [_first_difference(outcome, ask_reference, reference) for outcome in wrong]
    known = [difference for difference in asked if difference is not None]
    by_calls = _by_calls(known, right if not cases else []) if len(known) == len(wrong) else None
    return by_calls or relate(cases, right)


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


def _by_calls(known: Sequence[Difference], right: Sequence[Mapping[str, Any]]) -> str | None:
    """Relate the first answers that differ from the reference's, if the same was asked every time."""
    if len({difference.target for difference in known}) != 1:
        return None
    target, _, _, function = known[0]
    cases = [difference.case for difference in known]
    otherwise = answers_otherwise(function, cases) if function is not None else None
    sentence = otherwise or relate(cases, right) or _second_call(known)
    return f"{target}: {sentence}" if sentence else None


def _second_call(known: Sequence[Difference]) -> str | None:
    calls = {other.calls for other in known}
    if len(calls) != 1 or not (count := calls.pop()) or len(known) < 8:  # noqa: PLR2004 - as few examples as a relation needs
        return None
    times = "first answer is" if count == 1 else f"first {count} answers are"
    return f"the {times} right, the next is wrong, in each of {len(known)} wrong examples"


def _compared(wrong: Sequence[Outcome], reference: ModuleType) -> list[Case]:
    """Return the answers that the check compared; none if one of them was not compared with a value."""
    found = []
    for outcome in wrong:
        error = outcome.error
        if not isinstance(error, Mismatch) or isinstance(error.expected, str):
            return []
        found.append(Case(error.yours, error.expected, _given(outcome, reference)))
    return found


def _given(outcome: Outcome, reference: ModuleType) -> dict[str, Any]:
    """Return what an example was about: the arguments of its calls, and what was drawn."""
    found: dict[str, Any] = {}
    kinds: dict[int, str] = {}
    for request, value in outcome.transcript.answers():
        found |= _named(request, reference, kinds)
        if isinstance(value, Ref):
            kinds[value.number] = value.kind
    drawn = {name: value for name, value in outcome.example.arguments.items() if name not in _GIVEN}
    # The places of an unnamed tuple say nothing to a student.
    return found | {name: value for name, value in drawn.items() if type(value) is not tuple}


def _first_difference(
    outcome: Outcome, ask_reference: Callable[[Outcome, int], Transcript], reference: ModuleType
) -> Difference | None:
    """Compare the answers one by one with the reference's, but for those that are free."""
    theirs, others = (ask_reference(outcome, number).answers() for number in (0, 1))
    before: dict[str, int] = {}
    kinds: dict[int, str] = {}
    for (request, yours), (asked, expected), (_, random) in zip(
        outcome.transcript.answers(), theirs, others, strict=False
    ):
        if not _same_question(request, asked):
            return None
        target = outcome.transcript.target(request)
        mine, right, other = (_value(request, value) for value in (yours, expected, random))
        random_there = compare(right, other, _SAME, by_class=True) != "equal"
        # Where the reference is random, and where it gives an object, other answers may be as right.
        free = random_there or (object_class(right) == "object" and mine is not None)
        if not free and compare(mine, right, _SAME, by_class=True) != "equal":
            case = Case(mine, right, _named(request, reference, kinds))
            function = getattr(reference, request.path, None) if request.root == SUBMISSION else None
            return Difference(target, case, before.get(target, 0), function if inspect.isfunction(function) else None)
        before[target] = before.get(target, 0) + 1
        if isinstance(expected, Ref):
            kinds[expected.number] = expected.kind
    return None


def _same_question(one: Request, other: Request) -> bool:
    return encode([one.verb, one.root, one.path, one.args, one.kwargs]) == encode(
        [other.verb, other.root, other.path, other.args, other.kwargs]
    )


def _named(request: Request, reference: ModuleType, kinds: Mapping[int, str]) -> dict[str, Any]:
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

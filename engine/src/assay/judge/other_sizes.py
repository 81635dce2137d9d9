"""The right answer with another size: a submission that trains on other rows, in other batches, or for other epochs.

A training takes its sizes from objects, such as data, so that no argument can be exchanged from outside. The model
answers are asked the whole example again, with one size changed for one of their functions.
"""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from assay.checks.mistakes import same_answer
from assay.errors import Mismatch
from assay.judge.relations import counted
from assay.judge.relations.cases import enough, numbers
from assay.wire.messages import SUBMISSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    from assay.judge.recording import Example, Outcome

    Change = Callable[[dict[str, Any]], AbstractContextManager[None]]
    AskChanged = Callable[[Example, str, Change], BaseException | None]
    Sizes = Mapping[str, int]

_BY_ANOTHER: Final[tuple[tuple[str, Callable[[int, int], int]], ...]] = (
    ("({size} // {other} * {other})", lambda size, other: size // other * other),
    ("({size} // {other} * {other} or {size})", lambda size, other: size // other * other or size),
    ("min({size}, {other})", min),
    ("{other}", lambda _, other: other),
    ("({size} + {other})", lambda size, other: size + other),
)
"""Expressions for a size in which another size of the same object occurs."""

_ALONE: Final[tuple[tuple[str, Callable[[int], int]], ...]] = (
    *((f"min({{size}}, {limit})", functools.partial(min, limit)) for limit in (10, 32, 100, 1000)),
    ("({size} - 1)", lambda size: size - 1),
    ("({size} + 1)", lambda size: size + 1),
    ("1", lambda _: 1),
)
"""Expressions for a size in which no other one occurs. None makes it much larger: a thousand epochs take too long."""


_MOST: Final = 10
"""Wrong examples that are asked for each size; a few more than a relation needs, since some have the same answer."""


class OtherSize(NamedTuple):
    """Another value for one size.

    Args:
        size: the name of the size, `data.batch_size`.
        expression: what stands in its place, as Python.
        value: computes that from all sizes.
    """

    size: str
    expression: str
    value: Callable[[Sizes], int]


def right_with_another_size(outcomes: Sequence[Outcome], reference: ModuleType, ask: AskChanged) -> str | None:
    """Say with which other size the model answers give all the wrong answers, or return None.

    Args:
        outcomes: the examples of a check that the submission did not pass.
        reference: the model answers, whose functions the check asked.
        ask: runs an example against the model answers, each call of one function in a context that may change its
            arguments, and returns what the example raises.
    """
    outcomes = outcomes[:_MOST]
    wrong = [numbers(outcome.error.yours) for outcome in outcomes if isinstance(outcome.error, Mismatch)]
    # The same number may be the answer to many questions.
    if len(wrong) < len(outcomes) or not enough(part for part in wrong if part is not None):
        return None
    for name in _functions_asked(outcomes[0], reference):
        for other in _told_apart(_sizes_met(outcomes, name, ask)):
            change = functools.partial(_exchange, other)
            if all(_is_same(ask(outcome.example, name, change), outcome.error) for outcome in outcomes):
                question = f"with {other.expression} in the place of {other.size}"
                return f"{name}: yours is what the call {question} should give{counted(outcomes)}"
    return None


def sizes_of(arguments: Mapping[str, Any]) -> dict[str, int]:
    """Return the whole numbers and numbers of rows among arguments, and among those that made an object, by name."""
    found: dict[str, int] = {}
    for name, value in arguments.items():
        for part_name, part in {name: value, **_parts_of(name, value)}.items():
            if type(part) is int:
                found[part_name] = part
            elif isinstance(part, torch.Tensor) and part.dim() > 1:  # rows, and no parameters
                found[f"len({part_name})"] = len(part)
    return found


def other_sizes(sizes: Sizes) -> Iterator[OtherSize]:
    """Yield what may stand in the place of each size; for an attribute first what other sizes of its object give."""
    for size in sizes:
        owner, _, attribute = size.partition(".")
        if owner.startswith("len("):
            continue
        others = [other for other in sizes if attribute and other != size and _owner(other) == owner]
        for (expression, change), other in product(_BY_ANOTHER, others):
            yield OtherSize(size, expression.format(size=size, other=other), _by_another(change, size, other))
        for expression, change_alone in _ALONE:
            yield OtherSize(size, expression.format(size=size), _alone(change_alone, size))


def _functions_asked(outcome: Outcome, reference: ModuleType) -> list[str]:
    called = [request for request, _ in outcome.transcript.answers() if request.verb == "call"]
    names = dict.fromkeys(request.path for request in called if request.root == SUBMISSION)
    return [name for name in names if inspect.isfunction(getattr(reference, name, None))]


def _sizes_met(outcomes: Sequence[Outcome], name: str, ask: AskChanged) -> list[dict[str, int]]:
    """Return the sizes of each call; none if they are all plain, which `other_question` exchanges at less cost."""
    calls: list[dict[str, int]] = []
    for outcome in outcomes:
        ask(outcome.example, name, functools.partial(_note_sizes, calls))
        if not any("." in size for sizes in calls for size in sizes):
            return []
    return calls


def _told_apart(calls: Sequence[Sizes]) -> Iterator[OtherSize]:
    """Yield each other size that differs from the given one in some call; of several with equal values, the first."""
    if not calls or any(sizes.keys() != calls[0].keys() for sizes in calls):
        return
    tried = set()
    for other in other_sizes(calls[0]):
        try:
            values = tuple(other.value(sizes) for sizes in calls)
        except ZeroDivisionError:
            continue
        new = (other.size, values) not in tried and values != tuple(sizes[other.size] for sizes in calls)
        if new and any(values):  # nothing is trained with a size of 0, which is told in other words
            tried.add((other.size, values))
            yield other


@contextmanager
def _note_sizes(calls: list[dict[str, int]], arguments: dict[str, Any]) -> Iterator[None]:
    calls.append(sizes_of(arguments))
    yield


@contextmanager
def _exchange(other: OtherSize, arguments: dict[str, Any]) -> Iterator[None]:
    """Change one size; that of an object is as it was afterwards, since the check may look at the object."""
    value = other.value(sizes_of(arguments))
    name, _, attribute = other.size.partition(".")
    if not attribute:
        arguments[name] = value
        yield
        return
    owner, before = arguments[name], getattr(arguments[name], attribute)
    setattr(owner, attribute, value)
    try:
        yield
    finally:
        setattr(owner, attribute, before)


def _parts_of(name: str, value: Any) -> dict[str, Any]:
    """Return the attributes of an object that its class was given, by name."""
    if isinstance(value, torch.Tensor) or not hasattr(value, "__dict__"):
        return {}
    try:
        given = inspect.signature(type(value)).parameters
    except (TypeError, ValueError):  # some built-in classes have none
        return {}
    held = vars(value)
    return {f"{name}.{own}": held[own] for own in given if own in held}


def _owner(size: str) -> str:
    return size.removeprefix("len(").partition(".")[0]


def _by_another(change: Callable[[int, int], int], size: str, other: str) -> Callable[[Sizes], int]:
    return lambda sizes: change(sizes[size], sizes[other])


def _alone(change: Callable[[int], int], size: str) -> Callable[[Sizes], int]:
    return lambda sizes: change(sizes[size])


def _is_same(answer: BaseException | None, error: Exception | None) -> bool:
    return isinstance(answer, Mismatch) and isinstance(error, Mismatch) and same_answer(answer, error)

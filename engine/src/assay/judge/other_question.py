"""The right answer to another question: a submission that forgets an argument, or takes it for another one."""

from __future__ import annotations

import inspect
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import torch

from assay.judge.relations import counted
from assay.judge.relations.cases import enough, equal, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assay.judge.relations import Case

    Change = Callable[[dict[str, Any]], dict[str, Any]]

_NUMBERS: Final[tuple[tuple[str, Callable[[Any], Any]], ...]] = (
    ("twice {}", lambda x: 2 * x),
    ("half of {}", lambda x: x / 2),
    ("{} + 1", lambda x: x + 1),
    ("{} - 1", lambda x: x - 1),
    ("-{}", lambda x: -x),
    ("1 / {}", lambda x: 1 / x),
    ("the square of {}", lambda x: x**2),
    ("1 / the square of {}", lambda x: 1 / x**2),
    ("1", lambda _: 1.0),
    ("{} + 273.15", lambda x: x + 273.15),
    ("{} - 273.15", lambda x: x - 273.15),
)
_TENSORS: Final[tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...]] = (
    ("-{}", torch.neg),
    ("{} in one row", lambda x: x.reshape(1, -1)),
    ("{} flat", torch.flatten),
    ("a billion times {}", lambda x: x * 1e9),
    ("twice {}", lambda x: 2 * x),
)


_ROWS: Final[tuple[tuple[str, Callable[[int], slice]], ...]] = (
    ("right if the last row is left out", lambda _: slice(-1)),
    ("right if the first row is left out", lambda _: slice(1, None)),
    ("right if only the first half of the rows counts", lambda n: slice(n // 2)),
    ("right if only the first four fifths of the rows count", lambda n: slice(n * 4 // 5)),
    *((f"right if only the first {size} rows count", lambda _, size=size: slice(size)) for size in (10, 32, 100, 1000)),
    *(
        (f"right if only whole batches of {size} rows count", lambda n, size=size: slice(n // size * size))
        for size in (10, 32)
    ),
)
"""Parts of the rows that are often taken for all: what is left beside a validation set, or beside an unfilled batch."""


def answers_otherwise(function: Callable[..., Any], cases: Sequence[Case]) -> str | None:
    """Say to which other question all wrong answers are the right ones, or return None.

    Args:
        function: the model answer.
        cases: wrong answers of the submission, whose questions are the function's arguments by name.
    """
    if any(case.numbers[1] is None for case in cases):
        return None
    wrong = [case.numbers[0] for case in cases if not equal(*case.numbers)]
    # The same number may be the answer to many questions.
    if not enough(part for part in wrong if part is not None):
        return None
    for words, change in _changes(function, cases[0].given):
        if all(equal(case.numbers[0], _answer(function, change, case)) for case in cases):
            return f"yours is {words}{counted(cases)}"
    return None


def _answer(function: Callable[..., Any], change: Change, case: Case) -> torch.Tensor | None:
    try:
        with torch.random.fork_rng(devices=[]):
            return numbers(function(**change(dict(case.given))))
    except Exception:  # noqa: BLE001 - a model answer need not take a question that nobody asks
        return None


def _changes(function: Callable[..., Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    parameters = inspect.signature(function).parameters
    for name, value in given.items():
        if name in parameters and parameters[name].default is not inspect.Parameter.empty:
            yield f"what the call without {name} should give", _left_out(name)
        tensor = isinstance(value, torch.Tensor) and value.dim() > 0
        for text, change in _TENSORS if tensor else _NUMBERS if numbers(value) is not None else ():
            words = f"{text.format(name)} in the place of {name}"
            yield f"what the call with {words} should give", _replaced(name, change)
    for one, other in combinations(given, 2):
        yield f"what the call with {one} and {other} in each other's place should give", _exchanged(one, other)
    for words, rows in _ROWS:
        yield words, _cut(rows)


def _left_out(name: str) -> Change:
    return lambda given: {other: value for other, value in given.items() if other != name}


def _replaced(name: str, change: Callable[[Any], Any]) -> Change:
    return lambda given: {**given, name: change(given[name])}


def _exchanged(one: str, other: str) -> Change:
    return lambda given: {**given, one: given[other], other: given[one]}


def _cut(rows: Callable[[int], slice]) -> Change:
    def change(given: dict[str, Any]) -> dict[str, Any]:
        sizes = [len(value) for value in given.values() if isinstance(value, torch.Tensor) and value.dim()]
        kept = rows(sizes[0])
        return {
            name: value[kept] if isinstance(value, torch.Tensor) and value.shape[:1] == (sizes[0],) else value
            for name, value in given.items()
        }

    return change

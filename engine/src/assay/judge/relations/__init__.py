"""How wrong answers are related to the right ones: the first simple relation that holds in every case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from assay.judge.relations.cases import ENOUGH, Case, enough
from assay.judge.relations.parts import alike, at, exchanged, last_alone, places, same
from assay.judge.relations.rough import nearly, one_sided, roughly
from assay.judge.relations.shapes import (
    another_summary,
    broadcast,
    cut,
    more_or_fewer,
    not_reduced,
    other_kind,
    reduced,
    reordered,
    reshaped,
    transposed,
)
from assay.judge.relations.thresholds import begins_at, begins_at_places
from assay.judge.relations.to_the_question import moved, of_differences, of_summaries, times_an_argument, unchanged
from assay.judge.relations.values import (
    constant,
    constant_at_places,
    lossy,
    multiple,
    not_finite,
    offset,
    one_number,
    running_sum,
    wrong_sign,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["ENOUGH", "RELATIONS", "Case", "begins", "counted", "relate", "relate_roughly"]

_SPECIFIC: Final[tuple[Callable[[Sequence[Case]], str | None], ...]] = (
    other_kind,
    transposed,
    reshaped,
    broadcast,
    not_finite,
    constant,
    unchanged,
    one_number,
    multiple,
    offset,
    moved,
    times_an_argument,
    lossy,
    constant_at_places,
    running_sum,
    exchanged,
    last_alone,
    cut,
    more_or_fewer,
    another_summary,
    reduced,
    not_reduced,
    of_differences,
    of_summaries,
    alike,
)
_GENERAL: Final[tuple[Callable[[Sequence[Case]], str | None], ...]] = (wrong_sign, reordered)
"""True of many answers: told only if nothing better is known."""

RELATIONS: Final = _SPECIFIC + _GENERAL
"""In this order: the first that holds is told."""

_ROUGH: Final[tuple[Callable[[Sequence[Case]], str | None], ...]] = (roughly, one_sided, nearly)
"""Told only if it is not known either where the wrong answers begin."""


def relate(cases: Sequence[Case]) -> str | None:
    """Return a sentence about how the wrong answers of these cases are related to the right ones, or None."""
    if not cases:
        return None
    if sentence := _first(_SPECIFIC, cases):
        return sentence + counted(cases)
    if told := _parts(cases):
        return told
    sentence = _first(_GENERAL, cases) or begins_at_places(cases)
    return sentence + counted(cases) if sentence else None


def relate_roughly(cases: Sequence[Case]) -> str | None:
    """Return a sentence about what is roughly true of the wrong answers of these cases, or None."""
    sentence = _first(_ROUGH, cases)
    return sentence + counted(cases) if sentence else None


def begins(cases: Sequence[Case], right: Sequence[Mapping[str, Any]]) -> str | None:
    """Return a sentence about what tells the questions that were answered wrongly from the others, or None.

    Args:
        cases: questions that were answered wrongly.
        right: what the questions that were answered rightly were about.
    """
    sentence = begins_at(cases, right)
    return sentence + counted(cases) if sentence else None


def _first(relations: Iterable[Callable[[Sequence[Case]], str | None]], cases: Sequence[Case]) -> str | None:
    return next((sentence for relation in relations if (sentence := relation(cases))), None)


def _parts(cases: Sequence[Case]) -> str | None:
    """Say how the parts that are wrong are wrong, each by itself, and which are always right."""
    said, right, never_right = [], [], []
    for place in places(cases):
        there = at(cases, place)
        wrong = [case for case in there if not same(case)]
        if not wrong:
            right.append(place)
        elif same(there[0]):
            continue  # a sentence must be true of the first case, beside which it stands
        elif sentence := _first(RELATIONS, wrong):
            said.append(f"{sentence.replace('yours', f'yours{place}', 1)}{counted(wrong)}")
        elif len(wrong) == len(there):
            never_right.append(place)
    if said:
        return "; ".join(said)
    shown = [case.numbers[1] for place in right for case in at(cases, place)]
    if right and never_right and enough(part for part in shown if part is not None):
        return f"{_listed(right)} right, {_listed(never_right)} not{counted(cases)}"
    return None


def _listed(found: Sequence[str]) -> str:
    names = [f"yours{place}" for place in found]
    return " and ".join(names) + (" is" if len(names) == 1 else " are")


def counted(examples: Sequence[object]) -> str:
    """Return the number of examples that a sentence is about, if there are several."""
    return f", in each of {len(examples)} wrong examples" if len(examples) > 1 else ""

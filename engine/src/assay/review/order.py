"""The names that students have, and the order of their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.report.pseudonyms import pseudonyms_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from assay.gradebook.answers import WrittenAnswer

__all__ = ["in_order", "labels_of", "points_text"]


def labels_of(answers: Iterable[WrittenAnswer], pseudonyms: Path | None) -> dict[str, str]:
    """Return what each student is called: the name, or the pseudonym in this file."""
    names = {answer.report.submission.name for answer in answers}
    return {name: name for name in names} if pseudonyms is None else pseudonyms_in(pseudonyms, names)


def in_order(answers: Iterable[WrittenAnswer], labels: Mapping[str, str]) -> list[WrittenAnswer]:
    """Return open answers before others, and all answers to an exercise in a row."""

    def rank(answer: WrittenAnswer) -> tuple[object, ...]:
        number = answer.exercise
        label = labels[answer.report.submission.name]
        return not answer.is_open, answer.report.assignment, not number.isdecimal(), len(number), number, label

    return sorted(answers, key=rank)


def points_text(answer: WrittenAnswer) -> str:
    """Return the points that a person gave, or ""."""
    return "" if answer.given is None else f"{answer.given.points:.12g}"

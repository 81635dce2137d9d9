"""Clusters of equal wrong answers: students whose reports say the same of a check, so that one comment serves all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.model import Report, Verdict

__all__ = ["ID_CHARS", "Cluster", "clusters_in", "keys_of"]

ID_CHARS: Final = 8
"""Of a key: what a person types. If two clusters of a class ever share them, more of the key tells them apart."""


class Cluster(NamedTuple):
    """A wrong answer, and whose it is.

    Args:
        key: what identifies it, in every run with the same checks and the same seed.
        exercise: the number of its exercise.
        check: the first check that shows it.
        checks: the descriptions of all of them.
        members: the places of the reports that have it, among all reports.
    """

    key: str
    exercise: str
    check: Verdict
    checks: list[str]
    members: list[int]


def keys_of(report: Report) -> set[str]:
    """Return the keys of a report's wrong answers."""
    return {key for _, _, key in _answers(report)}


def clusters_in(reports: Iterable[Report]) -> list[Cluster]:
    """Return all clusters of a class, the largest first; a single student's, too."""
    found: dict[str, Cluster] = {}
    for place, report in enumerate(reports):
        for exercise, check, key in _answers(report):
            cluster = found.setdefault(key, Cluster(key, exercise, check, [], []))
            if check.description not in cluster.checks:
                cluster.checks.append(check.description)
            if place not in cluster.members[-1:]:
                cluster.members.append(place)
    return sorted(found.values(), key=lambda each: (-len(each.members), len(each.exercise), each.exercise, each.key))


def _answers(report: Report) -> Iterator[tuple[str, Verdict, str]]:
    for exercise in report.exercises:
        for check in exercise.checks:
            if check.answers_key is not None:
                yield exercise.id, check, check.answers_key

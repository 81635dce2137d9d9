"""Clusters of equal wrong answers: students whose reports say the same of a check, so that one comment serves all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.model import Report, Verdict

__all__ = ["ID_CHARS", "Cluster", "cluster_key", "clusters_in", "keys_of"]

ID_CHARS: Final = 8
"""Of a key: what a person types. If two clusters of a class ever share them, more of the key tells them apart."""

_ANSWERED: Final = frozenset({"failed", "error", "timeout", "crashed"})


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


def cluster_key(assignment: str, exercise: str, check: Verdict) -> str | None:
    """Return what a wrong answer has in common with equal ones; None if there is no answer, or a hidden check's.

    A class is asked under one seed, so that equal wrong answers have the same smallest input. The hint and the
    diagnosis belong to the key, because they were found on more than this input. Of an error the student's lines and
    the input do not count. The report of a hidden check keeps no answer, so that nothing is known to be equal.
    """
    message = check.message
    if check.visibility == "hidden" or check.status not in _ANSWERED or message is None or not message.yours:
        return None
    asked, yours = message.input, message.yours
    if check.status == "error":
        asked, yours = None, yours.partition("\n")[0]
    parts = [assignment, exercise, check.status, asked, yours, message.expected, message.help, check.diagnosis]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


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
            key = cluster_key(report.assignment, exercise.id, check)
            if key is not None:
                yield exercise.id, check, key

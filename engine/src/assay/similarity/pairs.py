"""Pairs of submissions by how much of their code is alike, and the passages that are."""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.similarity.reading import PASSAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assay.similarity.messages import Code

__all__ = ["Compared", "Pair", "most_alike", "passages"]

_FEWEST: Final = 25
"""Fingerprints that a pair must share: a passage of two lines, below which right answers meet by chance."""

_PLACES: Final = 10
"""Places of a fingerprint in the other submission that are tried: a file may repeat one line a thousand times."""

Row = tuple[int, int]
"""A line of the left submission, and the line of the right one that matches it, both counted from 0."""


class Compared(NamedTuple):
    """A submission: its student, its assignment, its code, and the fingerprints that are the student's own."""

    student: str
    assignment: str
    code: Code
    own: frozenset[int]


class Pair(NamedTuple):
    """Two submissions of an assignment, and how many fingerprints they share."""

    left: Compared
    right: Compared
    shared: int

    @property
    def smaller(self) -> int:
        """The fingerprints of the smaller submission."""
        return min(len(self.left.own), len(self.right.own))

    @property
    def share(self) -> float:
        """The share of the smaller submission's fingerprints that the other one has, too."""
        return self.shared / self.smaller


def most_alike(submissions: Iterable[Compared], most: int) -> list[Pair]:
    """Return the pairs with the largest shares; of equal shares the pair first that shares more."""
    return heapq.nlargest(most, _pairs(submissions), key=lambda pair: (pair.share, pair.shared))


def _pairs(submissions: Iterable[Compared]) -> Iterator[Pair]:
    """Yield the pairs of two students for one assignment that share enough."""
    by_assignment: defaultdict[str, list[Compared]] = defaultdict(list)
    for submission in submissions:
        by_assignment[submission.assignment].append(submission)
    for group in by_assignment.values():
        for left, right in combinations(group, 2):
            if left.student != right.student and (shared := len(left.own & right.own)) >= _FEWEST:
                yield Pair(left, right, shared)


def passages(pair: Pair) -> list[list[Row]]:
    """Return the passages that both submissions have, as rows of lines, the longest passage first."""
    left, right = (submission.code.fingerprints for submission in pair[:2])
    shared = pair.left.own & pair.right.own
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, fingerprint in enumerate(right):
        if fingerprint in shared and len(places[fingerprint]) < _PLACES:
            places[fingerprint].append(place)
    found = []
    start = 0
    while start < len(left):
        runs = [(_run(left, start, right, place, shared), place) for place in places.get(left[start], ())]
        length, place = max(runs, key=lambda run: run[0], default=(0, 0))
        if length:
            found.append(_rows(pair, start, place, length))
        start += length or 1
    return sorted(found, key=len, reverse=True)


def _run(left: Sequence[int], start: int, right: Sequence[int], place: int, shared: frozenset[int]) -> int:
    """Return how many fingerprints in a row are the same from two places on."""
    end = min(len(left) - start, len(right) - place)
    same = (left[start + each] == right[place + each] and left[start + each] in shared for each in range(end))
    return next((length for length, is_same in enumerate(same) if not is_same), end)


def _rows(pair: Pair, start: int, place: int, length: int) -> list[Row]:
    left, right = (submission.code.lines for submission in pair[:2])
    characters = range(length + PASSAGE - 1)
    return list(dict.fromkeys((left[start + each], right[place + each]) for each in characters))

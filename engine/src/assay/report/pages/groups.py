"""Clusters of equal wrong answers as the class page shows them: the input, both sides, the help and the comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay.report.clusters import ID_CHARS, clusters_in
from assay.report.pages.student import Block
from assay.report.results import inert_lines, inert_name
from assay.report.terminal import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.model import Report
    from assay.report.clusters import Cluster

__all__ = ["Group", "groups_of"]

_MOST: Final = 100
"""Clusters that are listed: a class of thousands has hundreds, which nobody reads and every browser loads."""


class Group(NamedTuple):
    """A cluster of equal wrong answers.

    Args:
        id: what a person types to write a comment.
        exercise: the number of its exercise.
        word: the status in words.
        text: the descriptions of its checks.
        code: the smallest input, if all of them have it.
        beside: the answer and the expected one.
        related: the diagnosis.
        advice: the hint of a known mistake, or the help.
        comment: a person's comment, or "".
        members: the places of its students in the table.
    """

    id: str
    exercise: str
    word: str
    text: str
    code: str
    beside: list[Block]
    related: str
    advice: str
    comment: str
    members: list[int]


def groups_of(reports: Sequence[Report], comments: Mapping[str, str]) -> list[Group]:
    """Return the largest clusters of several students, and those that have a comment, the largest first.

    Args:
        reports: the class, in the order of the table.
        comments: by the clusters' keys.
    """
    return [
        _group(each, comments.get(each.key, ""))
        for place, each in enumerate(clusters_in(reports))
        if (place < _MOST and len(each.members) > 1) or each.key in comments
    ]


def _group(cluster: Cluster, comment: str) -> Group:
    check, message = cluster.check, cluster.check.shared_message()
    assert message is not None  # because the answer stands in it
    sides = (("yours", message.yours), ("expected", message.expected))
    first, *rest = map(inert_lines, cluster.checks)
    return Group(
        cluster.key[:ID_CHARS],
        inert_name(cluster.exercise),
        WORDS[check.status],
        f"{first}, and {len(rest)} more" if rest else first,
        inert_lines(message.input or ""),
        [Block(name, inert_lines(text)) for name, text in sides if text],
        inert_lines(check.diagnosis or ""),
        inert_lines(message.help or ""),
        inert_lines(comment),
        cluster.members,
    )

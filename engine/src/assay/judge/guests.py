"""Guests behind the wall, each a process that answers through a proxy."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from assay.course.budgets import read_budgets
from assay.course.contract import contract
from assay.course.seeds import import_seed
from assay.host.channel import Channel
from assay.host.forkserver import Budget, GuestSubmission, shared
from assay.host.guest import Guest
from assay.host.lines import ReferenceLine
from assay.host.proxy import Proxy

if TYPE_CHECKING:
    import pytest

    from assay.course.read import Course
    from assay.host.lines import CheckLine
    from assay.model import Submission


class ProcessGuest(Guest):
    """A submission behind the wall, or the reference that it is compared with.

    Args:
        course: what is right.
        submission: what the guest imports.
        waived: promises that the instructor waived by name.
        budget: what it may take.
        as_reference: all its checks together have no deadline, and its failures are the grader's.
    """

    def __init__(
        self, course: Course, submission: Submission, waived: tuple[str, ...], budget: Budget, *, as_reference: bool
    ) -> None:
        reference = course.reference(submission.assignment)
        self._names = contract(reference)
        self._library = course.library.name if course.library else ""
        self._as_reference = as_reference
        self._unfinished: Counter[str] = Counter()
        seed = import_seed(submission.assignment)
        for_guest = GuestSubmission(
            submission.assignment, submission.kind, submission.source, self._names, seed, reference.read_bytes()
        )
        fork_server = functools.partial(shared, course.library, waived)
        super().__init__(fork_server, for_guest, budget, waived, no_deadline=as_reference)

    def begin_check(
        self, seed: int, forbidden: list[str], *, undo_leftovers: bool = False, again: bool = False
    ) -> Proxy:
        """Return a proxy for the submission, in a process for this check alone."""
        line: CheckLine = self.begin(seed, forbidden, undo_leftovers=undo_leftovers, again=again)
        if self._as_reference:
            line = ReferenceLine(line)
        return Proxy(Channel(line, frozenset(self._names), self._library, self._unfinished))


def budget_of(config: pytest.Config) -> Budget:
    """Read the budget from the course's tox.ini; raise CourseError if it does not make sense."""
    return Budget(**read_budgets(config.getini))

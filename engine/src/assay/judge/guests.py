"""Guests behind the wall, each a process that answers through a proxy."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from assay.course.read import contract
from assay.errors import CourseError
from assay.host.channel import Channel
from assay.host.forkserver import Budget, Task, shared
from assay.host.guest import Guest, ReferenceLine
from assay.host.proxy import Proxy
from assay.judge.seeds import derived_seed
from assay.judge.settings import BUDGETS

if TYPE_CHECKING:
    import pytest

    from assay.course.read import Course
    from assay.host.channel import Line
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
        seed = derived_seed(0, submission.assignment, "import")  # no secret: all its code can see it
        task = Task(
            submission.assignment, submission.kind, submission.source, self._names, seed, reference.read_bytes()
        )
        fork_server = functools.partial(shared, course.library, waived)
        super().__init__(fork_server, task, budget, waived, no_deadline=as_reference)

    def begin_check(self, seed: int, forbidden: list[str]) -> Proxy:
        """Return a proxy for the submission, in a process for this check alone."""
        line: Line = self.begin(seed, forbidden)
        if self._as_reference:
            line = ReferenceLine(line)
        return Proxy(Channel(line, frozenset(self._names), self._library))


def budget_of(config: pytest.Config) -> Budget:
    """Read the budget from the course's tox.ini; raise CourseError if it does not make sense."""
    budget = Budget(**{name: _number(name, text) for name in BUDGETS if (text := config.getini(f"assay_{name}"))})
    if budget.call_seconds > budget.import_seconds:
        text = (
            f"assay_call_seconds = {budget.call_seconds} in tox.ini is above assay_import_seconds = "
            f"{budget.import_seconds}: all calls of a check have as much as the import"
        )
        raise CourseError(text)
    return budget


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        message = f"assay_{name} = {text} in tox.ini is not a whole number"
        raise CourseError(message)
    return int(text)

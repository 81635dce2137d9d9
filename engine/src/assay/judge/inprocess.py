"""The same proxy over the same answering loop, without a wall: for trusted code only, such as known mistakes."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from msgspec.structs import replace

from assay.course.contract import contract, load_module
from assay.host.channel import Channel
from assay.host.proxy import Proxy
from assay.wire.messages import Measured, Reply, Request, Returned
from assay.wire.objects import ObjectTable, copied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    import pytest

    from assay.course.read import Course
    from assay.errors import GuestEnded
    from assay.judge.state import GuestOpener
    from assay.model import Submission
    from assay.promises import Isolation
    from assay.wire.messages import Imported


class _InProcessLine:
    def __init__(self, objects: ObjectTable) -> None:
        self._objects = objects

    def ask(self, request: Request) -> Reply:
        """Answer at once; copy tensors both ways, as a wall would."""
        sent = replace(request, args=copied(request.args), kwargs=copied(request.kwargs))
        reply = self._objects.answer(sent)
        return Returned(copied(reply.value)) if isinstance(reply, Returned) else reply


def proxy(module: ModuleType, library: ModuleType | None, contract: Sequence[str], seed: int) -> Proxy:
    """Return a proxy for a trusted module, which runs in this very process."""
    name = library.__name__ if library is not None else ""
    objects = ObjectTable(module, library, contract, seed, [getattr(module, "__file__", None) or ""])
    return Proxy(Channel(_InProcessLine(objects), frozenset(contract), name))


class InProcessGuest:
    """A guest without a wall.

    Args:
        make_module: returns the submission's module, for every check a new one.
        library: the course's library, if there is one.
        contract: the names that a submission defines.
    """

    def __init__(
        self, make_module: Callable[[], ModuleType], library: ModuleType | None, contract: Sequence[str]
    ) -> None:
        self.isolation: Isolation = {}
        self.loaded: Imported | None = None
        self.failure: GuestEnded | None = None
        self._make_module = make_module
        self._library = library
        self._contract = contract

    def begin_check(
        self,
        seed: int,
        forbidden: list[str],  # noqa: ARG002 - the course's own code may use all
        *,
        undo_leftovers: bool = False,  # noqa: ARG002 - and leaves nothing
        again: bool = False,  # noqa: ARG002 - and has all the time
    ) -> Proxy:
        """Return a proxy for a new module."""
        return proxy(self._make_module(), self._library, self._contract, seed)

    def paused(self) -> AbstractContextManager[None]:
        """Return a context that does nothing: a module between two calls stands still."""
        return nullcontext()

    def measure(self) -> Measured:
        """Return the processor time of this process; nothing of it runs between two calls."""
        return Measured(time.process_time(), None, runs=False)

    def end(self) -> None:
        """Do nothing: the check has no process."""

    def close(self) -> None:
        """Do nothing: the submission has no process."""


def in_process(course: Course, makers: Mapping[Submission, Callable[[], ModuleType]]) -> GuestOpener:
    """Return what opens guests without a wall, for trusted code.

    Args:
        course: what is right.
        makers: what makes the module of each submission; the model answers need none.
    """

    def open_guest(submission: Submission, config: pytest.Config, *, as_reference: bool) -> InProcessGuest:  # noqa: ARG001 - no budget holds here
        reference = course.reference(submission.assignment)
        make_module = makers.get(submission) or (lambda: load_module(reference))
        return InProcessGuest(make_module, course.load_library(), contract(reference))

    return open_guest

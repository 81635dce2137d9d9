"""The state of a grading session: submissions, their checks, their seeds and their guests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from assay.course.read import ANSWERS
from assay.course.seeds import PUBLIC_SEED, check_seed, guest_seed, measurement_seed
from assay.errors import PromiseBroken
from assay.judge.collected import check_of, forbidden_by
from assay.judge.memory import Known, Measured
from assay.model import Submission, SubmissionInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from assay.checks.measurements import Measurement
    from assay.course.read import Course
    from assay.errors import GuestEnded
    from assay.host.proxy import Proxy
    from assay.promises import Isolation
    from assay.wire import messages
    from assay.wire.messages import Imported


class OpenGuest(Protocol):
    """One submission that answers: across the wall, or inside the judge for trusted code."""

    isolation: Isolation
    loaded: Imported | None
    failure: GuestEnded | None

    def begin_check(
        self, seed: int, forbidden: list[str], *, undo_leftovers: bool = False, again: bool = False
    ) -> Proxy:
        """Return a proxy for the submission as it was just after its import, perhaps with torch's own settings."""

    def paused(self) -> AbstractContextManager[None]:
        """Return a context in which the submission stands still."""

    def measure(self) -> messages.Measured:
        """Return the processor time that the submission has taken so far."""

    def end(self) -> None:
        """End the check."""

    def close(self) -> None:
        """End the submission."""


class GuestOpener(Protocol):
    """The seam to the host: every guest of a session comes from here."""

    def __call__(self, submission: Submission, config: pytest.Config, *, as_reference: bool) -> OpenGuest:
        """Return the opened guest; one `as_reference` is compared with, so its failures are the grader's."""


class JudgeState:
    """Everything that a session keeps about its submissions.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        waived: promises that the instructor waived by name.
        open_guest: opens guests; without it each is a process behind the wall.
        known: facts that earlier sessions of this process found out.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each by its name
        self,
        course: Course,
        submissions: Sequence[Submission],
        seed: int = PUBLIC_SEED,
        waived: tuple[str, ...] = (),
        open_guest: GuestOpener | None = None,
        known: Known | None = None,
    ) -> None:
        self.course = course
        self.submissions = submissions
        self.seed = seed
        self.waived = waived
        self.known = known or Known()
        self.guests: dict[Submission, OpenGuest] = {}
        self.checks: dict[Submission, list[pytest.Item]] = {}
        self.measured: dict[tuple[Submission | None, Measurement], Measured] = {}
        self.refusal: PromiseBroken | None = None
        self._opener = open_guest or self._open_process

    def reference_of(self, item: pytest.Item) -> Path:
        """Return the file of the model answers that a check compares with."""
        return self.course.reference(item.path.parent.name)

    def is_recorded(self, item: pytest.Item) -> bool:
        """Whether a check's model answers are recorded only, as in a student's kit: nothing else can be asked."""
        return self.reference_of(item).with_suffix(ANSWERS).exists()

    def check_seed(self, item: pytest.Item) -> int:
        """Return the seed of a check's own inputs."""
        check = check_of(item)
        return check_seed(self.seed, item.path.parent.name, check.exercise, check.id)

    def guest_seed(self, item: pytest.Item) -> int:
        """Return the seed of the guest's randomness in a check."""
        return guest_seed(self.check_seed(item))

    def measurement_seed(self, item: pytest.Item, measurement: Measurement) -> int:
        """Return the seed of a measurement's own inputs."""
        return measurement_seed(self.seed, item.path.parent.name, check_of(item).exercise, measurement.name)

    def open_guest(self, submission: Submission, config: pytest.Config) -> OpenGuest:
        """Return the opened guest of a submission; end the session if this machine does not keep a core promise."""
        guest = self._open(submission, config, as_reference=False)
        self.guests[submission] = guest
        return guest

    def open_reference_guest(self, assignment: str, config: pytest.Config) -> OpenGuest:
        """Return the model answers as a guest equal to a submission's."""
        return self._open(reference_as_submission(self.course, assignment), config, as_reference=True)

    def open_check(self, guest: OpenGuest, item: pytest.Item) -> Proxy:
        """Return the proxy for a guest, in this check's own process."""
        return guest.begin_check(self.guest_seed(item), forbidden_by(item))

    def reopen_check(self, item: Any, *, undo_leftovers: bool = False, again: bool = True) -> Proxy:
        """Give a check another process, as if it had not begun; `again` if it has failed already."""
        guest = item.funcargs["guest"]
        guest.end()
        seed, forbidden = self.guest_seed(item), forbidden_by(item)
        proxy: Proxy = guest.begin_check(seed, forbidden, undo_leftovers=undo_leftovers, again=again)
        return proxy

    def _open(self, submission: Submission, config: pytest.Config, *, as_reference: bool) -> OpenGuest:
        try:
            return self._opener(submission, config, as_reference=as_reference)
        except PromiseBroken as error:
            self.refusal = error
            text = f"{error} (an option of pytest: --assay-waive)"
            pytest.exit(text, returncode=pytest.ExitCode.USAGE_ERROR)

    def _open_process(self, submission: Submission, config: pytest.Config, *, as_reference: bool) -> OpenGuest:
        from assay.judge.guests import ProcessGuest, budget_of  # noqa: PLC0415 - torch comes with it

        budget = budget_of(config)
        guest = ProcessGuest(self.course, submission, self.waived, budget, as_reference=as_reference)
        guest.open()
        return guest


STATE = pytest.StashKey[JudgeState]()
"""The place in a grading session's configuration that keeps its state, for the fixtures."""


def reference_as_submission(course: Course, name: str) -> Submission:
    """Return the model answers as a submission like any other."""
    path = course.reference(name)
    source = path.read_bytes()
    info = SubmissionInfo("reference", str(path), hashlib.sha256(source).hexdigest())
    return Submission(info, name, "module", source)

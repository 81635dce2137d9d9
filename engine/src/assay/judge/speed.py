"""The time of a submission, compared with the reference's for the same work; both are measured from outside."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from assay.errors import CourseError, Mismatch
from assay.text import Prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.host.proxy import Proxy
    from assay.judge.state import OpenGuest

_TIMES = 10
"""A submission may take so many times the reference's time. No load of the machine makes that of processor time."""

_ROUNDS = 3
"""The first run of anything takes longer, so a submission that takes too long is run again: the fastest run counts."""

_ROUNDS_WAITING = 15
"""A submission that only waits too long is run again, because a busy machine makes a right one wait. Five runs of wall
time were all too slow by chance once in 300 checks."""

_REFERENCE_SECONDS = 6.0
"""Ten times of it are what all calls of a check may take together."""

_IDLE_SECONDS = 0.02
_IDLE_SHARE = 0.1
"""A submission is idle if it took less than this share of a processor in that time, and did not wait for one."""


class _Taken(NamedTuple):
    """Seconds of processor time, of all processes and threads, and of wall time."""

    processor: float
    wall: float

    def is_within(self, most: _Taken) -> bool:
        return self.processor <= most.processor and self.wall <= most.wall


_REFERENCE = _Taken(_REFERENCE_SECONDS, _REFERENCE_SECONDS)


class SpeedComparison:
    """Compare times, in rounds: the reference does the work, then the submission.

    Args:
        guest: the submission; its processes are paused while the reference works.
        reference: the guest of the model answers.
    """

    def __init__(self, guest: OpenGuest, reference: OpenGuest) -> None:
        self._guest = guest
        self._reference = reference

    def __call__(  # noqa: PLR0913 - the fixtures of one check
        self,
        benchmark: Any,
        work: Callable[[Proxy, Any], Any],
        submission: Proxy,
        reference_guest: Proxy,
        draw: Callable[[], Any],
        *,
        help: str,  # noqa: A002 - the report's own word
    ) -> list[Any]:
        """Return the submission's values, one for each round.

        In one round at least neither the processor time nor the wall time may be above ten times the reference's. The
        processor time is that of all processes and threads until they are idle.

        Args:
            benchmark: the fixture of pytest-benchmark, which has no types; it runs the rounds.
            work: asks the module, its first argument, and returns a value; all of it is timed.
            submission: the check's own fixture.
            reference_guest: the same.
            draw: returns the second argument of `work`, new in every round, so that no answer can be remembered.
            help: how to become faster.

        Raises:
            Mismatch: the submission takes more than ten times the reference's time.
            CourseError: the reference takes too long to be compared with.
        """
        if benchmark.disabled:
            pytest.skip("measuring is switched off by --benchmark-disable")
        values: list[Any] = []
        standards: list[_Taken] = []
        taken: list[_Taken] = []

        def most() -> _Taken:
            return _Taken(*(_TIMES * min(seconds) for seconds in zip(*standards, strict=True)))

        def time_reference() -> tuple[tuple[Any], dict[str, Any]]:
            drawn = draw()
            with self._guest.paused():
                _, standard = _time(self._reference, work, reference_guest, drawn, _REFERENCE)
            if not standard.is_within(_REFERENCE):
                text = f"the reference still works after {_REFERENCE_SECONDS:g} s, so no speed can be compared with it"
                raise CourseError(text)
            standards.append(standard)
            return (drawn,), {}

        def time_submission(drawn: Any) -> None:
            value, seconds = _time(self._guest, work, submission, drawn, most())
            values.append(value)
            taken.append(seconds)

        benchmark.pedantic(time_submission, setup=time_reference)
        while not any(each.is_within(most()) for each in taken):
            only_waits = min(each.processor for each in taken) <= most().processor
            if len(taken) >= (_ROUNDS_WAITING if only_waits else _ROUNDS):
                yours = "over ten times the reference's time"
                raise Mismatch(yours, Prose("about the reference's time"), help=help)
            (drawn,), _ = time_reference()
            time_submission(drawn)
        return values


def _time(
    guest: OpenGuest, work: Callable[[Proxy, Any], Any], proxy: Proxy, drawn: Any, most: _Taken
) -> tuple[Any, _Taken]:
    """Return the value of the work, and the time until the guest was idle or had taken more than `most`."""
    before, begun = guest.measure(), time.perf_counter()
    value = work(proxy, drawn)
    while True:
        now = guest.measure()
        taken = _Taken(now.seconds - before.seconds, time.perf_counter() - begun)
        if not taken.is_within(most):
            return value, taken
        time.sleep(_IDLE_SECONDS)
        after = guest.measure()
        if not (now.runs or after.runs) and after.seconds - now.seconds < _IDLE_SHARE * _IDLE_SECONDS:
            return value, taken

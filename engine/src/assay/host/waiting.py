"""How long the judge waits for a guest, in seconds of wall time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assay.wire.messages import Measured

EXIT_SECONDS = 2
"""A check's process exits by itself when its line closes; after this time it is killed."""

CHECKS_IN_VAIN = 2
"""A function that did not end in so many checks of a submission is not called again."""

MEASURE_SECONDS = 0.5
"""The processor time of an import is measured this often, so a statement may exceed its limit by as much."""

_IDLE_SHARE = 0.1
"""A guest that wanted less of a processor than this share of a time was idle in it. A guest that computes wants nearly
all of a processor; a guest that looks at a clock every few milliseconds wants about a hundredth."""


class Sample(NamedTuple):
    """The processor time that the processes of a guest have taken, and when it was measured."""

    taken: Measured
    at: float


def was_idle(first: Sample, last: Sample, seconds: float) -> bool:
    """Whether nothing of a guest wanted a processor between two samples that lie at least so many seconds apart."""
    before, after, between = first.taken, last.taken, last.at - first.at
    if between < seconds or before.wanted is None or after.wanted is None:
        return False
    busy = max(after.wanted - before.wanted, after.seconds - before.seconds)  # ended threads are in `seconds` alone
    return busy < _IDLE_SHARE * between


def wall_seconds(processor_seconds: float) -> float:
    """Return the wall time in which a guest gets its processor time, even with half a processor and a slow start."""
    return 2 * processor_seconds + 5

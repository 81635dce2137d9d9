"""How long the judge waits for a guest, in seconds of wall time."""

from __future__ import annotations

EXIT_SECONDS = 2
"""A check's process exits by itself when its line closes; after this time it is killed."""

CHECKS_IN_VAIN = 2
"""A function that did not end in so many checks of a submission is not called again."""

MEASURE_SECONDS = 0.5
"""The processor time of an import is measured this often, so a statement may exceed its limit by as much."""


def wall_seconds(processor_seconds: float) -> float:
    """Return the wall time in which a guest gets its processor time, even with half a processor and a slow start."""
    return 2 * processor_seconds + 5

"""How long the judge waits for a guest, in seconds of wall time."""

from __future__ import annotations

EXIT_SECONDS = 2
"""A check's process exits by itself when its line closes; after this time it is killed."""

IMPORTS_PER_SUBMISSION = 10
"""All checks of a submission may take the time of so many imports; a correct submission takes a few seconds."""


def wall_seconds(processor_seconds: float) -> float:
    """Return the wall time in which a guest gets its processor time: half a processor is enough, after a slow start."""
    return 2 * processor_seconds + 5

"""How long the judge waits for a guest, in seconds of wall time."""

from __future__ import annotations

EXIT_SECONDS = 2
"""A check's process exits by itself when its line closes; after this time it is killed."""

IMPORTS_TOGETHER = 2
"""A statement of the module, or a cell, has the time that the course gives to imports; all together have twice that."""

CHECKS_IN_VAIN = 2
"""A function that did not end in so many checks of a submission is not asked again."""


MEASURE_SECONDS = 0.5
"""How often the processor time of an import is looked at: a statement may take so much more than its limit."""


def wall_seconds(processor_seconds: float) -> float:
    """Return the wall time in which a guest gets its processor time: half a processor is enough, after a slow start."""
    return 2 * processor_seconds + 5

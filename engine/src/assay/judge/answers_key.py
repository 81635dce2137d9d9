"""The key of a wrong answer, which is the same for all students who gave it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from assay.model import Verdict

__all__ = ["answers_key"]

_ANSWERED: Final = frozenset({"failed", "error", "timeout", "crashed"})


def answers_key(assignment: str, exercise: str, check: Verdict) -> str | None:
    """Return what a wrong answer has in common with equal ones; None if there is no answer, or a hidden check's.

    A class is asked under one seed, so that equal wrong answers have the same smallest input. The hint and the
    diagnosis belong to the key, because they were found on more than this input. The report of a hidden check keeps no
    answer, so that nothing is known to be equal.
    """
    message = check.shared_message()
    if check.visibility == "hidden" or check.status not in _ANSWERED or message is None or not message.yours:
        return None
    texts = (message.input, message.yours, message.expected, message.help)
    parts = [assignment, exercise, check.status, *texts, check.diagnosis]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

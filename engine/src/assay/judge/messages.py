"""The texts of a verdict, bounded and printable; those of timeouts and crashes are in `host.timeouts_and_crashes`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.text import MAX_LINE_CHARS, MAX_SENTENCE_CHARS, MAX_SOURCE_LINE_CHARS, escape
from assay.wire.lookalikes import lookalike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.errors import SubmissionRaised
    from assay.model import Verdict

_NO_PROCESS = frozenset({"FileNotFoundError", "PermissionError"})
"""The exceptions if a check starts a process: a pool's locks have no folder, and a fork is not permitted."""

_STARTS_PROCESS = re.compile(r"\b(?:Pool|ThreadPool|ProcessPoolExecutor|Process|Popen|os\.fork)\(|\bsubprocess\.")

_SOURCE_LINES = 3


def bounded(text: str) -> str:
    """Return the text as one printable line."""
    return escape(text, MAX_SENTENCE_CHARS)


def describe_raised(error: SubmissionRaised) -> str:
    """Return the student's exception, and the student's last lines that it passed through."""
    text = bounded(f"{error.kind}: {error.text}" if error.text else error.kind)
    lines = [
        escape(f"  line {number}: {source.strip()}", MAX_SOURCE_LINE_CHARS)
        for number, source in error.where[-_SOURCE_LINES:]
    ]
    return "\n".join([f"raised {text}", *lines])


def help_for_raised(error: SubmissionRaised, transcript: str | None, signatures: Mapping[str, str]) -> str | None:
    """Return what to do about an unwritten body, a process that cannot start, or a call that does not fit."""
    if error.kind == "NotImplementedError":
        return "this is not written yet" if not error.text else None
    if error.kind in _NO_PROCESS and any(_STARTS_PROCESS.search(line) for _, line in error.where):
        return "a check cannot start processes or pools of multiprocessing: compute everything in this one"
    if not error.called and transcript:
        last = transcript.splitlines()[-1]
        for name, signature in signatures.items():
            if re.search(rf"(?<![\w.]){name}\(", last):
                return f"it must take this call; the exercise's signature is {signature}"
    return None


def describe_missing(name: str, notes: Sequence[str], others: Sequence[str] = ()) -> str:
    """Return that a name is not defined, and what stopped the file before it was, or which of its names is like it."""
    if not notes:
        found = lookalike(name, others)
        return f"{name} is not defined" + (f": {bounded(found)}, which is, looks like it" if found else "")
    reason = bounded(notes[0]) if len(notes) == 1 else f"see the {len(notes)} notes on the file"
    return f"{name} is not defined: {reason}"


def as_text(verdict: Verdict) -> str:
    """Return a verdict as the few lines that pytest shows in place of a traceback."""
    message = verdict.message
    rows = [] if message is None else [(k, getattr(message, k)) for k in ("input", "yours", "expected")]
    rows += [("related", verdict.diagnosis), ("help", message.help if message is not None else None)]
    lines = [f"{verdict.description}: {verdict.status}"]
    for label, text in rows:
        if text:
            first, *rest = [escape(line, MAX_LINE_CHARS) for line in text.splitlines()]
            lines += [f"  {label:<9} {first}", *(f"  {'':<9} {line}" for line in rest)]
    return "\n".join(lines)

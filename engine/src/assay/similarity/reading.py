"""The command's side of the process that reads submissions: started when needed, and again after it died."""

from __future__ import annotations

import importlib.util
from typing import Final, Literal

import msgspec

from assay.errors import IntakeError
from assay.similarity.messages import MAX_FRAME_BYTES, MAX_SOURCE_BYTES, Code, Refusal, Reply, Source
from assay.wire.limited_process import LimitedProcess, Limits

__all__ = ["LIMITS", "PASSAGE", "CodeReader", "is_installed"]

PASSAGE: Final = 25
"""Characters of normalised text that one fingerprint is of, about a line: copydetect's default."""

_ENVIRONMENT: Final = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
"""The fingerprints are Python's hashes, which must be the same in the next process, too."""

_decode = msgspec.msgpack.Decoder(Reply).decode
_encode = msgspec.msgpack.Encoder().encode


LIMITS: Final = Limits(2 * 2**30, 10, 60)
"""A submission of the largest size takes a second."""


def is_installed() -> bool:
    """Return whether the library of the extra is installed."""
    return importlib.util.find_spec("copydetect") is not None


class CodeReader(LimitedProcess):
    """Reads submissions in a process with limits; a submission on which it dies is refused alone."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        super().__init__("assay.similarity", limits, MAX_FRAME_BYTES, _ENVIRONMENT)

    def read(self, kind: Literal["module", "notebook"], data: bytes) -> Code:
        """Return the code of a source, with its fingerprints.

        Raises:
            IntakeError: it is too large, cannot be read, or costs too much.
        """
        if len(data) > MAX_SOURCE_BYTES:
            reason = f"it has {len(data):,} bytes, over the limit of {MAX_SOURCE_BYTES:,}"
            raise IntakeError(reason)
        reply: Reply = _decode(self._exchange(_encode(Source(kind, data))))
        if isinstance(reply, Refusal):
            raise IntakeError(reply.reason)
        return reply

"""Seeds that follow from the course's secret seed."""

from __future__ import annotations

import hashlib

__all__ = ["derived_seed"]

_BYTES = 6
"""Of the digest: every reader of JSON, and every generator that takes a seed, takes 48 bits."""


def derived_seed(seed: int, *names: str) -> int:
    """Return the seed that belongs to these names; it does not tell the seed that it was derived from."""
    digest = hashlib.sha256("/".join([str(seed), *names]).encode()).digest()
    return int.from_bytes(digest[:_BYTES], "big")

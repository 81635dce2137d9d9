"""Seeds from seeds: a check's from the course's, a guest's from the check's."""

from __future__ import annotations

import hashlib


def derived_seed(seed: int, *names: str) -> int:
    """Return a seed that the names and the given seed decide, and that does not tell the given one."""
    digest = hashlib.sha256("/".join([str(seed), *names]).encode()).digest()
    return int.from_bytes(digest[:6], "big")

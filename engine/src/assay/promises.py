"""The promises of the sandbox: which there are, and whether a machine keeps one.

`Report.isolation` holds them, and a guest's process reports them over the wire, so it imports no other module of assay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["CORE", "Broken", "Isolation", "Kept", "broken_core"]

CORE = ("files", "network", "processes", "descendants", "memory", "time", "privileges")
"""Promises without which nobody should run a stranger's code."""


class Kept(msgspec.Struct, frozen=True, tag_field="status", tag="kept"):
    """A promise that holds; `by` names the mechanisms."""

    by: str

    def __str__(self) -> str:
        """Return the text for a person."""
        return self.by


class Broken(msgspec.Struct, frozen=True, tag_field="status", tag="broken"):
    """A promise that does not hold on this machine; `why` names the missing mechanism."""

    why: str

    def __str__(self) -> str:
        """Return the text for a person."""
        return f"not kept: {self.why}"


Isolation = dict[str, Kept | Broken]
"""Promise to its state."""


def broken_core(isolation: Isolation, waived: Collection[str] = ()) -> list[str]:
    """Return the core promises that are not kept and not waived; a promise that is not reported is not kept."""
    return [name for name in CORE if not isinstance(isolation.get(name), Kept) and name not in waived]

"""The promises of the sandbox that both sides of the wall must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

CORE = ("files", "network", "processes", "descendants", "memory", "time", "privileges")
"""Promises without which nobody should run a stranger's code."""

NOT_KEPT = "not kept: "


def broken(report: Mapping[str, str], waived: Collection[str] = ()) -> list[str]:
    """Gives the core promises of a report that are not kept and that nobody gave up by name."""
    return [name for name in CORE if report.get(name, NOT_KEPT).startswith(NOT_KEPT) and name not in waived]

"""The canonical dump: everything that counts, sorted and without times, so that two gradebooks can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from assay.gradebook.store import Gradebook

__all__ = ["SCHEMA", "dump_bytes"]

SCHEMA: Final = "assay/gradebook/v1"

_TIMES: Final = frozenset({"time", "duration"})


def dump_bytes(book: Gradebook) -> bytes:
    """Return the seed, the current reports with what they depend on, and all decisions, as indented JSON."""
    seed = book.kept_seed()
    reports = [{"conditions": entry.conditions, "report": entry.report} for entry in book.current()]
    document = {
        "schema": SCHEMA,
        "seed": None if seed is None else str(seed),
        "reports": reports,
        "decisions": book.decisions(),
    }
    built = _without_times(msgspec.to_builtins(document))
    return msgspec.json.format(msgspec.json.encode(built), indent=2) + b"\n"


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(part) for key, part in value.items() if key not in _TIMES}
    return [_without_times(part) for part in value] if isinstance(value, list | tuple) else value

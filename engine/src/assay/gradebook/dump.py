"""The canonical dump: everything that counts, sorted and without times, so that two gradebooks can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from assay.gradebook.store import Gradebook

__all__ = ["SCHEMA", "dump_bytes"]

SCHEMA: Final = "assay/gradebook/v1"


def dump_bytes(book: Gradebook) -> bytes:
    """Return seed, roster, current reports with what they depend on, and all decisions, as indented JSON."""
    seed = book.kept_seed()
    reports = [{"conditions": entry.conditions, "report": entry.report} for entry in book.current()]
    document = {
        "schema": SCHEMA,
        "seed": None if seed is None else str(seed),
        "roster": book.roster(),
        "reports": _without("duration", msgspec.to_builtins(reports)),
        "decisions": _without("time", msgspec.to_builtins(book.decisions())),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _without(field: str, value: Any) -> Any:
    """Return a value without this field, which it has at any depth."""
    if isinstance(value, dict):
        return {key: _without(field, part) for key, part in value.items() if key != field}
    return [_without(field, part) for part in value] if isinstance(value, list | tuple) else value

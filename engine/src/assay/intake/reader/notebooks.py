"""Notebooks without outputs, attachments and metadata."""

from __future__ import annotations

import json
from typing import Any

from assay.errors import IntakeError
from assay.intake.limits import MAX_BYTES

__all__ = ["without_outputs"]


def without_outputs(data: bytes) -> bytes | None:
    """Return a notebook of format 4.5 with the sources of the code cells; other cells are empty, so that numbers stay.

    Return None if the bytes are not a notebook of any format.

    Raises:
        IntakeError: the notebook is nested too deeply, or its code is too large.
    """
    try:
        # The values of numbers do not matter, and Python refuses numbers with thousands of digits.
        notebook = json.loads(data, parse_int=len, parse_float=len, parse_constant=len)
    except RecursionError:
        reason = "its JSON is nested too deeply for a notebook"
        raise IntakeError(reason) from None
    except ValueError:
        return None
    cells = _cells(notebook)
    if cells is None:
        return None
    plain = {
        "cells": [{"id": str(number), **_plain(cell)} for number, cell in enumerate(cells, start=1)],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    result = json.dumps(plain).encode("ascii")
    if len(result) > MAX_BYTES:
        reason = f"without its outputs it has {len(result):,} bytes, over the limit of {MAX_BYTES:,}"
        raise IntakeError(reason)
    return result


def _cells(notebook: Any) -> list[dict[str, Any]] | None:
    """Return the cells of a notebook; up to format 3 they lie in worksheets."""
    if not isinstance(notebook, dict):
        return None
    sheets = notebook["worksheets"] if isinstance(notebook.get("worksheets"), list) else [notebook]
    lists = [sheet.get("cells", []) if isinstance(sheet, dict) else None for sheet in sheets]
    if not ("cells" in notebook or "worksheets" in notebook) or not all(isinstance(cells, list) for cells in lists):
        return None
    cells = [cell for cells in lists if cells is not None for cell in cells]
    return cells if all(isinstance(cell, dict) for cell in cells) else None


def _plain(cell: dict[str, Any]) -> dict[str, Any]:
    if cell.get("cell_type") != "code":
        return {"cell_type": "markdown", "metadata": {}, "source": ""}
    source = next((cell[key] for key in ("source", "input", "code") if key in cell), "")
    text = "".join(filter(_is_text, source)) if isinstance(source, list) else source
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text if isinstance(text, str) else "",
    }


def _is_text(line: Any) -> bool:
    return isinstance(line, str)

"""IPython's own syntax: what a cell is as plain Python, and which code stands in the line of a magic."""

from __future__ import annotations

import re

RUN_BODY = ("time", "timeit", "capture")
"""The cell magics that run their cell."""

_OPTIONS = re.compile(r"\s*(?:-[nrp]\s*\d+|-[tcqo])(?=\s|$)")


def plain_python(text: str) -> str:
    """Return a cell as Python with as many lines; what IPython's own syntax asks for is asked of `get_ipython()`."""
    # Imported once it is needed: the fork server does it before the forks for a notebook.
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415

    stripped = text.lstrip()
    above = "#\n" * text.count("\n", 0, len(text) - len(stripped))  # IPython drops empty lines at the top
    if stripped.startswith("%%"):
        head, _, body = stripped.partition("\n")
        magic, _, line = head[2:].partition(" ")
        if magic not in RUN_BODY:
            return ""
        return f"{above}{head_of(magic, line)}\n{plain_python(body)}"
    try:
        # A manager for each cell: some of its transformers keep state after a cell that is not Python.
        transformed: str = TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - it raises what it likes for a cell that is not Python
        return text
    return above + transformed


def without_options(line: str) -> str:
    """Return what follows the options of `%timeit`."""
    while found := _OPTIONS.match(line):
        line = line[found.end() :]
    return line.strip()


def head_of(magic: str, line: str) -> str:
    """Return the code that stands in the line of a cell magic: the setup of `%%timeit`, the name of `%%capture`."""
    if magic == "timeit":
        return without_options(line)
    if magic == "capture" and (name := line.split("--", maxsplit=1)[0].strip()).isidentifier():
        return f"{name} = __import__('IPython.utils.capture').utils.capture.CapturedIO(None, None)"
    return ""

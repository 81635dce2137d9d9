"""Import a notebook: run its code cells one after the other, each as far as it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from assay.guest.loading import RUN_BODY, LoadedModule, new_module, remember_lines, run

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = re.compile(r"(\s*(?:[^()]*=\s*)?)get_ipython\(\)\.\w+\(.*\)$")
_FORMAT = 4
_FIRST_LINE = 80


def load_notebook(name: str, source: bytes) -> LoadedModule:
    """Run every code cell in one module; note a cell that fails by its number and first line.

    `%%time`, `%%timeit` and `%%capture` run their body. Other cell magics skip the cell. Line magics, `!` and `?` do
    nothing. Stored outputs are ignored.
    """
    module = new_module(name, f"{name}.ipynb")
    try:
        cells = list(_code_cells(source))
    except Exception as error:  # noqa: BLE001 - students hand in broken notebooks
        return LoadedModule(module, (), [f"the notebook could not be read: {type(error).__name__}"])
    notes: list[str] = []
    files: list[str] = []
    for number, text in cells:
        file = f"cell {number}"
        files.append(file)
        code = _plain_python(text)
        remember_lines(file, code)
        note = run(module, file, code)
        if note is not None:
            first = text.strip().splitlines()[0][:_FIRST_LINE]
            notes.append(f"cell {number} ({first}) stopped at {note}; the cells after it were run")
    return LoadedModule(module, tuple(files), notes)


def _code_cells(source: bytes) -> Iterator[tuple[int, str]]:
    notebook: Any = nbformat.reads(  # type: ignore[no-untyped-call]
        source.decode("utf-8-sig"), as_version=_FORMAT
    )
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip():
            yield number, cell.source


def _plain_python(text: str) -> str:
    """Return the cell as Python with the same number of lines, without IPython's syntax."""
    stripped = text.lstrip()
    if stripped.startswith("%%"):
        head, _, body = stripped.partition("\n")
        if head.split(maxsplit=1)[0].removeprefix("%%") not in RUN_BODY:
            return ""
        text = "#\n" + body  # IPython drops empty lines at the top, which would shift line numbers
    # A new manager for each cell, because some transformers keep state after a cell that is not Python.
    transformed: str = TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
    return "".join(_without_magic(line) for line in transformed.splitlines(keepends=True))


def _without_magic(line: str) -> str:
    match = _MAGIC.match(line.rstrip("\r\n"))
    # `x = %time f()` and `files = !ls` become `x = None`: the line does nothing, but the name exists.
    return f"{match[1]}None\n" if match else line

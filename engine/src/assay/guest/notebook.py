"""Run a notebook's code cells one after the other, as far as each runs.

The sources of code cells are all that is read of a notebook: Jupyter opens files whose metadata, outputs, counts or
version are missing or wrong, so they are graded.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.content import Unreadable
from assay.guest import shell
from assay.guest.magics import plain_python
from assay.guest.statements import LoadedModule, Namespace, describe
from assay.guest.syntax import explain
from assay.wire.objects import clean

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from assay.guest.statements import Begin, LeftOut

_FIRST_LINE = 80
_AGAIN = "open it in Jupyter, save it, and hand it in again"
_CELL_MARK = re.compile(r"^# ?(?:%%|In ?\[|<codecell>)", re.MULTILINE)
_SHELL_LINE = "get_ipython()"


class Cell(NamedTuple):
    """A code cell: its number, the file that tracebacks name, its text, the lines of that file before it."""

    number: int
    file: str
    text: str
    above: int = 0

    @property
    def label(self) -> str:
        """Its number and first line, a mark that begins a cell left out."""
        lines = [line.strip() for line in self.text.split("\n") if line.strip()]
        first = next((line for line in lines if not _CELL_MARK.match(line)), "")
        return f"cell {self.number} ({first[:_FIRST_LINE]})"


def load_notebook(name: str, text: str, begin: Begin, file: str) -> LoadedModule:
    """Run every code cell of a notebook's JSON in one namespace. Raises Unreadable if it is broken."""
    return _load(name, list(code_cells(text)), begin, file, script=None)


def load_script(name: str, text: str, begin: Begin, file: str) -> LoadedModule:
    """Run a script with notebook lines as the notebook that it was."""
    return _load(name, list(script_cells(text, f"{name}.py")), begin, file, script=text)


def code_cells(text: str) -> Iterator[Cell]:
    """Find the code cells of a notebook of any format. Raises Unreadable if there is no list of cells."""
    for number, cell in enumerate(_cells(_parsed(text)), start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = next((cell[key] for key in ("source", "input", "code") if cell.get(key)), "")
        lines = source if isinstance(source, list) else [source]
        # Python takes no halves of surrogate pairs, which JSON may hold.
        found = "".join(clean(line, len(line)) for line in lines if isinstance(line, str))
        if found.strip():
            yield Cell(number, f"cell {number}", found)


def script_cells(text: str, file: str) -> Iterator[Cell]:
    """Split a script at `# %%` and `# In[…]`."""
    starts = sorted({0, *(found.start() for found in _CELL_MARK.finditer(text)), len(text)})
    pieces = [(text[start:end], text.count("\n", 0, start)) for start, end in pairwise(starts)]
    coded = [piece for piece in pieces if any(line.strip()[:1] not in {"", "#"} for line in piece[0].split("\n"))]
    for number, (piece, above) in enumerate(coded, start=1):
        yield Cell(number, file, piece, above)


def has_notebook_lines(text: str) -> bool:
    """Return whether a script has lines that only IPython understands."""
    return any(
        plain_python(cell.text).count(_SHELL_LINE) > cell.text.count(_SHELL_LINE) or cell.text.lstrip().startswith("%%")
        for cell in script_cells(text, "")
    )


def _load(name: str, cells: list[Cell], begin: Begin, file: str, *, script: str | None) -> LoadedModule:
    space = Namespace(name, file, main=True)
    shell.announce(space.names)
    sources = {cell: "\n" * cell.above + plain_python(cell.text) for cell in cells}
    space.trees = lambda: _trees(sources.values())
    if script is not None:
        space.remember(f"{name}.py", script)
    for cell, source in sources.items():
        if script is None:
            space.remember(cell.file, source)
        note = _run(space, cell, source, begin(cell.number))
        if note is not None:
            space.notes.append(note)
    if not cells:
        space.notes.append("the notebook has no code: its code cells are empty or missing")
    return LoadedModule(space.module, tuple(space.files), space.notes)


def _run(space: Namespace, cell: Cell, source: str, left_out: LeftOut | None) -> str | None:
    """Run a cell; return the note about what stopped it or why it was left out, if it was."""
    try:
        tree = shell.parse_quietly(source, cell.file)
    except SyntaxError as error:
        return _stopped(cell, explain(error, source, in_cell=True))
    except BaseException as error:  # noqa: BLE001 - too deep or too large for the parser
        return _stopped(cell, describe(error))
    if left_out is not None:
        for node in tree.body:
            space.leave_out(node, f"{cell.label} {left_out.reason}")
        return None if left_out.told else left_out.note(cell.label, "cells")

    def name_line(line: int) -> str:
        return f"cell {cell.number}, line {line}"

    stopped = space.run(tree, cell.file, label=name_line, notebook=True)
    return stopped and _stopped(cell, stopped)


def _stopped(cell: Cell, where: str) -> str:
    return f"{cell.label} stopped at {where}; the cells after it were run"


def _trees(sources: Iterable[str]) -> Iterator[ast.AST]:
    for source in sources:
        try:
            yield shell.parse_quietly(source, "cell")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue


def _parsed(text: str) -> Any:
    if "\n<<<<<<< " in text:
        reason = "it has marks of an unfinished merge (<<<<<<<): finish the merge, and hand the file in again"
        raise Unreadable(reason)
    try:
        # Numbers are of no interest, and some are none (NaN) or have more digits than Python takes.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()):
            reason = f"the file breaks off in line {text.count(chr(10)) + 1}, before its end: {_AGAIN}"
        else:
            reason = f"line {error.lineno} is not a notebook's JSON ({error.msg}): {_AGAIN}"
        raise Unreadable(reason) from error
    except RecursionError as error:
        reason = f"its JSON is nested too deeply: {_AGAIN}"
        raise Unreadable(reason) from error


def _cells(document: Any) -> list[Any]:
    found: list[Any] = []
    if isinstance(document, dict):
        sheets = document.get("worksheets")
        for part in [document, *(sheets if isinstance(sheets, list) else [])]:
            cells = part.get("cells") if isinstance(part, dict) else None
            found += cells if isinstance(cells, list) else []
        if isinstance(document.get("cells"), list) and not found:
            return found
    if not any(isinstance(cell, dict) for cell in found):
        reason = f"it is JSON without a notebook's cells: {_AGAIN}"
        raise Unreadable(reason)
    return found

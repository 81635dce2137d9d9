"""Import what was submitted, as much of it as runs: the content decides whether it is a module or a notebook."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

from assay.content import Unreadable, is_notebook, text_of
from assay.guest.notebook import has_notebook_lines, load_notebook, load_script
from assay.guest.scopes import first_line
from assay.guest.shell import compile_quietly, parse_quietly
from assay.guest.statements import LoadedModule, Namespace, describe
from assay.guest.syntax import explain
from assay.wire.objects import clean

if TYPE_CHECKING:
    from assay.guest.statements import Begin

MAX_NOTES = 50
"""Of a notebook whose every cell fails: a report shows no more."""

_FIRST_LINE = 80
_UNREADABLE = {"module": "the module cannot be run", "notebook": "the notebook could not be read"}
_AS_SCRIPT = "the file is a Python script, though its name ends in .ipynb: it was graded as a script"
_AS_NOTEBOOK = "the file is a notebook, though its name ends in .py: it was graded as a notebook"
_WITH_LINES = "the file is a script with notebook lines (!, % or ?): it was run as a notebook, cell by cell"

Kind = Literal["module", "notebook"]


def begin_all(_number: int) -> None:
    """Leave nothing out."""


def load(name: str, kind: Kind, source: bytes, begin: Begin = begin_all, file: str = "") -> LoadedModule:
    """Run a submission in its own namespace. An exception becomes a note.

    Args:
        name: the assignment's.
        kind: what the file's name says that it is.
        source: its bytes.
        begin: asked before each of a module's outermost statements, and before each cell.
        file: its `__file__`.
    """
    try:
        text, note = text_of(source)
        kind, loaded = _load(name, kind, text, begin, file or _file(name, kind))
    except Unreadable as error:
        space = Namespace(name, file or _file(name, kind))
        return LoadedModule(space.module, (), [f"{_UNREADABLE[kind]}: {error}; nothing in it is graded"])
    loaded.notes[:0] = [note] if note else []
    return loaded


def _load(name: str, kind: Kind, text: str, begin: Begin, file: str) -> tuple[Kind, LoadedModule]:
    """Load the text as what it is."""
    if is_notebook(text) or (kind == "notebook" and text.lstrip()[:1] in {"{", "["}):
        loaded = load_notebook(name, text, begin, file)
        loaded.notes[:0] = [_AS_NOTEBOOK] if kind == "module" else []
        return "notebook", loaded
    loaded = _load_script(name, text, begin, file)
    loaded.notes[:0] = [_AS_SCRIPT] if kind == "notebook" else []
    return "module", loaded


def _load_script(name: str, text: str, begin: Begin, file: str) -> LoadedModule:
    code_file = f"{name}.py"
    space = Namespace(name, file)
    space.remember(code_file, text)
    try:
        tree = parse_quietly(text, code_file)
        code = compile_quietly(text, code_file)
    except SyntaxError as error:
        if _is_for_ipython(text):
            return _as_cells(name, text, begin, file)
        space.notes.append(f"the module cannot be run: {explain(error, text)}; nothing in it is graded")
        return LoadedModule(space.module, (code_file,), space.notes)
    except (ValueError, MemoryError, RecursionError) as error:
        space.notes.append(f"the module cannot be run: {describe(error)}; nothing in it is graded")
        return LoadedModule(space.module, (code_file,), space.notes)
    if any(map(_asks_the_shell, tree.body)):
        return _as_cells(name, text, begin, file)
    space.trees = lambda: (tree,)
    lines = text.split("\n")
    numbers = {node: number for number, node in enumerate(tree.body, start=1)}

    def begin_statement(node: ast.stmt) -> bool:
        line = first_line(node)
        label = f"line {line} ({clean(lines[line - 1].strip(), _FIRST_LINE)})"
        left_out = begin(numbers[node])
        if left_out is not None:
            space.notes += [] if left_out.told else [left_out.note(label, "statements")]
            space.leave_out(node, f"{label} {left_out.reason}")
        return left_out is None

    space.flags = code.co_flags
    stopped = space.run(tree, code_file, begin=begin_statement)
    if stopped is not None:
        space.notes.append(f"the module stopped at {stopped}; the definitions before that are graded")
    return LoadedModule(space.module, (code_file,), space.notes)


def _as_cells(name: str, text: str, begin: Begin, file: str) -> LoadedModule:
    loaded = load_script(name, text, begin, file)
    loaded.notes.insert(0, _WITH_LINES)
    return loaded


def _is_for_ipython(text: str) -> bool:
    """Return whether a text that is not Python has IPython's lines, or awaits as only notebooks can."""
    try:
        compile_quietly(text, "the file", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return has_notebook_lines(text)
    return True


def _asks_the_shell(node: ast.stmt) -> bool:
    """Return whether a statement is a notebook's line as an export writes it: `get_ipython().system("ls")`."""
    called: Any = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    while isinstance(called, ast.Call | ast.Attribute):
        called = called.func if isinstance(called, ast.Call) else called.value
        if isinstance(called, ast.Name):
            return called.id == "get_ipython"
    return False


def _file(name: str, kind: Kind) -> str:
    return f"{name}{'.py' if kind == 'module' else '.ipynb'}"

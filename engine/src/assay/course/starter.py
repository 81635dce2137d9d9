"""A student's starter: the reference's signatures and docstrings, and no solution."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from pathlib import Path

_SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises):\n")

_HEADING = re.compile(r"^# (\d+\. .+)$", re.MULTILINE)
"""A comment of the reference that names the exercise of the definitions below it, such as "# 2. Ohm's law"."""

_RULES = """
Keep the names and the arguments: they are what is graded, each exercise on its own. Do not rename the file.
A function leaves its arguments as they were, and its second answer is as right as its first; it works for one row and
for thousands, and for data in any order. Helper files beside this one are not handed in.
"""
"""The rules that a student must know before the first line."""

_ANSWERS = "# Written answers, for a person to read: exercise number to text.\nANSWERS = {}\n"


def module_starter(reference: Path) -> str:
    """Return the source of a module in which everything raises NotImplementedError, under the reference's headings."""
    head, imports, definitions = _reference_parts(reference)
    parts = []
    for heading, text in definitions:
        if heading:
            parts.append(f"\n# {heading}\n")
        parts.append(f"\n{text}\n")
    return "\n".join([f'"""{head}\n{_RULES}"""\n', imports, "", *parts, "", _ANSWERS])


def notebook_starter(reference: Path) -> str:
    """Return the starter as a Jupyter notebook, with a cell for every heading and every definition."""
    head, imports, definitions = _reference_parts(reference)
    write: Any = nbformat.v4  # it has no types
    code, markdown = write.new_code_cell, write.new_markdown_cell
    cells = [markdown(f"# {head}\n{_RULES.rstrip()}"), code(imports)]
    for heading, text in definitions:
        if heading:
            cells.append(markdown(f"## {heading}"))
        cells.append(code(text))
    cells.append(code(_ANSWERS.rstrip()))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # because random ids would make every starter another
    text = write.writes(write.new_notebook(cells=cells))
    return f"{text}\n"


def _reference_parts(reference: Path) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the first line, the imports, and the definitions, each with the heading above it, or ""."""
    source = reference.read_text(encoding="utf-8")
    tree = ast.parse(source)
    headings = [(source.count("\n", 0, match.start()) + 1, match[1]) for match in _HEADING.finditer(source)]
    used: set[str] = set()
    definitions = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            stub = _stub(node)
            used |= _names(stub)
            heading = ""
            while headings and headings[0][0] < node.lineno:
                _, heading = headings.pop(0)
            definitions.append((heading, ast.unparse(stub)))
    # A signature may need a constant: its line is copied, and the lines that it needs itself.
    constants = [node for node in tree.body if isinstance(node, ast.Assign)]
    lines: list[str] = []
    for node in reversed(constants):
        if used & {name for target in node.targets for name in _names(target)}:
            lines.insert(0, ast.unparse(node))
            used |= _names(node.value)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = [ast.unparse(node) for node in imports if _is_used(node, used)] + lines
    return f"{reference.stem}: write your answers below.", "\n".join(lines), definitions


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _stub(node: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | ast.ClassDef:
    text = ast.get_docstring(node)
    if text is not None:
        text = _with_type_of_result(text, node)
    body: list[ast.stmt] = [] if text is None else [ast.Expr(ast.Constant(_task(text, 4 + node.col_offset)))]
    if isinstance(node, ast.ClassDef):
        methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
        body += [_stub(part) for part in methods if part.name == "__init__" or not part.name.startswith("_")]
        node = ast.ClassDef(node.name, node.bases, node.keywords, body or [ast.Pass()], [])
        return ast.fix_missing_locations(node)
    body.append(ast.Raise(ast.Name("NotImplementedError")))
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None  # it may name an import of type checkers only
    # These decorators change how it is called; any other may be a part of the solution.
    kept = [each for each in node.decorator_list if _names(each) & {"staticmethod", "classmethod", "property"}]
    stub = ast.FunctionDef(node.name, node.args, body, kept)
    return ast.fix_missing_locations(stub)


def _with_type_of_result(docstring: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    """Write the type of the result into the section of a docstring for it, if the result is more than one value."""
    if not (isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Subscript)):
        return docstring
    kind = ast.unparse(node.returns)
    before, section, after = docstring.partition("\n\nReturns:\n    ")
    return f"{before}{section}{kind}: {after}" if section else f"{docstring}\n\nReturns:\n    {kind}"


def _task(docstring: str, indent: int) -> str:
    """Return a docstring's summary and sections; its prose says how the reference does it, and is left out."""
    summary, *others = docstring.split("\n\n")
    sections = [part for part in others if _SECTION.match(part)]
    lines = "\n\n".join([summary, *sections]).splitlines()
    margin = "\n" + " " * indent
    return "".join([lines[0], *(margin + line if line else "\n" for line in lines[1:]), margin if sections else ""])


def _is_used(node: ast.Import | ast.ImportFrom, used: set[str]) -> bool:
    return any((alias.asname or alias.name).partition(".")[0] in used for alias in node.names)

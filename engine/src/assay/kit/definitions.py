"""The definitions of a file of checks, and which of them need which."""

from __future__ import annotations

import ast
import symtable
from typing import TYPE_CHECKING

from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

__all__ = ["Source", "is_check", "kit_name"]

_MISTAKES, _SHARED = "mistakes_", "shared_"

_DEFINING = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For),
)
"""The syntax that gives a name a value, besides imports."""


def is_check(name: str) -> bool:
    """Whether pytest takes a function of that name for a test."""
    return name.startswith("test")


def kit_name(file: str) -> str:
    """Return the name of a course's file in a kit, where a file of mistakes has nothing but shared definitions."""
    return _SHARED + file.removeprefix(_MISTAKES) if file.startswith(_MISTAKES) else file


class Source:
    """A file of checks, of mistakes, or of what checks share.

    Args:
        path: the file.

    Attributes:
        imported: for each name that comes from a file beside this one, that file and its name there; the file is None
            for a module as a whole.
        mistakes: the names of known mistakes.
        always: the names that pytest or the import itself needs.

    Raises:
        CourseError: the file is not Python, or cannot be cut: it defines something inside of a statement.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._tree = _Public().visit(ast.parse(path.read_bytes()))
        except SyntaxError as error:
            text = f"{path}, line {error.lineno}: {error.msg}"
            raise CourseError(text) from error
        self._defining: dict[str, list[ast.stmt]] = {}
        self.imported: dict[str, tuple[str | None, str]] = {}
        self.mistakes: set[str] = set()
        self.always: set[str] = {"pytestmark"}
        for statement in self._tree.body:
            _require_simple(statement, path)
            self._note(statement)
        self.always &= self._defining.keys()

    def _note(self, statement: ast.stmt) -> None:
        names = set(_defined_by(statement))
        for name in names:
            self._defining.setdefault(name, []).append(statement)
        if isinstance(statement, ast.ImportFrom) and statement.level:
            file = f"{statement.module}.py" if statement.module and statement.level == 1 else None
            self.imported |= {alias.asname or alias.name: (file, alias.name) for alias in statement.names}
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            pass
        elif not names:
            self.always |= _words(statement) if _is_kept(statement) else set()
        elif _marks_a_mistake(statement):
            self.mistakes |= names
        elif "autouse" in ast.dump(statement):
            self.always |= names

    def has(self, name: str) -> bool:
        """Whether the file defines or imports a name at its top level."""
        return name in self._defining

    def words_of(self, name: str) -> set[str]:
        """Return the names of this file that a definition needs; none for a name that the file does not define."""
        found = {word for statement in self._defining.get(name, ()) for word in _words(statement)}
        return found & self._defining.keys()

    def cut(self, names: AbstractSet[str], instead: Mapping[str, ast.stmt]) -> str:
        """Return the source of some definitions, with other statements in the place of others, or else at the end."""
        head = [ast.Expr(ast.Constant((ast.get_docstring(self._tree) or "").partition("\n")[0]))]
        body: list[ast.stmt] = [*head, *(node for node in self._tree.body if _is_future(node))]
        if instead:
            body += ast.parse("import pytest").body
        for statement in self._tree.body:
            defined = set(_defined_by(statement))
            if isinstance(statement, ast.Import | ast.ImportFrom):
                body += _narrowed(statement, names)
            elif defined & names or (names and not defined and _is_kept(statement)):
                body.append(statement)
            else:
                body += [instead[name] for name in sorted(defined & instead.keys())]
        body += [instead[name] for name in sorted(instead.keys() - self._defining.keys())]
        return ast.unparse(ast.Module(body, [])) + "\n"


class _Public(ast.NodeTransformer):
    """Takes the known mistakes out of statistics, whose bounds a kit has already."""

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        """Empty the list of the mistakes that a statistic catches."""
        return ast.keyword("catches", ast.List([], ast.Load())) if node.arg == "catches" else node


def _marks_a_mistake(statement: ast.stmt) -> bool:
    """Whether a definition is marked by `mistake`, or `checks.mistake`."""
    words = (node for node in ast.walk(statement) if isinstance(node, ast.Name | ast.Attribute))
    return any((node.id if isinstance(node, ast.Name) else node.attr) == "mistake" for node in words)


def _is_kept(statement: ast.stmt) -> bool:
    """Whether a statement that defines nothing does something; docstrings and assertions about constants do not."""
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not docstring and not isinstance(statement, ast.Assert)


def _require_simple(statement: ast.stmt, path: Path) -> None:
    """Raise CourseError for a statement that would bring its definitions into a kit whether they are needed or not."""
    if any(_defined_by(statement)) or not _is_kept(statement):
        return
    if any(isinstance(node, _DEFINING) for node in ast.walk(statement)):
        text = (
            f"{path}, line {statement.lineno}: a kit cannot be cut from a statement that has definitions or "
            "assignments inside: write them at the top level of the file"
        )
        raise CourseError(text)


def _defined_by(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                yield from _assigned_to(target)
        case _:
            pass


def _assigned_to(target: ast.expr) -> Iterator[str]:
    """Yield the names that an assignment changes; of `cases["a"]` and `cases.a` it is `cases`."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _assigned_to(part)
        case ast.Starred(value=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
            yield from _assigned_to(inner)
        case _:
            pass


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _narrowed(statement: ast.Import | ast.ImportFrom, names: Collection[str]) -> Iterator[ast.stmt]:
    """Yield the part of an import that is needed."""
    if _is_future(statement):
        return
    kept = [alias for alias in statement.names if (alias.asname or alias.name.partition(".")[0]) in names]
    if kept and isinstance(statement, ast.ImportFrom):
        module = kit_name(statement.module or "") if statement.level else statement.module
        yield ast.ImportFrom(module, kept, statement.level)
    elif kept:
        yield ast.Import(kept)


def _words(statement: ast.stmt) -> set[str]:
    """Return the names outside of itself that a statement needs; an argument may be the name of a fixture."""
    table = symtable.symtable(ast.unparse(statement), "a check", "exec")
    arguments = {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    return arguments | set(_globals(table))


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals(child)

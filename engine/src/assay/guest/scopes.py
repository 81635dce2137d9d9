"""Read from a statement, without running it, which names it binds and uses, and where it imports."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TRIES = (ast.Try, ast.TryStar)


def first_line(node: ast.stmt) -> int:
    """Return the number of a statement's first line, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def unguarded_imports(tree: ast.AST) -> dict[int, set[str]]:
    """Return the imports of the outermost scope that no `try` and no `suppress` guards.

    The lines of the imports, each with the modules that it renames: `import torch.nn as nn`.
    """
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return {tree.lineno: {alias.name for alias in tree.names if alias.asname}}
    if isinstance(tree, (*_SCOPES, *_TRIES)):
        return {}
    if isinstance(tree, ast.With) and any("suppress" in ast.dump(item.context_expr) for item in tree.items):
        return {}
    found: dict[int, set[str]] = {}
    for child in ast.iter_child_nodes(tree):
        for line, names in unguarded_imports(child).items():
            found.setdefault(line, set()).update(names)
    return found


def bound(node: ast.AST) -> set[str]:
    """Return the names that a statement binds in its own scope."""
    return set(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def used(node: ast.AST) -> set[str]:
    """Return the names that running a statement looks up, those of functions that it only defines left out."""
    return set(_used(node))


def _used(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    body = node.body if isinstance(node, _FUNCTIONS) else [node.body] if isinstance(node, ast.Lambda) else []
    for child in ast.iter_child_nodes(node):
        if child not in body:
            yield from _used(child)


def unresolved(trees: Iterable[ast.AST]) -> set[str]:
    """Return the names that are used somewhere and bound nowhere."""
    loads, stores = set[str](), set(dir(builtins))
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                (loads if isinstance(node.ctx, ast.Load) else stores).add(node.id)
            elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                stores.add(node.name)
            elif isinstance(node, ast.arg):
                stores.add(node.arg)
            elif isinstance(node, ast.alias):
                stores.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, ast.ExceptHandler) and node.name:
                stores.add(node.name)
    return loads - stores

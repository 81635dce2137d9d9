"""Make mutants: the model answers with one small change, which some check must catch.

The changes are those of mutation testing (DeMillo, Lipton and Sayward 1978), of the kinds that students' slips have:
an operator, a constant, a missing statement, arguments in the wrong order, a call or a keyword left out.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}

_NO_BEHAVIOUR = frozenset({"annotation", "returns", "bases", "targets", "target", "ctx"})
"""Fields of a node whose change would have no effect, or define another name."""


class Mutant(NamedTuple):
    """The model answers with one small change.

    Args:
        line: the change's line in the file of the model answers.
        was: the statement before the change, on one line; its first line if it has a body.
        becomes: the statement after the change; `pass` if it was dropped.
        source: the whole module after the change.
    """

    line: int
    was: str
    becomes: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module, each once, in the order of their lines."""
    tree = ast.parse(source)
    unchanged = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for place in list(_places(tree)):
        was = _first_line([place.statement])
        for new in _alternatives(place.node):
            undo = place.put(new)
            becomes = _first_line(new if place.node is place.statement else [place.statement])
            changed = ast.unparse(ast.fix_missing_locations(tree))
            undo()
            if changed != unchanged:
                found.setdefault(changed, Mutant(place.line, was, becomes, changed))
    return sorted(found.values(), key=lambda mutant: mutant.line)


class _Place(NamedTuple):
    """A node's place in the tree: a field of its parent, or an element of a list there."""

    parent: ast.AST
    field: str
    position: int | None
    node: ast.AST
    statement: ast.stmt

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", self.statement.lineno)

    def put(self, new: Sequence[ast.AST]) -> Callable[[], None]:
        """Replace the node by new nodes; return the function that undoes it."""
        if self.position is None:
            setattr(self.parent, self.field, new[0])
            return lambda: setattr(self.parent, self.field, self.node)
        siblings, index = getattr(self.parent, self.field), self.position
        siblings[index : index + 1] = new
        return lambda: siblings.__setitem__(slice(index, index + len(new)), [self.node])


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Yield every place below a definition or an assignment of the module, outermost first."""
    for statement in tree.body:
        exports = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Assign) and not exports:
            yield from _below(statement, statement)


def _below(parent: ast.AST, statement: ast.stmt) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in _NO_BEHAVIOUR:
            continue
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _is_docstring(node):
                continue
            around = node if isinstance(node, ast.stmt) else statement
            yield _Place(parent, field, index if isinstance(value, list) else None, node, around)
            yield from _below(node, around)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _alternatives(node: ast.AST) -> Iterator[Sequence[ast.AST]]:
    """Yield the replacements of a node; several statements only for a statement with a body."""
    if type(node) in _OPERATORS:
        yield [_OPERATORS[type(node)]()]
    elif isinstance(node, ast.Constant):
        yield from ([ast.Constant(value)] for value in _other_values(node.value))
    elif isinstance(node, ast.UnaryOp):
        yield [node.operand]
    elif isinstance(node, ast.IfExp | ast.If):
        negated = copy.copy(node)
        negated.test = ast.UnaryOp(ast.Not(), node.test)
        yield [negated]
    elif isinstance(node, ast.Call):
        yield from ([other] for other in _other_calls(node))
    if isinstance(node, ast.With):
        yield list(node.body)
    elif isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Return | ast.For | ast.While | ast.If):
        yield [ast.Pass()]


def _other_values(value: object) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1]
        case float():
            return [value * 2, value + 1]
        case _:
            return []


def _other_calls(call: ast.Call) -> Iterator[ast.expr]:
    args = call.args
    for index in range(len(args) - 1):
        swapped = [*args[:index], args[index + 1], args[index], *args[index + 2 :]]
        yield ast.Call(call.func, swapped, call.keywords)
    for keyword in call.keywords:
        yield ast.Call(call.func, args, [other for other in call.keywords if other is not keyword])
    if args and not isinstance(args[0], ast.Starred):
        yield args[0]
    if isinstance(call.func, ast.Attribute) and not (args and isinstance(call.func.value, ast.Name)):
        yield call.func.value


def _first_line(statements: Sequence[Any]) -> str:
    shown = copy.copy(statements[0])
    if hasattr(shown, "body"):
        shown.body, shown.orelse, shown.decorator_list = [ast.Pass()], [], []
    return ast.unparse(shown).splitlines()[0]

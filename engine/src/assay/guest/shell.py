"""The object that `get_ipython()` returns: magics that run code do so, and everything else does nothing."""

from __future__ import annotations

import ast
import sys
import warnings
from typing import TYPE_CHECKING, Any

from assay.guest.magics import RUN_BODY, head_of, plain_python, without_options

if TYPE_CHECKING:
    import types

_CELL = "a magic's code"


class Shell:
    """A stand-in for IPython's shell.

    Args:
        names: the submission's namespace.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.config: dict[str, object] = {}
        self.user_ns = names

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def run_line_magic(self, magic: str, line: str, *_: object) -> Any:
        """Run the statement of `%time`, and that of `%timeit` without binding its names."""
        if magic == "time":
            return self._run(line)
        if magic == "timeit":
            self._run_apart(without_options(line))
        return None

    def run_cell_magic(self, magic: str, line: str, body: str) -> None:
        """Run the body of a magic that does."""
        if magic in RUN_BODY:
            self._run(head_of(magic, line) + "\n" + body)

    def magic(self, line: str) -> Any:
        """Run a line magic, as older notebooks write it."""
        name, _, rest = line.partition(" ")
        return self.run_line_magic(name.lstrip("%"), rest)

    def getoutput(self, *_args: object, **_named: object) -> list[str]:
        """Return no lines: no command is run."""
        return []

    def _run(self, source: str) -> Any:
        tree = _parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile_quietly(tree, _CELL), self.user_ns)  # noqa: S102 - this is the guest's purpose
        if isinstance(last, ast.Expr):
            return eval(compile(ast.Expression(last.value), _CELL, "eval"), self.user_ns)  # noqa: S307 - the same
        return None

    def _run_apart(self, source: str) -> None:
        function: Any = ast.parse("def inner(): pass").body[0]
        function.body = _parse(source).body or function.body
        apart: dict[str, Any] = {}
        exec(compile_quietly(ast.Module([function], []), _CELL), self.user_ns, apart)  # noqa: S102 - the same
        apart["inner"]()


class Nothing:
    """Can be called and asked for attributes and items, and does nothing."""

    def __call__(self, *_args: object, **_named: object) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: object) -> Nothing:
        return self

    def __setitem__(self, _key: object, _value: object) -> None:
        pass


def do_nothing(*_args: object, **_named: object) -> None:
    """Do nothing."""


def announce(names: dict[str, Any]) -> None:
    """Make IPython's own `get_ipython` give the submission's shell."""
    for module in ("IPython", "IPython.core.getipython"):
        if module in sys.modules:
            vars(sys.modules[module])["get_ipython"] = names["get_ipython"]


def compile_quietly(source: ast.Module | str, file: str, flags: int = 0) -> types.CodeType:
    """Compile without warnings, which a student may have made errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code: types.CodeType = compile(source, file, "exec", flags, dont_inherit=True)
        return code


def parse_quietly(text: str, file: str) -> ast.Module:
    """Parse without warnings. Raises what `ast.parse` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, file)


def _parse(source: str) -> ast.Module:
    return ast.fix_missing_locations(ast.parse(plain_python(source)))

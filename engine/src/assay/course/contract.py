"""The contract of an assignment, as its model answers state it: names, signatures, and the answers as a module."""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING

from assay.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType, ModuleType

__all__ = ["contract", "forget", "load_module", "signatures"]


@functools.cache
def contract(path: Path) -> tuple[str, ...]:
    """Return the names that a submission defines: the public functions and classes of the model answers.

    They are read from the source: nothing is executed.
    """
    kinds = (ast.FunctionDef, ast.ClassDef)
    return tuple(node.name for node in _statements(path) if isinstance(node, kinds) and not node.name.startswith("_"))


@functools.cache
def signatures(path: Path) -> dict[str, str]:
    """Return the first line that a student writes for each name: `def f(x, y)` or `class C(a, b)`."""
    found = {}
    for node in _statements(path):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = f"def {node.name}({_arguments(node, 0)})"
        elif isinstance(node, ast.ClassDef):
            makers = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
            found[node.name] = f"class {node.name}({_arguments(makers[0], 1)})" if makers else f"class {node.name}"
    return found


def _statements(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_bytes(), str(path)).body


def _arguments(node: ast.FunctionDef, skip: int) -> str:
    copied = ast.parse(ast.unparse(node.args).join(("def f(", "): ..."))).body[0]
    for argument in ast.walk(copied):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    arguments = copied.args if isinstance(copied, ast.FunctionDef) else node.args
    del arguments.args[:skip]
    return ast.unparse(arguments)


def load_module(path: Path, *, fresh: bool = False, package: str = "") -> ModuleType:
    """Import a file of the course, or its library, in this process.

    Args:
        path: the file; for the library its folder.
        fresh: execute the file again and register the module nowhere, so that its names can be replaced. Without it
            a path is imported once, under its own name, and its folder can be imported from.
        package: the package that a fresh module's relative imports start from.

    Raises:
        CourseError: the file cannot be imported; the text says why.
    """
    try:
        return _execute(path, package) if fresh else _load_once(path)
    except Exception as error:
        text = f"{path} cannot be imported: {type(error).__name__}: {error}"
        raise CourseError(text) from error


def forget() -> None:
    """Forget what was read of courses so far, because a course has changed; modules stay imported."""
    for read in (contract, signatures, _load_once):
        read.cache_clear()


@functools.cache
def _load_once(path: Path) -> ModuleType:
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    return importlib.import_module(path.name) if path.is_dir() else _execute(path, register=True)


def _execute(path: Path, package: str = "", *, register: bool = False) -> ModuleType:
    name = f"{package}.{path.stem}" if package else path.stem
    loader = _SourceLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None  # because it has a loader
    module = importlib.util.module_from_spec(spec)
    if register:
        sys.modules[path.stem] = module
    try:
        loader.exec_module(module)
    except BaseException:
        if register:
            del sys.modules[path.stem]
        raise
    return module


class _SourceLoader(SourceFileLoader):
    """Compile the file as it is now: bytecode on disk can be older than a file that changed within the same second."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return _compiled(self.get_data(path), path)


@functools.lru_cache(maxsize=64)
def _compiled(source: bytes, path: str) -> CodeType:
    code: CodeType = compile(source, path, "exec", dont_inherit=True)
    return code

"""A lazy import of PyTorch's compiler: optimisers ask it to leave them alone at every step, and compile nothing.

Its import takes as long as torch's own. A lazy module answers an optimiser's calls, and imports the compiler for any
other use.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COMPILER = "torch._dynamo"


def import_lazily() -> None:
    """Put the lazy module in the compiler's place, unless the compiler is imported."""
    if _COMPILER not in sys.modules:
        spec = importlib.util.find_spec(_COMPILER)
        assert spec is not None  # since PyTorch 2.0
        sys.modules[_COMPILER] = torch._dynamo = _LazyCompiler(spec)  # noqa: SLF001 - PyTorch looks in both places
        sys.meta_path.insert(0, _Submodules())


class _LazyCompiler(ModuleType):
    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(_COMPILER)
        self.__spec__, self.__file__ = spec, spec.origin
        self.__path__ = spec.submodule_search_locations or []

    def graph_break(self, *_: object) -> None:
        """Do nothing: an optimiser asks for it before and after each step."""

    def disable(self, fn: Callable[..., Any] | None = None, *args: Any, **options: Any) -> Any:
        """Return a function of PyTorch's own, such as `zero_grad`, unchanged."""
        if sys._getframe(1).f_globals.get("__name__") == "torch._compile":  # noqa: SLF001 - the decorator of those functions
            return fn
        return self.load().disable(fn, *args, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":  # `inspect` asks every module for such names
            raise AttributeError(name)
        return getattr(self.load(), name)

    def load(self) -> ModuleType:
        """Import the compiler, once, and return it."""
        if sys.modules.get(_COMPILER) is self:
            del sys.modules[_COMPILER]
        return importlib.import_module(_COMPILER)


class _Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the compiler before any submodule of it, which would otherwise be executed twice."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        lazy = sys.modules.get(_COMPILER)
        if not isinstance(lazy, _LazyCompiler) or not name.startswith(f"{_COMPILER}."):
            return None
        lazy.load()
        module = importlib.import_module(name)
        del sys.modules[name]  # for `importlib`, which would take the spec of what it finds there, and execute it again
        return ModuleSpec(name, self, loader_state=(module, module.__spec__))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module: ModuleType = spec.loader_state[0]
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None and spec.loader is self:  # a module of settings keeps its own
            module.__spec__ = spec.loader_state[1]

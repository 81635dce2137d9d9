"""The surroundings of a submission: a script's own place, and libraries that need neither a screen nor a compiler.

Choosing a way to draw has no effect: everything is drawn by Agg, into memory. A library that is imported later is
changed when it is imported.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.abc
import importlib.machinery
import os
import sys
from typing import TYPE_CHECKING, Any

import torch

from assay.guest.shell import do_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import ModuleType

_USER = "student"


def prepare(folder: Path, file: str, source: bytes) -> str:
    """Make this process's surroundings those of `python FILE` in a folder.

    Args:
        folder: the scratch folder.
        file: the name of the submission's file.
        source: its bytes.

    Returns:
        The file's path.
    """
    path = folder / file
    with contextlib.suppress(OSError):  # a full disk is the submission's own trouble
        path.write_bytes(source)
    sys.argv = [str(path)]
    sys.path.insert(0, str(folder))
    os.environ.update(USER=_USER, LOGNAME=_USER)
    torch.compile = _compile
    # More than one would hang in the checks: they run in forks, which have none of the threads.
    torch.set_num_threads = torch.set_num_interop_threads = do_nothing
    for name, change in _CHANGES.items():
        if name in sys.modules:
            change(sys.modules[name])
    sys.meta_path.insert(0, _ChangedImports())
    return str(path)


def _compile(model: Any = None, **_options: object) -> Any:
    """Stand in for `torch.compile`: what is given runs as it is."""
    return model if model is not None else lambda function: function


def _matplotlib(module: Any) -> None:
    module.use = do_nothing


def _pyplot(module: Any) -> None:
    original = module.switch_backend

    def switch_backend(_newbackend: str) -> None:
        if module._backend_mod is None:  # noqa: SLF001 - matplotlib's own mark that none was chosen yet
            original("agg")

    module.switch_backend = switch_backend
    module.show = module.pause = do_nothing


def _style(module: Any) -> None:
    original = module.use

    @functools.wraps(original)
    def use(style: Any) -> None:
        with contextlib.suppress(OSError):  # a style that this version of matplotlib has under another name
            original(style)

    module.use = use


def _formats(module: Any) -> None:
    module.set_matplotlib_formats = module.set_matplotlib_close = do_nothing


def _progress(module: Any) -> None:
    tqdm: Any = sys.modules["tqdm"]  # its package
    module.tqdm = module.tqdm_notebook = tqdm.tqdm
    module.trange = module.tnrange = tqdm.trange


_CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "matplotlib": _matplotlib,
    "matplotlib.pyplot": _pyplot,
    "matplotlib.style": _style,
    "IPython.display": _formats,
    "matplotlib_inline.backend_inline": _formats,
    "tqdm.notebook": _progress,
}


class _ChangedImports(importlib.abc.MetaPathFinder):
    """Finds the modules that are changed when they are imported."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        change = _CHANGES.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if change else None
        if change is None or spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        original = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            original(module)
            change(module)

        loader.exec_module = exec_module
        return spec

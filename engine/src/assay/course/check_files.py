"""Files of checks and the files of mistakes beside them: how they are named, and how one imports from the other.

`test_0_model.py` may say `from .mistakes_0_model import half`. Both are modules of one package, named
as pytest names it. Its folder is in no import path, so the package is made here.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from assay.course.contract import load_module
from assay.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["import_mistakes", "is_mistakes_file", "load_afresh", "make_package", "mistakes_file"]

_CHECKS, _MISTAKES = "test_", "mistakes_"


def mistakes_file(check_file: Path) -> Path:
    """Return the path of the mistakes beside a file of checks; there may be no such file."""
    return check_file.with_name(_MISTAKES + check_file.name.removeprefix(_CHECKS))


def is_mistakes_file(path: Path) -> bool:
    """Whether a file is named as one of mistakes, so that it has no checks."""
    return path.name.startswith(_MISTAKES)


def import_mistakes(check_file: Path) -> ModuleType | None:
    """Import the mistakes beside a file of checks, once for all who import them; None if there is no such file.

    Raises CourseError if the file cannot be imported; the text says why.
    """
    path = mistakes_file(check_file)
    if not path.exists():
        return None
    try:
        return importlib.import_module(f"{make_package(path.parent)}.{path.stem}")
    except Exception as error:
        text = f"{path} cannot be imported: {type(error).__name__}: {error}"
        raise CourseError(text) from error


def load_afresh(path: Path) -> ModuleType:
    """Execute a file of checks or mistakes again; raise CourseError if it cannot be imported."""
    return load_module(path, fresh=True, package=make_package(path.parent))


def make_package(folder: Path) -> str:
    """Make the folder of an assignment's checks a package, unless it is one; return its name."""
    name = f"{folder.parent.name}.{folder.name}"
    if list(getattr(sys.modules.get(name), "__path__", ())) != [str(folder)]:
        for other in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[other]  # of a course in another folder
        package = ModuleType(name, f"The checks in {folder}.")
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    importlib.invalidate_caches()  # a file may be younger than the last look at its folder
    return name

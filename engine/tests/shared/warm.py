"""Start processes that have imported torch, pytest and Hypothesis already, and nothing of assay."""

import importlib
import multiprocessing
import os
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

__all__ = ["imports_without_a_warning", "run_pytest"]

_TESTS = Path(__file__).parent.parent

_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(["torch", "hypothesis.strategies", "pytest"])


def run_pytest(folder, *arguments):
    """Run `python -m pytest` in a folder; return its exit code and what it printed."""
    with tempfile.NamedTemporaryFile() as output:
        code = _exit_code(_pytest, str(folder), list(map(str, arguments)), output.name, dict(os.environ))
        return code, output.read().decode()


def imports_without_a_warning(module):
    """Tell whether a module can be imported before any other module of assay, without a warning."""
    return _exit_code(_import, module) == 0


def _exit_code(function, *arguments):
    process = _WARM.Process(target=function, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def _pytest(folder, arguments, output, environment):
    with open(output, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(1, 2)
    os.environ.clear()
    os.environ.update({key: value for key, value in environment.items() if not key.startswith("PYTEST")})
    os.chdir(folder)
    added = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:] = [folder, *added, *(path for path in sys.path if not Path(path).is_relative_to(_TESTS))]
    sys.argv = ["pytest", *arguments]
    sys.exit(pytest.console_main())


def _import(module):
    warnings.simplefilter("error")
    importlib.import_module(module)

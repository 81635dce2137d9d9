"""Loading changes the process that it happens in: a test puts back what it finds."""

import builtins
import sys

import IPython
import pytest


@pytest.fixture(autouse=True)
def _same_process_afterwards(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)
    for module in (IPython, IPython.core.getipython):
        monkeypatch.setattr(module, "get_ipython", module.get_ipython)
    yield
    sys.modules.pop("answer", None)

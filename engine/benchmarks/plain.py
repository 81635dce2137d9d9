"""The other side of the speed benchmark: the same checks in plain pytest, the submission in the test process.

Used as `pytest -p plain --handed-in FILE`: what a course without a wall does, started once per submission.
"""

import importlib.util
from pathlib import Path

import pytest


def pytest_addoption(parser):
    """Add the submission's file."""
    parser.addoption("--handed-in", type=Path)


def _load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def submission(request):
    """Return the student's module, in this process."""
    return _load(request.config.option.handed_in, "submission")


@pytest.fixture(scope="session")
def reference(request):
    """Return the model answers, in this process."""
    return _load(request.config.rootpath / "reference" / "basics.py", "reference")


@pytest.fixture
def rng():
    """Return a seeded generator."""
    import torch

    return torch.Generator().manual_seed(0)

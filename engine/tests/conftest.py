"""What several tests need: a small course, and one warm pool of workers for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_course import write_course

from assay.grading.executors import LocalProcesses


@pytest.fixture(scope="session")
def course_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of three exercises with budgets of two seconds; a test that changes it makes a copy."""
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def executor() -> Iterator[LocalProcesses]:
    """One warm worker for all tests of a session: a worker imports torch twice before its first check.

    Two would be idle by turns, because pytest-xdist runs two sessions.
    """
    with LocalProcesses(1) as executor:
        yield executor

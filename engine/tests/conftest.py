"""How the tests are divided, and what several need: a small course, and one warm worker for all of them."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_course import write_course

from assay.grading.executors import LocalProcesses

HERE = Path(__file__).parent

WALL = (
    "command", "course/test_gate.py", "grading", "kit", "bare/test_compiler.py", "guest/test_surroundings.py", "selftest/test_calibration.py",
    "selftest/test_selftest_mistakes.py", "selftest/test_many_seeds.py", "selftest/test_graded_mutants.py",
    "selftest/test_findings.py", "host/test_guest.py", "host/test_bare.py", "host/test_large_pages.py",
    "judge/test_examples.py", "judge/test_measurements.py", "judge/test_judge_process.py", "judge/test_recognition.py", "judge/test_speed.py", "test_api.py",
    "similarity/test_reading.py", "test_exercises.py", "test_imports.py", "test_pytest_plugin.py", "test_readme.py",
    "test_run_autograder.py",
)  # fmt: skip
KERNEL = (
    "promises", "gradebook/test_hard_places.py", "intake/archives", "intake/test_exports.py",
    "intake/reader", "report/pages/test_large_page_browser.py", "report/pages/test_pages_browser.py", "review/test_review_browser.py",
    "test_distribution.py", "test_text.py",
)  # fmt: skip
SMOKE = ("command/test_grade.py", "bare/test_compiler.py")
LONG = (
    "test_pytest_plugin.py", "judge/test_examples.py", "grading/test_cluster.py", "grading/test_statuses.py",
    "command/test_process.py", "command/test_class_page.py", "judge/test_speed.py", "command/test_self_test.py",
    "promises/test_folders.py", "promises/test_outputs.py",
)  # fmt: skip
"""They begin first: at the end of a run no worker of pytest-xdist waits long for another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder or file, and put the long files first."""
    missing = [place for place in (*WALL, *KERNEL, *SMOKE, *LONG) if not (HERE / place).exists()]
    assert not missing, f"{missing} is named in conftest.py and does not exist"
    for item in items:
        path = item.path.relative_to(HERE)
        for name, places in (("wall", WALL), ("kernel", KERNEL), ("smoke", SMOKE)):
            if any(path.is_relative_to(place) for place in places):
                item.add_marker(name)
    items.sort(key=lambda item: item.path.relative_to(HERE).as_posix() not in LONG)


def pytest_collection_finish() -> None:
    """Spare collections of garbage, and processes that are forked, the half million objects that torch made."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def course_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course of three exercises with budgets of two seconds; a test that changes it makes a copy."""
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def executor() -> Iterator[LocalProcesses]:
    """One warm worker for all tests of a session: torch is imported before its first check.

    Two would be idle by turns, because pytest-xdist runs two sessions.
    """
    with LocalProcesses(1) as executor:
        yield executor


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Debian's chromium, for the tests of pages; without it they are skipped, but fail in CI."""
    from browsing import chromium  # only these tests need it

    with chromium() as found:
        yield found

"""The settings and markers of a course, as pytest knows them; light, and a plugin of every session that grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

MARKERS = (
    "points(number): what the check is worth; 1 without it",
    "visibility(when): hidden, visible (without it), after_due_date or after_published",
    "forbids(*names): functions and classes of the course's library that submissions of this exercise may not use",
)

BUDGETS = {
    "import_seconds": "processor time that the import of a submission may take; 60 without it",
    "call_seconds": "processor time that one call may take; 20 without it",
    "memory": "bytes that a submission may take beyond what torch itself does; 4 GiB without it",
}
"""The limits that a course tells its students, in `[pytest]` of its tox.ini as `assay_import_seconds` and so on."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the budgets."""
    for name, text in BUDGETS.items():
        parser.addini(f"assay_{name}", text)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)

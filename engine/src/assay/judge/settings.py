"""The settings and markers of a course, as pytest knows them; light, and a plugin of every session that grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.course.budgets import BUDGETS

if TYPE_CHECKING:
    import pytest

MARKERS = (
    "points(number): what the check is worth; 1 without it",
    "visibility(when): hidden, visible (without it), after_due_date or after_published",
    "not_in_kit: a student's kit lists the check as graded by the course only",
    "forbids(*names): functions and classes of the course's library that submissions of this exercise may not use",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the budgets."""
    for budget in BUDGETS:
        parser.addini(budget.option, budget.help)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)

"""The budgets that a course gives a submission: name, default, unit, and the sentence that students read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BUDGETS", "DEFAULTS", "BudgetOption", "read_budgets"]


class BudgetOption(NamedTuple):
    """One budget; a course sets it in `[pytest]` of its tox.ini as `assay_NAME`."""

    name: str
    default: int
    unit: str
    sentence: str

    @property
    def option(self) -> str:
        """The name in tox.ini."""
        return f"assay_{self.name}"

    @property
    def help(self) -> str:
        """The whole entry for `pytest --help`."""
        return f"{self.sentence}, in {self.unit}; {self.default} by default"


BUDGETS: Final = (
    BudgetOption(
        "import_seconds",
        60,
        "seconds",
        "processor time that one statement or cell may take at the import, or all calls of a check together",
    ),
    BudgetOption("call_seconds", 20, "seconds", "processor time that one call may take"),
    BudgetOption("submission_seconds", 300, "seconds", "processor time that all checks of a submission may take"),
    BudgetOption("memory", 4 * 2**30, "bytes", "memory that a submission may take beyond what torch itself does"),
)
DEFAULTS: Final = {budget.name: budget.default for budget in BUDGETS}


def read_budgets(setting: Callable[[str], str]) -> dict[str, int]:
    """Return the value of every budget by its name.

    Args:
        setting: returns the text in tox.ini for an option's name, or "".

    Raises:
        CourseError: a text is not a whole number, or one call may take more than all calls of a check.
    """
    values = {budget.name: _number(budget, setting(budget.option)) for budget in BUDGETS}
    if values["call_seconds"] > values["import_seconds"]:
        text = (
            f"assay_call_seconds = {values['call_seconds']} in tox.ini is above assay_import_seconds = "
            f"{values['import_seconds']}, which is also the limit of all calls of a check together"
        )
        raise CourseError(text)
    return values


def _number(budget: BudgetOption, text: str) -> int:
    if not text:
        return budget.default
    if not text.isdecimal():
        message = f"{budget.option} = {text} in tox.ini is not a whole number"
        raise CourseError(message)
    return int(text)

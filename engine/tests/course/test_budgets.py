"""A budget is a whole number in tox.ini, or its default."""

import pytest

from assay.course.budgets import BUDGETS, DEFAULTS, read_budgets
from assay.errors import CourseError


def test_a_budget_that_a_course_does_not_set_has_its_default():
    assert read_budgets(lambda name: "7" if name == "assay_call_seconds" else "") == DEFAULTS | {"call_seconds": 7}
    assert read_budgets(lambda _: "") == DEFAULTS


def test_every_budget_is_described_with_its_unit_and_default():
    assert [budget.help for budget in BUDGETS] == [
        "processor time that one statement or cell may take at the import, or all calls of a check together, in seconds; 60 by default",
        "processor time that one call may take, in seconds; 20 by default",
        "processor time that all checks of a submission may take, in seconds; 300 by default",
        "memory that a submission may take beyond what torch itself does, in bytes; 4294967296 by default",
    ]


def test_a_call_cannot_have_more_time_than_all_calls_of_a_check():
    with pytest.raises(CourseError) as caught:
        read_budgets(lambda name: "90" if name == "assay_call_seconds" else "")
    assert str(caught.value) == (
        "assay_call_seconds = 90 in tox.ini is above assay_import_seconds = 60, "
        "which is also the limit of all calls of a check together"
    )


def test_a_budget_that_is_not_a_whole_number_is_named():
    with pytest.raises(CourseError) as caught:
        read_budgets(lambda name: "4 GiB" if name == "assay_memory" else "")
    assert str(caught.value) == "assay_memory = 4 GiB in tox.ini is not a whole number"

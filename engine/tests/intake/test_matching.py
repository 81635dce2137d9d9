"""One function says which assignment a file's name means."""

import pytest

from assay.intake.matching import NameMatch, match

NAMES = ["linear", "linear_regression", "softmax"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear.py", NameMatch("linear", "linear", "linear")),
        ("linear.PY", NameMatch(None, "linear", "linear")),
        ("Softmax.ipynb", NameMatch(None, "softmax", None)),
        ("linear-regression (1).py", NameMatch(None, "linear_regression", "linear")),
        ("ada_linear_regression_v2.py", NameMatch(None, None, "linear_regression")),
        ("homework.py", NameMatch()),
        ("linear.txt", NameMatch()),
    ],
)
def test_a_name_is_exactly_or_almost_an_assignments_or_contains_one(name, expected):
    assert match(name, NAMES) == expected

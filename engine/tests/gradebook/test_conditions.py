"""A change since a report is named, and touches one exercise or all of them."""

import pytest
from entries import CONDITIONS
from msgspec.structs import replace

from assay.gradebook.conditions import changes, touched

OTHER_CHECKS = {**CONDITIONS.exercises, "10": {"tests/basics/test_10_noise.py": "e"}}


def test_equal_conditions_have_no_change():
    assert changes(CONDITIONS, replace(CONDITIONS)) == ()
    assert touched(CONDITIONS, replace(CONDITIONS)) == frozenset()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("submission", "6" * 64, "the submission"),
        ("notes", ("an older file lies beside it",), "what lies beside the submission"),
        ("common", {"tox.ini": "z", "reference/basics.py": "b"}, "tox.ini"),
        ("common", {"tox.ini": "a"}, "reference/basics.py"),
        ("seed", "8", "the seed"),
        ("engine", "0.2.0", "the version of assay"),
        ("python", "3.12.1", "the version of Python"),
        ("torch", "2.14.0", "the version of torch"),
        ("waived", ("network",), "the list of waived promises"),
    ],
)
def test_a_change_of_anything_else_touches_every_exercise(field, value, said):
    changed = replace(CONDITIONS, **{field: value})
    assert changes(CONDITIONS, changed) == (said,)
    assert touched(CONDITIONS, changed) is None


def test_a_changed_file_of_one_exercise_touches_that_exercise():
    changed = replace(CONDITIONS, exercises=OTHER_CHECKS)
    assert changes(CONDITIONS, changed) == ("tests/basics/test_10_noise.py",)
    assert touched(CONDITIONS, changed) == {"10"}


def test_an_exercise_that_came_or_went_is_touched():
    changed = replace(CONDITIONS, exercises={"1": CONDITIONS.exercises["1"], "2": {"tests/basics/test_2_new.py": "f"}})
    assert touched(CONDITIONS, changed) == {"2", "10"}

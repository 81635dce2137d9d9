"""Statistics: a function of a module and a seed, and its bound in the file beside the reference."""

import json

import pytest

from assay.checks import measurement, mistake, statistic
from assay.course.contract import load_module
from assay.errors import CourseError

TEST = """
from assay.checks import mistake, statistic


@mistake("mean", hint="divide by the number of values")
def summed(values):
    return sum(values)


@statistic("distance of the mean", catches=[summed], closed_form=(1.6, "seven standard errors"))
def distance(module, seed):
    'How far the mean is from the truth.'
    return module + seed
"""

TOLERANCE = {
    "quantity": "distance of the mean",
    "bound": 1.6,
    "reason": "seven standard errors",
    "seeds": 400,
    "median": 0.15,
    "largest": 0.7,
    "false_failure": None,
    "tail": None,
    "power": {"mean = summed": 1.0},
    "power_seeds": 400,
}


@pytest.fixture
def distance(tmp_path):
    path = tmp_path / "tests" / "toy" / "test_0_mean.py"
    path.parent.mkdir(parents=True)
    path.write_text(TEST)
    return load_module(path, fresh=True).distance


@pytest.fixture
def tolerance_path(tmp_path):
    (tmp_path / "reference").mkdir()
    return tmp_path / "reference" / "toy.tolerances.json"


def write_tolerance(path, **changes):
    tolerances = {"test_0_mean.distance": TOLERANCE | changes}
    path.write_text(json.dumps({"schema": "", "command": "", "tolerances": tolerances}))


def test_a_statistic_is_called_as_its_function_and_keeps_its_name_and_docstring(distance):
    assert distance(4, 3) == 7.0
    assert isinstance(distance(4, 3), float)
    assert distance.__doc__ == "How far the mean is from the truth."
    assert distance.__name__ == "distance"


def test_the_bound_is_the_one_in_the_file(distance, tolerance_path):
    write_tolerance(tolerance_path)
    assert distance.bound == 1.6


@pytest.mark.parametrize("content", [None, b"no json", b'{"schema": "", "command": "", "tolerances": {}}'])
def test_a_missing_bound_names_the_command_that_writes_it(distance, tolerance_path, content):
    if content is not None:
        tolerance_path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        distance.bound  # noqa: B018
    assert str(caught.value) == f"{tolerance_path} has no tolerance test_0_mean.distance: run `assay tolerances toy`"


@pytest.mark.parametrize(
    "changes", [{"quantity": "another"}, {"bound": 1.5}, {"reason": "eight"}, {"power": {"mean = nearly": 1.0}}]
)
def test_a_bound_of_another_statistic_is_not_used(distance, tolerance_path, changes):
    write_tolerance(tolerance_path, **changes)
    with pytest.raises(CourseError) as caught:
        distance.bound  # noqa: B018
    assert str(caught.value) == (
        f"test_0_mean.distance has changed since {tolerance_path} was written: run `assay tolerances toy`"
    )


def test_a_statistic_catches_known_mistakes_only():
    with pytest.raises(CourseError) as caught:
        statistic("anything", catches=[len])(lambda _, seed: float(seed))
    assert str(caught.value) == "test_statistics.<lambda> catches <built-in function len>, which is not a @mistake"


def test_a_function_that_is_several_mistakes_is_caught_as_each():
    @mistake("second", hint="")
    @mistake("first", hint="")
    def wrong():
        pass

    found = statistic("anything", catches=[wrong])(lambda _, seed: float(seed))
    assert [each.label for each in found.catches] == ["first = wrong", "second = wrong"]


def test_a_statistic_of_a_measurement_takes_its_value_in_a_check_and_measures_in_calibration():
    @measurement
    def values(module, seed):
        return [module, seed]

    found = statistic("their sum", catches=[], of=values)(lambda both: float(sum(both)))
    assert (found([1, 2]), found.at(3, 4)) == (3.0, 7.0)

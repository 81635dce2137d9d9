"""Derived tolerances: from a statistic to its file and back, and each way in which it cannot be had."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from assay.checks import derived
from assay.checks.mistakes import fresh_module
from assay.checks.tolerances import derive, rederive
from assay.errors import CourseError

REFERENCE = """
import random


def mean(values):
    return sum(values) / len(values)


def distance(values, true):
    return abs(mean(values) - true)
"""

TEST = '''
"""Means"""
import random
import pytest
from assay.checks import derived, mistake


@mistake("mean", hint="divide by the number of values")
def summed(values):
    return sum(values)


@mistake("mean", hint="an empty list has no mean")
def raises(values):
    raise ZeroDivisionError


@mistake("mean", hint="off by a little")
def nearly(values):
    return sum(values) / len(values) + 0.001


def drawn(seed):
    source = random.Random(seed)
    return [source.gauss(5) for _ in range(20)]


@derived("distance of the mean of 20", catches=[summed, raises], seeds=400)
def distance(module, seed):
    """How far the mean is from the truth."""
    return module.distance(drawn(seed), 5)


@derived("the same", catches=[summed], closed_form=(1.6, "seven standard errors"), seeds=400)
def closed(module, seed):
    return module.distance(drawn(seed), 5)


@pytest.mark.points(2)
def test_nothing():
    """nothing"""
'''

FAULTS = """

@derived("too narrow", catches=[], closed_form=(0.1, "a guess"), seeds=400)
def narrow(module, seed):
    return module.distance(drawn(seed), 5)


@derived("weak", catches=[summed, nearly], seeds=400)
def weak(module, seed):
    return module.distance(drawn(seed), 5)


@derived("heavy", catches=[], seeds=400)
def heavy(module, seed):
    import math
    return math.exp(min(700.0, random.Random(seed).paretovariate(0.6)))


@derived("constant", catches=[], seeds=400)
def constant(module, seed):
    return 1.0
"""

EXPECTED = {
    "schema": "assay/tolerances/v1",
    "command": "assay tolerances toy",
    "tolerances": {
        "test_0_mean.closed": {
            "quantity": "the same",
            "bound": 1.6,
            "reason": "seven standard errors",
            "seeds": 400,
            "median": pytest.approx(0.15, abs=0.03),
            "largest": pytest.approx(0.7, abs=0.2),
            "false_failure": None,
            "tail": None,
            "power": {"mean = summed": 1.0},
            "power_seeds": 400,
        },
        "test_0_mean.distance": {
            "quantity": "distance of the mean of 20",
            "bound": pytest.approx(8, abs=6),
            "reason": None,
            "seeds": 400,
            "median": pytest.approx(0.15, abs=0.03),
            "largest": pytest.approx(0.7, abs=0.2),
            "false_failure": pytest.approx(1e-6, rel=0.1),
            "power": {"mean = raises": 1.0, "mean = summed": 1.0},
            "power_seeds": 400,
        },
    },
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "toy.py").write_text(REFERENCE)
    (tmp_path / "tests" / "toy").mkdir(parents=True)
    (tmp_path / "tests" / "toy" / "test_0_mean.py").write_text(TEST)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def loaded(course, extra=""):
    path = course / "tests" / "toy" / "test_0_mean.py"
    path.write_text(TEST + extra)
    return fresh_module(path)


def derive_here(course, name):
    statistic = vars(loaded(course, FAULTS))[name]
    with ThreadPoolExecutor(1) as pool:
        return derive(statistic, course / "reference" / "toy.py", pool)


def test_a_bound_is_derived_written_and_read_again(course):
    seen = []
    path = rederive(course, "toy", processes=2, progress=lambda *step: seen.append(step))
    assert path == course / "reference" / "toy.tolerances.json"
    written = json.loads(path.read_bytes())
    tail = written["tolerances"]["test_0_mean.distance"].pop("tail")
    assert tail.startswith("log-exceedances of the 20 seeds above the 95 % quantile, exponential, scale 0.")
    assert written == EXPECTED
    assert list(written["tolerances"]) == ["test_0_mean.closed", "test_0_mean.distance"]
    assert seen[0] == ("test_0_mean.distance", 50, 1200)
    assert seen[-1] == ("test_0_mean.closed", 800, 800)
    module = loaded(course)
    assert module.distance.bound == written["tolerances"]["test_0_mean.distance"]["bound"]
    assert module.closed.bound == 1.6


def test_deriving_again_writes_the_same_bytes(course):
    path = rederive(course, "toy", processes=1, seeds=200)
    before = path.read_bytes()
    assert before.endswith(b"}\n")
    assert rederive(course, "toy", processes=2, seeds=200).read_bytes() == before
    assert json.loads(before)["tolerances"]["test_0_mean.distance"]["seeds"] == 200


def test_an_assignment_without_derived_tolerances_has_no_file(course):
    shutil.rmtree(course / "tests" / "toy")
    assert rederive(course, "toy") is None
    assert not (course / "reference" / "toy.tolerances.json").exists()


def test_the_statistic_can_be_called_and_keeps_its_name_and_docstring(course):
    module = loaded(course)
    reference = fresh_module(course / "reference" / "toy.py")
    assert module.distance(reference, 3) == module.closed(reference, 3)
    assert module.distance.__doc__ == "How far the mean is from the truth."
    assert module.distance.__name__ == "distance"


@pytest.mark.parametrize("content", [None, b"no json", b'{"schema": "", "command": "", "tolerances": {}}'])
def test_a_missing_bound_names_the_command_that_writes_it(course, content):
    path = course / "reference" / "toy.tolerances.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        loaded(course).distance.bound  # noqa: B018
    assert str(caught.value) == f"{path} has no tolerance test_0_mean.distance: run `assay tolerances toy`"


def test_a_bound_of_another_statistic_is_not_used(course):
    path = rederive(course, "toy", processes=1, seeds=200)
    path.write_text(path.read_text().replace("seven standard errors", "eight"))
    with pytest.raises(CourseError) as caught:
        loaded(course).closed.bound  # noqa: B018
    assert str(caught.value) == f"test_0_mean.closed has changed since {path} was written: run `assay tolerances toy`"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("narrow", r"test_0_mean\.narrow: the reference exceeds the closed form's 0\.1 at \d+ of 400 seeds"),
        (
            "weak",
            r"test_0_mean\.weak: \S+ is to catch every mistake at 99\.9% of seeds, but mean = nearly at \d\.\d\d%",
        ),
        ("heavy", r"test_0_mean\.heavy: the tail is too heavy for any bound"),
        ("constant", r"test_0_mean\.constant: the statistic of the reference has no tail .*: compare it exactly"),
    ],
)
def test_where_no_bound_can_be_had_it_says_why(course, name, text):
    with pytest.raises(CourseError, match=f"^{text}$"):
        derive_here(course, name)


def test_a_mistake_that_raises_is_caught(course):
    assert derive_here(course, "distance").power == {"mean = raises": 1.0, "mean = summed": 1.0}


def test_what_is_caught_must_be_a_known_mistake():
    with pytest.raises(CourseError) as caught:
        derived("anything", catches=[len])(lambda _, seed: float(seed))
    assert str(caught.value) == "test_tolerances.<lambda> catches <built-in function len>, which is no @mistake"

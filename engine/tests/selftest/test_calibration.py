"""Calibration: from a statistic to its file and back, and the text of each way to fail."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from assay.checks.statistics import read_tolerances
from assay.course.contract import load_module
from assay.errors import CourseError, WorkerDied
from assay.selftest.calibration import calibrate, derive_tolerance

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
from assay.checks import mistake, statistic


@mistake("mean", hint="divide by the number of values")
def summed(values):
    return sum(values)


@mistake("mean", hint="an empty list has no mean")
def raises(values):
    raise ZeroDivisionError


@mistake("mean", hint="off by a little")
def nearly(values):
    return sum(values) / len(values) + 0.001


def draw(seed):
    source = random.Random(seed)
    return [source.gauss(5) for _ in range(20)]


@statistic("distance of the mean of 20", catches=[summed, raises], seeds=400)
def distance(module, seed):
    """How far the mean is from the truth."""
    return module.distance(draw(seed), 5)


@statistic("the same", catches=[summed], closed_form=(1.6, "seven standard errors"), seeds=400)
def closed(module, seed):
    return module.distance(draw(seed), 5)


@pytest.mark.points(2)
def test_nothing():
    """nothing"""
'''

FAULTS = """

@statistic("too narrow", catches=[], closed_form=(0.1, "a guess"), seeds=400)
def narrow(module, seed):
    return module.distance(draw(seed), 5)


@statistic("weak", catches=[summed, nearly], seeds=400)
def weak(module, seed):
    return module.distance(draw(seed), 5)


@statistic("heavy", catches=[], seeds=400)
def heavy(module, seed):
    import math
    return math.exp(min(700.0, random.Random(seed).paretovariate(0.6)))


@statistic("constant", catches=[], seeds=400)
def constant(module, seed):
    return 1.0
"""

LETHAL = """

@statistic("lethal", catches=[])
def lethal(module, seed):
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
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


def write_course(root):
    (root / "reference").mkdir()
    (root / "reference" / "toy.py").write_text(REFERENCE)
    (root / "tests" / "toy").mkdir(parents=True)
    (root / "tests" / "toy" / "test_0_mean.py").write_text(TEST)
    return root


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    return write_course(tmp_path)


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory, warm_executor):
    """Return a course that is calibrated with 200 seeds."""
    root = write_course(tmp_path_factory.mktemp("calibrated"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path])
        calibrate(root, "toy", warm_executor, seeds=200)
    return root


def load_test_file(course, extra=""):
    path = course / "tests" / "toy" / "test_0_mean.py"
    path.write_text(TEST + extra)
    return load_module(path, fresh=True)


def derive_here(course, name, seeds=None):
    found = vars(load_test_file(course, FAULTS))[name]
    with ThreadPoolExecutor(1) as pool:
        return derive_tolerance(found, course / "reference" / "toy.py", pool, seeds=seeds)


def test_a_bound_is_derived_written_and_read_again(course, warm_executor):
    seen = []
    path = calibrate(course, "toy", warm_executor, progress=lambda *step: seen.append(step))
    assert path == course / "reference" / "toy.tolerances.json"
    written = json.loads(path.read_bytes())
    tail = written["tolerances"]["test_0_mean.distance"].pop("tail")
    assert tail.startswith("log-exceedances of the 20 seeds above the 95 % quantile, exponential, scale 0.")
    assert written == EXPECTED
    assert list(written["tolerances"]) == ["test_0_mean.closed", "test_0_mean.distance"]
    assert seen[0] == ("test_0_mean.distance", 50, 1200)
    assert seen[-1] == ("test_0_mean.closed", 800, 800)
    module = load_test_file(course)
    assert module.distance.bound == written["tolerances"]["test_0_mean.distance"]["bound"]
    assert module.closed.bound == 1.6


def test_calibrating_again_writes_the_same_bytes(calibrated, course, warm_executor):
    before = (calibrated / "reference" / "toy.tolerances.json").read_bytes()
    assert before.endswith(b"}\n")
    assert calibrate(course, "toy", warm_executor, seeds=200).read_bytes() == before


def test_the_number_of_workers_does_not_matter(calibrated, course):
    kept = read_tolerances(calibrated, "toy")
    assert kept["test_0_mean.distance"].seeds == 200
    assert kept == {f"test_0_mean.{name}": derive_here(course, name, seeds=200) for name in ("closed", "distance")}


def test_a_worker_that_dies_ends_calibration_with_a_sentence(course, warm_executor):
    path = course / "tests" / "toy" / "test_0_mean.py"
    path.write_text(path.read_text() + LETHAL)
    with pytest.raises(WorkerDied) as caught:
        calibrate(course, "toy", warm_executor, seeds=200)
    assert str(caught.value) == (
        "a worker's process ended: a check ended it, or the machine did, whose memory may be too small"
    )
    assert not (course / "reference" / "toy.tolerances.json").exists()


def test_an_assignment_without_a_statistic_has_no_file(course, warm_executor):
    shutil.rmtree(course / "tests" / "toy")
    assert calibrate(course, "toy", warm_executor) is None
    assert not (course / "reference" / "toy.tolerances.json").exists()


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
def test_a_statistic_without_a_bound_is_an_error_that_says_why(course, name, text):
    with pytest.raises(CourseError, match=f"^{text}$"):
        derive_here(course, name)


def test_a_mistake_that_raises_is_caught(course):
    assert derive_here(course, "distance").power == {"mean = raises": 1.0, "mean = summed": 1.0}

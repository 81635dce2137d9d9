"""A small course in a folder, right answers to it, and what its reports say."""

from pathlib import Path

import msgspec

__all__ = ["PASSED", "RIGHT", "VARIANTS", "message", "statuses", "without_durations", "write_class", "write_course"]

BUDGETS = "assay_import_seconds = 2\nassay_call_seconds = 2\nassay_memory = 1073741824\n"

REFERENCE = '''
"""Model answers of a small course."""
import torch


def squared_loss(y_hat, y):
    """Mean of half the squared residuals."""
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


def scaled(x, factor=2.0):
    """x times factor."""
    return factor * x


class Counter:
    """Counts."""

    def __init__(self, start):
        self.value = torch.tensor([float(start)])

    def step(self):
        """One more."""
        self.value += 1


def noise(size):
    """Standard normal numbers."""
    return torch.randn(size)
'''

TEST_1 = '''
"""Losses"""
import pytest
import torch
from hypothesis import given, strategies as st
from assay.checks import assert_close


@pytest.mark.points(2)
@given(values=st.lists(st.integers(-4, 4), min_size=1, max_size=5))
def test_flat_labels(submission, reference, values):
    """labels of shape (n,) are reshaped"""
    y = torch.tensor(values, dtype=torch.float32)
    y_hat = torch.arange(len(values), dtype=torch.float32).reshape(-1, 1)
    assert_close(submission.squared_loss(y_hat, y), reference.squared_loss(y_hat, y))


@pytest.mark.visibility("hidden")
def test_hidden(submission):
    """the loss of a secret pair is right"""
    assert_close(submission.squared_loss(torch.ones(2, 1), torch.zeros(2, 1)), torch.tensor(0.5))
'''

MISTAKES_1 = '''
"""Losses: known mistakes"""
from assay.checks import mistake


@mistake("squared_loss", hint="reshape y to y_hat's shape")
def no_reshape(y_hat, y):
    return ((y_hat - y) ** 2 / 2).mean()


@mistake("squared_loss", hint="the half is missing")
def no_half(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean()
'''

TEST_2 = '''
"""Scales and counters"""
import torch
from assay.checks import assert_close


def test_scaled(submission):
    """scaled doubles without a factor"""
    assert_close(submission.scaled(torch.ones(2)), torch.full((2,), 2.0))


def test_factor(submission):
    """scaled takes the factor by keyword"""
    assert_close(submission.scaled(torch.ones(2), factor=3.0), torch.full((2,), 3.0))


def test_counter(submission):
    """a counter counts from its start"""
    counter = submission.Counter(3)
    counter.step()
    assert_close(counter.value, torch.tensor([4.0]))
'''

TEST_10 = '''
"""Noise"""
import torch
from assay.checks import assert_close, require


def test_mean(submission):
    """noise has mean zero"""
    yours = submission.noise(10_000)
    require(abs(yours.mean()) < 0.05, yours=yours, expected="a mean near 0")
'''

RIGHT = """
import torch
def squared_loss(y_hat, y): return 0.5 * torch.nn.functional.mse_loss(y_hat, y.reshape(y_hat.shape))
def scaled(x, factor=2.0): return x * factor
class Counter:
    def __init__(self, start): self.value = torch.ones(1) * start
    def step(self): self.value = self.value + 1
def noise(size): return torch.empty(size).normal_()
"""

VARIANTS = (
    RIGHT,
    RIGHT.replace("0.5 * ", ""),
    RIGHT.replace("x * factor", "x + factor"),
    RIGHT.replace("torch.empty(size).normal_()", "torch.ones(size)"),
    RIGHT + "\nANSWERS = {'1': 'because'}\n",
)
"""A right answer, three wrong ones, and one with a written answer: what a class may hand in."""

PASSED = dict.fromkeys(["flat_labels", "hidden", "scaled", "factor", "counter", "mean"], "passed")


def write_course(root: Path) -> Path:
    """Write the course: three exercises, with budgets of two seconds."""
    files = {
        "tox.ini": f"[pytest]\ntestpaths = tests\n{BUDGETS}",
        "reference/basics.py": REFERENCE,
        "tests/basics/test_1_losses.py": TEST_1,
        "tests/basics/mistakes_1_losses.py": MISTAKES_1,
        "tests/basics/test_2_scales.py": TEST_2,
        "tests/basics/test_10_noise.py": TEST_10,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip())
    return root


def write_class(folder: Path, sources: dict[str, str]) -> Path:
    """Write a folder of students, each with a module."""
    for name, source in sources.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "basics.py").write_text(source)
    return folder


def statuses(report):
    return {check.id: check.status for exercise in report.exercises for check in exercise.checks}


def message(report, name):
    (found,) = [check.message for exercise in report.exercises for check in exercise.checks if check.id == name]
    return found


def without_durations(report):
    built = msgspec.to_builtins(report)
    del built["duration"], built["submission"]["path"]
    for exercise in built["exercises"]:
        for check in exercise["checks"]:
            del check["duration"]
    return built

"""The known mistakes of an exercise, and the reference with one of them in its place."""

import sys
from pathlib import Path

import pytest

from assay.checks.mistakes import Mistake, mistakes_of
from assay.course.check_files import load_afresh
from assay.course.contract import load_module
from assay.errors import CourseError
from assay.judge.mistaken import known_mistakes, reference_with_mistake

REFERENCE = """
def estimate(x):
    return x / 2


def twice(x):
    return 2 * estimate(x)


class Base:
    def step(self):
        return "right"


class Counter(Base):
    pass
"""


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(REFERENCE)
    return path


TEST = """
from assay.checks import mistake

calls = []


@mistake("estimate", hint="count from zero")
def counted(x):
    calls.append(x)
    return len(calls)
"""


def a_mistake(name, replacement):
    return Mistake(name, "", replacement, Path(__file__))


def test_the_references_other_functions_meet_the_mistake(reference):
    module = reference_with_mistake(reference, a_mistake("estimate", lambda x: x))
    assert module.twice(3) == 6
    assert load_module(reference, fresh=True).twice(3) == 3


def test_a_mistake_may_take_a_method(reference):
    module = reference_with_mistake(reference, a_mistake("Counter.step", lambda _: "wrong"))
    assert module.Counter().step() == "wrong"
    assert module.Base().step() == "right"


@pytest.mark.parametrize("name", ["missing", "Counter.missing", "Missing.step"])
def test_a_mistake_under_a_name_that_the_reference_has_not_is_the_courses_error(reference, name):
    with pytest.raises(CourseError) as caught:
        reference_with_mistake(reference, a_mistake(name, len))
    assert str(caught.value) == f"{name}, which a known mistake replaces, is not in toy.py"


def test_a_fresh_mistake_forgets_its_earlier_calls(reference, tmp_path):
    (tmp_path / "test_0_toy.py").write_text(TEST)
    (mistake,) = mistakes_of(load_module(tmp_path / "test_0_toy.py", fresh=True))
    kept = [reference_with_mistake(reference, mistake).estimate(0) for _ in range(2)]
    fresh = [reference_with_mistake(reference, mistake, fresh=True).estimate(0) for _ in range(2)]
    assert (kept, fresh) == ([1, 2], [1, 1])


CHECKS = """
from assay.checks import mistake

from .mistakes_0_toy import counted


@mistake("estimate", hint="count from one")
def here(x):
    return 1
"""


def test_the_mistakes_of_an_exercise_are_those_of_both_its_files_each_once(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "modules", sys.modules.copy())
    (tmp_path / "test_0_toy.py").write_text(CHECKS)
    (tmp_path / "mistakes_0_toy.py").write_text(TEST)
    found = known_mistakes(load_afresh(tmp_path / "test_0_toy.py"))
    assert [(mistake.hint, mistake.file.name) for mistake in found] == [
        ("count from one", "test_0_toy.py"),
        ("count from zero", "mistakes_0_toy.py"),
    ]


def test_a_fresh_mistake_beside_the_checks_forgets_its_earlier_calls(reference, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "modules", sys.modules.copy())
    (tmp_path / "test_0_toy.py").write_text("")
    (tmp_path / "mistakes_0_toy.py").write_text(TEST)
    (mistake,) = known_mistakes(load_afresh(tmp_path / "test_0_toy.py"))
    assert [reference_with_mistake(reference, mistake, fresh=True).estimate(0) for _ in range(2)] == [1, 1]

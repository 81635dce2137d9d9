"""The check files of a kit have what the visible checks need, and nothing else."""

import pytest

from assay.errors import CourseError
from assay.kit.cutting import CheckFunction, cut

CHECKS = '''
"""Title

Prose about the exercise.
"""
from __future__ import annotations
import math, pytest
import torch as t
from assay.checks import statistic
from .helpers import half, unused
from .mistakes_1_a import C, HINT, wrong
from . import helpers

pytestmark = pytest.mark.forbids("SGD")

A, B = 1, C
assert A == 1

@pytest.fixture
def fixed():
    return A

@pytest.fixture(autouse=True)
def always():
    t.manual_seed(0)

def test_one(submission, fixed):
    """one holds"""
    assert half(fixed) <= bounded.bound, HINT

def test_two(submission):
    """two holds"""
    wrong(1)

def test_three(submission):
    """three holds"""
    test_hidden(submission)

def test_four(submission):
    """four holds"""
    helpers.half(1)

def test_five(submission):
    """five holds"""
    C = wrong = 1
    assert submission.f(C) == wrong

def test_hidden(submission):
    """hidden holds"""
    assert submission.f(hidden_helper())

def hidden_helper():
    return math.pi

@statistic("it", catches=[wrong])
def bounded(module, seed):
    return module.f(seed)
'''

MISTAKES = '''
"""Title: known mistakes"""
from assay import checks
from assay.checks import mistake

C = 3
HINT = "do it"

@mistake("f", hint=HINT)
def wrong(x):
    return x

@checks.mistake("f", hint="another")
def other(x):
    return -x
'''

HELPERS = '''
"""Helpers"""
def half(x):
    return x / divisor()

def divisor():
    return 2

def unused():
    return 0
'''


def checks_of(*names):
    return {CheckFunction("test_1_a.py", f"test_{name}"): f"{name} holds" for name in names}


@pytest.fixture
def folder(tmp_path):
    for name, text in (("test_1_a", CHECKS), ("mistakes_1_a", MISTAKES), ("helpers", HELPERS)):
        (tmp_path / f"{name}.py").write_text(text.lstrip())
    return tmp_path


def test_a_check_brings_what_it_needs_and_no_more(folder):
    files, left_out = cut(folder, checks_of("one"), ())
    assert left_out == set()
    assert files == {
        "test_1_a.py": '"""Title"""\n'
        "from __future__ import annotations\n"
        "import pytest\n"
        "import torch as t\n"
        "from assay.checks import statistic\n"
        "from .helpers import half\n"
        "from .shared_1_a import C, HINT\n"
        "pytestmark = pytest.mark.forbids('SGD')\n"
        "A, B = (1, C)\n\n"
        "@pytest.fixture\ndef fixed():\n    return A\n\n"
        "@pytest.fixture(autouse=True)\ndef always():\n    t.manual_seed(0)\n\n"
        'def test_one(submission, fixed):\n    """one holds"""\n    assert half(fixed) <= bounded.bound, HINT\n\n'
        "@statistic('it', catches=[])\ndef bounded(module, seed):\n    return module.f(seed)\n",
        "helpers.py": '"""Helpers"""\n\ndef half(x):\n    return x / divisor()\n\ndef divisor():\n    return 2\n',
        "shared_1_a.py": '"""Title: known mistakes"""\nC = 3\nHINT = \'do it\'\n',
    }


def test_a_check_that_needs_a_mistake_a_hidden_check_or_a_whole_module_becomes_a_line(folder):
    files, left_out = cut(folder, checks_of("two", "three", "four", "five"), ())
    assert left_out == set(checks_of("two", "three", "four"))
    assert files["test_1_a.py"].count("    pytest.skip('graded by your course only')\n") == 3
    assert '@pytest.mark.points(0)\ndef test_two(submission):\n    """two holds"""\n' in files["test_1_a.py"]
    assert "wrong(1)" not in files["test_1_a.py"]
    assert "hidden" not in files["test_1_a.py"]


def test_a_check_that_is_left_out_brings_nothing(folder):
    files, left_out = cut(folder, checks_of("one"), set(checks_of("one")))
    assert left_out == set(checks_of("one"))
    assert files == {
        "test_1_a.py": '"""Title"""\nfrom __future__ import annotations\nimport pytest\n\n'
        "@pytest.mark.points(0)\n"
        'def test_one(submission):\n    """one holds"""\n    pytest.skip(\'graded by your course only\')\n'
    }


def test_a_file_that_is_not_python_is_named(folder):
    (folder / "helpers.py").write_text("def f(:\n")
    with pytest.raises(CourseError, match=r"helpers\.py, line 1: invalid syntax$"):
        cut(folder, checks_of("one"), ())


@pytest.mark.parametrize(
    "statement",
    [
        "if True:\n    SECRET = 42",
        "if True:\n    def test_hidden(submission):\n        assert submission.f(42)",
        "for SECRET in [42]:\n    print(SECRET)",
        "with open('secret') as file:\n    SECRET = file.read()",
        "try:\n    SECRET = 42\nexcept OSError:\n    pass",
        "while True:\n    class Secret:\n        pass",
        "print(SECRET := 42)",
    ],
)
def test_a_definition_inside_of_a_statement_is_refused(folder, statement):
    checks = folder / "test_1_a.py"
    line = len(checks.read_text().splitlines()) + 1
    checks.write_text(f"{checks.read_text()}{statement}\n")
    with pytest.raises(CourseError) as caught:
        cut(folder, checks_of("one"), ())
    assert str(caught.value) == (
        f"{checks}, line {line}: a kit cannot be cut from a statement that has definitions or assignments inside: "
        "write them at the top level of the file"
    )


def test_imports_for_types_may_stand_in_an_if(folder):
    helpers = folder / "helpers.py"
    block = "if TYPE_CHECKING:\n    from collections.abc import Iterator\n"
    helpers.write_text(f"from typing import TYPE_CHECKING\n{block}{helpers.read_text()}")
    text = cut(folder, checks_of("one"), ()).files["helpers.py"]
    assert f"from typing import TYPE_CHECKING\n{block}" in text


def test_a_part_of_an_object_stays_with_the_object(folder):
    parts = 'CASES = {}\nCASES["hidden"] = 42\nhidden_helper.secret, *CASES["more"] = (1, 2)\nhalf.factor = [1, A]\n'
    checks = folder / "test_1_a.py"
    checks.write_text(checks.read_text() + parts)
    text = cut(folder, checks_of("one"), ()).files["test_1_a.py"]
    assert [word for word in ("CASES", "42", "secret") if word in text] == []
    assert text.endswith("\nhalf.factor = [1, A]\n")


def test_a_check_in_a_class_becomes_a_line(folder):
    checks = folder / "test_1_a.py"
    checks.write_text(
        f"{checks.read_text()}class TestMore:\n    def test_six(submission):\n        assert submission.f(42)\n"
    )
    files, left_out = cut(folder, checks_of("six"), ())
    assert left_out == set(checks_of("six"))
    assert files["test_1_a.py"] == (
        '"""Title"""\nfrom __future__ import annotations\nimport pytest\n\n'
        "@pytest.mark.points(0)\n"
        'def test_six(submission):\n    """six holds"""\n    pytest.skip(\'graded by your course only\')\n'
    )


def test_a_check_that_needs_a_name_that_no_file_defines_becomes_a_line(folder):
    (folder / "helpers.py").write_text("from math import *\n")
    assert cut(folder, checks_of("one"), ()).left_out == set(checks_of("one"))

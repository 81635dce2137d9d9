"""A small course whose checks have faults: mistakes that they do not catch or name, mutants that they do not catch."""

import pytest

from assay.grading.executors import LocalProcesses

FILES = {
    "tox.ini": "[pytest]\ntestpaths = tests\n",
    "reference/toy.py": '''
"""Toy."""


def double(x):
    """Twice x."""
    return 2 * x


def negate(x):
    """Minus x."""
    return -x


def increase(x):
    """x + 1, which no check calls."""
    return x + 1
''',
    "reference/toy.equivalents.toml": """
[[equivalent]]
was = "return x + 1"
becomes = "return x + 2"
reason = "listed, so that it is not told"

[[equivalent]]
was = "return -x"
becomes = "return x"
reason = "caught, so that the line is not used"
""",
    "tests/toy/test_1_double.py": '''
"""Double"""
from assay.checks import assert_close, mistake


@mistake("double", hint="this is three times x")
def tripled(x):
    return 3 * x


@mistake("double", hint="the same answers as another mistake")
def also_tripled(x):
    return x + x + x


@mistake("increase", hint="no check sees it")
def decreased(x):
    return x - 1


def test_double(submission):
    """double gives twice x"""
    assert_close(submission.double(3.0), 6.0)


def test_speed(submission, reference_guest, not_slower, benchmark):
    """double gives the same in a reference guest"""
    expected = []

    def work(module, x):
        if module is reference_guest:
            expected.append(module.double(x))
        return [module.double(float(number)) for number in range(100)]

    not_slower(benchmark, work, submission, reference_guest, lambda: 1.0, help="compute less")
    assert set(expected) == {2.0}
''',
    "tests/toy/test_2_negate.py": '''
"""Negate"""
from assay.checks import assert_close, mistake


@mistake("double", hint="another exercise catches it")
def squared(x):
    return x * x


def test_negate(submission):
    """negate gives minus x"""
    assert_close(submission.negate(3.0), -3.0)
''',
}


@pytest.fixture
def course_folder(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
    return tmp_path


@pytest.fixture
def executor():
    with LocalProcesses() as processes:
        yield processes


@pytest.fixture(scope="session")
def warm_executor():
    """Workers for many tests, none of which may change a file that a worker has imported."""
    with LocalProcesses() as processes:
        yield processes

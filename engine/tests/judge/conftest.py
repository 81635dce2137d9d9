"""A small course whose checks are collected by pytest itself, with a submission for each, and not run."""

import pytest
import torch._dynamo  # noqa: F401 - pytester forgets what is first imported under it; torch registers operators once

from assay.course.read import read_course
from assay.judge import settings
from assay.judge.state import JudgeState
from assay.model import Submission, SubmissionInfo

REFERENCE = '''
"""Model answers."""


def scaled(x, factor=2.0):
    """x times factor."""
    return factor * x


def half(x):
    """Half of x."""
    return x / 2
'''

NOT_RUN = """
import pytest


@pytest.fixture
def guest(request):
    return request.param


@pytest.fixture
def submission(guest):
    raise AssertionError("these checks are not run")


@pytest.fixture
def reference():
    raise AssertionError("these checks are not run")


def pytest_generate_tests(metafunc):
    if "guest" in metafunc.fixturenames:
        metafunc.parametrize("guest", metafunc.config.submissions, indirect=True, scope="session")
"""

ADA, BOB = (
    Submission(SubmissionInfo(name, f"class/{name}/basics.py", "0" * 64), "basics", "module", b"scaled = half = 1\n")
    for name in ("ada", "bob")
)


class GivesSubmissions:
    """Hands the submissions to the conftest of the collected course."""

    def pytest_configure(self, config):
        """Leave them where the conftest looks."""
        config.submissions = [ADA, BOB]


@pytest.fixture
def collect(pytester, monkeypatch):
    """Return the state of a course with these checks in its one exercise, and the checks, first Ada's, then Bob's."""

    def collected(checks):
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytester.makeconftest(NOT_RUN)
        root = pytester.mkdir("course")
        test = root / "tests" / "basics" / "test_1_things.py"
        for path, text in {root / "reference" / "basics.py": REFERENCE, test: f'"""Things"""\n{checks}'}.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip())
        plugins = [GivesSubmissions(), settings]
        run = pytester.inline_run("--collect-only", "--import-mode=importlib", test, plugins=plugins)
        items = [call.item for call in run.getcalls("pytest_itemcollected")]
        state = JudgeState(read_course(root), [ADA, BOB], seed=3)
        for submission in (ADA, BOB):
            state.checks[submission] = [item for item in items if item.callspec.params["guest"] is submission]
        return state, [item for checks in state.checks.values() for item in checks]

    return collected

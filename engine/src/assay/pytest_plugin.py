"""The pytest side of the judge: options, markers, fixtures, hooks.

Light to import: torch, Hypothesis and the course's code come in only when a course's check is collected.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from assay.course.budgets import BUDGETS
from assay.course.read import is_course

MARKERS = (
    "points(number): what the check is worth; 1 without it",
    "visibility(when): hidden, visible (without it), after_due_date or after_published",
    "forbids(*names): functions and classes of the course's library that submissions of this exercise may not use",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds what a judge needs to know."""
    group = parser.getgroup("assay", "grading submissions of a course")
    group.addoption(
        "--submission",
        action="append",
        default=[],
        metavar="PATH",
        help="a file, a student's folder or a folder of students; repeatable; without it the reference is graded",
    )
    group.addoption(
        "--seed", type=int, default=0, help="the course's secret seed: inputs and starting values follow from it"
    )
    group.addoption(
        "--waive",
        action="append",
        default=[],
        metavar="PROMISE",
        help="grade although this machine does not keep that promise of the sandbox; repeatable",
    )
    for budget in BUDGETS:
        parser.addini(budget.option, budget.help)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Starts again where pytest took a submission's path for the root of its tests.

    pytest chooses its root before it knows this plugin's options, and counts the PATH of `--submission PATH` among the
    paths to test; written `--submission=PATH` it does not.
    """
    arguments = list(config.invocation_params.args)
    if "--submission" not in arguments or is_course(config.rootpath):
        return None
    while "--submission" in arguments:
        place = arguments.index("--submission")
        arguments[place : place + 2] = [f"--submission={arguments[place + 1]}"]
    return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=config.invocation_params.dir)


def pytest_configure(config: pytest.Config) -> None:
    """Makes this session a judge if it runs in a course."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if is_course(config.rootpath):
        from assay.judge import fixtures  # noqa: PLC0415 - nothing of a course is needed elsewhere
        from assay.judge.hooks import Judge  # noqa: PLC0415

        config.pluginmanager.register(fixtures)
        if not config.pluginmanager.has_plugin("assay-judge"):  # `session` brings its own
            config.pluginmanager.register(Judge.of(config))

"""The entrance for pytest: options, and a judge if the session runs in a course.

Light to import: torch, Hypothesis and the course's code come in only when a course's check is collected.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from assay.course.read import is_course
from assay.judge import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of a judge and the settings of a course."""
    group = parser.getgroup("assay", "grading submissions of a course")
    group.addoption(
        "--submission",
        action="append",
        default=[],
        metavar="PATH",
        help="a file, a student's folder or a folder of students; repeatable; without it the reference is graded",
    )
    group.addoption(
        "--assay-seed",
        type=int,
        help="the seed of inputs and starting values; without it the course's own for submissions, 0 for the reference",
    )
    group.addoption(
        "--assay-waive",
        action="append",
        default=[],
        metavar="PROMISE",
        help="grade although this machine does not keep that promise of the sandbox; repeatable",
    )
    settings.pytest_addoption(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Start again if pytest took a submission's path for the root of its tests.

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
    """Make this session a judge if it runs in a course."""
    settings.pytest_configure(config)
    if is_course(config.rootpath) and not config.pluginmanager.has_plugin("assay-judge"):  # a worker brings its own
        from assay.judge import fixtures  # noqa: PLC0415 - nothing of a course is needed elsewhere
        from assay.judge.hooks import Judge  # noqa: PLC0415
        from assay.judge.options import state_from  # noqa: PLC0415

        config.pluginmanager.register(fixtures)
        config.pluginmanager.register(Judge(state_from(config), submissions_only=bool(config.option.submission)))

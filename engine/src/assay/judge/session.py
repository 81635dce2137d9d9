"""One pytest session over some submissions, in this process: held by the command, its workers and the self-test."""

from __future__ import annotations

import contextlib
import gc
import io
import os
from typing import TYPE_CHECKING, NamedTuple

from assay.course.read import read_course
from assay.errors import AssayError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assay.judge.hooks import Judge
    from assay.model import Report, Submission

_PYTEST_SAID = 4000


class Job(NamedTuple):
    """Everything that a worker needs to grade a chunk.

    `visible_only` leaves out the checks that a student does not see at once, `stop_at_first_failure` those that come
    after a failed one.
    """

    root: Path
    fingerprint: str
    submissions: tuple[Submission, ...]
    seed: int
    waived: tuple[str, ...] = ()
    visible_only: bool = False
    stop_at_first_failure: bool = False


def grade_chunk(job: Job, on_graded: Callable[[Submission, Report], None] | None = None) -> list[Report]:
    """Grade a chunk in one pytest session of this process: a worker's entrance.

    Args:
        job: the chunk.
        on_graded: called with every report as soon as it is there.

    Raises:
        AssayError: the course here is another one, or the session did not finish; with pytest's output.
    """
    from assay.judge.hooks import Judge  # noqa: PLC0415 - only workers need pytest
    from assay.judge.state import JudgeState  # noqa: PLC0415

    course = read_course(job.root)
    if course.fingerprint != job.fingerprint:
        text = f"the course at {job.root} changed while it was grading"
        raise AssayError(text)
    judge = Judge(
        JudgeState(course, job.submissions, job.seed, job.waived),
        visible_only=job.visible_only,
        stop_at_first_failure=job.stop_at_first_failure,
        on_graded=on_graded,
    )
    hold_session(judge)
    return judge.reports()


def hold_session(judge: Judge) -> None:
    """Run pytest in this process, for the judge's submissions.

    Raises:
        PromiseBroken: this machine does not keep a core promise.
        AssayError: the session did not finish; with pytest's output.
        KeyboardInterrupt: Ctrl-C.
    """
    import _hypothesis_pytestplugin  # noqa: PLC0415 - as above
    import pytest  # noqa: PLC0415
    import pytest_benchmark.plugin  # noqa: PLC0415

    from assay.judge import fixtures, settings  # noqa: PLC0415

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what else is installed must not change a verdict
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.devnull
    state = judge.state
    root = state.course.root
    # A warning is the course author's to see, in the course's own tests; it must not end a check here.
    arguments = [
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:logging",  # which would go to each of torch's loggers six times a check
        "-W",
        "ignore",
        "--rootdir",
        str(root),
        "-c",
        str(root / "tox.ini"),
        f"--benchmark-storage=file://{os.devnull}",  # nothing is left in the course's folder
    ]
    arguments += sorted({str(state.course.tests(submission.assignment)) for submission in state.submissions})
    plugins = [judge, settings, fixtures, pytest_benchmark.plugin, _hypothesis_pytestplugin]
    output = io.StringIO()
    gc.disable()  # importing torch makes half a million objects to look through, and no garbage; until all is collected
    try:
        with contextlib.chdir(root), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = pytest.main(arguments, plugins=plugins)
    finally:
        gc.enable()  # if it did not come so far
    if state.refusal is not None:
        raise state.refusal
    if judge.interrupted:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        text = f"pytest ended with {code!r}:\n{output.getvalue()[-_PYTEST_SAID:]}"
        raise AssayError(text)

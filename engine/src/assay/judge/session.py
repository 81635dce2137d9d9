"""One pytest session over some submissions, in this process: held by the command, its workers and the self-test."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from assay.course.read import TESTS, fingerprint, read_course
from assay.errors import AssayError
from assay.judge.memory import memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from assay.judge.hooks import Judge
    from assay.model import Report, Submission, Verdict

_PYTEST_SAID = 4000

_NEEDLESS = ("cacheprovider", "logging", "pastebin", "setuponly", "setupplan", "stepwise")
"""Plugins of pytest that grading never needs; `logging` would go to each of torch's loggers six times a check."""


_SURROUNDING = ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER")
"""Variables of a pytest that grading may run in; beside xdist, pytest-benchmark would skip each check of speed."""


class Job(NamedTuple):
    """Everything that a worker needs to grade a chunk.

    `visible_only` leaves out the checks that a student does not see at once, `stop_at_first_failure` those that come
    after a failed one, `exercises` those of other exercises if it names any.
    """

    root: Path
    fingerprint: str
    submissions: tuple[Submission, ...]
    seed: int
    waived: tuple[str, ...] = ()
    visible_only: bool = False
    stop_at_first_failure: bool = False
    exercises: tuple[str, ...] = ()


def grade_chunk(job: Job) -> list[Report]:
    """Grade some submissions in one pytest session of this process: a worker's entrance.

    Raises:
        AssayError: the course here is another one, or the session did not finish; with pytest's output.
    """
    from assay.host import forkserver  # noqa: PLC0415 - only workers need torch

    if fingerprint(job.root) != job.fingerprint:  # before it is read: a file may be half written
        text = f"the course at {job.root} changed while it was grading"
        raise AssayError(text)
    course = read_course(job.root)
    forkserver.prepare(course.library, job.waived)  # it imports the library while this process imports pytest
    from assay.judge.hooks import Judge  # noqa: PLC0415 - only workers need pytest
    from assay.judge.state import JudgeState  # noqa: PLC0415

    judge = Judge(
        JudgeState(course, job.submissions, job.seed, job.waived, known=memory.known(course, job.seed)),
        asks=functools.partial(_asks, job),
        enough=_not_passed if job.stop_at_first_failure else None,
    )
    hold_session(judge)
    return judge.reports()


def _asks(job: Job, item: pytest.Item) -> bool:
    from assay.judge.collected import check_of  # noqa: PLC0415 - only workers need pytest

    check = check_of(item)
    return (check.visibility == "visible" or not job.visible_only) and (
        check.exercise in job.exercises or not job.exercises
    )


def _not_passed(_: pytest.Item, before: Sequence[Verdict]) -> bool:
    return any(verdict.status != "passed" for verdict in before)


def hold_session(judge: Judge) -> None:
    """Run pytest in this process, for the judge's submissions.

    Raises:
        PromiseBroken: this machine does not keep a core promise.
        AssayError: the session did not finish; with pytest's output.
        KeyboardInterrupt: Ctrl-C.
    """
    import _hypothesis_pytestplugin  # noqa: PLC0415 - as above
    import pytest  # noqa: PLC0415

    from assay.judge import fixtures, settings  # noqa: PLC0415

    memory.enter(judge.state.course)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what else is installed must not change a verdict
    for name in _SURROUNDING:
        os.environ.pop(name, None)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.devnull
    state = judge.state
    root = state.course.root
    # A warning is the course author's to see, in the course's own tests; it must not end a check here.
    arguments = ["--import-mode=importlib", "-W", "ignore", "--rootdir", str(root), "-c", str(root / "tox.ini")]
    # Nothing is shown of pytest's own account of a failure, which takes longer than all checks together.
    arguments.append("--tb=native")
    for name in _NEEDLESS:
        arguments += ["-p", f"no:{name}"]
    folders = sorted({state.course.tests(submission.assignment) for submission in state.submissions})
    arguments += map(str, folders)
    plugins = [judge, settings, fixtures, _hypothesis_pytestplugin]
    if _measures_speed(root, folders):
        import pytest_benchmark.plugin  # noqa: PLC0415 - not every course has it
        import pytest_benchmark.session  # noqa: PLC0415

        # Parts of names of files that are never written: every session would ask git seven times, and `file` once.
        vars(pytest_benchmark.plugin)["get_tag"] = vars(pytest_benchmark.session)["get_machine_id"] = _unused
        arguments.append(f"--benchmark-storage=file://{os.devnull}")  # nothing is left in the course's folder
        plugins.append(pytest_benchmark.plugin)
    output = io.StringIO()
    # The course's modules are imported now. If a file changes twice within a second, its first bytecode looks new.
    sys.dont_write_bytecode = True
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
        memory.leave()  # pytest would find a check file that it could not import among the modules, and take it
        # A check file that cannot be imported interrupts the collection; a conftest.py is an error of usage.
        is_unreadable = code in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR}
        reason = "the course's checks cannot be read" if is_unreadable else f"pytest ended with {code!r}"
        text = f"{reason}\n{output.getvalue()[-_PYTEST_SAID:]}"
        raise AssayError(text)


def _measures_speed(root: Path, folders: list[Path]) -> bool:
    """Whether a check of the session, or a conftest.py around it, takes pytest-benchmark's fixture."""
    files = [*root.glob("*.py"), *(root / TESTS).glob("*.py"), root / "tox.ini"]
    files += [path for folder in folders for path in folder.rglob("*.py")]
    return any(b"benchmark" in path.read_bytes() for path in files if path.is_file())


def _unused(*_: object) -> str:
    return "unused"

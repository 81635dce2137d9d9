"""pytest's hooks of a session that grades any number of submissions, and never imports one of them."""

from __future__ import annotations

import functools
import gc
from typing import TYPE_CHECKING

import pytest

from assay.course.check_files import import_mistakes, is_mistakes_file, make_package
from assay.course.read import TESTS
from assay.judge.collected import number_variants, submission_of
from assay.judge.state import STATE
from assay.text import MAX_NAME_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from assay.judge.examples import ExampleBook
    from assay.judge.state import JudgeState
    from assay.judge.verdicts import Verdicts
    from assay.model import Report, Verdict


class Judge:
    """The plugin that makes a pytest session grade.

    Args:
        state: the session: what is graded, and by which course.
        asks: whether a check is run for its submission; without this function every check is run.
        enough: whether a check is skipped, given the verdicts of the submission's earlier checks.
        submissions_only: leave out every test that is not a check of a submission.
    """

    __name__ = "assay-judge"
    """The name under which pytest registers it."""

    _book: ExampleBook  # from the collection on, before which neither torch nor Hypothesis is needed
    _verdicts: Verdicts

    def __init__(
        self,
        state: JudgeState,
        *,
        asks: Callable[[pytest.Item], bool] | None = None,
        enough: Callable[[pytest.Item, Sequence[Verdict]], bool] | None = None,
        submissions_only: bool = False,
    ) -> None:
        self.state = state
        self.interrupted = False
        self._asks = asks
        self._enough = enough
        self._submissions_only = submissions_only

    def pytest_configure(self, config: pytest.Config) -> None:
        """Give the fixtures the session's state."""
        config.stash[STATE] = self.state

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Make the parts that judge, before a file of checks is imported."""
        from assay.judge.diagnosis import Diagnostician  # noqa: PLC0415 - torch comes with these
        from assay.judge.examples import ExampleBook, prepare_process  # noqa: PLC0415
        from assay.judge.recognition import Recogniser  # noqa: PLC0415
        from assay.judge.verdicts import Verdicts  # noqa: PLC0415

        prepare_process()
        self._book = ExampleBook(self.state)
        recogniser = Recogniser(self.state, self._book)
        self._verdicts = Verdicts(self.state, recogniser, Diagnostician(self.state, self._book, recogniser))

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out the assignments that have no submission, and every file of mistakes."""
        if is_mistakes_file(collection_path):
            return True
        names = {assignment.name for assignment in self.state.course.assignments}
        folder = collection_path.name if collection_path.is_dir() else collection_path.parent.name
        if folder in names and not any(s.assignment == folder for s in self.state.submissions):
            return True
        return None

    def pytest_pycollect_makemodule(self, module_path: Path) -> None:
        """Make the folder of a file of checks a package; fail at once if the mistakes beside it cannot be imported."""
        if module_path.parent.parent == self.state.course.root / TESTS:
            make_package(module_path.parent)
            import_mistakes(module_path)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run every check of an assignment once for each of its submissions."""
        if "guest" in metafunc.fixturenames:
            name = metafunc.definition.path.parent.name
            graded = [s for s in self.state.submissions if s.assignment == name]
            ids = [escape(s.info.name, MAX_NAME_CHARS) for s in graded]
            metafunc.parametrize("guest", graded, ids=ids, indirect=True, scope="session")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the checks of each submission, and leave out the tests that this session does not want."""
        number_variants(items)
        wanted = []
        for item in items:
            submission = submission_of(item)
            if submission is None:
                if not self._submissions_only:
                    wanted.append(item)
            elif self._asks is None or self._asks(item):
                wanted.append(item)
                self.state.checks.setdefault(submission, []).append(item)
                self._book.prepare(item)
        items[:] = wanted

    def pytest_collection_finish(self) -> None:
        """Keep imported objects out of garbage collections: looking through them takes as long as a few checks."""
        _freeze_once()
        gc.enable()

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that a person ended the session; pytest also calls this if it cannot read a file of checks."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip the rest of a submission's checks if one says enough."""
        submission = submission_of(item)
        if self._enough is None or submission is None:
            return
        if self._enough(item, self._verdicts.so_far(submission)):
            pytest.skip("a check before this one was not passed")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Record the verdict after each phase; a check passes only if the judge saw it pass."""
        from assay.judge.messages import as_text  # noqa: PLC0415 - as above

        report = yield
        if submission_of(item) is not None:
            verdict = self._verdicts.record(item, call)
            if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
                report.longrepr = as_text(verdict)
        return report

    def reports(self) -> list[Report]:
        """Return a report for every submission, in order; a check that was not run is `ungraded` in it."""
        from assay.judge.reports import report_of  # noqa: PLC0415 - as above

        return [report_of(self.state, self._verdicts, submission) for submission in self.state.submissions]


@functools.cache
def _freeze_once() -> None:
    """Freeze what is imported; a later session of this process has only the earlier one's garbage to add."""
    gc.freeze()

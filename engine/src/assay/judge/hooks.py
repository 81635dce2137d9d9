"""One pytest session that grades any number of submissions, and never imports one of them."""

from __future__ import annotations

import functools
import gc
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.course.budgets import read_budgets
from assay.course.contract import contract
from assay.course.read import Course, read_course
from assay.course.seeds import derived_seed
from assay.errors import IntakeError, PromiseBroken
from assay.intake.collect import take_in
from assay.intake.tree import path_text
from assay.judge.collected import check_of, forbidden_by, number_variants, submission_of
from assay.model import Report, Submission, SubmissionInfo, Verdict
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from assay.checks.mistakes import Mistake
    from assay.host.channel import Line
    from assay.host.guest import Guest
    from assay.host.proxy import Proxy

_MAX_EXAMPLES = 25
"""Hypothesis examples a check: properties of such functions fail early or never, and every example is a crossing."""


_LINE, _NAME = 2000, 300


class Judge:
    """The hooks of a grading session.

    Args:
        course: what is right.
        submissions: what is graded.
        seed: the course's secret seed.
        waived: promises that the instructor gave up by name.
        visible_only: leave out the checks that a student does not see at once.
        stop_at_first_failure: skip what is left of a submission's checks after one that it did not pass.
        submissions_only: leave out every test that is no check of a submission.
    """

    __name__ = "assay-judge"
    """The name under which pytest registers it."""

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        course: Course,
        submissions: Sequence[Submission],
        seed: int = 0,
        waived: tuple[str, ...] = (),
        *,
        visible_only: bool = False,
        stop_at_first_failure: bool = False,
        submissions_only: bool = False,
    ) -> None:
        self.course = course
        self.submissions = submissions
        self.course_seed = seed
        self.waived = waived
        self.visible_only = visible_only
        self.stop_at_first_failure = stop_at_first_failure
        self.submissions_only = submissions_only
        self.guests: dict[Submission, Guest] = {}
        self.checks: dict[Submission, list[pytest.Item]] = {}
        self.verdicts: dict[pytest.Item, Verdict] = {}
        self.drawn: dict[str, Sequence[dict[str, Any]] | None] = {}
        self.failing: dict[tuple[Path, str, Mistake], bool] = {}
        self.refuted: dict[tuple[Submission, str], set[Mistake]] = {}
        self.recognised: dict[Submission, dict[Mistake, Path]] = {}
        self.finished: dict[Submission, Report] = {}
        self.refusal: PromiseBroken | None = None
        self.interrupted = False

    @classmethod
    def of(cls, config: pytest.Config) -> Judge:
        """Reads a session's options; without `--submission` the references are graded."""
        course = read_course(config.rootpath)
        names = [assignment.name for assignment in course.assignments]
        paths = [Path(path) for path in config.option.submission]
        try:
            intake = take_in(paths, names)
        except IntakeError as error:
            raise pytest.UsageError(escape(str(error), _LINE)) from error
        if intake.refused or intake.empty:
            reasons = [r.reason for r in intake.refused] + [
                f"nothing to grade in {path_text(path)}" for path in intake.empty
            ]
            raise pytest.UsageError("; ".join(escape(reason, _LINE) for reason in reasons))
        submissions = intake.submissions if paths else [reference_as_submission(course, name) for name in names]
        return cls(course, submissions, config.option.seed, tuple(config.option.waive), submissions_only=bool(paths))

    # Collecting: which submissions meet which checks.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Sets how Hypothesis searches, before a test module is imported and takes it over."""
        import torch  # noqa: PLC0415
        from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415

        from assay.judge.examples import draw_alike  # noqa: PLC0415

        settings.register_profile(
            "assay",
            database=None,  # a verdict must not depend on what was graded before
            deadline=None,  # the guest's limits are the wall's to keep
            max_examples=_MAX_EXAMPLES,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("assay")
        draw_alike()
        # The guests have one thread each; more in the judge cost time at these sizes and may round differently.
        torch.set_num_threads(1)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leaves out the assignments that nobody handed in."""
        names = {assignment.name for assignment in self.course.assignments}
        folder = collection_path.name if collection_path.is_dir() else collection_path.parent.name
        if folder in names and not any(s.assignment == folder for s in self.submissions):
            return True
        return None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs every check of an assignment once for each of its submissions."""
        if "guest" in metafunc.fixturenames:
            name = metafunc.definition.path.parent.name
            handed = [s for s in self.submissions if s.assignment == name]
            metafunc.parametrize(
                "guest", handed, ids=[escape(s.info.name, _NAME) for s in handed], indirect=True, scope="session"
            )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Notes which checks there are, and gives each its own seed."""
        from assay.judge.examples import prepare  # noqa: PLC0415 - Hypothesis is needed where there are checks

        number_variants(items)
        if self.visible_only:
            items[:] = [item for item in items if submission_of(item) is None or check_of(item).visibility == "visible"]
        if self.submissions_only:
            items[:] = [item for item in items if submission_of(item) is not None]
        for item in items:
            submission = submission_of(item)
            if submission is not None:
                self.checks.setdefault(submission, []).append(item)
                prepare(self, item)

    def pytest_collection_finish(self) -> None:
        """Keeps what was imported out of garbage collections: looking through it takes as long as a few checks."""
        if not gc.get_freeze_count():  # a later session of this process has only the earlier one's garbage to add
            gc.freeze()
        gc.enable()

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Notes that it was a person who ended the session; pytest ends one so, too, whose tests it cannot read."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    # Guests.

    def open_guest(self, config: pytest.Config, submission: Submission, *, no_deadline: bool = False) -> Guest:
        """Gives the opened guest of a submission; ends the session where this machine does not keep a core promise."""
        from assay.host.forkserver import Budget, Task, shared  # noqa: PLC0415
        from assay.host.guest import Guest  # noqa: PLC0415

        reference = self.course.reference(submission.assignment)
        names, like = contract(reference), reference.read_bytes()
        seed = derived_seed(0, submission.assignment, "import")  # no secret: all its code can see it
        task = Task(submission.assignment, submission.kind, submission.source, names, seed, like)
        budget = Budget(**read_budgets(config.getini))
        fork_server = functools.partial(shared, self.course.library, self.waived)
        guest = Guest(fork_server, task, budget, self.waived, no_deadline=no_deadline)
        self.guests[submission] = guest
        try:
            guest.open()
        except PromiseBroken as error:
            self.refusal = error
            pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
        return guest

    def open_check(self, guest: Guest, item: pytest.Item, *, reference_guest: bool = False) -> Proxy:
        """Gives the proxy for a guest, or for the reference's as its peer, in a process of this check's own."""
        from assay.host.channel import Channel  # noqa: PLC0415
        from assay.host.guest import ReferenceLine  # noqa: PLC0415
        from assay.host.proxy import Proxy  # noqa: PLC0415

        names = contract(self.course.reference(item.path.parent.name))
        line: Line = guest.begin(self.guest_seed(item), forbidden_by(item))
        if reference_guest:
            line = ReferenceLine(line)
        library = self.course.library.name if self.course.library else ""
        return Proxy(Channel(line, frozenset(names), library))

    def reopen_check(self, item: Any) -> Proxy:
        """Gives a check another process, as if it had not begun."""
        guest = item.funcargs["guest"]
        guest.end()
        return self.open_check(guest, item)

    def seed_of(self, item: pytest.Item) -> int:
        """Gives the seed of a check's own inputs."""
        check = check_of(item)
        return derived_seed(self.course_seed, item.path.parent.name, check.exercise, check.id)

    def guest_seed(self, item: pytest.Item) -> int:
        """Gives the seed of what is random in the guest, from which nobody there can tell the inputs."""
        return derived_seed(self.seed_of(item), "guest")

    # Verdicts.

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skips what is left of a submission where one check says enough."""
        submission = submission_of(item)
        if self.stop_at_first_failure and submission is not None:
            before = [self.verdicts[check] for check in self.checks[submission] if check in self.verdicts]
            if any(verdict.status != "passed" for verdict in before):
                pytest.skip("a check before this one was not passed")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tells of a submission's report when the last of its checks is over."""
        handled = yield
        submission = submission_of(item)
        if submission is not None and all(check in self.verdicts for check in self.checks[submission]):
            self.finished[submission] = self._report(submission)
        return handled

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Writes the verdict; whatever did not come back as passed is not passed."""
        report = yield
        if submission_of(item) is not None:
            from assay.judge.verdicts import ungraded_verdict, verdict_after  # noqa: PLC0415

            try:
                verdict = verdict_after(self, item, call, self.verdicts.get(item))
            except Exception as error:  # noqa: BLE001 - one check's trouble must not end everybody's grading
                verdict = ungraded_verdict(item, f"{type(error).__name__} while it was judged", f": {error}")
            self.verdicts[item] = verdict
            if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
                report.longrepr = as_text(verdict)
        return report

    def reports(self) -> list[Report]:
        """Gives a report for every submission, in order; a check that was not run is `ungraded` in it."""
        return [self.finished.get(submission) or self._report(submission) for submission in self.submissions]

    def _report(self, submission: Submission) -> Report:
        from assay.judge.verdicts import report_of  # noqa: PLC0415

        return report_of(self, submission)


def as_text(verdict: Verdict) -> str:
    """Gives a verdict as the few lines that stand where pytest shows a traceback."""
    message = verdict.message
    rows = [] if message is None else [(k, getattr(message, k)) for k in ("input", "yours", "expected", "help")]
    lines = [f"{verdict.description}: {verdict.status}"]
    for label, text in rows:
        if text:
            first, *rest = [escape(line, _LINE) for line in text.splitlines()]
            lines += [f"  {label:<9} {first}", *(f"  {'':<9} {line}" for line in rest)]
    return "\n".join(lines)


def reference_as_submission(course: Course, name: str) -> Submission:
    """Gives the model answers as something that is graded like any other."""
    path = course.reference(name)
    source = path.read_bytes()
    info = SubmissionInfo("reference", str(path), hashlib.sha256(source).hexdigest())
    return Submission(info, name, "module", source)

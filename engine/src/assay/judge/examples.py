"""The examples of a check: drawn once for a session, and asked of every submission in it.

A check's seed decides what Hypothesis draws, and the answers do not, as long as they are right. Drawing takes as long
as judging. So the examples that one submission passed are put to the next ones unchanged. At the first example that a
submission does not pass, the check starts over in a new process of the guest, and Hypothesis looks for the smallest
example as if nobody had been graded before, so that a report does not depend on who was. If the submission now answers
correctly, the check still fails: otherwise every submission but the first would get a second attempt.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import HypothesisException

from assay.course.contract import load_module
from assay.errors import CourseError, GuestEnded, Mismatch
from assay.judge.collected import BEHIND_FIXTURES, check_of, direct_parameters
from assay.judge.measurements import measurements_of
from assay.judge.recording import (
    DrawnArguments,
    Outcomes,
    SearchEnded,
    collecting_outcomes,
    copy_plain,
    noting_examples,
    starts_afresh,
    with_fresh_start,
)
from assay.wire.objects import seed_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.host.proxy import Proxy
    from assay.judge.state import JudgeState

_MAX_EXAMPLES = 25
"""Hypothesis examples a check: properties of such functions fail early or never, and every example is a crossing."""

_ARGUMENTS = frozenset({"submission", "reference", "seed"})
"""Fixtures that a check may take and still share its examples; with any other (a generator, a clock) it does not."""

_NO_VERDICT = (type(None), HypothesisException, pytest.skip.Exception)
"""Endings of a check that neither passed nor failed."""

FLAKY = "the same input gave different answers"


def prepare_process() -> None:
    """Set how Hypothesis searches and torch computes, before a test module is imported and takes it over."""
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
    _draw_alike()
    # The guests have one thread each; more in the judge cost time at these sizes and may round differently.
    torch.set_num_threads(1)


def _draw_alike() -> None:
    """Have Hypothesis draw the same whatever else is imported.

    There is no setting for it: some of its numbers come from the source of imported modules that are not installed, as
    this engine in development or model answers of other assignments that are graded in the same session.
    """
    from hypothesis.internal.conjecture import providers  # noqa: PLC0415 - grading alone needs it

    if hasattr(providers, "Constants") and hasattr(providers, "_get_local_constants"):  # not public: a test holds it
        none = providers.Constants()
        providers._get_local_constants = lambda: none  # noqa: SLF001 - as above


class ExampleBook:
    """The examples that submissions of a session passed, by check.

    Args:
        state: the session.
    """

    def __init__(self, state: JudgeState) -> None:
        self._state = state
        self._passed = state.known.drawn

    def prepare(self, item: Any) -> None:
        """Make every example of a check start afresh, and put examples that an earlier submission passed to this one.

        Args:
            item: the check for one submission; the function that it calls is replaced.

        Raises:
            CourseError: the check is a method, or takes neither `submission` nor a measurement.
        """
        function = item.obj
        if inspect.ismethod(function):
            text = f"{item.nodeid} is a method: a check is a function of its file"
            raise CourseError(text)
        body = function.hypothesis.inner_test if is_hypothesis_test(function) else function
        if "submission" not in inspect.signature(body).parameters and not measurements_of(item):
            text = f"{item.nodeid} does not take submission itself: a fixture that has it cannot stand for it"
            raise CourseError(text)
        if body is function:
            item.obj = with_fresh_start(function)
            return
        if not starts_afresh(body):  # one function for all items, also of later sessions
            function.hypothesis.inner_test = with_fresh_start(body)
        item.obj = self._drawn_once(item)

    def _drawn_once(self, item: Any) -> Callable[..., None]:
        function = item.obj
        key = f"{item.path}::{check_of(item).id}"
        own = set(item.fixturenames) - direct_parameters(item)

        @functools.wraps(function)
        def run(**fixtures: Any) -> None:
            hypothesis_seed(self._state.check_seed(item))(function)
            shared = own <= _ARGUMENTS | BEHIND_FIXTURES and own & set(fixtures) <= _ARGUMENTS
            known = self._passed.get(key) if shared else None
            found = _first_failure(function.hypothesis.inner_test, fixtures, known or ())
            if known and found is None:
                return
            asked = fixtures["submission"]
            if found is not None:
                fixtures["submission"] = item.funcargs["submission"] = self._state.reopen_check(item, again=False)
            seed_everything(0)  # for strategies that draw from torch
            drawn = DrawnArguments(frozenset(fixtures))
            with noting_examples(drawn):
                try:
                    function(**fixtures)
                except SearchEnded as ended:
                    raise ended.__cause__ or ended from None  # the missing name
            if found is not None and not isinstance(found, HypothesisException):  # no second attempt
                item.funcargs["submission"] = asked
                raise _flaky(found)
            if shared and key not in self._passed:
                self._passed[key] = drawn.examples or None
            elif shared:
                self._passed[key] = None  # it tells Hypothesis something while it runs, and so cannot be run without

        return run

    def all_failures(self, item: Any) -> list[Exception]:
        """Return what a check of Hypothesis's raises on each of its examples; Hypothesis itself stops at the first.

        Args:
            item: the check for one submission, which did not pass it and whose guest is still there.
        """
        outcomes = Outcomes()
        if is_hypothesis_test(getattr(item.obj, "__wrapped__", None)):
            if "submission" in item.funcargs:  # its process has ended if the example was asked without leftovers
                item.funcargs["submission"] = self._state.reopen_check(item)
            self.note_outcomes(item, outcomes)
        return outcomes.failures()

    def note_outcomes(self, item: Any, outcomes: Outcomes, more: int = 0) -> None:
        """Run a check on its examples, and note how each run ended.

        Args:
            item: the check for one submission.
            outcomes: notes the outcome of each run, and says when enough are noted.
            more: 0 for the check's own examples; another number for other examples, and another `rng` and `seed`.
        """
        arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}  # noqa: SLF001 - as pytest does
        if "seed" in arguments:
            arguments["seed"] = self._state.check_seed(item) + more
        if "rng" in arguments:
            arguments["rng"] = torch.Generator().manual_seed(self._state.check_seed(item) + more)
        # The guest may end meanwhile; the outcomes until then are kept.
        self._run_on(item, arguments, outcomes, more)

    def fails_with(self, item: Any, submission: Proxy) -> bool:
        """Whether an exact check fails with a trusted module for a submission.

        Args:
            item: the check for some submission.
            submission: the proxy for the module.
        """
        given = {"submission": submission, "reference": load_module(self._state.reference_of(item))}
        given |= {name: item.callspec.params[name] for name in direct_parameters(item)}
        outcomes = Outcomes(bool)
        raised = self._run_on(item, {name: given[name] for name in item._fixtureinfo.argnames}, outcomes)  # noqa: SLF001 - as above
        return bool(outcomes.failures()) or not isinstance(raised, _NO_VERDICT)

    def _run_on(self, item: Any, arguments: dict[str, Any], outcomes: Outcomes, more: int = 0) -> BaseException | None:
        """Run a check to its last example; note how each ends, and return what ended the run all the same."""
        function: Any = getattr(item.obj, "__wrapped__", None)
        if is_hypothesis_test(function):
            hypothesis_seed(self._state.check_seed(item) + more)(function)
        else:
            function = item.obj
        seed_everything(0)  # as above
        try:
            with collecting_outcomes(outcomes):
                function(**arguments)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # noqa: BLE001 - pytest.fail and SystemExit are none of Exception's
            return error
        return None


def _first_failure(
    body: Callable[..., Any], fixtures: dict[str, Any], examples: Iterable[dict[str, Any]]
) -> BaseException | None:
    """Return what the first failing example raises, if Hypothesis would have gone on to search from it."""
    try:
        for drawn in examples:
            body(**fixtures, **copy_plain(drawn))
    except (GuestEnded, KeyboardInterrupt, pytest.skip.Exception, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - pytest.fail and SystemExit are none of Exception's
        return error
    return None


def _flaky(error: BaseException) -> BaseException:
    if isinstance(error, Mismatch):
        error.help = error.help or FLAKY
    return error

"""The examples of a check: drawn once for a session, and asked of every submission in it.

What Hypothesis draws for a check follows from the check's seed and not from the answers, as long as they are right, and
drawing takes as long as judging. So the examples that one submission passed are put to the next ones as they are. The
first that does not pass ends that: the check starts over in a new process of the guest, and Hypothesis looks for the
smallest example as if nobody had been graded before, so that a report does not depend on who was. A submission that
answers otherwise then has not passed: there is no second try.
"""

from __future__ import annotations

import functools
import inspect
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch
from hypothesis import is_hypothesis_test
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import HypothesisException

from assay.course.contract import load_module
from assay.errors import CourseError, GuestEnded, Mismatch
from assay.judge.collected import check_of
from assay.wire.objects import copied, seed_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from assay.host.proxy import Proxy
    from assay.judge.hooks import Judge

_ARGUMENTS = frozenset({"submission", "reference", "seed"})
"""Fixtures that a check may take and still share its examples; with any other (a generator, a clock) it does not."""

_BEHIND_THEM = frozenset({"judge", "guest", "pytestconfig", "request"})

_CONSTANT = (int, float, complex, str, bytes, type(None), torch.dtype)
"""What a body cannot change, so that the next submission may be given the same."""

_NO_VERDICT = (type(None), HypothesisException, pytest.skip.Exception)
"""What a check ends with that neither passed nor failed."""

FLAKY = "the same input gave different answers"


class Example(NamedTuple):
    """The body of a check and the arguments with which it did not pass."""

    body: Callable[..., Any]
    arguments: dict[str, Any]


def draw_alike() -> None:
    """Has Hypothesis draw the same whatever is imported besides.

    There is no setting for it: some of its numbers come from the source of imported modules that are not installed, as
    this engine in development or model answers of other assignments that are graded in the same session.
    """
    from hypothesis.internal.conjecture import providers  # noqa: PLC0415 - grading alone needs it

    if hasattr(providers, "Constants") and hasattr(providers, "_get_local_constants"):  # not public: a test holds it
        none = providers.Constants()
        providers._get_local_constants = lambda: none  # noqa: SLF001 - as above


def prepare(judge: Judge, item: Any) -> None:
    """Makes every example of a check start afresh, and puts to a submission the examples that an earlier one passed.

    Args:
        judge: whose session it is, and who keeps what was drawn.
        item: the check for one submission; what it calls is replaced.

    Raises:
        CourseError: the check is a method, or does not take `submission`.
    """
    function = item.obj
    if inspect.ismethod(function):
        text = f"{item.nodeid} is a method: a check is a function of its file"
        raise CourseError(text)
    body = function.hypothesis.inner_test if is_hypothesis_test(function) else function
    if "submission" not in inspect.signature(body).parameters:
        text = f"{item.nodeid} does not take submission itself: a fixture that has it cannot stand for it"
        raise CourseError(text)
    if body is function:
        item.obj = _with_fresh_start(function)
        return
    if not hasattr(body, _OURS):  # one function for all items, also of later sessions
        function.hypothesis.inner_test = _with_fresh_start(body)
    item.obj = _drawn_once(judge, item)


def _drawn_once(judge: Judge, item: Any) -> Callable[..., None]:
    function = item.obj
    key = f"{item.path}::{check_of(item).id}"
    own = set(item.fixturenames) - _direct_parameters(item)

    @functools.wraps(function)
    def run(**fixtures: Any) -> None:
        hypothesis_seed(judge.seed_of(item))(function)
        shared = own <= _ARGUMENTS | _BEHIND_THEM and own & set(fixtures) <= _ARGUMENTS
        known = judge.drawn.get(key) if shared else None
        found = _first_failure(function.hypothesis.inner_test, fixtures, known or ())
        if known and found is None:
            return
        asked = fixtures["submission"]
        if found is not None:
            fixtures["submission"] = item.funcargs["submission"] = judge.reopen_check(item)
        seed_everything(0)  # for strategies that draw from torch
        record = _Record(frozenset(fixtures))
        token = _recording.set(record)
        try:
            function(**fixtures)
        finally:
            _recording.reset(token)
        if found is not None and not isinstance(found, HypothesisException):  # what was answered once is not forgiven
            item.funcargs["submission"] = asked
            raise _flaky(found)
        if shared and key not in judge.drawn:
            judge.drawn[key] = record.examples or None
        elif shared:
            judge.drawn[key] = None  # it says something to Hypothesis while it runs, and so cannot be run without

    return run


def _first_failure(
    body: Callable[..., Any], fixtures: dict[str, Any], examples: Iterable[dict[str, Any]]
) -> BaseException | None:
    """Gives what the first example raises that does not pass, if Hypothesis would have gone on to search from it."""
    try:
        for drawn in examples:
            body(**fixtures, **copied(drawn, _unchanging))
    except (GuestEnded, KeyboardInterrupt, pytest.skip.Exception, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - pytest.fail and SystemExit are none of Exception's
        return error
    return None


def _flaky(error: BaseException) -> BaseException:
    if isinstance(error, Mismatch):
        error.help = error.help or FLAKY
    return error


def all_failures(judge: Judge, item: Any) -> list[Exception]:
    """Gives what a check of Hypothesis's raises on each of its examples, where Hypothesis itself stops at the first.

    Args:
        judge: whose session it is.
        item: the check for one submission, which did not pass it and whose guest is still there.
    """
    function: Any = getattr(item.obj, "__wrapped__", None)
    if not is_hypothesis_test(function):
        return []
    failures: list[Exception] = []
    # The guest may end meanwhile; what it answered until then is kept.
    _all_examples(judge, item, {name: item.funcargs[name] for name in item._fixtureinfo.argnames}, failures)  # noqa: SLF001 - as pytest does
    return failures


def is_exact(item: Any) -> bool:
    """Whether a check asks everybody the same, and needs nothing but the reference to judge the answers."""
    return set(item.fixturenames) - _direct_parameters(item) <= {"submission", "reference"} | _BEHIND_THEM


def fails_with(judge: Judge, item: Any, submission: Proxy) -> bool:
    """Whether an exact check fails with a module of ours for a submission.

    Args:
        judge: whose session it is.
        item: the check for some submission.
        submission: the proxy for the module.
    """
    given = {"submission": submission, "reference": load_module(judge.course.reference(item.path.parent.name))}
    given |= {name: item.callspec.params[name] for name in _direct_parameters(item)}
    failures: list[Exception] = []
    arguments = {name: given[name] for name in item._fixtureinfo.argnames}  # noqa: SLF001 - as above
    raised = _all_examples(judge, item, arguments, failures)
    return bool(failures) or not isinstance(raised, _NO_VERDICT)


def _all_examples(
    judge: Judge, item: Any, arguments: dict[str, Any], failures: list[Exception]
) -> BaseException | None:
    """Runs a check, and Hypothesis's on after each failure, which is noted; gives what ended it all the same."""
    function: Any = getattr(item.obj, "__wrapped__", None)
    if is_hypothesis_test(function):
        hypothesis_seed(judge.seed_of(item))(function)
    else:
        function = item.obj
    seed_everything(0)  # as above
    token = _collecting.set(failures)
    try:
        function(**arguments)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - pytest.fail and SystemExit are none of Exception's
        return error
    finally:
        _collecting.reset(token)
    return None


def _direct_parameters(item: Any) -> set[str]:
    """Gives the names that a check's own `parametrize` gives values to; not those of fixtures with `params`."""
    names: set[str] = set()
    for marker in item.iter_markers("parametrize"):
        if not marker.kwargs.get("indirect"):
            given = marker.args[0] if marker.args else marker.kwargs["argnames"]
            names.update(name.strip() for name in (given.split(",") if isinstance(given, str) else given))
    return names


class _Record:
    """The arguments that Hypothesis draws in one run of a check.

    Args:
        given: the names of the other arguments.
    """

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        self.examples: list[dict[str, Any]] | None = []

    def note(self, arguments: dict[str, Any]) -> None:
        """Adds an example, as it is before the check's body has it; gives all up if one cannot be kept."""
        if self.examples is None:
            return
        drawn = {name: value for name, value in arguments.items() if name not in self._given}
        try:
            self.examples.append(copied(drawn, _unchanging))
        except TypeError:
            self.examples = None
        if not _copied_whole(list(_tensors(drawn))):
            self.examples = None

    def give_up(self) -> None:
        """An example did not pass, or does not count: the next submission might answer it otherwise."""
        self.examples = None


_recording: ContextVar[_Record | None] = ContextVar("recording", default=None)
"""Where the examples are noted that Hypothesis is drawing at this moment."""


_collecting: ContextVar[list[Exception] | None] = ContextVar("collecting", default=None)
"""Where failures are noted while Hypothesis is to go on after each."""


def _unchanging(value: Any) -> Any:
    if isinstance(value, _CONSTANT):
        return value
    text = f"a body may change what is given to it: {type(value).__name__}"
    raise TypeError(text)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item)


def _copied_whole(tensors: list[torch.Tensor]) -> bool:
    """Whether copies are all that the tensors are: leaves of no graph, of no class of their own, that share nothing."""
    shared = [tensor.untyped_storage().data_ptr() for tensor in tensors if tensor.numel()]
    plain = all(type(tensor) is torch.Tensor and not tensor.requires_grad for tensor in tensors)
    return plain and len(set(shared)) == len(shared)


_OURS = "__assay_starts_afresh__"


def _with_fresh_start(body: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(body)
    def run(**arguments: Any) -> Any:
        arguments["submission"]._channel.start_afresh()  # noqa: SLF001 - the proxy shows students' names only
        seed_everything(0)  # as Hypothesis does for what it knows of; a check draws from its strategies and `rng`
        record = _recording.get()
        if record is not None:
            record.note(arguments)
        try:
            return body(**arguments)
        except BaseException as error:
            if record is not None:
                record.give_up()
            error.assay_example = Example(body, arguments)  # type: ignore[attr-defined]
            failures = _collecting.get()
            if failures is not None and isinstance(error, Exception) and not isinstance(error, HypothesisException):
                failures.append(error.with_traceback(None))  # its frames would keep all that the example made
                return None
            raise

    setattr(run, _OURS, True)
    return run

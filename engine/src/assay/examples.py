"""The examples of a check: drawn once for a session, and asked of every submission in it.

What Hypothesis draws for a check follows from the check's seed and not from the answers, as long as they are right, and
drawing takes as long as judging. So the examples that one submission passed are put to the next ones as they are. The
first that does not pass ends that: the check starts over in a new process of the guest, and Hypothesis looks for the
smallest example as if nobody had been graded before, so that a report does not depend on who was.
"""

from __future__ import annotations

import functools
from contextvars import ContextVar
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from hypothesis import is_hypothesis_test
from hypothesis import seed as hypothesis_seed
from hypothesis.internal.conjecture import providers

from assay.guest.answering import seed_everything
from assay.inprocess import copied
from assay.judge import check_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.judge import Judge

_WITNESSES = 3
"""Failing examples that are kept besides the smallest: Hypothesis finds the first by chance, so they differ in much."""

_SAME_FOR_ALL = frozenset({"submission", "reference", "seed", "judge", "handed_in", "pytestconfig", "request"})
"""Fixtures that change nothing between a check's runs; with any other (a generator, a clock) it is drawn anew."""

_CONSTANT = (int, float, complex, str, bytes, type(None), torch.dtype, FunctionType)
"""What a body cannot change, so that the next submission may be given the same."""


class Example(NamedTuple):
    """The body of a check and the arguments with which it did not pass."""

    body: Callable[..., Any]
    arguments: dict[str, Any]


def draw_alike() -> None:
    """Has Hypothesis draw the same whatever is imported besides.

    Since 6.131, and without a setting for it, some of its numbers come from the source of imported modules that are not
    installed: this engine in development, model answers of other assignments that are graded in the same session.
    """
    if hasattr(providers, "_get_local_constants"):
        none = providers.Constants()  # type: ignore[attr-defined]
        providers._get_local_constants = lambda: none  # noqa: SLF001 - as above


def prepare(judge: Judge, item: Any) -> None:
    """Makes every example of a check start afresh, and puts to a submission the examples that an earlier one passed.

    Args:
        judge: whose session it is, and who keeps what was drawn.
        item: the check for one submission; what it calls is replaced.
    """
    function = item.obj
    if not is_hypothesis_test(function):
        item.obj = _with_fresh_start(function)
        return
    hypothesis_seed(judge.seed_of(item))(function)
    if not hasattr(function.hypothesis.inner_test, "__wrapped__"):  # one function for all items of a session
        function.hypothesis.inner_test = _with_fresh_start(function.hypothesis.inner_test)
    if set(item.fixturenames) - set(item.callspec.params) <= _SAME_FOR_ALL:
        item.obj = _drawn_once(judge, item)


def _drawn_once(judge: Judge, item: Any) -> Callable[..., None]:
    function = item.obj
    key = f"{item.path}::{check_of(item).id}"

    @functools.wraps(function)
    def run(**fixtures: Any) -> None:
        known = judge.drawn.get(key)
        if known is not None:
            try:
                for drawn in known:
                    function.hypothesis.inner_test(**fixtures, **copied(drawn, _unchanging))
            except Exception:  # noqa: BLE001 - whatever it is, Hypothesis meets it again and tells
                fixtures["submission"] = item.funcargs["submission"] = judge.reopen_check(item)
            else:
                return
        record = _Record(frozenset(fixtures))
        token = _recording.set(record)
        try:
            function(**fixtures)
        finally:
            _recording.reset(token)
        if known is not None:
            judge.drawn[key] = None  # more than its examples decides this check
        elif key not in judge.drawn:
            judge.drawn[key] = record.examples

    return run


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

    def give_up(self) -> None:
        """An example did not pass, or does not count: the next submission might answer it otherwise."""
        self.examples = None


_recording: ContextVar[_Record | None] = ContextVar("recording", default=None)
"""Where the examples are noted that Hypothesis is drawing at this moment."""


def _unchanging(value: Any) -> Any:
    if isinstance(value, _CONSTANT):
        return value
    text = f"a body may change what is given to it: {type(value).__name__}"
    raise TypeError(text)


def _with_fresh_start(body: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(body)
    def run(**arguments: Any) -> Any:
        channel = arguments["submission"]._channel  # noqa: SLF001 - the stand-in shows students' names only
        channel.start_afresh()
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
            if len(channel.failures) < _WITNESSES:
                channel.failures.append(error)
            raise

    return run

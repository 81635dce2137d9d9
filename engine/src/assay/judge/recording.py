"""Runs of a check's body: each starts afresh, and what it is given and what it raises can be noted."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from hypothesis.errors import HypothesisException

from assay.errors import NameMissing
from assay.host.proxy import channel_of
from assay.host.transcript import Transcript
from assay.wire.objects import copied, seed_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assay.checks.measurements import Measurement

_CONSTANT = (int, float, complex, str, bytes, type(None), torch.dtype, torch.Size)
"""Types that a body cannot change, so that the next submission may be given the same."""

_GIVEN = frozenset({"submission", "reference", "rng", "seed"})
"""Fixtures that are the same for every submission."""

_STARTS_AFRESH = "__assay_starts_afresh__"


class Example(NamedTuple):
    """The body of a check, or of a measurement, and the arguments with which it did not pass."""

    body: Callable[..., Any]
    arguments: dict[str, Any]
    measurement: Measurement | None = None


class Outcome(NamedTuple):
    """One run of a check's body.

    Args:
        example: the body and its arguments.
        error: what it raised, or None if it passed.
        transcript: its requests and their answers.
    """

    example: Example
    error: Exception | None
    transcript: Transcript


class Outcomes:
    """The outcomes of the runs of a check's body.

    Args:
        enough: whether the runs end with these failures; None for no such end.
    """

    def __init__(self, enough: Callable[[Sequence[Exception]], bool] | None = None) -> None:
        self.found: list[Outcome] = []
        self._enough = enough

    def note(self, outcome: Outcome) -> None:
        """Add an outcome; raise SearchEnded if no more are needed."""
        self.found.append(outcome)
        if outcome.error is not None and self._enough is not None and self._enough(self.failures()):
            raise SearchEnded

    def failures(self) -> list[Exception]:
        """Return what the failed runs raised."""
        return [outcome.error for outcome in self.found if outcome.error is not None]


class SearchEnded(BaseException):
    """Ends Hypothesis's runs of a check; not an Exception, so that Hypothesis does not look for a smaller example."""


class DrawnArguments:
    """The arguments that Hypothesis draws in one run of a check.

    Args:
        given: the names of the other arguments.
    """

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        self.examples: list[dict[str, Any]] | None = []

    def note(self, arguments: dict[str, Any]) -> None:
        """Add an example, as it is before the check's body has it; keep none at all if one cannot be kept."""
        if self.examples is None:
            return
        drawn = {name: value for name, value in arguments.items() if name not in self._given}
        try:
            self.examples.append(copy_plain(drawn))
        except TypeError:
            self.examples = None
        if not _copied_whole(list(_tensors(drawn))):
            self.examples = None

    def give_up(self) -> None:
        """Keep none: an example did not pass or does not count, so the next submission might answer it otherwise."""
        self.examples = None


_drawn: ContextVar[DrawnArguments | None] = ContextVar("drawn", default=None)
_outcomes: ContextVar[Outcomes | None] = ContextVar("outcomes", default=None)


@contextmanager
def noting_examples(drawn: DrawnArguments) -> Iterator[None]:
    """Note the arguments of every run meanwhile."""
    token = _drawn.set(drawn)
    try:
        yield
    finally:
        _drawn.reset(token)


@contextmanager
def collecting_outcomes(outcomes: Outcomes) -> Iterator[None]:
    """Note how every run ends, and have it return instead of raise, so that Hypothesis goes on after each failure."""
    token = _outcomes.set(outcomes)
    try:
        yield
    finally:
        _outcomes.reset(token)


def starts_afresh(body: Callable[..., Any]) -> bool:
    """Whether `with_fresh_start` made this body."""
    return hasattr(body, _STARTS_AFRESH)


def with_fresh_start(body: Callable[..., Any]) -> Callable[..., Any]:
    """Return a check's body whose every run meets the submission and all generators as new."""

    @functools.wraps(body)
    def run(**arguments: Any) -> Any:
        transcript = _fresh_transcript(arguments)
        seed_everything(0)  # as Hypothesis does for what it knows of; a check draws from its strategies and `rng`
        drawn = _drawn.get()
        if drawn is not None:
            drawn.note(arguments)
        outcomes, example = _outcomes.get(), Example(body, copy_arguments(arguments))
        try:
            value = body(**arguments)
        except BaseException as error:
            if drawn is not None:
                drawn.give_up()
            error.assay_example = example  # type: ignore[attr-defined]
            error.assay_transcript = transcript  # type: ignore[attr-defined]
            if drawn is not None and isinstance(error, NameMissing):  # no smaller example would find the name
                raise SearchEnded from error
            if outcomes is not None and isinstance(error, Exception) and not isinstance(error, HypothesisException):
                # Its frames would keep all that the example made.
                outcomes.note(Outcome(example, error.with_traceback(None), transcript))
                return None
            raise
        if outcomes is not None:
            outcomes.note(Outcome(example, None, transcript))
        return value

    setattr(run, _STARTS_AFRESH, True)
    return run


def _fresh_transcript(arguments: dict[str, Any]) -> Transcript:
    """Make the next request the first of a new example, and return its transcript."""
    if "submission" not in arguments:  # a check may look at measurements alone
        return Transcript("")
    channel = channel_of(arguments["submission"])
    channel.start_afresh()
    return channel.transcript


def drawn_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that Hypothesis drew, without the fixtures."""
    return {name: value for name, value in arguments.items() if name not in _GIVEN}


def copy_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that stay as they are if a body changes them in place.

    Plain tensors are copied, and the lists, tuples and dicts that hold them, unless two share memory or one belongs to
    a graph: a body may depend on that. Everything else is the same object.
    """
    return copied(arguments) if _copied_whole(list(_tensors(arguments))) else arguments


def copy_plain(value: Any) -> Any:
    """Copy drawn arguments, or the value of a measurement; raise TypeError if a body could change a part unseen."""
    return copied(value, _unchanging)


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
    """Whether a copy is all that a tensor is: no subclass, no part of a graph, no memory shared with another."""
    shared = [tensor.untyped_storage().data_ptr() for tensor in tensors if tensor.numel()]
    plain = all(type(tensor) is torch.Tensor and not tensor.requires_grad for tensor in tensors)
    return plain and len(set(shared)) == len(shared)

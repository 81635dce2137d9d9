"""Runs of a check's body: each starts afresh, and what it is given and what it raises can be noted."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from hypothesis.errors import HypothesisException

from assay.errors import NameMissing
from assay.wire.objects import copied, seed_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.checks.measurements import Measurement

_CONSTANT = (int, float, complex, str, bytes, type(None), torch.dtype)
"""Types that a body cannot change, so that the next submission may be given the same."""

_STARTS_AFRESH = "__assay_starts_afresh__"


class Example(NamedTuple):
    """The body of a check, or of a measurement, and the arguments with which it did not pass."""

    body: Callable[..., Any]
    arguments: dict[str, Any]
    measurement: Measurement | None = None


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
_failures: ContextVar[list[Exception] | None] = ContextVar("failures", default=None)


@contextmanager
def noting_examples(drawn: DrawnArguments) -> Iterator[None]:
    """Note the arguments of every run meanwhile."""
    token = _drawn.set(drawn)
    try:
        yield
    finally:
        _drawn.reset(token)


@contextmanager
def collecting_failures(failures: list[Exception]) -> Iterator[None]:
    """Note what a run raises, and have it return instead, so that Hypothesis goes on after each failure."""
    token = _failures.set(failures)
    try:
        yield
    finally:
        _failures.reset(token)


def starts_afresh(body: Callable[..., Any]) -> bool:
    """Whether `with_fresh_start` made this body."""
    return hasattr(body, _STARTS_AFRESH)


def with_fresh_start(body: Callable[..., Any]) -> Callable[..., Any]:
    """Return a check's body whose every run meets the submission and all generators as new."""

    @functools.wraps(body)
    def run(**arguments: Any) -> Any:
        if "submission" in arguments:  # a check may look at measurements alone
            arguments["submission"]._channel.start_afresh()  # noqa: SLF001 - the proxy shows students' names only
        seed_everything(0)  # as Hypothesis does for what it knows of; a check draws from its strategies and `rng`
        drawn = _drawn.get()
        if drawn is not None:
            drawn.note(arguments)
        try:
            return body(**arguments)
        except BaseException as error:
            if drawn is not None:
                drawn.give_up()
            error.assay_example = Example(body, arguments)  # type: ignore[attr-defined]
            failures = _failures.get()
            if failures is not None and isinstance(error, Exception) and not isinstance(error, HypothesisException):
                failures.append(error.with_traceback(None))  # its frames would keep all that the example made
                return None
            raise

    setattr(run, _STARTS_AFRESH, True)
    return run


class SearchEnded(BaseException):
    """Ends Hypothesis's search at once; not derived from `Exception`, of which Hypothesis would look for a smaller one.

    Args:
        error: what ended it.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def without_search_for_names(body: Callable[..., Any]) -> Callable[..., Any]:
    """Return a check's body that ends the search if a name is missing: no smaller input would find it."""

    @functools.wraps(body)
    def run(**arguments: Any) -> Any:
        try:
            return body(**arguments)
        except NameMissing as error:
            raise SearchEnded(error) from None

    return run


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

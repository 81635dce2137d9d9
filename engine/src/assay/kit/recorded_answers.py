"""Recorded answers: replies of the model answers to the examples of the checks, in the place of their code."""

from __future__ import annotations

import functools
import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import hypothesis
import msgspec
import pytest

from assay.course.read import ANSWERS
from assay.errors import CourseError
from assay.kit.cutting import COURSE_ONLY
from assay.wire.objects import copied
from assay.wire.values import Ref, encode, portable, trusting_decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FunctionType

__all__ = ["CannotBeRecorded", "answer_key", "encoded", "put_answers", "recordable"]

_LIBRARIES: Final = ("hypothesis", "torch")
"""Libraries whose version decides which examples are drawn."""


class CannotBeRecorded(Exception):
    """A value is not plain data, so that a file cannot hold it."""


class _Record(msgspec.Struct, frozen=True):
    """The answers of one assignment, by the keys of their calls.

    `versions` holds the libraries that drew the examples.
    """

    versions: dict[str, str]
    answers: dict[str, Any]


def answer_key(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], library: str) -> str:
    """Return the key of a call: a digest of the function's name and of every bit of the arguments.

    Raises:
        CannotBeRecorded: an argument is neither plain data nor an object of the course's library.
    """
    try:
        call = [name, portable(args, functools.partial(_by_content, library)), _sorted(kwargs, library)]
    except RecursionError as error:  # an object that holds itself
        raise CannotBeRecorded(name) from error
    return hashlib.sha256(encode(call)).hexdigest()[:32]


def _by_content(library: str, value: Any) -> Ref:
    """Return what stands for an object of the course's library: the digest of its attributes."""
    kind = type(value)
    if not library or kind.__module__.partition(".")[0] != library or not hasattr(value, "__dict__"):
        raise CannotBeRecorded(kind.__name__)
    content = encode(_sorted(vars(value), library))
    return Ref(0, f"{kind.__qualname__} {hashlib.sha256(content).hexdigest()}")


def _sorted(values: Mapping[str, Any], library: str) -> list[Any]:
    found: list[Any] = portable(sorted(values.items(), key=_first), functools.partial(_by_content, library))
    return found


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def recordable(answer: Any) -> Any:
    """Return an answer in the form that a file holds; raise CannotBeRecorded if it is not plain data."""
    return copied(portable(answer, _refuse))


def _refuse(value: Any) -> NoReturn:
    raise CannotBeRecorded(type(value).__name__)


def encoded(answers: Mapping[str, Any]) -> bytes:
    """Return the file of one assignment's answers."""
    return encode(_Record({name: version(name) for name in _LIBRARIES}, dict(sorted(answers.items()))))


def put_answers(namespace: dict[str, Any], library: str) -> None:
    """Replace the functions of a kit's contract, the caller's module, by their recorded answers.

    A call that was not recorded rejects Hypothesis's example; outside of Hypothesis it skips the check.

    Args:
        namespace: the globals of the module.
        library: the name of the course's library, or "".
    """
    path = Path(namespace["__file__"]).with_suffix(ANSWERS)
    try:
        record = trusting_decoder(_Record)(path.read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        text = f"{path} cannot be read ({error}): write the kit again"
        raise CourseError(text) from error
    known: set[str] = set()
    for name, function in list(namespace.items()):
        if getattr(function, "__module__", None) == namespace["__name__"] and not isinstance(function, type):
            namespace[name] = _answering(function, record, library, known)


def _answering(function: FunctionType, record: _Record, library: str, known: set[str]) -> Callable[..., Any]:
    @functools.wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        check = os.environ.get("PYTEST_CURRENT_TEST", "")  # pytest's own name for the check that runs
        try:
            found = record.answers[answer_key(function.__name__, args, kwargs, library)]
        except (KeyError, CannotBeRecorded):
            # The first example was recorded, if it is the one that the course would draw.
            _leave(record, recorded=check in known)
        known.add(check)
        return copied(found)

    return answer


def _leave(record: _Record, *, recorded: bool) -> NoReturn:
    if recorded and hypothesis.currently_in_test_context():
        hypothesis.reject()
    here = {name: version(name) for name in record.versions}
    if here != record.versions:
        drawn = " and ".join(f"{name} {number}" for name, number in record.versions.items())
        pytest.skip(f"{COURSE_ONLY}: this kit was recorded with {drawn}; install its requirements.txt")
    pytest.skip(f"{COURSE_ONLY}: the kit has no recorded answer to this call")

"""The table of a check's objects: it carries out the judge's requests and returns the values that may cross.

The judge runs the same table for known mistakes (`assay.judge.inprocess`), without a wall.
"""

from __future__ import annotations

import random
import sys
import traceback
from contextlib import nullcontext
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import torch

from assay.wire.lookalikes import lookalike
from assay.wire.messages import LIBRARY, SUBMISSION, NotDefined, Raised, Reply, Request, Returned
from assay.wire.values import Ref, portable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType, TracebackType

_MAX_TEXT_CHARS = 2000
_MAX_LINES = 3


def seed_everything(seed: int) -> None:
    """Seed torch, random and, if it is imported, NumPy."""
    torch.default_generator.manual_seed(seed)  # torch.manual_seed seeds every device, which takes 70 times as long
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def copied(value: Any, other: Callable[[Any], Any] = lambda value: value) -> Any:
    """Return a copy that shares nothing mutable with the value, and has its types.

    Args:
        value: tensors, and lists, tuples, named tuples and dicts of them.
        other: copies every other object, or raises; only numbers, texts and Refs cross the wall besides.
    """
    kind = type(value)
    if isinstance(value, torch.Tensor):
        return value.clone()
    if kind is list:
        return [copied(item, other) for item in value]
    if kind is tuple:
        return tuple([copied(item, other) for item in value])
    if kind is dict:
        return {key: copied(item, other) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make([copied(item, other) for item in value])
    return other(value)


class ObjectTable:
    """The objects of one check.

    Args:
        submission: the student's module.
        library: the course's library, or None.
        contract: the names that may be requested of the submission.
        seed: seeds the random number generators at every fresh start.
        files: the names of the student's files.
    """

    def __init__(
        self,
        submission: ModuleType,
        library: ModuleType | None,
        contract: Sequence[str],
        seed: int,
        files: Sequence[str],
    ) -> None:
        self._roots = {SUBMISSION: submission, LIBRARY: library}
        self._contract = frozenset(contract)
        self._seed = seed
        self._files = frozenset(files)
        self._objects: dict[int, Any] = dict(self._roots)
        self._numbers = len(self._roots)

    def answer(self, request: Request) -> Reply:
        """Return the reply to `request`, in portable values. Never raise, whatever the student's code does."""
        if request.fresh:
            self._objects = dict(self._roots)
            self._numbers = len(self._roots)
            seed_everything(self._seed)
        try:
            if request.root == SUBMISSION:
                name = request.path.partition(".")[0]
                if name in self._contract and not hasattr(self._roots[SUBMISSION], name):
                    return NotDefined()
            with torch.no_grad() if request.no_grad else nullcontext():
                value = self._do(request)
            if request.keep and not _is_scalar(value):
                return Returned(self._keep(value))
            return Returned(portable(value, self._keep))
        except BaseException as error:  # noqa: BLE001 - any exception of the student's code is an answer, SystemExit too
            return _raised(error, self._files)

    def _do(self, request: Request) -> Any:
        if request.verb == "assign":
            return self._assign(request.root, request.kwargs)
        if request.verb == "set":
            owner, _, name = request.path.rpartition(".")
            setattr(self._along(request.root, owner), name, self._restore(request.args[0]))
            return None
        target = self._along(request.root, request.path)
        if request.verb == "call":
            return target(*map(self._restore, request.args), **{k: self._restore(v) for k, v in request.kwargs.items()})
        if request.verb == "iterate":
            iterator = iter(target)
            return [Ref(self._keep(iterator).number, "iterator"), *self._batch(iterator, request.args[0])]
        if request.verb == "next":
            return self._batch(target, request.args[0])
        if request.path and callable(target) and not isinstance(target, torch.nn.Module):
            return Ref(request.root, clean(class_name(target), _MAX_TEXT_CHARS), method=True)
        return target

    def _batch(self, iterator: Iterator[Any], size: int) -> list[Any]:
        """Return the next items, each copied when its turn comes, and whether they are the last."""
        items = [copied(portable(item, self._keep)) for item in islice(iterator, size)]
        return [items, len(items) < size]

    def _assign(self, root: int, values: dict[str, Any]) -> None:
        with torch.no_grad():
            for path, value in values.items():
                target = self._along(root, path)
                if not isinstance(target, torch.Tensor):
                    text = f"{path} is {type(target).__name__}, not a tensor"
                    raise TypeError(text)
                target.copy_(self._restore(value))

    def _along(self, root: int, path: str) -> Any:
        target = self._objects[root]
        return attrgetter(path)(target) if path else target

    def _keep(self, value: Any) -> Ref:
        number = self._numbers
        self._numbers += 1
        self._objects[number] = value
        return Ref(number, clean(class_name(value), _MAX_TEXT_CHARS))

    def _restore(self, value: Any) -> Any:
        kind = type(value)
        if kind is Ref:
            return self._along(value.number, value.kind) if value.method else self._objects[value.number]
        if kind is list:
            return [self._restore(item) for item in value]
        if kind is dict:
            return {key: self._restore(item) for key, item in value.items()}
        return value


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | Ref)


def _raised(error: BaseException, files: frozenset[str]) -> Raised:
    try:
        text = clean(str(error), _MAX_TEXT_CHARS)
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    try:
        where = student_lines(error.__traceback__, files)
    except BaseException:  # noqa: BLE001 - a student's exception may raise when it is looked at
        where = []
    if isinstance(error, AttributeError) and not where:
        text += _attribute_like(error)
    # A call whose arguments do not fit raises before any of the callee's lines ran.
    called = bool(where) or not isinstance(error, TypeError)
    return Raised(clean(class_name(error), _MAX_TEXT_CHARS), text, where, called)


def _attribute_like(error: AttributeError) -> str:
    """Return which attribute of the student's object looks like the one that the judge asked for, if any does."""
    try:
        found = lookalike(error.name or "", [name for name in dir(error.obj) if not name.startswith("_")])
    except BaseException:  # noqa: BLE001 - the object, or an AttributeError of the student's code, may raise anything
        return ""
    return f"; {found}, which it has, looks like it" if found else ""


def clean(text: str, limit: int) -> str:
    """Return the text's start, without halves of surrogate pairs, which no message can carry."""
    # The methods of str itself: a student's text may have its own.
    return str.encode(str.__getitem__(text, slice(0, limit)), "utf-8", "replace").decode()


def class_name(value: object) -> str:
    """Return the name of a value's class, whatever its metaclass says."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def student_lines(trace: TracebackType | None, files: frozenset[str]) -> list[tuple[str, str]]:
    """Return the last few student's lines that an exception passed through, as (line number, source)."""
    frames = [frame for frame in traceback.extract_tb(trace, limit=-200) if frame.filename in files]
    return [(str(frame.lineno), clean(frame.line or "", 200)) for frame in frames[-_MAX_LINES:]]

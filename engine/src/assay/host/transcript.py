"""A check's requests, as the Python that a student can run to see the same."""

from __future__ import annotations

import builtins
import itertools
import keyword
import re
from typing import Any

import torch

from assay.text import code
from assay.wire.messages import LIBRARY, SUBMISSION, Request
from assay.wire.values import Ref

_WIDTH = 80
_NOT_FOR_NAMES = frozenset({*dir(builtins), *keyword.kwlist})
"""Names that Python needs itself: a student's code below `list = ...` would not find the class."""

_LINES = 6
"""Lines shown: those that built the last object, and the last request; older ones are counted."""


class Transcript:
    """The requests of one example, in order.

    Args:
        library: the name under which the course's library is shown.
    """

    def __init__(self, library: str) -> None:
        self._library = library
        self._requests: list[Request] = []
        self._answers: dict[int, Any] = {}
        self._names: dict[int, str] = {}
        self._made: dict[int, str] = {}

    def note(self, request: Request) -> int:
        """Add a request; return its place."""
        self._requests.append(request)
        return len(self._requests) - 1

    def name(self, place: int, ref: Ref) -> None:
        """Name the object that the request at `place` made, or found in an attribute."""
        request = self._requests[place]
        if request.verb == "get":
            self._names[ref.number] = self._target(request.root, request.path)
            return
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", ref.kind[:80]) or ["object"]
        base = words[-1].lower()
        taken = {*self._names.values(), *_NOT_FOR_NAMES}  # `list` is a class, so the first list is `list_1`
        numbered = (f"{base}_{count}" for count in itertools.count(1 if base in _NOT_FOR_NAMES else 2))
        name = next(name for name in itertools.chain([base], numbered) if name not in taken)
        self._names[ref.number] = name
        self._made[place] = name

    def answer(self, place: int, value: Any) -> None:
        """Add the value that came back for the request at `place`."""
        self._answers[place] = value

    def answers(self) -> list[tuple[Request, Any]]:
        """Return the requests that were answered, each with its answer.

        Whether an attribute is a method is left out: it is asked at the first call alone, not in every example.
        """
        answered = [(self._requests[place], value) for place, value in self._answers.items()]
        return [(request, value) for request, value in answered if not (isinstance(value, Ref) and value.method)]

    def target(self, request: Request) -> str:
        """Return what a request asked, as the student writes it: `model.forward`."""
        return self._target(request.root, request.path)

    def text(self) -> str | None:
        """Return the last lines, or None if there was no request."""
        lines = [line for place, request in enumerate(self._requests) if (line := self._line(place, request))]
        if not lines:
            return None
        if len(lines) > _LINES:
            more = len(lines) - _LINES
            lines = [f"# {more} {'line' if more == 1 else 'lines'} before", *lines[-_LINES:]]
        return "\n".join(lines)

    def _line(self, place: int, request: Request) -> str:
        target = self._target(request.root, request.path)
        values = [self._value(arg) for arg in request.args]
        values += [f"{name}={self._value(value)}" for name, value in request.kwargs.items()]
        match request.verb:
            case "set":
                line = f"{target} = {values[0]}"
            case "assign":
                line = "; ".join(
                    f"{target}.{path}.data.copy_({self._value(value)})" for path, value in request.kwargs.items()
                )
            case "get" | "iterate" | "next":
                return ""  # changes nothing, and the answer says it anyway
            case "call":
                line = f"{target}({', '.join(values)})"
        if place in self._made:
            line = f"{self._made[place]} = {line}"
        return f"with torch.no_grad(): {line}" if request.no_grad else line

    def _target(self, root: int, path: str) -> str:
        if root == SUBMISSION:
            return path
        owner = self._library if root == LIBRARY else self._names.get(root, f"object_{root}")
        return f"{owner}.{path}" if path else owner

    def _value(self, value: Any) -> str:
        if isinstance(value, Ref):
            return self._target(value.number, value.kind if value.method else "")
        if isinstance(value, list) and _holds_more(value):
            return "[" + ", ".join(map(self._value, value)) + "]"
        if isinstance(value, dict) and _holds_more(value):
            return "{" + ", ".join(f"{self._value(key)}: {self._value(item)}" for key, item in value.items()) + "}"
        return code(value, _WIDTH)


def _holds_more(value: Any) -> bool:
    """Tell whether it contains objects or tensors, which `code` does not write as the transcript does."""
    if isinstance(value, (list, dict)):
        return any(map(_holds_more, value.values() if isinstance(value, dict) else value))
    return isinstance(value, (Ref, torch.Tensor))

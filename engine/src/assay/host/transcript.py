"""What a check asked of a submission, as the Python that a student can run to see the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assay.display import code
from assay.wire.messages import LIBRARY, SUBMISSION, Request

if TYPE_CHECKING:
    from assay.wire.values import Ref

_WIDTH = 80
_LINES = 6
"""Lines shown: what built the last object and the last question; older ones are counted."""


class Transcript:
    """The requests of one example, in order.

    Args:
        library: the name under which the course's library is shown.
    """

    def __init__(self, library: str) -> None:
        self._library = library
        self._requests: list[Request] = []
        self._names: dict[int, str] = {}
        self._made: dict[int, str] = {}

    def note(self, request: Request) -> int:
        """Adds a request; gives its place."""
        self._requests.append(request)
        return len(self._requests) - 1

    def name(self, place: int, ref: Ref) -> None:
        """The request at `place` made that object, or found it in an attribute."""
        request = self._requests[place]
        if request.verb == "get":
            self._names[ref.number] = self._target(request.root, request.path)
            return
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", ref.kind[:80]) or ["object"]
        name = base = words[-1].lower()
        count = 1
        while name in self._names.values():
            count += 1
            name = f"{base}_{count}"
        self._names[ref.number] = name
        self._made[place] = name

    def text(self) -> str | None:
        """Gives the last lines, or None where nothing was asked."""
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
                return ""  # a question changes nothing, and says nothing that the answer does not
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
        if hasattr(value, "method"):
            return self._target(value.number, value.kind if value.method else "")
        if isinstance(value, list) and any(hasattr(item, "method") for item in value):
            return "[" + ", ".join(self._value(item) for item in value) + "]"
        return code(value, _WIDTH)

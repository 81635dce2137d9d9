"""The objects of one example: what the judge knows of them, and the arguments of a question by name."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import torch

from assay.checks.compare import Bound, compare
from assay.wire.messages import LIBRARY, SUBMISSION
from assay.wire.values import Ref

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from assay.wire.messages import Request


class Objects:
    """The objects that the requests of one example made, by their numbers.

    Args:
        reference: the model answers, whose signatures name the arguments.
    """

    def __init__(self, reference: ModuleType) -> None:
        self._reference = reference
        self._kinds: dict[int, str] = {}
        self._made: dict[int, dict[str, Any]] = {}
        self._assigned: set[int] = set()
        self._tensors: dict[int, torch.Tensor] = {}

    def note(self, request: Request, answer: Any) -> None:
        """Note an answered request."""
        if isinstance(answer, Ref):
            self._kinds[answer.number] = answer.kind
            self._made[answer.number] = self._own_given(request) if request.root == SUBMISSION else {}
            if (request.root, request.path) == (LIBRARY, "tensor"):
                self._tensors[answer.number] = torch.tensor(request.args[0])
        if request.verb == "assign":
            self._assigned.add(request.root)
            self._made.setdefault(request.root, {}).update(request.kwargs)
        if request.path == "copy_" and request.root in self._tensors:
            self._tensors[request.root] = request.args[0]

    def given(self, request: Request) -> dict[str, Any]:
        """Return the arguments of a request by name, after those that made and changed its object."""
        return {**self._made.get(request.root, {}), **self._own_given(request)}

    def function(self, request: Request) -> Callable[..., Any] | None:
        """Return the model answer to a request, as a function of the arguments that `given` names."""
        if request.verb != "call" or request.root in self._assigned:
            return None
        found = self._signed(request)
        if request.root == SUBMISSION:
            return found if inspect.isfunction(found) else None
        owner = getattr(self._reference, self._kinds.get(request.root, ""), None)
        return _made_and_asked(owner, request.path) if inspect.isclass(owner) and found is not None else None

    def shows_tensor(self, request: Request, right: Any) -> bool:
        """Return whether a request shows a tensor that the check made, and that is right as it was made."""
        shown = request.args[0] if (request.root, request.path) == (LIBRARY, "numpy") and request.args else None
        made = self._tensors.get(shown.number) if isinstance(shown, Ref) else None
        return made is not None and compare(right, made, Bound()) == "equal"

    def _signed(self, request: Request) -> Callable[..., Any] | None:
        """Return the model answer whose signature names the arguments of a request."""
        name = self._kinds.get(request.root, "")
        owner = self._reference if request.root == SUBMISSION else getattr(self._reference, name, None)
        function = getattr(owner, request.path, None)
        return function if callable(function) else None

    def _own_given(self, request: Request) -> dict[str, Any]:
        if request.verb == "assign":
            return dict(request.kwargs)
        function = self._signed(request)
        if request.verb != "call" or function is None:
            return {}
        names = [name for name in inspect.signature(function).parameters if name != "self"]
        given = {**dict(zip(names, request.args, strict=False)), **request.kwargs}
        known = {name: self._tensors.get(v.number) if isinstance(v, Ref) else v for name, v in given.items()}
        return {name: value for name, value in known.items() if value is not None}


def _made_and_asked(owner: type, method: str) -> Callable[..., Any] | None:
    """Return a function that makes an object and calls its method, with the parameters of both."""
    makes = list(inspect.signature(owner).parameters.values())
    asks = list(inspect.signature(getattr(owner, method)).parameters.values())[1:]
    own = {parameter.name for parameter in makes}
    if own & {parameter.name for parameter in asks}:
        return None

    def ask(**given: Any) -> Any:
        made = owner(**{name: value for name, value in given.items() if name in own})
        return getattr(made, method)(**{name: value for name, value in given.items() if name not in own})

    by_name = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*makes, *asks)]
    ask.__signature__ = inspect.Signature(by_name)  # type: ignore[attr-defined]
    return ask

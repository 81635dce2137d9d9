"""The proxy that a test calls: the contract's names, and handles to objects that stay in the guest."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assay.errors import Mismatch
from assay.text import Prose
from assay.wire.messages import LIBRARY, SUBMISSION
from assay.wire.values import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.host.channel import Channel

_BATCH = 64
"""Items that one crossing fetches of an iterator: two epochs of this course, at 0.1 ms a crossing."""


class Method:
    """Something in the guest that can be called through its owner."""

    def __init__(self, channel: Channel, root: int, path: str, *, keep: bool) -> None:
        self._channel = channel
        self._root = root
        self._path = path
        self._keep = keep

    @property
    def __assay_ref__(self) -> Ref:
        """Handed over as an argument, it is the method itself."""
        return Ref(self._root, self._path, method=True)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls it in the guest."""
        value = self._channel.request("call", self._root, self._path, args, kwargs, keep=self._keep)
        return _present(self._channel, value, keep=self._keep)

    def __repr__(self) -> str:
        """The same for every method, as of a handle."""
        return "a method of the submission's"

    def __assay_remote__(self) -> Method:
        """The same, with results kept in the guest."""
        return Method(self._channel, self._root, self._path, keep=True)


class Handle:
    """An object that stays in the guest; its attributes and methods are asked for there, and it is iterated over.

    Args:
        channel: the check's line.
        ref: which object.
        keep: give even tensors as handles, so that their graphs can be used.
    """

    __slots__ = ("_channel", "_keep", "_ref")

    def __init__(self, channel: Channel, ref: Ref, *, keep: bool = False) -> None:
        self._channel: Channel
        self._ref: Ref
        self._keep: bool
        object.__setattr__(self, "_channel", channel)
        object.__setattr__(self, "_ref", ref)
        object.__setattr__(self, "_keep", keep)

    @property
    def __assay_ref__(self) -> Ref:
        """How it crosses as an argument."""
        return self._ref

    @property
    def __assay_handle__(self) -> str:
        """Its class's name, as the guest gave it."""
        return self._ref.kind

    def __assay_remote__(self) -> Handle:
        """The same object, with results kept in the guest."""
        return Handle(self._channel, self._ref, keep=True)

    def __assay_assign__(self, values: dict[str, Any]) -> None:
        """Copies tensors into attributes, in place and outside any graph."""
        self._channel.request("assign", self._ref.number, "", (), values)

    def __getattr__(self, name: str) -> Any:
        """Gives the attribute's value, a method, or another handle."""
        if name.startswith("__"):
            raise AttributeError(name)
        if (self._ref.kind, name) in self._channel.methods:
            return Method(self._channel, self._ref.number, name, keep=self._keep)
        value = self._channel.request("get", self._ref.number, name, keep=self._keep)
        if isinstance(value, Ref) and value.method:
            self._channel.methods.add((self._ref.kind, name))
            return Method(self._channel, self._ref.number, name, keep=self._keep)
        return _present(self._channel, value, keep=self._keep)

    def __repr__(self) -> str:
        """The same for every object: nothing of the judge's memory gets into a report."""
        return "an object of the submission's"

    def __bool__(self) -> bool:
        """Raises Mismatch: it is no truth value, whatever a check would make of it."""
        raise Mismatch(self, Prose("a value"))

    def __eq__(self, other: object) -> bool:
        """Raises Mismatch but for None: nobody has seen its value, so that it is neither equal to another nor not."""
        if other is None:
            return False
        raise Mismatch(self, Prose("a value"))

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets the attribute in the guest."""
        self._channel.request("set", self._ref.number, name, (value,))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the object in the guest."""
        value = self._channel.request("call", self._ref.number, "", args, kwargs, keep=self._keep)
        return _present(self._channel, value, keep=self._keep)

    def __iter__(self) -> Iterator[Any]:
        """Iterates it in the guest, a batch of items a crossing."""
        answer = self._channel.request("iterate", self._ref.number, "", (_BATCH,))
        match answer:
            case [Ref() as iterator, *batch]:
                pass
            case _:
                raise Mismatch(answer, "an iterator")
        while True:
            match batch:
                case [list() as items, bool() as done] if len(items) <= _BATCH and (items or done):
                    for item in items:
                        yield _present(self._channel, item, keep=self._keep)
                case _:
                    raise Mismatch(batch, "the next items")
            if done:
                return
            batch = self._channel.request("next", iterator.number, "", (_BATCH,))


class Namespace:
    """The names of the submission or of the course's library, each called in the guest."""

    def __init__(self, channel: Channel, root: int, *, keep: bool = False) -> None:
        self._channel = channel
        self._root = root
        self._keep = keep

    def __assay_remote__(self) -> Namespace:
        """The same names, with results kept in the guest."""
        return type(self)(self._channel, self._root, keep=True)

    def __getattr__(self, name: str) -> Any:
        """Gives what can be called by that name in the guest."""
        if name.startswith("_"):
            raise AttributeError(name)
        return Method(self._channel, self._root, name, keep=self._keep)


class Proxy(Namespace):
    """A submission, as a test sees it: the contract's names and no others, and the course's library."""

    def __init__(self, channel: Channel, root: int = SUBMISSION, *, keep: bool = False) -> None:
        super().__init__(channel, root, keep=keep)

    def __getattr__(self, name: str) -> Any:
        """Gives the contract's name, or the library."""
        # pytest and Hypothesis probe fixtures for odd attributes: no question of theirs may reach the guest.
        if name in self._channel.contract:
            return Method(self._channel, self._root, name, keep=self._keep)
        if name == self._channel.library:
            return Namespace(self._channel, LIBRARY, keep=self._keep)
        text = f"the reference defines no {name!r}"
        raise AttributeError(text)

    @contextmanager
    def no_grad(self) -> Iterator[None]:
        """Calls in the block run inside `torch.no_grad()`."""
        self._channel.no_grad = True
        try:
            yield
        finally:
            self._channel.no_grad = False


def _present(channel: Channel, value: Any, *, keep: bool) -> Any:
    if isinstance(value, Ref):
        # Only what an attribute's name led to is a method; elsewhere the kind would be read as the judge's own path.
        return Handle(channel, Ref(value.number, value.kind), keep=keep)
    if isinstance(value, list):
        return [_present(channel, item, keep=keep) for item in value]
    if isinstance(value, dict):
        return {key: _present(channel, item, keep=keep) for key, item in value.items()}
    return value

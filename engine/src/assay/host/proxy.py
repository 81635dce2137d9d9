"""The proxy that a check calls: the contract's names, and handles to objects that stay in the guest."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from assay.errors import Mismatch
from assay.text import Prose
from assay.wire.messages import LIBRARY, SUBMISSION
from assay.wire.values import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.host.channel import Channel

_BATCH = 64
"""Items of an iterator that one crossing fetches: two epochs of this course, at 0.1 ms a crossing."""


class Method:
    """A function or method in the guest, called through its owner."""

    def __init__(self, channel: Channel, root: int, path: str, *, keep: bool) -> None:
        self._channel = channel
        self._root = root
        self._path = path
        self._keep = keep

    @property
    def __assay_ref__(self) -> Ref:
        """The method as an argument."""
        return Ref(self._root, self._path, method=True)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the guest."""
        value = self._channel.request("call", self._root, self._path, args, kwargs, keep=self._keep)
        return _present(self._channel, value, keep=self._keep)

    def __repr__(self) -> str:
        """Return the same text for every method."""
        return "a method of the submission"

    def __assay_remote__(self) -> Method:
        """Return the same method, whose results stay in the guest."""
        return Method(self._channel, self._root, self._path, keep=True)


class Handle:
    """An object that stays in the guest, which is asked for its attributes, methods and items.

    Args:
        channel: the check's line.
        ref: which object.
        keep: return even tensors as handles, so that their graphs can be used.
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
        """The object as an argument."""
        return self._ref

    @property
    def __assay_handle__(self) -> str:
        """The name of its class, as the guest told it."""
        return self._ref.kind

    def __assay_remote__(self) -> Handle:
        """Return the same object, whose results stay in the guest."""
        return Handle(self._channel, self._ref, keep=True)

    def __assay_assign__(self, values: dict[str, Any]) -> None:
        """Copy tensors into attributes, in place and outside any graph."""
        self._channel.request("assign", self._ref.number, "", (), values)

    def __getattr__(self, name: str) -> Any:
        """Return the attribute's value, a method, or another handle."""
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
        """Return the same text for every object, so that no address of the judge's gets into a report."""
        return "an object of the submission"

    def _is_no_value(self, *_args: Any) -> NoReturn:
        """Raise Mismatch: a check that takes it for a value got none from the submission."""
        raise Mismatch(self, Prose("a value"))

    __bool__ = __int__ = __index__ = __float__ = __getitem__ = __lt__ = __le__ = __gt__ = __ge__ = _is_no_value

    def __eq__(self, other: object) -> bool:
        """Return False for None; otherwise raise Mismatch, because the judge does not know its value."""
        return False if other is None else self._is_no_value()

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set the attribute in the guest."""
        self._channel.request("set", self._ref.number, name, (value,))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object in the guest."""
        value = self._channel.request("call", self._ref.number, "", args, kwargs, keep=self._keep)
        return _present(self._channel, value, keep=self._keep)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over it in the guest, a batch of items a crossing."""
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
    """The names of the submission or of the course's library, called in the guest."""

    def __init__(self, channel: Channel, root: int, *, keep: bool = False) -> None:
        self._channel = channel
        self._root = root
        self._keep = keep

    def __assay_remote__(self) -> Namespace:
        """Return the same names, whose results stay in the guest."""
        return type(self)(self._channel, self._root, keep=True)

    def __getattr__(self, name: str) -> Any:
        """Return a function of that name in the guest."""
        if name.startswith("_"):
            raise AttributeError(name)
        return Method(self._channel, self._root, name, keep=self._keep)


class Proxy(Namespace):
    """A submission as a check sees it: only the contract's names, and the course's library."""

    def __init__(self, channel: Channel, root: int = SUBMISSION, *, keep: bool = False) -> None:
        super().__init__(channel, root, keep=keep)

    def __getattr__(self, name: str) -> Any:
        """Return a function of the contract, or the library."""
        # pytest and Hypothesis probe fixtures for odd attributes; none of those requests may reach the guest.
        if name in self._channel.contract:
            return Method(self._channel, self._root, name, keep=self._keep)
        if name == self._channel.library:
            return Namespace(self._channel, LIBRARY, keep=self._keep)
        text = f"the reference defines no {name!r}"
        raise AttributeError(text)

    @contextmanager
    def no_grad(self) -> Iterator[None]:
        """Run the calls in the block inside `torch.no_grad()`."""
        self._channel.no_grad = True
        try:
            yield
        finally:
            self._channel.no_grad = False


def channel_of(submission: Proxy) -> Channel:
    """Return the channel of a proxy; it is private, because a proxy shows a check the contract's names only."""
    return submission._channel  # noqa: SLF001 - this module's own


def _present(channel: Channel, value: Any, *, keep: bool) -> Any:
    if isinstance(value, Ref):
        # Only the value of an attribute is a method; elsewhere the guest could pass any path off as the judge's.
        return Handle(channel, Ref(value.number, value.kind), keep=keep)
    if isinstance(value, list):
        return [_present(channel, item, keep=keep) for item in value]
    if isinstance(value, dict):
        return {key: _present(channel, item, keep=keep) for key, item in value.items()}
    return value

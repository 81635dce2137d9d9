"""The channel that the proxy calls: a request to the guest, and its reply as a value or an exception."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from assay.errors import GuestEnded, Mismatch, NameMissing, SubmissionRaised
from assay.host import timeouts_and_crashes, waiting
from assay.host.transcript import Transcript
from assay.text import Prose
from assay.wire.messages import SUBMISSION, NotDefined, Raised, Request
from assay.wire.objects import copied
from assay.wire.values import Ref, portable

if TYPE_CHECKING:
    from assay.host.lines import CheckLine
    from assay.wire.messages import Reply


class Channel:
    """Requests go out, values come back, and the transcript keeps everything.

    Args:
        line: where the requests go.
        contract: the names that a submission defines.
        library: the name of the course's library, or "".
        unfinished: in how many checks of the submission each name of the contract did not end.
    """

    def __init__(
        self, line: CheckLine, contract: frozenset[str], library: str, unfinished: Counter[str] | None = None
    ) -> None:
        self._line = line
        self._unfinished: Counter[str] = Counter() if unfinished is None else unfinished
        self._timed_out = False
        self._owners: dict[int, str] = {}
        self.asked = ""
        """The contract's name that was asked last, also by an object that came of it."""
        self.contract = contract
        self.library = library
        self.methods: set[tuple[str, str]] = set()
        self.transcript = Transcript(library)
        self.no_grad = False
        self._fresh = True

    def start_afresh(self) -> None:
        """Make the next request the first of a new example: no objects, seeded again."""
        self._fresh = True
        self.transcript = Transcript(self.library)

    def request(  # noqa: PLR0913 - one argument for each field of the message
        self,
        verb: Any,
        root: int,
        path: str = "",
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        keep: bool = False,
    ) -> Any:
        """Ask, and return the value, in which objects that stayed in the guest are `Ref`s.

        Raises:
            NameMissing: the submission does not define the contract's name.
            Mismatch: the guest claims that another name is not defined, which is a lie.
            SubmissionRaised: the student's code raised.
            GuestEnded: no reply can come any more, or the name did not end in checks before.
        """
        owner = path.partition(".")[0] if root == SUBMISSION else self._owners.get(root, "")
        self.asked = owner or self.asked
        if not self._timed_out and self._unfinished[owner] >= waiting.CHECKS_IN_VAIN:
            raise timeouts_and_crashes.not_asked_again(owner)
        request = Request(
            verb,
            root,
            path,
            # Copies, because the transcript shows tensors as they were sent, whoever changes them later.
            copied([portable(arg, _stays) for arg in args]),
            copied({name: portable(value, _stays) for name, value in (kwargs or {}).items()}),
            keep,
            self.no_grad,
            self._fresh,
        )
        self._fresh = False
        entry = self.transcript.note(request)
        reply = self._ask(request, owner)
        if isinstance(reply, Raised):
            raise SubmissionRaised(reply.kind, reply.text, reply.where, called=reply.called)
        if isinstance(reply, NotDefined):
            name = path.partition(".")[0]  # the name that the judge asked for, whatever the guest says
            if root != SUBMISSION or name not in self.contract:
                raise Mismatch(Prose("an answer that makes no sense"), Prose("a value"))
            raise NameMissing(name)
        value = reply.value
        self.transcript.answer(entry, value)
        if isinstance(value, Ref) and not value.method:
            self.transcript.name(entry, value)
            self._owners[value.number] = owner
        return value

    def _ask(self, request: Request, owner: str) -> Reply:
        """Ask; note the contract's name that does not end, also by an object that came of it."""
        try:
            return self._line.ask(request)
        except GuestEnded as error:
            if error.status == "timeout" and owner and not self._timed_out:
                self._unfinished[owner] += 1
                self._timed_out = True
            raise


def _stays(value: Any) -> Ref:
    ref = getattr(value, "__assay_ref__", None)
    if isinstance(ref, Ref):
        return ref
    text = (
        f"{type(value).__name__} does not cross the wall: send numbers, texts, lists, tensors or objects of the guest"
    )
    raise TypeError(text)

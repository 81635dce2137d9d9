"""One check's line to its guest: asks, waits with a deadline, turns what comes back into a value or an exception."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from assay.errors import GuestEnded, Mismatch, NameMissing, SubmissionRaised, WireError
from assay.host.transcript import Transcript
from assay.text import Prose
from assay.wire import frames
from assay.wire.messages import SUBMISSION, NotDefined, Raised, Reply, Request, Returned
from assay.wire.values import DEPTH, ROOM, Ref, depth_of, encode, portable, weighing_decoder

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_read_reply = weighing_decoder(Reply)


class Line(Protocol):
    """How a request becomes a reply: across the wall, or inside the judge for trusted code."""

    def ask(self, request: Request) -> Reply:
        """Gives the reply; raises GuestEnded where none comes."""


class SocketLine:
    """The line across the wall.

    Args:
        sock: this check's own socket.
        seconds: wall time that one reply may take.
        whole: wall time that all replies together may take.
        obituary: says how the guest ended, once it did not answer for so many seconds.
    """

    def __init__(
        self, sock: socket.socket, seconds: float, whole: float, describe_exit: Callable[[str, float], GuestEnded]
    ) -> None:
        self._sock = sock
        self._seconds = seconds
        self._end = time.monotonic() + whole
        self._left = ROOM
        self._describe_exit = describe_exit
        self._ended: GuestEnded | None = None

    def ask(self, request: Request) -> Reply:
        """Sends the request and waits for its reply; after the first failure every other one fails alike."""
        if self._ended is not None:
            raise self._ended
        try:
            asked = time.monotonic()
            deadline = min(asked + self._seconds, self._end)
            self._sock.settimeout(max(0.001, deadline - asked))
            frames.send(self._sock, encode(request))
            data = frames.receive(self._sock, deadline)
            reply, weight = _read_reply(data, self._left)
            self._left -= weight
            if isinstance(reply, Returned):  # as deep as what the judge can send back, where a check hands it on
                depth_of(reply.value, DEPTH + 2 * (request.verb in {"iterate", "next"}))
        except frames.Silence:
            self._ended = self._describe_exit("silence", time.monotonic() - asked)
        except frames.Hangup:
            self._ended = self._describe_exit("hangup", time.monotonic() - asked)
        except WireError as error:
            self._ended = GuestEnded("crashed", f"the answer could not be read: {error}")
        else:
            answer: Reply = reply
            return answer
        raise self._ended


class EndedLine:
    """The line to a guest that was gone before the check began.

    Args:
        ended: how it ended; every question raises it.
    """

    def __init__(self, ended: GuestEnded) -> None:
        self._ended = ended

    def ask(self, request: Request) -> Reply:  # noqa: ARG002 - nobody is there to be asked
        """Raises GuestEnded."""
        raise self._ended


class Channel:
    """What the proxy calls: requests in, values out, everything written into the transcript.

    Args:
        line: where the requests go.
        contract: the names that a submission defines.
        library: the name of the course's library, or "".
    """

    def __init__(self, line: Line, contract: frozenset[str], library: str) -> None:
        self._line = line
        self.contract = contract
        self.library = library
        self.methods: set[tuple[str, str]] = set()
        self.transcript = Transcript(library)
        self.no_grad = False
        self._fresh = True

    def start_afresh(self) -> None:
        """The next request is the first of a new example: no objects, seeded again."""
        self._fresh = True
        self.transcript = Transcript(self.library)

    def request(  # noqa: PLR0913 - one argument a field of the message
        self,
        verb: Any,
        root: int,
        path: str = "",
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        keep: bool = False,
    ) -> Any:
        """Asks and gives the value, in which objects that stayed in the guest are `Ref`s.

        Raises:
            NameMissing: the contract's name is not there.
            Mismatch: a guest that lies says so of something else.
            SubmissionRaised: the student's code raised.
            GuestEnded: no answer can come any more.
        """
        request = Request(
            verb,
            root,
            path,
            [portable(arg, _stays) for arg in args],
            {name: portable(value, _stays) for name, value in (kwargs or {}).items()},
            keep,
            self.no_grad,
            self._fresh,
        )
        self._fresh = False
        entry = self.transcript.note(request)
        reply = self._line.ask(request)
        if isinstance(reply, Raised):
            raise SubmissionRaised(reply.kind, reply.text, reply.where, called=reply.called)
        if isinstance(reply, NotDefined):
            name = path.partition(".")[0]  # what was asked for, whatever the guest says
            if root != SUBMISSION or name not in self.contract:
                raise Mismatch(Prose("an answer that makes no sense"), Prose("a value"))
            raise NameMissing(name)
        value = reply.value
        if isinstance(value, Ref) and not value.method:
            self.transcript.name(entry, value)
        return value


def _stays(value: Any) -> Ref:
    ref = getattr(value, "__assay_ref__", None)
    if isinstance(ref, Ref):
        return ref
    text = (
        f"{type(value).__name__} does not cross the wall: send numbers, texts, lists, tensors or objects of the guest"
    )
    raise TypeError(text)

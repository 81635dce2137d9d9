"""Lines to a guest, which take a request and return a reply: across the wall, to an ended guest, to the reference."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from assay.errors import CourseError, GuestEnded, WireError
from assay.host import timeouts_and_crashes, waiting
from assay.wire import frames
from assay.wire.messages import Measured, Reply, Request, Returned
from assay.wire.values import MAX_DEPTH, depth_of, encode, weighing_decoder
from assay.wire.weights import ROOM

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_decode_reply = weighing_decoder(Reply)

NoReply: TypeAlias = Literal["silence", "idle", "hangup"]
"""Why there was no reply: no time was left, the guest waited instead of computing, or its process ended."""


class CheckLine(Protocol):
    """How a check's request becomes a reply: across the wall, or inside the judge for trusted code."""

    def ask(self, request: Request) -> Reply:
        """Return the reply. Raise GuestEnded if none comes."""


_MANY_BYTES = frames.LIMIT // 4
"""A question is too long because of the answers that the check passes on, if these have more bytes."""


class SocketLine:
    """The line across the wall.

    Args:
        sock: this check's own socket.
        seconds: processor time that one reply may take.
        whole: wall time that all replies together may take.
        describe_exit: called with the reason and the seconds waited, when no reply came.
        measure: tells what the guest's processes have taken from the processors.
    """

    def __init__(
        self,
        sock: socket.socket,
        seconds: float,
        whole: float,
        describe_exit: Callable[[NoReply, float], GuestEnded],
        measure: Callable[[], Measured],
    ) -> None:
        self._sock = sock
        self._seconds = seconds
        self._end = time.monotonic() + whole
        self._left = ROOM
        self._heard = 0
        self._describe_exit = describe_exit
        self._measure = measure
        self._ended: GuestEnded | None = None

    def ask(self, request: Request) -> Reply:
        """Send the request and wait for its reply; after the first failure every later request fails alike.

        Raise CourseError for a request that no frame holds, if not the answers of this check make it so long.
        """
        if self._ended is not None:
            raise self._ended
        question = encode(request)
        if len(question) > frames.LIMIT and self._heard > _MANY_BYTES:
            self._ended = timeouts_and_crashes.unreadable_answer(WireError("it is too long to be passed on"))
            raise self._ended
        if len(question) > frames.LIMIT:
            text = f"the check asks with more than {frames.LIMIT // 2**20} MiB: make its inputs smaller"
            raise CourseError(text)
        try:
            asked = time.monotonic()
            deadline = min(asked + waiting.wall_seconds(self._seconds), self._end)
            self._sock.settimeout(max(0.001, deadline - asked))
            frames.send(self._sock, question)
            if self._is_idle(asked):
                self._ended = self._describe_exit("idle", time.monotonic() - asked)
                raise self._ended
            data = frames.receive(self._sock, deadline)
            self._heard += len(data)
            reply, weight = _decode_reply(data, self._left)
            self._left -= weight
            if isinstance(reply, Returned):  # no deeper than the judge can send it back, if a check passes it on
                depth_of(reply.value, MAX_DEPTH + 2 * (request.verb in {"iterate", "next"}))
        except frames.Silence:
            self._ended = self._describe_exit("silence", time.monotonic() - asked)
        except frames.Hangup:
            self._ended = self._describe_exit("hangup", time.monotonic() - asked)
        except WireError as error:
            self._ended = timeouts_and_crashes.unreadable_answer(error)
        else:
            answer: Reply = reply
            return answer
        raise self._ended

    def _is_idle(self, asked: float) -> bool:
        """Whether no reply began within the limit, and nothing of the guest wanted a processor in its second half."""
        half = self._seconds / 2
        if self._is_answered(asked + half):
            return False
        middle = self._sample()
        # Both samples have to be `half` apart, also if this process was kept from the first one.
        return not self._is_answered(middle.at + half) and waiting.was_idle(middle, self._sample(), half)

    def _sample(self) -> waiting.Sample:
        return waiting.Sample(self._measure(), time.monotonic())

    def _is_answered(self, until: float) -> bool:
        """Wait for the first byte of a reply, or a hang-up."""
        left = min(until, self._end) - time.monotonic()
        return bool(select.select([self._sock], [], [], max(0, left))[0])


class EndedLine:
    """The line to a guest that was gone before the check began.

    Args:
        ended: how it ended; every request raises it.
    """

    def __init__(self, ended: GuestEnded) -> None:
        self._ended = ended

    def ask(self, request: Request) -> Reply:  # noqa: ARG002 - there is no process to ask
        """Raise GuestEnded."""
        raise self._ended


class ReferenceLine:
    """A line to the reference, in a guest equal to a submission's.

    Args:
        line: the line to that guest.
    """

    def __init__(self, line: CheckLine) -> None:
        self._line = line

    def ask(self, request: Request) -> Returned:
        """Return the value. Raise GuestEnded if there is none, which is never the submission's fault."""
        try:
            reply = self._line.ask(request)
        except GuestEnded as ended:
            raise timeouts_and_crashes.reference_failed(ended.text) from ended
        if not isinstance(reply, Returned):
            raise timeouts_and_crashes.reference_failed(str(reply))
        return reply

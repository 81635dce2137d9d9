"""Random answers, well formed and broken, against every decoder of a guest's words and all that follows.

`ASSAY_FUZZ=1000000` tries that many broken ones, `ASSAY_FUZZ_SEED` others.
"""

import contextlib
import os
import random
import struct

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lies import OUTCOMES, digest, ext, plain, shown, tensor_bytes, use

from assay.errors import SubmissionRaised, WireError
from assay.host.channel import Channel
from assay.host.proxy import Proxy
from assay.promises import Kept
from assay.wire.messages import (
    CheckExited,
    Closed,
    FromForkServer,
    FromSubmission,
    Imported,
    LockedDown,
    NotDefined,
    Raised,
    Returned,
)
from assay.wire.messages import Reply as AnyReply
from assay.wire.values import Ref, decoder, depth_of, encode

COUNT, SEED = int(os.environ.get("ASSAY_FUZZ", "20000")), int(os.environ.get("ASSAY_FUZZ_SEED", "1"))
DECODERS = [decoder(kind) for kind in (AnyReply, FromSubmission, FromForkServer)]
LIES = settings(
    deadline=None, derandomize=True, database=None, max_examples=300, suppress_health_check=list(HealthCheck)
)


class Told:
    """A line on which these replies stand, one after the other."""

    def __init__(self, replies):
        self.replies = replies

    def ask(self, request):
        """Return the next reply, the last again and again."""
        encode(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def judged(replies):
    """Do what a check and the report do with these replies."""
    proxy = Proxy(Channel(Told(replies), frozenset({"f"}), "d2l"))
    with contextlib.suppress(*OUTCOMES):
        use(proxy)


def read_and_judged(data):
    """Read the bytes as every kind of message, and do what follows; return whether it was one."""
    found = False
    for read in DECODERS:
        try:
            message = read(data)
        except WireError:
            continue
        found = True
        if isinstance(message, Returned):
            with contextlib.suppress(WireError):
                depth_of(message.value)
                plain(message.value)
                judged([message])
        elif isinstance(message, Raised):
            shown(SubmissionRaised(message.kind, message.text, message.where, called=message.called))
    return found


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=10)
    | st.builds(Ref, st.integers(-9, 2**64 - 1), st.text(max_size=20), st.booleans())
    | st.builds(
        lambda code, dims, shape, data: msgspec.msgpack.Ext(
            1, struct.pack(f"<BB{len(shape)}q", code, dims, *shape) + data
        ),
        st.integers(0, 15),
        st.integers(0, 9),
        st.lists(st.integers(-1, 4) | st.integers(-(2**63), 2**63 - 1), max_size=4),
        st.binary(max_size=64),
    )
    | st.builds(
        lambda shape, dtype: torch.zeros(shape).to(dtype),
        st.lists(st.integers(0, 3), max_size=4),
        st.sampled_from([torch.float32, torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.complex64]),
    )
    | st.builds(msgspec.msgpack.Ext, st.integers(-128, 127), st.binary(max_size=16))
)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=5)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(scalars | st.tuples(scalars), inner, max_size=4),
    max_leaves=12,
)


@LIES
@given(values)
def test_any_value_is_shown_and_compared(value):
    read_and_judged(encode(Returned(value)))


@LIES
@given(st.lists(values.map(lambda value: encode(Returned(value))), min_size=1, max_size=6))
def test_any_conversation_is_a_check_that_ends(answers):
    replies = []
    for data in answers:
        with contextlib.suppress(WireError):
            reply = DECODERS[0](data)
            depth_of(reply.value)
            replies.append(reply)
    if replies:
        judged(replies)


@LIES
@given(
    st.sampled_from(["Returned", "Raised", "NotDefined", "Imported", "LockedDown", "CheckExited", "Closed"]),
    st.lists(values, max_size=5),
)
def test_any_fields_are_a_message_or_none(tag, fields):
    read_and_judged(encode([tag, *fields]))


CORPUS = [
    encode(message)
    for message in (
        Returned([[1, 2.5, None, True], {"a": [torch.ones(2, 2), Ref(2, "Model")], "b": {"c": "text"}}]),
        Returned(torch.arange(12, dtype=torch.int64).reshape(3, 4)),
        Returned([torch.zeros(2, 0, 3), torch.ones((), dtype=torch.bfloat16), torch.ones(3, dtype=torch.bool)]),
        Returned(Ref(2, "Model")),
        Returned(Ref(0, "f.g", method=True)),
        Returned([[Ref(3, "x"), 1.5, float("nan")], False]),
        Returned({1: 2, 0.5: [], None: {}, False: "x" * 300}),
        Returned(list(range(-200, 70000, 999))),
        Raised("ValueError", "text \u202e \x1b[31m ::error::x", [("3", "raise ValueError"), ("4", "f()")]),
        NotDefined(),
        Imported(["f"], ["line 3: x"], {"1": "an answer"}),
        LockedDown({"files": Kept("by")}),
        CheckExited(11, 0),
        Closed(0, 1),
    )
]  # fmt: skip
BITS = [
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\x01",
    b"\xc1",
    b"\x81",
    b"\x91",
    b"\xc0",
]
BITS += [
    ext(2, b"\x93\x05\xa3\x1b[m\xc3"),
    tensor_bytes(0, 2, [2**62, 4]),
    tensor_bytes(3, 1, [0]),
    b"\xd6\xff\0\0\0\1",
]


def broken(chance):
    """Return a message of the corpus, broken in a few ways."""
    data = bytearray(chance.choice(CORPUS))
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 8, 40)))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            case 2:
                del data[at:]
            case 3:
                data[at:at] = data[at:end] * chance.choice((1, 2, 300))
            case 4:
                other = chance.choice(CORPUS)
                data[at:] = other[chance.randrange(len(other)) :]
            case 5:
                data[at : at + chance.choice((0, 1, 4))] = chance.choice(BITS)
            case _:
                data[at:end] = struct.pack(">I", chance.choice((0, 2**31, 2**32 - 1, chance.randrange(2**16))))[
                    : end - at
                ]
    return bytes(data)


def test_broken_bytes_are_a_message_or_a_wire_error():
    chance, messages = random.Random(SEED), 0
    for number in range(COUNT):
        data = broken(chance)
        try:
            messages += read_and_judged(data)
        except Exception as error:  # noqa: BLE001 - any is a finding
            pytest.fail(f"input {number} of seed {SEED}, {data!r}: {error!r}")
    assert messages > COUNT / 20  # enough was left whole to come through


@pytest.mark.parametrize("data", CORPUS, ids=range(len(CORPUS)))
def test_what_is_broken_was_whole(data):
    assert read_and_judged(data)


def test_a_value_of_every_kind_is_digested():
    for value in (None, True, 2**64 - 1, b"x", "\ud7ff", float("nan"), [[]], {}, torch.zeros(0, 3)):
        digest(value)

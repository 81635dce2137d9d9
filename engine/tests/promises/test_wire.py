"""A guest that lies gets a value shown, or its check ended: in time, in bounded memory, and nothing else happens."""

import contextlib
import struct
import time
import tracemalloc

import msgspec
import pytest
import torch
from lies import NASTY, SECONDS, against, ext, frame, given, shown, tensor_bytes

from assay.errors import GuestEnded, Mismatch, NameMissing, SubmissionRaised, WireError
from assay.wire import frames
from assay.wire.messages import Imported, NotDefined, Raised, Reply, Returned
from assay.wire.values import Ref, decoder, encode

ENDED, VALUE, RAISED = GuestEnded, object, SubmissionRaised
pack = msgspec.msgpack.encode


def keys(count):
    """Return a map whose keys are tuples that all hash alike: Python's hashes of -1 and -2 are the same."""
    each = (b"\xdc\0\x12" + bytes(254 + (number >> bit & 1) for bit in range(18)) + b"\xc0" for number in range(count))
    return b"\xdf" + struct.pack(">I", count) + b"".join(each)


def ref(number, kind="Model", *, method=False):
    return ext(2, pack((number, kind, method)))


ANSWERS = {
    "nothing in the frame": (b"", ENDED),
    "arrays nested 10000 deep": (given(b"\x91" * 10_000 + b"\xc0"), ENDED),
    "maps nested 10000 deep": (given(b"\x81\xa1a" * 10_000 + b"\xc0"), ENDED),
    "arrays nested 33 deep": (given(b"\x91" * 33 + b"\xc0"), ENDED),
    "arrays nested 32 deep": (given(b"\x91" * 32 + b"\xc0"), VALUE),
    "a whole frame of open arrays": (b"\x91" * frames.LIMIT, ENDED),
    "an array of 2**32-1 items announced": (given(b"\xdd\xff\xff\xff\xff"), ENDED),
    "a map of 2**32-1 entries announced": (given(b"\xdf\xff\xff\xff\xff"), ENDED),
    "2**32-1 bytes announced": (given(b"\xc6\xff\xff\xff\xff"), ENDED),
    "a text of 2**32-1 bytes announced": (given(b"\xdb\xff\xff\xff\xff"), ENDED),
    "an extension of 2**32-1 bytes announced": (given(b"\xc9\xff\xff\xff\xff\x01"), ENDED),
    "a reply of 2**32-1 fields": (b"\xdd\xff\xff\xff\xff\xa8Returned", ENDED),
    "a negative size": (given(tensor_bytes(0, 1, [-1])), ENDED),
    "two negative sizes": (given(tensor_bytes(0, 2, [-1, -1], bytes(4))), ENDED),
    "sizes whose product overflows": (given(tensor_bytes(0, 2, [2**62, 4])), ENDED),
    "a shape of fewer bytes": (given(tensor_bytes(0, 1, [1], bytes(8))), ENDED),
    "a shape of more bytes": (given(tensor_bytes(0, 1, [2], bytes(4))), ENDED),
    "a tensor without a head": (given(ext(1, b"")), ENDED),
    "a dtype that there is not": (given(tensor_bytes(200, 1, [1], bytes(4))), ENDED),
    "a dtype's name for its number": (given(ext(1, b"float32\0\0\0\0")), ENDED),
    "more dimensions than sizes": (given(tensor_bytes(0, 8, [1])), ENDED),
    "255 dimensions": (given(tensor_bytes(0, 255, [1] * 255, bytes(4))), ENDED),
    "an empty tensor of 2**30 rows": (given(tensor_bytes(0, 2, [2**30, 0])), ENDED),
    "an empty tensor of sizes beyond 64 bits": (given(tensor_bytes(0, 3, [2**62, 2**62, 0])), ENDED),
    "an empty tensor": (given(tensor_bytes(0, 2, [0, 3])), VALUE),
    "nan and infinity": (encode(Returned([float("nan"), float("inf"), -float("inf"), {"a": float("nan")}])), VALUE),
    "a tensor of nan": (encode(Returned(torch.full((2, 2), float("nan")))), VALUE),
    "a bool that is 255": (given(tensor_bytes(9, 1, [1], b"\xff")), VALUE),
    "a handle never given": (given(ref(99)), VALUE),
    "a handle to the submission": (given(ref(0)), VALUE),
    "a handle to the library": (given(ref(1)), VALUE),
    "a handle of a negative number": (given(ref(-5)), VALUE),
    "a handle of number 2**63": (given(ref(2**63)), VALUE),
    "a handle of number 2**64": (given(ext(2, b"\x93\xc4\x09" + bytes(9) + b"\xa1x\xc2")), ENDED),
    "a handle without a kind": (given(ref(5, "")), VALUE),
    "a handle whose kind steers a terminal": (given(ref(5, NASTY)), VALUE),
    "a handle whose kind is 4 MB": (given(ref(5, "A" * 4_000_000)), VALUE),
    "a handle whose kind is a number": (given(ext(2, pack((5, 5, False)))), ENDED),
    "a handle that says it is a method": (given(ref(5, NASTY, method=True)), VALUE),
    "a list of handles that say they are methods": (given(b"\x91" + ref(5, NASTY, method=True)), VALUE),
    "a method of the submission by a path": (given(ref(0, "f.__globals__", method=True)), VALUE),
    "a handle of two fields": (given(ext(2, pack((5, "x")))), ENDED),
    "a handle in a handle": (given(ext(2, ref(5))), ENDED),
    "an extension that there is not": (given(ext(42, b"x")), ENDED),
    "a pickle": (given(ext(3, b"cos\nsystem\n(S'false'\ntR.")), ENDED),
    "a timestamp": (given(b"\xd6\xff\0\0\0\1"), ENDED),
    "a timestamp of too many nanoseconds": (given(b"\xd7\xff" + b"\xff" * 8), ENDED),
    "a timestamp beyond the calendar": (given(b"\xc7\x0c\xff" + bytes(4) + b"\x7f" + b"\xff" * 7), ENDED),
    "bytes": (given(b"\xc4\x02ab"), ENDED),
    "a nan key": (given(b"\x82" + (b"\xcb\x7f\xf8" + bytes(6) + b"\x01") * 2), VALUE),
    "a key twice": (given(b"\x82\xa1a\x01\xa1a\x02"), VALUE),
    "keys that are equal and not the same": (given(b"\x83\x01\x01\xc3\x02\xcb\x3f\xf0" + bytes(6) + b"\x03"), VALUE),
    "keys None, True and -1": (given(b"\x83\xc0\x01\xc3\x02\xff\x03"), VALUE),
    "a list as a key": (given(b"\x81\x91\x01\x01"), ENDED),
    "a map as a key": (given(b"\x81\x80\x01"), ENDED),
    "bytes as a key": (given(b"\x81\xc4\x01a\x01"), ENDED),
    "a handle as a key": (given(b"\x81" + ref(5) + b"\x01"), ENDED),
    "a tensor as a key": (given(b"\x81" + tensor_bytes(0, 0, [], bytes(4)) + b"\x01"), ENDED),
    "a list as a key, inside": (given(b"\x91\x81\x01\x81\xc0\x81\x91\x01\x01"), ENDED),
    "180000 keys that all hash alike": (given(keys(180_000)), ENDED),
    "the answer for another line": (encode(Imported([], [], {})), ENDED),
    "a request for an answer": (pack(["call", 0, "f"]), ENDED),
    "no tag": (pack([1, 2]), ENDED),
    "a map for a reply": (pack({"type": "Returned", "value": 1}), ENDED),
    "bytes after the answer": (encode(Returned(1)) + b"\x00", ENDED),
    "more fields than there are": (pack(["Returned", 1, 2, 3]), VALUE),
    "invalid UTF-8": (given(b"\xa2\xff\xfe"), ENDED),
    "invalid UTF-8 as a key": (given(b"\x81\xa1\xff\x01"), ENDED),
    "a surrogate": (given(b"\xa3\xed\xa0\x80"), ENDED),
    "a surrogate in an exception's text": (b"\x95\xa6Raised\xa1E\xa3\xed\xa0\x80\x90\xc3", ENDED),
    "a text that steers a terminal": (encode(Returned(NASTY)), VALUE),
    "a text of 4 MB": (encode(Returned("A" * 4_000_000)), VALUE),
    "2**64-1": (given(b"\xcf" + b"\xff" * 8), ENDED),
    "2**63": (given(b"\xcf\x80" + bytes(7)), ENDED),
    "2**63-1": (given(b"\xcf\x7f" + b"\xff" * 7), VALUE),
    "seventy thousand tensors of one truth value": (
        given(b"\xdd" + struct.pack(">I", 70_000) + tensor_bytes(9, 0, [], b"\x01") * 70_000),
        ENDED,
    ),
    "seven hundred thousand lists of nothing": (given(b"\xdd" + struct.pack(">I", 700_000) + b"\x90" * 700_000), ENDED),
    "-2**63": (given(b"\xd3\x80" + bytes(7)), VALUE),
    "the byte that means nothing": (given(b"\xc1"), ENDED),
    "a million times None": (given(b"\xdd" + struct.pack(">I", 1_000_000) + b"\xc0" * 1_000_000), VALUE),
    "an exception of a text of 4 MB": (encode(Raised("E", NASTY + "x" * 4_000_000, [])), RAISED),
    "an exception of a name of 4 MB": (encode(Raised(NASTY + "x" * 4_000_000, "", [])), RAISED),
    "an exception of 20000 lines": (encode(Raised("E", "", [(NASTY, NASTY)] * 20_000)), RAISED),
    "an exception whose lines are numbers": (pack(["Raised", "E", "", [(1, 2)], True]), ENDED),
    "an exception that says nothing was called": (encode(Raised("TypeError", NASTY, [], called=False)), RAISED),
    "an exception of the judge's own": (encode(Raised("GuestEnded", "timeout", [])), RAISED),
    "a name missing that was not asked for": (pack(["NotDefined", NASTY]), NameMissing),
}


def work_for(data):
    """Return what comes of an answer of these bytes, and the processor time that this thread took for it."""

    def play(sock):
        with contextlib.suppress(WireError):
            while True:
                frames.receive(sock)
                sock.sendall(frame(data))

    begun = time.thread_time()
    found, _ = against(play, seconds=30, whole=30)  # the judge works while the clock runs
    return found, time.thread_time() - begun


@pytest.fixture(scope="module")
def honest_work():
    """Return the work for a million class labels, on this machine as busy as it is."""
    labels = [0] * 1_000_000
    found, work = work_for(encode(Returned(labels)))
    assert found == labels
    return work


@pytest.mark.parametrize(("data", "outcome"), ANSWERS.values(), ids=ANSWERS)
def test_a_lie_in_an_answer_is_a_value_or_ends_the_check(data, outcome, honest_work):
    found, work = work_for(data)
    assert work < 3 * honest_work  # room for the machine's changes; a lie that is worth telling takes minutes
    assert isinstance(found, outcome)
    assert outcome is not VALUE or not isinstance(found, BaseException)
    assert outcome is not ENDED or found.status == "crashed"  # and not for having been waited for
    if isinstance(found, SubmissionRaised):
        shown(found)
    if isinstance(found, NameMissing):
        assert found.missing == "f"


def drip(sock):
    frames.receive(sock)
    for byte in frame(encode(Returned("x" * 1000))):
        time.sleep(0.05)
        sock.sendall(bytes([byte]))


def flood(sock):
    while True:
        sock.sendall(frame(encode(Returned([1.0] * 1000))))


def total(sock):
    while True:
        frames.receive(sock)
        sock.sendall(frame(encode(Returned("x" * 4_000_000))))


def endless(sock):
    while True:
        request = msgspec.msgpack.decode(frames.receive(sock))
        batch = [[1] * 64, False]
        answers = {"iterate": [Ref(3, "iterator"), *batch], "next": batch}
        sock.sendall(frame(encode(Returned(answers.get(request[0], Ref(2, "Model"))))))


def raw(data, *, hangup=False):
    """Answers with these bytes, and hangs up or is silent then."""

    def play(sock):
        frames.receive(sock)
        sock.sendall(data)
        if not hangup:
            sock.recv(2**20)

    return play


def silence(sock):
    sock.recv(2**20)
    sock.recv(2**20)


def deaf(sock):
    """Answers before it is asked, and never listens."""
    sock.sendall(frame(encode(Returned(1))) * 3)
    time.sleep(4 * SECONDS)


def many(proxy):
    for _ in range(30):
        proxy.f("x" * 1_000_000)


def everything(proxy):
    return [proxy.f(1) for _ in range(100)]


def forever(proxy):
    return sum(1 for _ in proxy.f(1))


whole = frame(encode(Returned(1)))
PLAYS = {
    "a length too short": (raw(struct.pack(">I", 3) + encode(Returned(1))), None),
    "a length too long": (raw(struct.pack(">I", 300) + encode(Returned(1))), None),
    "a length of zero": (raw(bytes(4)), None),
    "a length of 2**31": (raw(struct.pack(">I", 2**31) + encode(Returned(1))), None),
    "a length of 2**32-1": (raw(b"\xff" * 4), None),
    "a length one over the limit": (raw(struct.pack(">I", frames.LIMIT + 1)), None),
    "the limit announced and nothing sent": (raw(struct.pack(">I", frames.LIMIT)), None),
    "half a length and a hangup": (raw(whole[:2], hangup=True), None),
    "half a frame and a hangup": (raw(whole[:-1], hangup=True), None),
    "no answer and a hangup": (raw(b"", hangup=True), None),
    "silence": (silence, None),
    "a drip of one byte in 50 ms": (drip, None),
    "answers before the question, deaf then": (deaf, many),
    "64 MiB in all": (total, everything),
    "an iterator without an end": (endless, forever),
}


@pytest.mark.parametrize(("play", "ask"), PLAYS.values(), ids=PLAYS)
def test_a_line_that_is_not_kept_to_ends_the_check_in_time(play, ask):
    def tried(sock):
        with contextlib.suppress(WireError):
            play(sock)

    found, took = against(tried, ask=ask)
    assert isinstance(found, GuestEnded)
    assert took < 8 * SECONDS


def test_a_flood_of_answers_is_as_many_answers_as_were_asked_for():
    found, _ = against(flood, seconds=5, whole=5, ask=lambda proxy: [proxy.f(1) for _ in range(20)])
    assert found == [[1.0] * 1000] * 20


BATCHES = {
    "65 items": [[1] * 65, False],
    "a million items": [[1] * 1_000_000, False],
    "no items and no end": [[], False],
    "an end that is a number": [[1], 1],
    "an end that is missing": [[1]],
    "items that are a text": ["ab", True],
    "items that are a map": [{"a": 1}, True],
    "a tensor": torch.ones(2),
    "a handle": Ref(3, "x"),
    "nothing": None,
}


FIRST = [Ref(3, "iterator"), [1] * 64, False]


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_next_items_of_a_wrong_shape_are_a_wrong_answer(batch):
    found, _ = against(objects(Ref(2, "Loader"), FIRST, batch), ask=lambda proxy: list(proxy.f(1)))
    assert isinstance(found, Mismatch)


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_first_items_of_a_wrong_shape_are_a_wrong_answer(batch):
    first = [FIRST[0], *batch] if isinstance(batch, list) else batch
    found, _ = against(objects(Ref(2, "Loader"), first), ask=lambda proxy: list(proxy.f(1)))
    assert isinstance(found, Mismatch)


def test_an_object_that_is_said_to_be_no_name_is_a_wrong_answer():
    def play(sock):
        for reply in (Returned(Ref(2, "Loader")), NotDefined()):
            frames.receive(sock)
            frames.send(sock, encode(reply))

    found, _ = against(play, ask=lambda proxy: proxy.f(1).w)
    assert isinstance(found, Mismatch)


def test_the_text_of_an_object_tells_nothing_of_the_judges_memory():
    found, _ = against(objects(Ref(2, "Loader")), ask=lambda proxy: f"{proxy.f} {proxy.f(1)}")
    assert found == "a method of the submission an object of the submission"


def objects(*answers):
    """Return these answers, one a request."""

    def play(sock):
        for answer in answers:
            frames.receive(sock)
            frames.send(sock, encode(Returned(answer)))

    return play


def test_an_announced_length_makes_nobody_allocate():
    tracemalloc.start()
    try:
        for data in (struct.pack(">I", frames.LIMIT), frame(given(b"\xdd\xff\xff\xff\xff")), b"\xff" * 4):
            against(raw(data))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.serial
def test_a_key_is_refused_before_it_is_hashed():
    data = given(keys(180_000))
    started = time.monotonic()
    with pytest.raises(WireError, match="not a message: ValueError"):
        decoder(Reply)(data)
    assert time.monotonic() - started < 1

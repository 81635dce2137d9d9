"""A submission's guest, from the judge's side: the time of its checks, and a fork server that answers late."""

import signal
import socket
import time
from collections import Counter

import pytest
import torch

from assay.course.budgets import DEFAULTS
from assay.errors import CourseError, ForkServerError, GuestEnded
from assay.guest.processes import _states
from assay.host import forkserver as forkservers
from assay.host.channel import Channel
from assay.host.forkserver import Budget, GuestSubmission, shared
from assay.host.guest import Guest
from assay.host.lines import ReferenceLine, SocketLine
from assay.host.waiting import wall_seconds
from assay.wire.messages import Measured, Request, Returned

SOURCE = b"""
import time
def f(): return 1
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
def wait(busy, seconds):
    burn(busy)
    time.sleep(seconds)
    return 1
def wait_for_threads():
    import threading
    for _ in range(4):
        thread = threading.Thread(target=burn, args=(0.3,))
        thread.start()
        thread.join()
    return 1
def fail(): raise ValueError("oh")
"""
SUBMISSION = GuestSubmission("answers", "module", SOURCE, ("f", "burn", "wait", "wait_for_threads", "fail"), 0)
ASKED = Request("call", 0, "f")


@pytest.fixture
def opened():
    """Return a function that opens guests, which are closed at the end."""
    made = []

    def open_one(budget=None, submission=SUBMISSION, **options):
        made.append(Guest(lambda: shared(None), submission, budget or Budget(**DEFAULTS), **options))
        made[-1].open()
        return made[-1]

    yield open_one
    for guest in made:
        guest.end()
        guest.close()
    while forkservers._shared:  # otherwise other tests would find this guest
        forkservers._shared.popitem()[1].stop()


def test_a_question_that_is_too_long_is_the_courses_fault_and_the_next_one_is_asked(opened):
    line = opened().begin(1, [])
    with pytest.raises(CourseError, match=r"^the check asks with more than 4 MiB: make its inputs smaller$"):
        line.ask(Request("call", 0, "f", [torch.zeros(2**20)]))
    assert line.ask(ASKED) == Returned(1)


LONG = b"def f(text=None): return 'a' * (2**22 - 100)"


def test_a_question_that_answers_make_too_long_is_the_submissions_fault(opened):
    line = opened(submission=GuestSubmission("answers", "module", LONG, ("f",), 0)).begin(1, [])
    answer = line.ask(ASKED).value
    for _ in range(2):  # and ends the check
        with pytest.raises(GuestEnded) as raised:
            line.ask(Request("call", 0, "f", [answer + "a" * 200]))
        assert raised.value.args == ("crashed", "the answer could not be read: it is too long to be passed on")


GRADIENTS = b"""
import sys, torch
def f(): return "torch.fx.experimental.symbolic_shapes" in sys.modules
def differentiate():
    x = torch.ones(2, requires_grad=True)
    (2 * x).backward(%s)
    return f()
"""


def test_what_pytorch_imports_for_a_given_gradient_is_imported_in_advance(opened):
    found = []
    for given in (b"retain_graph=False, gradient=torch.ones(2)", b"torch.ones(2)"):  # only the second is foreseen
        line = opened(submission=SUBMISSION._replace(source=GRADIENTS % given, contract=("f", "differentiate"))).begin(
            1, []
        )
        found.append([line.ask(Request("call", 0, name)).value for name in ("f", "differentiate")])
    assert found == [[False, True], [True, True]]


THREADS = b"""
import sys, threading
import torch

def differentiate_in_threads():
    sys.setswitchinterval(1e-6)
    barrier = threading.Barrier(12)
    tensor = torch.ones(2, 2, requires_grad=True)

    def multiply():
        barrier.wait()
        tensor @ tensor

    threads = [threading.Thread(target=multiply) for _ in range(barrier.parties)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return 1
"""


def test_threads_may_use_gradients_at_once_at_the_beginning_of_a_check(opened):
    """At the import, too, which comes once for each submission: too seldom for a test."""
    guest = opened(submission=GuestSubmission("answers", "module", THREADS, ("differentiate_in_threads",), 0))
    # Without a use before the threads, 25 of 1200 such forks of plain Python crashed: of 250 none does once in 190 times.
    for _ in range(250):
        assert guest.begin(1, []).ask(Request("call", 0, "differentiate_in_threads")) == Returned(1)
        guest.end()


BURNS = SOURCE + b"burn(0.9)\n" * 5


@pytest.mark.parametrize(
    ("source", "text"),
    [
        # Python reads the whole file before the first statement.
        (b"0\n" * 1_500_000, "the import did not end within 1 s of processor time"),
        (b"while True: pass", "one statement of the import did not end within 1 s of processor time"),
        (BURNS, "the import did not end within 3 s of processor time"),
    ],
    ids=["before the first statement", "a statement", "all statements"],
)
@pytest.mark.usefixtures("opened")
def test_an_import_that_fails_names_the_limit_that_it_exceeded(source, text):
    budget = Budget(**DEFAULTS | {"import_seconds": 1, "call_seconds": 1})
    guest = Guest(lambda: shared(None), SUBMISSION._replace(source=source), budget)
    guest._import({}, stop_at=10_000_000)  # the last import of `open`, which leaves out the rest
    assert (guest.failure.status, guest.failure.text) == ("timeout", text)


def test_a_call_has_a_time_of_its_own(opened):
    line = opened(Budget(**DEFAULTS | {"import_seconds": 6, "call_seconds": 2})).begin(1, [])
    with pytest.raises(GuestEnded, match="no answer within 2 s of processor time"):
        line.ask(Request("call", 0, "burn", [60]))


def test_a_function_that_did_not_end_in_two_checks_is_not_asked_again(opened):
    guest, unfinished, texts = opened(Budget(**DEFAULTS | {"call_seconds": 1})), Counter(), []
    for _ in range(3):
        channel = Channel(guest.begin(1, []), frozenset(SUBMISSION.contract), "", unfinished)
        with pytest.raises(GuestEnded) as caught:
            channel.request("call", 0, "burn", (60,))
        texts.append(caught.value.text)
        guest.end()
    assert texts == ["no answer within 1 s of processor time"] * 2 + ["not run: `burn` did not end in 2 earlier checks"]


def test_a_call_that_waits_instead_of_computing_is_ended_at_its_limit(opened):
    line = opened(Budget(**DEFAULTS | {"call_seconds": 2})).begin(1, [])
    began = time.monotonic()
    with pytest.raises(GuestEnded, match="no answer within 2 s: it was waiting, not computing"):
        line.ask(Request("call", 0, "wait", [0, 60]))
    assert time.monotonic() - began < wall_seconds(2)


def test_a_call_that_computes_is_not_taken_for_one_that_waits(opened):
    budget = Budget(**DEFAULTS | {"call_seconds": 2})
    for name, *arguments in (["wait", 0.3, 1], ["wait_for_threads"]):
        assert opened(budget).begin(1, []).ask(Request("call", 0, name, arguments)) == Returned(1)


def test_where_all_calls_together_have_no_time_left_no_call_is_said_to_wait():
    ours, theirs = socket.socketpair()
    line = SocketLine(ours, 20, 0.3, lambda how, _: GuestEnded("timeout", how), lambda: Measured(0, 0, runs=False))
    with ours, theirs, pytest.raises(GuestEnded, match="silence"):
        line.ask(ASKED)


def test_waiting_counts_against_a_submissions_time_by_the_clock(opened):
    guest = opened(Budget(**DEFAULTS | {"submission_seconds": 1}))
    guest.begin(1, []).ask(Request("call", 0, "wait", [0, wall_seconds(1)]))
    guest.end()
    with pytest.raises(GuestEnded, match="earlier checks used all of the submission's time"):
        guest.begin(1, []).ask(ASKED)


def test_what_a_check_is_asked_again_has_its_own_time(opened):
    guest = opened(Budget(**DEFAULTS | {"submission_seconds": 1}))
    guest.begin(1, [], again=True).ask(Request("call", 0, "burn", [1.2]))
    guest.end()
    with pytest.raises(GuestEnded, match="earlier checks used all of the submission's time"):
        guest.begin(1, [], again=True).ask(ASKED)
    assert guest.begin(1, []).ask(Request("call", 0, "burn", [1.2])) == Returned(None)
    guest.end()
    with pytest.raises(GuestEnded, match="earlier checks used all of the submission's time"):
        guest.begin(1, []).ask(ASKED)


def test_waiting_while_others_are_timed_uses_up_nobodys_time(opened):
    budget = Budget(**DEFAULTS | {"submission_seconds": 0})
    no_deadline, other = opened(budget, no_deadline=True), opened(budget)
    for guest in (no_deadline, other):
        guest.begin(1, []).ask(Request("call", 0, "burn", [0.05]))
        guest.end()
    assert no_deadline.begin(1, []).ask(ASKED).value == 1
    with pytest.raises(GuestEnded, match="earlier checks used all of the submission's time"):
        other.begin(1, []).ask(ASKED)


@pytest.mark.parametrize(
    ("path", "why"),
    [("fail", "Raised(kind='ValueError', text='oh'"), ("nothing", "Raised(kind='AttributeError'")],
)
def test_what_goes_wrong_with_the_one_that_speed_is_compared_with_is_ours(opened, path, why):
    line = ReferenceLine(opened(no_deadline=True).begin(1, []))
    with pytest.raises(GuestEnded) as caught:
        line.ask(Request("call", 0, path))
    assert caught.value.status == "ungraded"
    assert caught.value.text.startswith(f"the reference gave no answer to compare the time with: {why}")


def test_a_peer_that_ends_is_ours(opened):
    peer = opened(Budget(**DEFAULTS | {"import_seconds": 6, "call_seconds": 1}), no_deadline=True)
    with pytest.raises(GuestEnded, match="compare the time with: no answer within 1 s of processor time") as caught:
        ReferenceLine(peer.begin(1, [])).ask(Request("call", 0, "burn", [60]))
    assert caught.value.status == "ungraded"


def test_a_submission_that_does_not_stand_still_cannot_be_timed(opened, monkeypatch):
    guest = opened()
    monkeypatch.setattr(forkservers.ForkServer, "pause", lambda *_: False)
    restless = "keeps starting processes, so the check could not be timed"
    with pytest.raises(GuestEnded, match=restless) as caught, guest.paused():
        pytest.fail("nothing is to be timed")
    assert caught.value.status == "crashed"
    assert guest.begin(1, []).ask(ASKED).value == 1  # it goes on


def test_a_submission_goes_on_before_anything_else_is_timed(opened):
    guest = opened()
    for _ in range(20):
        with guest.paused():
            assert "T" in _states(guest._pid)
        assert "T" not in _states(guest._pid)


def test_an_answer_of_the_fork_server_that_comes_too_late_is_taken_for_no_other(opened, monkeypatch):
    fork_server, guest = shared(None), opened()
    monkeypatch.setattr(forkservers, "_ANSWER_SECONDS", 0.5)
    signal.pidfd_send_signal(fork_server._process.handle, signal.SIGSTOP)
    with pytest.raises(ForkServerError, match="the guest's fork server is gone: it left no message"):
        guest.close()
    monkeypatch.undo()
    assert not fork_server.alive
    assert opened().begin(1, []).ask(ASKED).value == 1  # of another fork server
    guest.open()
    assert guest.begin(1, []).ask(ASKED).value == 1

"""Each way in which a check ends, and its verdict; no check is run, and no process started."""

from types import SimpleNamespace

import pytest
import torch
from hypothesis.errors import FlakyFailure
from msgspec.structs import replace
from reports import document_bytes

from assay.checks import curves
from assay.errors import CourseError, GuestEnded, Mismatch, NameMissing, SubmissionRaised
from assay.judge.diagnosis import Diagnostician
from assay.judge.examples import ExampleBook
from assay.judge.inprocess import InProcessGuest, proxy
from assay.judge.recognition import Recogniser
from assay.judge.recording import with_fresh_start
from assay.judge.reports import report_of
from assay.judge.verdicts import Verdicts
from assay.model import HIDDEN_TEXT, Message, Missing, Plot, Series
from assay.wire.messages import Imported

pytest_plugins = ["pytester"]

CHECKS = """
import pytest

@pytest.mark.points(2)
def test_scaled(submission):
    "it is scaled"

@pytest.mark.visibility("hidden")
def test_secret(submission):
    "the loss of a secret pair is right"
"""
SECRET = "the secret input"


class Session:
    """Two checks for Ada, of which the second is hidden, and what has been recorded of them."""

    def __init__(self, state):
        self.state = state
        book = ExampleBook(state)
        recogniser = Recogniser(state, book)
        self.verdicts = Verdicts(state, recogniser, Diagnostician(state, book, recogniser))
        self.ada = state.submissions[0]
        self.scaled, self.secret = state.checks[self.ada]

    def record(self, item, error=None, when="call"):
        """Record how a phase ended; return the verdict."""

        def phase():
            if error is not None:
                raise error

        return self.verdicts.record(item, pytest.CallInfo.from_call(phase, when))

    def load(self, notes=(), found=("half",), failure=None, others=()):
        """Have the import of Ada's submission end like this."""
        guest = InProcessGuest(lambda: None, None, ())
        guest.loaded = Imported(list(found), list(notes), {"1": "Zero works."}, others=list(others))
        guest.failure = failure
        self.state.guests[self.ada] = guest


@pytest.fixture
def session(collect):
    state, _ = collect(CHECKS)
    return Session(state)


def test_a_check_passes_if_its_call_ends_without_an_exception(session):
    setup = session.record(session.scaled, when="setup")
    assert (setup.status, setup.score, setup.message) == (
        "ungraded",
        0.0,
        Message(help="the check was not run to its end"),
    )
    call = session.record(session.scaled)
    assert (call.status, call.score, call.max_score, call.message, call.missing) == ("passed", 2.0, 2.0, None, None)
    assert (call.id, call.description, call.visibility) == ("scaled", "it is scaled", "visible")


MISMATCH = Mismatch(torch.tensor([2.0]), torch.tensor([3.0]), within="1e-6", help="add one")
RAISED = SubmissionRaised("ValueError", "oh", [("4", "  raise ValueError('oh')")])
NOTHING = Message()


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (MISMATCH, "failed", Message(None, "[2.0]   shape (1,), float32", "[3.0]   within 1e-6", "add one")),
        (Mismatch(2, "an even number"), "failed", Message(None, "2", "an even number")),
        (RAISED, "error", Message(None, "raised ValueError: oh\n  line 4: raise ValueError('oh')")),
        (SubmissionRaised("KeyError", ""), "error", Message(None, "raised KeyError")),
        (
            SubmissionRaised("NotImplementedError", ""),
            "error",
            Message(None, "raised NotImplementedError", None, "this is not written yet"),
        ),
        (NameMissing("scaled"), "missing", Message(None, "scaled is not defined", "def scaled(x, factor=2.0)")),
        (GuestEnded("timeout", "no answer within 2 s"), "timeout", Message(None, "no answer within 2 s")),
        (GuestEnded("crashed", "the call ended"), "crashed", Message(None, "the call ended")),
        (GuestEnded("ungraded", "it ended before"), "ungraded", Message(help="it ended before")),
        (CourseError("no such\nname"), "ungraded", Message(help="no such\nname")),
        (ZeroDivisionError("oh"), "ungraded", Message(help="ZeroDivisionError in the check itself: oh")),
        (pytest.skip.Exception("needs y"), "skipped", Message(help="needs y")),
        (pytest.fail.Exception("not even"), "ungraded", Message(help="Failed in the check itself: not even")),
        (SystemExit(3), "ungraded", Message(help="SystemExit in the check itself: 3")),
        (
            FlakyFailure("flaky", [Mismatch(1, 2)]),
            "failed",
            Message(None, "1", "2", "the same input gave different answers"),
        ),
        (
            FlakyFailure("flaky", [ValueError("never seen")]),
            "failed",
            Message(
                None, "not the same twice", "the same answer to the same input", "the same input gave different answers"
            ),
        ),
        (
            FlakyFailure("flaky", [RAISED]),
            "error",
            Message(None, "raised ValueError: oh\n  line 4: raise ValueError('oh')"),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_kind_of_exception_has_its_status_and_message(session, error, status, message):
    verdict = session.record(session.scaled, error)
    assert (verdict.status, verdict.score, verdict.message) == (status, 0.0, message)


def test_a_message_begins_with_the_calls_that_led_to_it(session):
    module = type("", (), {"scaled": staticmethod(lambda x: 3 * x)})
    submission = session.scaled.funcargs["submission"] = proxy(module, None, ["scaled"], 0)
    submission.scaled(2.0)
    assert session.record(session.scaled, Mismatch(6.0, 4.0)).message.input == "scaled(2.0)"


@pytest.mark.parametrize(
    ("use", "text"),
    [
        (len, "an object of class generator has no len()"),
        (
            lambda answer: torch.add(torch.ones(2), answer),
            "add(): argument 'other' (position 2) must be Tensor, not an object of class generator",
        ),
        (
            lambda answer: answer.close + 1 if hasattr(answer, "close") else 0,
            "unsupported operand type(s) for +: a method and 'int'",
        ),
    ],
)
def test_an_object_that_could_not_be_used_is_named_by_its_own_class(session, use, text):
    verdict = session.record(session.scaled, error_of(session, lambda x: (x for _ in range(2)), use))
    assert (verdict.status, verdict.message.yours) == ("failed", f"what came back could not be used: {text}")


def test_of_objects_of_two_classes_none_is_named(session):
    answers = iter([object(), iter([])])
    error = error_of(session, lambda _: next(answers), len, calls=2)
    text = "what came back could not be used: an object has no len()"
    assert session.record(session.scaled, error).message.yours == text


def error_of(session, scaled, use, calls=1):
    """Return what a check of `use` raises, which is called with the last answer of `scaled`."""

    def body(submission):
        use([submission.scaled(torch.ones(2)) for _ in range(calls)][-1])

    submission = session.scaled.funcargs["submission"] = proxy(SimpleNamespace(scaled=scaled), None, ["scaled"], 0)
    with pytest.raises(TypeError) as caught:
        with_fresh_start(body)(submission=submission)
    return caught.value


NO_PROCESS = "a check cannot start processes or pools of multiprocessing: compute everything in this one"


@pytest.mark.parametrize(
    ("kind", "line", "text"),
    [
        ("FileNotFoundError", "with Pool(4) as pool:", NO_PROCESS),
        ("PermissionError", "subprocess.run(['ls'])", NO_PROCESS),
        ("FileNotFoundError", "open('Pool.csv')", None),
        ("ValueError", "with Pool(0) as pool:", None),
    ],
)
def test_a_process_that_cannot_start_is_helped(session, kind, line, text):
    verdict = session.record(session.scaled, SubmissionRaised(kind, "oh", [("4", line)]))
    assert verdict.message.help == text


def test_a_call_that_does_not_fit_is_helped_with_the_signature(session):
    module = type("", (), {"scaled": staticmethod(lambda: 0)})
    submission = session.scaled.funcargs["submission"] = proxy(module, None, ["scaled"], 0)
    with pytest.raises(SubmissionRaised):
        submission.scaled(2.0)
    verdict = session.record(session.scaled, SubmissionRaised("TypeError", "oh", called=False))
    assert verdict.message.help == "it must take this call; the exercise's signature is def scaled(x, factor=2.0)"


def test_a_guest_that_ended_in_its_import_had_no_calls(session):
    ended = GuestEnded("crashed", "the import ended the process")
    session.load(failure=ended)
    session.scaled.funcargs["submission"] = proxy(None, None, [], 0)
    assert session.record(session.scaled, ended).message == Message(None, "the import ended the process")


@pytest.mark.parametrize(
    ("name", "notes", "found", "yours", "lost"),
    [
        ("scaled", (), ("half",), "scaled is not defined", False),
        ("scaled", ("line 3: oh",), ("half",), "scaled is not defined: line 3: oh", True),
        ("scaled", ("a", "b"), ("half",), "scaled is not defined: see the 2 notes on the file", True),
        ("scaled", ("line 3: oh",), (), "scaled is not defined", False),  # all is missing: the report says why once
        ("other", ("line 3: oh",), ("half",), "other is not defined", False),  # never written
    ],
)
def test_a_missing_name_was_never_written_or_is_lost(session, name, notes, found, yours, lost):  # noqa: PLR0913, PLR0917
    session.load(notes, found)
    verdict = session.record(session.scaled, NameMissing(name))
    assert (verdict.message.yours, verdict.missing) == (yours, Missing(name, lost))


def test_a_missing_name_is_told_with_the_one_that_looks_like_it(session):
    session.load(others=["helper", "scald"])
    verdict = session.record(session.scaled, NameMissing("scaled"))
    told = "scaled is not defined: scald, which is, looks like it"
    assert (verdict.message.yours, verdict.missing) == (told, Missing("scaled", lost=False))
    assert report_of(session.state, session.verdicts, session.ada).handed_in.notes == (told,)


PHASES = {
    "a passed check whose teardown fails": (None, None, ValueError("oh"), "ungraded"),
    "a failed check whose teardown fails": (None, MISMATCH, ValueError("oh"), "failed"),
    "a failed check whose teardown does not": (None, MISMATCH, None, "failed"),
    "a check whose setup ends the guest": (GuestEnded("crashed", "oh"), ..., ValueError("oh"), "crashed"),
    "a check whose setup fails": (ValueError("oh"), ..., None, "ungraded"),
    "a check that was skipped": (pytest.skip.Exception("oh"), ..., None, "skipped"),
    "a check that was not called": (None, ..., None, "ungraded"),
    "a check that passed": (None, None, None, "passed"),
}


@pytest.mark.parametrize("phases", PHASES.values(), ids=PHASES)
def test_a_later_phase_only_makes_it_worse(session, phases):
    *errors, status = phases
    before = None
    for when, error in zip(("setup", "call", "teardown"), errors, strict=True):
        if error is not ...:
            verdict = session.record(session.scaled, error, when)
            assert verdict.duration >= (before.duration if before else 0.0)
            before = verdict
    assert verdict.status == status


def test_a_wrong_answer_has_its_plot_as_evidence(session):
    verdict = session.record(session.scaled, Mismatch(1, 2, plot=curves("loss against epoch", yours=[1, 2.5], log="y")))
    series = Series("yours", "yours", (1.0, 2.0), (1.0, 2.5))
    assert verdict.evidence == Plot("loss against epoch", "y", joined=True, series=(series,))
    assert session.record(session.scaled, RAISED).evidence is None


def test_trouble_with_a_verdict_costs_no_other_check(session):
    session.scaled.funcargs["submission"] = object()  # has no transcript
    verdict = session.record(session.scaled, MISMATCH)
    text = "AttributeError while it was judged: 'object' object has no attribute '_channel'"
    assert (verdict.status, verdict.message) == ("ungraded", Message(help=text))
    session.secret.funcargs["submission"] = object()
    told = f"{HIDDEN_TEXT}; AttributeError while it was judged"
    assert session.record(session.secret, MISMATCH).message == Message(help=told)


@pytest.mark.parametrize(
    "error",
    [
        Mismatch(SECRET, SECRET, help=SECRET),
        SubmissionRaised("ValueError", SECRET),
        NameMissing(SECRET),
        GuestEnded("crashed", SECRET),
        pytest.skip.Exception(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_hidden_checks_give_a_fixed_text_only(session, error):
    error.plot = curves(SECRET, yours=[1.0])
    verdict = session.record(session.secret, error)
    assert (verdict.message, verdict.missing, verdict.evidence) == (Message(help=HIDDEN_TEXT), None, None)
    assert SECRET not in document_bytes([report_of(session.state, session.verdicts, session.ada)]).decode()


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError(SECRET), CourseError(SECRET), GuestEnded("ungraded", SECRET)],
    ids=lambda e: type(e).__name__,
)
def test_a_hidden_check_that_could_not_be_graded_tells_the_kind_of_its_error_only(session, error):
    told = f"{HIDDEN_TEXT}; it could not be graded: {type(error).__name__}"
    assert session.record(session.secret, error).message == Message(help=told)
    report = report_of(session.state, session.verdicts, session.ada)
    assert report.reason == ("2 of the checks could not be graded, the first because: the check was not run to its end")
    assert SECRET not in document_bytes([report]).decode()


def test_a_hidden_check_that_was_not_run_says_so(session):
    told = f"{HIDDEN_TEXT}; the check was not run to its end"
    assert session.verdicts.of_check(session.secret).message == Message(help=told)


def test_a_hidden_check_that_passed_has_no_message(session):
    verdict = session.record(session.secret)
    assert (verdict.status, verdict.message) == ("passed", None)


def test_the_verdicts_so_far_are_those_of_the_checks_that_ran(session):
    assert session.verdicts.so_far(session.ada) == []
    first = session.record(session.scaled)
    assert session.verdicts.so_far(session.ada) == [first]


def test_a_report_sums_the_verdicts_and_says_what_was_found(session):
    session.load(["line 3: oh"], failure=GuestEnded("crashed", "gone"))
    verdicts = session.record(session.scaled), session.record(session.secret, MISMATCH)
    submission = replace(session.ada, notes=("it was late",))
    session.state.checks[submission] = session.state.checks[session.ada]
    session.state.guests[submission] = session.state.guests[session.ada]
    report = report_of(session.state, session.verdicts, submission)
    assert (report.status, report.reason, report.cause) == ("graded", None, None)
    assert (report.score, report.max_score) == (2.0, 3.0)
    assert report.exercises[0].checks == verdicts
    assert (report.handed_in.found, report.handed_in.missing) == (("half",), ("scaled",))
    assert report.handed_in.notes == ("it was late", "line 3: oh", "gone")
    assert [(answer.exercise, answer.text) for answer in report.answers] == [("1", "Zero works.")]
    assert (report.seed, report.course) == ("3", session.state.course.fingerprint)


def test_a_report_with_a_check_that_could_not_be_graded_is_ungraded(session):
    session.record(session.scaled, ZeroDivisionError("oh"))
    session.record(session.secret)
    report = report_of(session.state, session.verdicts, session.ada)
    assert (report.status, report.cause) == ("ungraded", "checks")
    assert report.reason == (
        "1 of the checks could not be graded, the first because: ZeroDivisionError in the check itself: oh"
    )


def test_a_report_without_a_check_is_ungraded(session):
    session.state.checks.clear()
    report = report_of(session.state, session.verdicts, session.ada)
    assert (report.status, report.reason, report.cause) == ("ungraded", "no check was run", "no_checks")
    assert report.handed_in.missing == ()  # no guest was there to be asked

"""The recogniser asks mistakes in this process, and keeps what it learns to itself."""

import functools
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch

from assay.checks import assert_close
from assay.errors import Mismatch, SubmissionRaised
from assay.judge.examples import ExampleBook
from assay.judge.inprocess import proxy
from assay.judge.recognition import Recogniser
from assay.judge.recording import Example

pytest_plugins = ["pytester"]

CHECKS = """
from pathlib import Path
import pytest
from assay.checks import assert_close, curves, mistake

@mistake("scaled", hint="times, not plus")
def added(x, factor=2.0):
    with Path(__file__).with_name("asked").open("a") as asked:
        print(x, file=asked)
    return x + factor

def test_four(submission):
    "four is doubled"
    assert_close(submission.scaled(4.0), 8.0)

def test_two(submission):
    "two is doubled"
    assert_close(submission.scaled(2.0), 4.0)

def test_one(submission):
    "one is doubled"
    assert_close(submission.scaled(1.0), 2.0, plot=curves("twice", yours=[1.0]))

@pytest.mark.visibility("hidden")
def test_hidden(submission):
    "three is doubled"
    assert_close(submission.scaled(3.0), 6.0)

def test_length(submission):
    "a doubled text has a length"
    assert len(submission.scaled("a", 2)) == 2

def test_broken(submission):
    "a number has a length"
    assert len(submission.scaled(1.0)) == 2
"""


class Session:
    """Ada's checks by name, and how an answer fails them."""

    def __init__(self, state):
        self.state = state
        self.book = ExampleBook(state)
        self.recogniser = Recogniser(state, self.book)
        self.checks = {item.originalname: item for item in state.checks[state.submissions[0]]}
        for item in self.checks.values():
            self.book.prepare(item)

    def failure(self, name, scaled):
        """Run a check with a function in place of Ada's; return what it raises."""
        module = SimpleNamespace(scaled=scaled)
        with pytest.raises((AssertionError, SubmissionRaised, TypeError)) as caught:
            self.checks[name].obj(submission=proxy(module, None, ["scaled"], 0))
        return caught.value

    def hint(self, name, scaled, passed=()):
        """Return the hint for a function that fails the check, after checks that it passed."""
        checks = [self.checks[earlier] for earlier in passed]
        return self.recogniser.hint_for(self.checks[name], self.failure(name, scaled), checks)


@pytest.fixture
def session(collect):
    state, _ = collect(CHECKS)
    return Session(state)


def test_a_mistake_is_named_by_its_answer(session):
    assert session.hint("test_one", lambda x: x + 2) == "times, not plus"
    assert session.hint("test_one", lambda x: x + 3) is None


def test_a_passed_check_that_the_mistake_fails_rules_it_out(session):
    assert session.hint("test_one", lambda x: x + 2, passed=["test_four"]) is None


def test_a_passed_check_that_the_mistake_passes_does_not(session):
    assert session.hint("test_one", lambda x: x + 2, passed=["test_two"]) == "times, not plus"


def test_a_passed_hidden_check_tells_nothing(session):
    assert session.hint("test_one", lambda x: x + 2, passed=["test_hidden"]) == "times, not plus"


def test_another_wrong_answer_rules_the_mistake_out_for_later_checks(session):
    assert session.hint("test_four", lambda x: x) is None
    assert session.hint("test_one", lambda x: x + 2) is None


def test_a_wrong_answer_to_a_hidden_check_does_not(session):
    assert session.hint("test_hidden", lambda x: x) is None
    assert session.hint("test_one", lambda x: x + 2) == "times, not plus"


def test_a_session_knows_nothing_of_another(session):
    session.hint("test_four", lambda x: x)
    other = Recogniser(session.state, session.book)
    error = session.failure("test_one", lambda x: x + 2)
    assert other.hint_for(session.checks["test_one"], error, []) == "times, not plus"


def test_a_mistake_is_asked_the_same_question_once(session):
    for _ in range(3):
        session.hint("test_one", lambda x: x + 2)
    assert session.checks["test_one"].path.with_name("asked").read_text() == "1.0\n"


def test_the_plot_of_a_mistake_is_not_kept(session):
    assert session.failure("test_one", lambda x: x + 2).plot is not None
    session.hint("test_one", lambda x: x + 2)
    (kept,) = session.state.known.answers.values()
    assert (kept.yours, kept.plot) == (3.0, None)


def test_an_error_without_an_example_names_nothing(session):
    assert session.recogniser.hint_for(session.checks["test_one"], Mismatch(1, 2), []) is None


def test_a_check_that_measures_is_not_run_again(session):
    error = session.failure("test_one", lambda x: x + 2)
    session.checks["test_one"].fixturenames.append("reference_guest")
    assert session.recogniser.hint_for(session.checks["test_one"], error, []) is None
    assert not session.recogniser.reference_passes(session.checks["test_one"], error)


def test_an_example_that_changes_its_arguments_is_asked_with_them_as_they_were(session):
    def body(submission, x):
        x.add_(1)
        assert_close(submission.scaled(x), torch.tensor([4.0]))

    item, example = session.checks["test_one"], Example(body, {"x": torch.tensor([1.0])})
    reference = session.recogniser.reference_for(item, 0)
    answers = [session.recogniser.ask_reference(example, reference).answers() for _ in range(2)]
    assert [answer.tolist() for [(_, answer)] in answers] == [[4.0], [4.0]]


def test_the_reference_is_asked_with_other_arguments(session):
    item = session.checks["test_one"]
    example = session.failure("test_one", lambda x: x + 2).assay_example

    @contextmanager
    def with_factor(factor, arguments):
        arguments["factor"] = factor
        yield

    assert session.recogniser.ask_changed(item, example, "scaled", functools.partial(with_factor, 2.0)) is None
    answer = session.recogniser.ask_changed(item, example, "scaled", functools.partial(with_factor, 5.0))
    assert (answer.yours, answer.expected) == (5.0, 2.0)


def test_an_answer_that_the_check_cannot_use_is_told_from_a_broken_check(session):
    error = session.failure("test_length", lambda *_: None)
    assert session.recogniser.reference_passes(session.checks["test_length"], error)
    error = session.failure("test_broken", lambda *_: None)
    assert not session.recogniser.reference_passes(session.checks["test_broken"], error)

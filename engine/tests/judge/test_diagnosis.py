"""A check that no known mistake explains is asked again, and its wrong answers are related to the right ones."""

import re
from types import SimpleNamespace

import pytest
import torch

from assay.errors import Mismatch
from assay.host.transcript import Transcript
from assay.judge.diagnosis import Diagnostician, diagnose
from assay.judge.examples import ExampleBook
from assay.judge.inprocess import InProcessGuest
from assay.judge.recognition import Recogniser
from assay.judge.recording import Example, Outcome
from assay.text import Prose
from assay.wire.messages import SUBMISSION, Request
from assay.wire.values import Ref

pytest_plugins = ["pytester"]

CHECKS = """
import pytest
import torch
from hypothesis import given, settings, strategies as st
from assay.checks import Mismatch, assert_close, measurement, require

NUMBERS = st.integers(1, 999).map(float)

@given(NUMBERS)
def test_doubled(submission, x):
    "a number is doubled"
    assert_close(submission.scaled(x), 2 * x)

@given(NUMBERS)
def test_even(submission, x):
    "a number is doubled, says a text"
    require(submission.scaled(x) == 2 * x, yours="another", expected="the double")

@given(NUMBERS)
def test_twice(submission, x):
    "a number is doubled at the second call, too"
    require([submission.scaled(x), submission.scaled(x)] == [2 * x] * 2, yours="another", expected="the double")

@settings(max_examples=4)
@given(NUMBERS)
def test_few(submission, x):
    "four numbers are doubled"
    assert_close(submission.scaled(x), 2 * x)

@given(NUMBERS)
def test_largest(submission, x):
    "the larger of two remainders"
    remainders = torch.tensor([x % 7, x % 11])
    assert_close(submission.scaled(x), remainders.max(), summary_of={"the remainders": remainders})

def test_four(submission):
    "four is doubled"
    assert_close(submission.scaled(4.0), 8.0)

def test_vector(submission):
    "nine numbers are doubled"
    x = torch.arange(1.0, 10.0)
    assert_close(submission.scaled(x), 2 * x)

def test_ragged(submission):
    "an answer has a shape"
    parts = [torch.ones(2), torch.ones(3)]
    raise Mismatch(torch.nested.nested_tensor(parts, layout=torch.jagged), torch.ones(2, 3))

def test_drawn(submission, rng):
    "a number of its own generator is doubled"
    x = float(torch.rand((), generator=rng))
    assert_close(submission.scaled(x), 2 * x)

def test_rows(submission, rng):
    "rows are doubled, few or many"
    for n in (1, 5, 40):
        x = torch.rand(n, generator=rng)
        assert_close(submission.scaled(x).sum(), 2 * x.sum())

def test_seeded(submission, seed):
    "a statistic"
    x = torch.arange(9.0)
    require(submission.scaled(x).sum() == seed, yours="another", expected="the sum")

def test_seeded_number(submission, seed):
    "a number of the seed is doubled, about"
    right = 2.0 * (seed % 900 + 1)
    yours = submission.scaled(right / 2)
    require(abs(yours - right) < 0.1, yours=yours, expected=f"{right} within 0.1")

@measurement
def doubles(submission, seed):
    return submission.scaled(torch.arange(1.0, 10.0))

def test_measured(submission, doubles):
    "nine numbers are doubled, as measured"
    assert_close(doubles, 2 * torch.arange(1.0, 10.0))

@pytest.mark.visibility("hidden")
@given(NUMBERS)
def test_hidden(submission, x):
    "a secret number is doubled"
    assert_close(submission.scaled(x), 2 * x)
"""


@pytest.fixture
def diagnosis(collect):
    """Return what is said of a check whose `scaled` is a function of Ada's, made anew for each process."""
    state, _ = collect(CHECKS)
    book = ExampleBook(state)
    diagnostician = Diagnostician(state, book, Recogniser(state, book))

    def diagnosed(name, make):
        (item,) = [item for item in state.checks[state.submissions[0]] if item.originalname == name]
        book.prepare(item)
        guest = InProcessGuest(lambda: SimpleNamespace(scaled=make()), None, ["scaled"])
        seed = state.check_seed(item)
        item.funcargs = {"guest": guest, "submission": state.open_check(guest, item), "seed": seed}
        item.funcargs["rng"] = torch.Generator().manual_seed(seed)
        if "doubles" in item._fixtureinfo.argnames:
            item.funcargs["doubles"] = make()(torch.arange(1.0, 10.0))
        with pytest.raises(Mismatch) as caught:
            item.obj(**{argument: item.funcargs[argument] for argument in item._fixtureinfo.argnames})
        return diagnostician.diagnose(item, caught.value)

    return diagnosed


def counted(sentence):
    """Return the sentence with any count of at least eight, which is up to Hypothesis."""
    return re.sub(r"in each of (\d{2,}|[89]) wrong examples$", "in each of N wrong examples", sentence)


def test_the_answers_to_all_examples_are_related(diagnosis):
    told = diagnosis("test_doubled", lambda: lambda x: x * 3)
    assert counted(told) == "yours is 3 times x, in each of N wrong examples"
    told = diagnosis("test_doubled", lambda: lambda x: 2 * x + 5)
    assert counted(told) == "yours is what is expected plus 5, in each of N wrong examples"


def test_a_check_with_few_examples_is_asked_for_others(diagnosis):
    told = diagnosis("test_few", lambda: lambda x: x * 3)
    assert counted(told) == "yours is 3 times x, in each of N wrong examples"


def test_another_summary_of_the_same_numbers_is_told(diagnosis):
    told = diagnosis("test_largest", lambda: lambda x: x % 7 + x % 11)
    assert counted(told) == "yours is the sum of the remainders, in each of N wrong examples"


def test_answers_that_the_check_does_not_compare_are_compared_with_the_references(diagnosis):
    told = diagnosis("test_even", lambda: lambda x: 2 * x - 1)
    assert counted(told) == "scaled: yours is what is expected minus 1, in each of N wrong examples"


def test_a_wrong_answer_begins_at_a_value_of_an_argument(diagnosis):
    told = diagnosis("test_doubled", lambda: lambda x: 2 * x if x < 500 else 4 * x * (x % 2))
    assert re.match(r"right where x is at most \d+, wrong from \d+ on, in each of \d+ wrong examples", told)


def test_an_answer_that_is_right_once_is_told(diagnosis):
    def make():
        calls = []

        def scaled(x):
            calls.append(x)
            return 2 * x if calls.count(x) % 2 else x % 7

        return scaled

    told = diagnosis("test_twice", make)
    assert counted(told) == "scaled: the first answer is right, the next is wrong, in each of N wrong examples"


def test_a_check_with_a_generator_is_asked_again_with_others(diagnosis):
    told = diagnosis("test_drawn", lambda: lambda x: x * 3)
    assert counted(told) == "yours is 3 times x, in each of N wrong examples"


def test_a_sentence_is_true_of_the_example_that_is_shown_too(diagnosis):
    def make():
        met = []

        def scaled(x):
            met.append(x)
            return x * (3 if len(met) > 1 else 5)

        return scaled

    told = diagnosis("test_drawn", make)
    assert (
        counted(told) == "yours is 1.5 to 2.5 times what is expected wherever it is wrong, in each of N wrong examples"
    )


def test_a_check_that_asks_the_same_sizes_every_time_shows_no_threshold(diagnosis):
    told = diagnosis("test_rows", lambda: lambda x: 2 * x if len(x) < 10 else x.flip(0) ** 2 + x)
    assert counted(told) == ("scaled: the first 2 answers are right, the next is wrong, in each of N wrong examples")


def test_an_answer_that_is_right_now_and_then_has_no_threshold(diagnosis):
    rng = torch.Generator().manual_seed(0)

    def right_or_noise(x):
        return 2 * x if torch.rand((), generator=rng) < 0.5 else 9 * torch.randn(len(x), generator=rng)

    assert diagnosis("test_rows", lambda: right_or_noise) is None


def test_a_check_of_randomness_is_not_compared_with_the_references_answers(diagnosis):
    assert diagnosis("test_seeded", lambda: lambda x: 3 * x) is None


def test_a_number_that_a_check_of_randomness_complains_of_is_compared_for_other_seeds(diagnosis):
    told = diagnosis("test_seeded_number", lambda: lambda x: -2 * x)
    assert (
        counted(told)
        == "scaled: yours is what the call with -x in the place of x should give, in each of N wrong examples"
    )


def test_answers_that_are_all_too_large_are_told_with_their_range(diagnosis):
    told = diagnosis("test_doubled", lambda: lambda x: 2 * x * (1.5 + x % 7 / 20))
    pattern = r"yours is 1\.\d+ to 1\.\d+ times what is expected wherever it is wrong, in each of \d+ wrong examples"
    assert re.fullmatch(pattern, told)


def test_an_answer_that_is_always_the_same_where_it_is_wrong_is_told_as_that(diagnosis):
    told = diagnosis("test_doubled", lambda: lambda x: min(2 * x, 600.0))
    assert counted(told) == "yours is 600.0, in each of N wrong examples"


def test_a_measurement_is_compared_as_it_was_measured(diagnosis):
    assert diagnosis("test_measured", lambda: lambda x: 6 * x) == "yours is 3 times what is expected"
    assert diagnosis("test_measured", lambda: lambda x: 4 * (x % 2)) is None


def test_three_checks_of_an_exercise_are_asked_again(diagnosis):
    for _ in range(3):
        assert diagnosis("test_four", lambda: lambda _: None) == "yours is None, where a number is expected"
    assert diagnosis("test_four", lambda: lambda _: None) is None


def test_no_check_is_asked_again_after_one_with_a_generator(diagnosis):
    assert diagnosis("test_drawn", lambda: lambda x: x * 3) is not None
    assert diagnosis("test_four", lambda: lambda _: None) is None


def test_one_number_has_no_relation(diagnosis):
    assert diagnosis("test_four", lambda: lambda x: 3 * x) is None


def test_one_example_of_many_numbers_has_one(diagnosis):
    assert diagnosis("test_vector", lambda: lambda x: -2 * x) == "yours is minus twice x"
    assert diagnosis("test_vector", lambda: lambda x: 2 * x**2) == "yours is half the square of what is expected"


def test_another_kind_of_answer_needs_no_number(diagnosis):
    assert diagnosis("test_four", lambda: lambda _: None) == "yours is None, where a number is expected"


def test_answers_without_a_relation_have_no_diagnosis(diagnosis):
    rng = torch.Generator().manual_seed(0)
    assert diagnosis("test_doubled", lambda: lambda _: float(torch.rand((), generator=rng))) is None


def asked_twice(compared):
    """Return what is said of nine examples of two calls, with x and with -x.

    They are answered x² + 2x and x² - 2x, which is wrong; `compared` chooses from both what the check compares.
    """
    rng = torch.Generator().manual_seed(0)
    found = []
    for x in torch.randn(9, 1, generator=rng):
        answers = x**2 + 2 * x, x**2 - 2 * x
        calls = Transcript("")
        for value, answer in zip((x, -x), answers, strict=True):
            calls.answer(calls.note(Request("call", SUBMISSION, "square", [value])), answer)
        found.append(Outcome(Example(lambda: None, {}), Mismatch(*compared(answers, x**2)), calls))
    return diagnose(found, None, SimpleNamespace(square=lambda x: x**2), None)


def test_an_argument_is_related_to_no_other_calls_answer():
    assert asked_twice(lambda answers, right: (answers[1], right)) == (
        "yours is what is expected plus twice x, in each of 9 wrong examples"
    )
    assert asked_twice(lambda answers, right: (answers[0], right)) is None
    assert asked_twice(lambda answers, right: ([answers[0], right], [right, right])) == (
        "yours[1] is right, yours[0] is not, in each of 9 wrong examples"
    )


def test_a_hidden_check_has_no_diagnosis(diagnosis):
    assert diagnosis("test_hidden", lambda: lambda x: 3 * x) is None


def test_a_value_that_cannot_be_related_costs_nothing(diagnosis):
    assert diagnosis("test_ragged", lambda: None) is None


def transcript(answer):
    """Return a transcript of one call and its answer."""
    found = Transcript("")
    found.answer(found.note(Request("call", SUBMISSION, "make", [3.0])), answer)
    return found


def told(yours, *expected):
    """Return what is said of an answer, where the reference gives these for its two seeds."""
    outcome = Outcome(Example(lambda: None, {}), Mismatch(yours, Prose("another one")), transcript(yours))
    return diagnose([outcome], lambda _, number: transcript(expected[number]), SimpleNamespace(), None)


def test_an_answer_that_is_random_in_the_reference_is_not_compared_with_it():
    first, second = torch.arange(9.0), torch.arange(9.0) + 1
    assert told(2 * first, first, first) == "make: yours is twice what is expected"
    assert told(2 * first, first, second) is None


def test_where_the_reference_gives_an_object_another_value_may_be_as_right():
    iterator = Ref(2, "generator")
    assert told([1.0, 2.0], iterator, iterator) is None
    assert told(Ref(2, "list_iterator"), iterator, iterator) is None
    assert told(None, iterator, iterator) == "make: yours is None, where an object is expected"


def test_a_number_in_the_place_of_a_tensor_with_a_graph_is_told():
    assert told(2.0, Ref(2, "Tensor"), Ref(2, "Tensor")) == (
        "make: yours is a number, where an object of class Tensor is expected"
    )
    assert told(Ref(2, "Parameter"), Ref(2, "Tensor"), Ref(2, "Tensor")) is None

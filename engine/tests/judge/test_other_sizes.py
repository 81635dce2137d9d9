"""A training on other rows, in other batches or for other epochs is told by the size that it took for another."""

import inspect
from types import SimpleNamespace

import pytest
import torch

from assay.checks import assert_close
from assay.errors import Mismatch
from assay.host.transcript import Transcript
from assay.judge.other_sizes import right_with_another_size, sizes_of
from assay.judge.recording import Example, Outcome
from assay.wire.messages import SUBMISSION, Request


class Data:
    """Rows, of which some are trained on, and the rows of a batch."""

    def __init__(self, x, num_train, batch_size):
        self.num_workers = 4
        self.x, self.num_train, self.batch_size = x, num_train, batch_size


def train(data, max_epochs, batch_size=None, num_train=None):
    """Return a number that depends on every batch of every epoch."""
    found, size = torch.ones(()), batch_size or data.batch_size
    for _ in range(max_epochs):
        for batch in data.x[: num_train or data.num_train].split(size):
            found = 0.9 * found + batch.square().mean()
    return found


def train_plainly(x, num_train, max_epochs):
    """Return the same, asked without an object."""
    return train(Data(x, num_train, 5), max_epochs)


REFERENCE = SimpleNamespace(train=train, train_plainly=train_plainly)


def body(submission, x, num_train, batch_size, max_epochs):
    yours = submission.train(Data(x, num_train, batch_size), max_epochs)
    assert_close(yours, train(Data(x, num_train, batch_size), max_epochs))


def body_of_two(submission, x, num_train, batch_size, max_epochs):
    body(submission, x, num_train, len(x), max_epochs)
    body(submission, x, num_train, batch_size, max_epochs)


def body_plainly(submission, x, num_train, max_epochs, **_):
    assert_close(submission.train_plainly(x, num_train, max_epochs), train_plainly(x, num_train, max_epochs))


def ended(answer, asked, name="train"):
    """Return how examples end that a submission answers."""
    transcript = Transcript("")
    transcript.answer(transcript.note(Request("call", SUBMISSION, name, [])), 1.0)
    found = []
    for example in asked:
        with pytest.raises(Mismatch) as caught:
            example.body(SimpleNamespace(**{name: answer}), **example.arguments)
        found.append(Outcome(example, caught.value, transcript))
    return found


def examples(count=10, function=body):
    rng = torch.Generator().manual_seed(0)
    draw = [
        ((1 + number) * torch.randn(47 + number, 1, generator=rng), 41 + number, 4 + number % 3, 2)
        for number in range(count)
    ]
    return [
        Example(function, {"x": x, "num_train": rows, "batch_size": batch, "max_epochs": epochs})
        for x, rows, batch, epochs in draw
    ]


def ask(example, name, change):
    """Return what an example raises if the arguments of a function are changed."""
    function = getattr(REFERENCE, name)

    def call_changed(*args):
        bound = inspect.signature(function).bind(*args)
        with change(bound.arguments):
            return function(*bound.args)

    try:
        example.body(SimpleNamespace(**{name: call_changed}), **example.arguments)
    except Mismatch as error:
        return error
    except RuntimeError as error:  # of a batch of no rows
        return error
    return None


OTHER = {
    "len(data.x) in the place of data.batch_size": lambda data, epochs: train(data, epochs, len(data.x)),
    "1 in the place of data.batch_size": lambda data, epochs: train(data, epochs, 1),
    "len(data.x) in the place of data.num_train": lambda data, epochs: train(data, epochs, None, len(data.x)),
    "min(data.num_train, 32) in the place of data.num_train": lambda data, epochs: train(data, epochs, None, 32),
    "min(data.num_train, data.batch_size) in the place of data.num_train": lambda data, epochs: train(
        data, epochs, None, data.batch_size
    ),
    "(data.num_train // data.batch_size * data.batch_size) in the place of data.num_train": lambda data, epochs: train(
        data, epochs, None, data.num_train // data.batch_size * data.batch_size
    ),
    "(max_epochs - 1) in the place of max_epochs": lambda data, epochs: train(data, epochs - 1),
    "(max_epochs + 1) in the place of max_epochs": lambda data, epochs: train(data, epochs + 1),
}


def with_shorter_last_batches(function=body):
    asked = [example.arguments for example in examples(13)]
    return [Example(function, given) for given in asked if given["num_train"] % given["batch_size"]][:9]


@pytest.mark.parametrize(("size", "answer"), OTHER.items(), ids=OTHER)
def test_the_other_size_is_told(size, answer):
    outcomes = ended(answer, with_shorter_last_batches())
    told = right_with_another_size(outcomes, REFERENCE, ask)
    assert told == f"train: yours is what the call with {size} should give, in each of 9 wrong examples"


def test_a_size_that_stays_where_the_answer_is_right_is_told():
    def answer(data, epochs):
        return train(data, epochs, None, data.num_train // data.batch_size * data.batch_size)

    told = right_with_another_size(ended(answer, with_shorter_last_batches(body_of_two)), REFERENCE, ask)
    whole = "(data.num_train // data.batch_size * data.batch_size or data.num_train)"
    size = f"{whole} in the place of data.num_train"
    assert told == f"train: yours is what the call with {size} should give, in each of 9 wrong examples"


def test_an_attribute_that_the_class_was_not_given_is_no_size():
    assert sizes_of(
        {"data": Data(torch.ones(3, 1), 2, 1), "max_epochs": 4, "x": torch.ones(2, 1), "w": torch.ones(2), "lr": 0.5}
    ) == {
        "len(data.x)": 3,
        "data.num_train": 2,
        "data.batch_size": 1,
        "max_epochs": 4,
        "len(x)": 2,
    }
    assert sizes_of({"kind": int, "function": len, "found": None}) == {}


@pytest.mark.parametrize("answer", OTHER.values(), ids=OTHER)
def test_it_is_not_claimed_if_one_example_is_otherwise_or_there_are_few(answer):
    outcomes = ended(answer, with_shorter_last_batches())
    other = ended(lambda data, epochs: 2 * answer(data, epochs), with_shorter_last_batches()[4:5])
    assert right_with_another_size([*outcomes[:4], *other, *outcomes[5:]], REFERENCE, ask) is None
    assert right_with_another_size(outcomes[:7], REFERENCE, ask) is None


def test_an_answer_that_no_size_explains_has_none():
    assert (
        right_with_another_size(ended(lambda data, epochs: train(data, epochs) ** 2, examples()), REFERENCE, ask)
        is None
    )


def test_plain_arguments_are_left_to_the_other_question():
    def answer(x, rows, epochs):
        return train_plainly(x, rows, epochs + 1)

    outcomes = ended(answer, examples(function=body_plainly), "train_plainly")
    assert right_with_another_size(outcomes, REFERENCE, ask) is None


def test_a_name_that_is_no_function_of_the_model_answers_is_not_asked():
    (outcome, *outcomes) = ended(OTHER["(max_epochs - 1) in the place of max_epochs"], examples())
    transcript = Transcript("")
    transcript.answer(transcript.note(Request("call", SUBMISSION, "Data", [])), None)
    assert right_with_another_size([outcome._replace(transcript=transcript), *outcomes], REFERENCE, ask) is None

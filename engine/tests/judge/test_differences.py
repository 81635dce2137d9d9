"""The first answer that is not the reference's is told with its question: who was asked, and about what."""

from types import SimpleNamespace

import pytest
import torch

from assay.errors import Mismatch
from assay.host.transcript import Transcript
from assay.judge.diagnosis import diagnose
from assay.judge.recording import Example, Outcome
from assay.text import Prose
from assay.wire.messages import LIBRARY, SUBMISSION, Request
from assay.wire.values import Ref

X = [1.0, 2.0, 4.0]


class Model:
    """A model answer whose method depends on how the object was made."""

    def __init__(self, lr, delta=1.0):
        self.lr, self.delta = lr, delta

    def loss(self, x):
        """Return a number of both."""
        return x**2 + self.delta


def transcript(*answered):
    found = Transcript("d2l")
    for request, answer in answered:
        place = found.note(request)
        found.answer(place, answer)
        if isinstance(answer, Ref):
            found.name(place, answer)
    return found


def diagnosed(pairs):
    """Return what is said of transcripts, each beside the reference's."""
    wrong = [Outcome(Example(lambda: None, {}), Mismatch(1, Prose("another one")), yours) for yours, _ in pairs]
    rights = {id(outcome.example): right for outcome, (_, right) in zip(wrong, pairs, strict=True)}
    return diagnose(wrong, lambda example, _: rights[id(example)], SimpleNamespace(Model=Model, look=lambda x: x), None)


def looked_at(shown):
    """Return the transcript of a tensor that is given to a function, and shown afterwards."""
    return transcript(
        (Request("call", LIBRARY, "tensor", [X], {}, keep=True), Ref(2, "Tensor")),
        (Request("call", SUBMISSION, "look", [Ref(2, "Tensor")]), None),
        (Request("call", LIBRARY, "numpy", [Ref(2, "Tensor")]), torch.tensor(shown)),
    )


def test_a_tensor_that_was_only_to_be_looked_at_is_told_if_it_is_changed():
    told = diagnosed([(looked_at([7.0, number, 5.0]), looked_at(X)) for number in range(3)])
    assert told == "a tensor is changed that was only given to look at, in each of 3 wrong examples"


@pytest.mark.parametrize("right", [[7.0, 8.0, 9.0], [0.0, 2.0, 4.0]])
def test_it_is_not_told_of_a_tensor_that_the_reference_changes_too(right):
    assert diagnosed([(looked_at([7.0, number, 5.0]), looked_at(right)) for number in range(3)]) is None


def losses(answer):
    """Return transcripts of twelve models, each made with another delta, and what they answer."""
    found = []
    for number in range(12):
        delta, x = 0.3 + number / 8, 1.5 + number
        made = Request("call", SUBMISSION, "Model", [0.5], {"delta": delta}), Ref(2, "Model")
        asked = Request("call", 2, "loss", [x])
        found.append([transcript(made, (asked, value)) for value in (answer(x, delta), Model(0.5, delta).loss(x))])
    return found


def test_a_method_is_asked_otherwise_with_the_arguments_that_made_its_object():
    assert diagnosed(losses(lambda x, _: x**2 + 1.0)) == (
        "model.loss: yours is what the call without delta should give, in each of 10 wrong examples"
    )


def test_it_is_not_claimed_if_one_example_is_otherwise():
    pairs = losses(lambda x, _: x**2 + 1.0)
    pairs[3][0] = losses(lambda x, _: x**2 + 3.0)[3][0]
    assert diagnosed(pairs) is None


def test_examples_whose_answers_to_different_names_are_wrong_have_no_diagnosis():
    pairs = losses(lambda x, _: x**2 + 1.0)
    assert diagnosed([(looked_at([7.0, 1.0, 5.0]), looked_at(X)), *pairs]) is None


def passes(*orders):
    """Return the transcript of several passes over the same rows."""
    rows = torch.arange(9.0)
    iterator = Ref(2, "generator")
    asked = [(Request("next", 2, "", [16]), [[rows[list(order)]], True]) for order in orders]
    return transcript((Request("call", SUBMISSION, "look", [3]), iterator), *asked)


def test_an_order_that_is_the_same_twice_by_chance_is_random_all_the_same():
    up, down, mixed = range(9), range(8, -1, -1), (*range(0, 9, 2), *range(1, 9, 2))
    reference = {0: passes(up, mixed), 1: passes(up, down)}
    wrong = Outcome(Example(lambda: None, {}), Mismatch(1, Prose("another one")), passes(down, down))
    assert diagnose([wrong], lambda _, number: reference[number], SimpleNamespace(look=lambda x: x), None) is None
    assert diagnose([wrong], lambda *_: passes(up, down), SimpleNamespace(look=lambda x: x), None) == (
        "generator: yours is what is expected from back to front"
    )


def asked_twice(second):
    """Return transcripts of two questions, of which the second is answered by a function of the right answers."""
    found = []
    for number in range(12):
        one, other = Request("call", SUBMISSION, "square", [1.5 + number]), Request("call", SUBMISSION, "square", [9.5])
        first, right = (1.5 + number) ** 2, 2.5 + number**3
        answers = second(first, number)
        found.append((transcript((one, first), (other, answers)), transcript((one, first), (other, right))))
    return found


def test_the_answer_to_an_earlier_question_is_told():
    assert diagnosed(asked_twice(lambda first, _: first)) == (
        "square: yours is what the first call should give, and not this one, in each of 10 wrong examples"
    )


def asked_three_times(answer, verb="call"):
    """Return transcripts of three questions, the last of which is answered by a function of all right answers."""
    found = []
    for number in range(12):
        requests = [Request(verb, SUBMISSION, "add", [number + place]) for place in range(3)]
        rights = [1.5 * number + place**3 * (number + 0.25) ** 2 for place in range(3)]
        yours = [*rights[:2], answer(rights)]
        both = zip(requests, yours, strict=True), zip(requests, rights, strict=True)
        found.append(tuple(transcript(*pairs) for pairs in both))
    return found


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (sum, "yours is the sum of what this call and all before it should give"),
        (lambda rights: rights[1], "yours is what the call before should give, and not this one"),
        (lambda rights: sum(rights) ** 3 + sum(rights), "the first 2 answers are right, the next is wrong"),
    ],
)
def test_the_calls_that_an_answer_belongs_to_are_told(answer, said):
    assert diagnosed(asked_three_times(answer)) == f"add: {said}, in each of 10 wrong examples"


def test_a_look_at_an_attribute_is_no_call():
    said = diagnosed(asked_three_times(lambda rights: rights[0] ** 2 - rights[1], "get"))
    assert said == "add: the first 2 answers are right, the next is wrong, in each of 10 wrong examples"
    assert diagnosed(asked_three_times(sum, "get")) == said


def test_it_is_not_claimed_of_another_answer():
    assert diagnosed(asked_twice(lambda first, number: first if number != 3 else -7.125)) == (
        "square: the first answer is right, the next is wrong, in each of 10 wrong examples"
    )

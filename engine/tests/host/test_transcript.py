"""A transcript is Python that a student can run."""

import torch

from assay.host.transcript import Transcript
from assay.wire.messages import SUBMISSION, Request
from assay.wire.values import Ref


def told(*entries):
    transcript = Transcript("d2l")
    for request, made in entries:
        place = transcript.note(request)
        if made is not None:
            transcript.name(place, made)
    return transcript.text()


def test_nothing_asked_is_nothing_shown():
    assert told() is None


def test_objects_get_names_from_the_last_word_of_their_class():
    assert told(
        (Request("call", 0, "LinearRegressionScratch", [2, 0.5]), Ref(2, "LinearRegressionScratch")),
        (Request("assign", 2, "", [], {"w": torch.zeros(2, 1), "b": torch.ones(1)}), None),
        (Request("set", 2, "lr", [0.25]), None),
        (Request("call", 1, "SGD", [[Ref(2, "w", True)]], {"lr": 0.5}), Ref(3, "SGD")),
        (Request("call", 3, "step", no_grad=True), None),
        (Request("call", 2, "", [torch.ones(1, 2)]), None),
    ) == (
        "scratch = LinearRegressionScratch(2, 0.5)\n"
        "scratch.w.data.copy_(torch.tensor([[0.0], [0.0]])); scratch.b.data.copy_(torch.tensor([1.0]))\n"
        "scratch.lr = 0.25\n"
        "sgd = d2l.SGD([scratch.w], lr=0.5)\n"
        "with torch.no_grad(): sgd.step()\n"
        "scratch(torch.tensor([[1.0, 1.0]]))"
    )


def test_two_objects_of_a_class_have_two_names():
    assert told(
        (Request("call", 0, "Model"), Ref(2, "Model")),
        (Request("call", 0, "Model"), Ref(3, "Model")),
        (Request("call", 0, "join", [Ref(2, "Model"), Ref(3, "Model")]), None),
    ).endswith("model_2 = Model()\njoin(model, model_2)")


def test_no_object_is_named_as_pythons_own():
    assert (
        told(
            (Request("call", 0, "sizes"), Ref(2, "list")),
            (Request("call", 0, "sizes"), Ref(3, "list")),
            (Request("call", 0, "Sum"), Ref(4, "LinearRegressionSum")),
            (Request("call", 0, "f", [Ref(2, "list"), Ref(3, "list"), Ref(4, "Sum")]), None),
        )
        == "list_1 = sizes()\nlist_2 = sizes()\nsum_1 = Sum()\nf(list_1, list_2, sum_1)"
    )


def test_an_object_of_no_class_name_has_a_name():
    assert told((Request("call", 0, "f"), Ref(2, "\u2026"))) == "object_1 = f()"


def test_objects_and_tensors_are_written_wherever_they_lie():
    assert told(
        (Request("call", 0, "Model"), Ref(2, "Model")),
        (Request("call", 0, "f", [[[Ref(2, "Model")]], {"w": torch.ones(1), "m": Ref(2, "w", True)}]), None),
    ).endswith("f([[model]], {'w': torch.tensor([1.0]), 'm': model.w})")


def test_questions_are_not_shown_and_attributes_keep_their_path():
    assert (
        told(
            (Request("call", 0, "Model"), Ref(2, "Model")),
            (Request("get", 2, "net"), Ref(3, "Linear")),
            (Request("iterate", 2, "", [64]), None),
            (Request("next", 4, "", [64]), None),
            (Request("call", 3, "reset"), None),
        )
        == "model = Model()\nmodel.net.reset()"
    )


def test_only_the_last_lines_are_shown_and_the_others_counted():
    lines = told(*[(Request("call", 0, "f", [number]), None) for number in range(10)]).splitlines()
    assert lines == ["# 4 lines before", "f(4)", "f(5)", "f(6)", "f(7)", "f(8)", "f(9)"]


def test_the_answers_leave_out_which_attribute_is_a_method():
    transcript = Transcript("d2l")
    asked = [Request("call", SUBMISSION, "f"), Request("get", 2, "forward"), Request("call", 2, "forward", [1.0])]
    for request, value in zip(asked, [Ref(2, "Model"), Ref(2, "method", method=True), 3.0], strict=True):
        transcript.answer(transcript.note(request), value)
    transcript.note(Request("call", 2, "forward", [2.0]))  # without an answer
    assert transcript.answers() == [(asked[0], Ref(2, "Model")), (asked[2], 3.0)]

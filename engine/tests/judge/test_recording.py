"""An error keeps the example and the transcript of the run that raised it."""

from collections import OrderedDict
from typing import NamedTuple

import pytest
import torch

from assay.errors import Mismatch
from assay.judge.recording import copy_arguments, copy_plain, with_fresh_start


class Pair(NamedTuple):
    """Two tensors."""

    first: torch.Tensor
    second: torch.Tensor


def test_an_example_has_its_arguments_as_they_were():
    def body(x):
        x.zero_()
        raise Mismatch(1, 2)

    x = torch.tensor([3.0])
    with pytest.raises(Mismatch) as caught:
        with_fresh_start(body)(x=x)
    assert x.tolist() == [0.0]
    assert caught.value.assay_example.arguments["x"].tolist() == [3.0]
    assert caught.value.assay_transcript.answers() == []


def test_what_holds_tensors_is_copied_and_keeps_its_type():
    made = {
        "list": [torch.zeros(2), {"x": torch.zeros(2)}],
        "pair": Pair(torch.zeros(2), torch.zeros(2)),
        "shape": torch.Size([2]),
    }
    copied = copy_arguments(made)
    for tensor in (made["list"][0], made["list"][1]["x"], *made["pair"]):
        tensor.add_(1)
    assert [len(copied["list"]), type(copied["pair"]), type(copied["shape"])] == [2, Pair, torch.Size]
    for tensor in (copied["list"][0], copied["list"][1]["x"], *copied["pair"]):
        assert tensor.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda x: {"one": x, "same": x},
        lambda x: {"whole": x, "part": x[:1]},
        lambda x: {"leaf": x.requires_grad_()},
        lambda x: {"parameter": torch.nn.Parameter(x)},
    ],
)
def test_tensors_that_depend_on_one_another_or_on_a_graph_are_not_copied(make):
    arguments = make(torch.zeros(2))
    assert copy_arguments(arguments) is arguments


def test_a_drawn_shape_is_kept_as_a_shape():
    assert type(copy_plain({"shape": torch.Size([2])})["shape"]) is torch.Size


def test_drawn_arguments_of_a_type_with_more_than_its_items_are_not_kept():
    with pytest.raises(TypeError, match=r"^a body may change what is given to it: OrderedDict$"):
        copy_plain({"rates": OrderedDict({0.1: 1})})

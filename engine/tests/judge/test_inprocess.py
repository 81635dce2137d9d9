"""A trusted module behind the proxy: values cross in both directions as copies, and the transcript shows what was sent."""

from types import SimpleNamespace

import pytest
import torch

from assay.judge.inprocess import proxy


def keep_and_double(x):
    x *= 2
    return x


@pytest.fixture
def answers():
    return proxy(SimpleNamespace(double=keep_and_double), None, ["double"], 0)


def test_what_a_module_changes_in_place_stays_as_it_was_for_the_check(answers):
    x = torch.ones(2)
    assert answers.double(x).tolist() == [2.0, 2.0]
    assert x.tolist() == [1.0, 1.0]


def test_the_input_is_shown_as_it_was_sent_whoever_changes_it_later(answers):
    x, y = torch.ones(2), torch.ones(1)
    answers.double(x)
    answers.double(x=[y])
    x += 1
    y += 1
    assert answers._channel.transcript.text() == "double(torch.tensor([1.0, 1.0]))\ndouble(x=[torch.tensor([1.0])])"

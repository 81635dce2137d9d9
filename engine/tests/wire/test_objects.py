"""The table of objects returns items as they were in their turn."""

import types

import torch

from assay.wire.messages import SUBMISSION, Request
from assay.wire.objects import ObjectTable


def items(function):
    """Return the items of the function's iterator, as they cross."""
    module = types.ModuleType("handed_in")
    module.batches = function
    objects = ObjectTable(module, None, ["batches"], 0, [])
    ref = objects.answer(Request("call", SUBMISSION, "batches")).value
    _, found, done = objects.answer(Request("iterate", ref.number, "", [64])).value
    assert done
    return found


def test_an_item_is_what_it_was_when_it_was_given():
    def filled_afterwards():
        given = [torch.zeros(2), torch.zeros(2)]
        yield from given
        for item in given:
            item.add_(7)

    assert [item.tolist() for item in items(filled_afterwards)] == [[0, 0], [0, 0]]


def test_a_buffer_that_is_used_again_gives_every_item():
    def reused():
        buffer = torch.zeros(1)
        for number in range(3):
            yield [buffer.fill_(number)]

    assert [item[0].tolist() for item in items(reused)] == [[0], [1], [2]]

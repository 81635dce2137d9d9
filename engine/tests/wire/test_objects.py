"""The table of objects returns items as they were in their turn, and says which attribute looks like a missing one."""

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


class Model:
    """An object whose names are nearly right, and which fights back if `hostile`."""

    hostile = False

    def configure_optimizer(self):
        """Have a name that lacks a letter."""

    def __dir__(self):
        """Raise if the object fights back."""
        if self.hostile:
            raise SystemExit
        return super().__dir__()


def raised(verb, path, model):
    module = types.ModuleType("handed_in")
    module.make = lambda: model
    objects = ObjectTable(module, None, ["make"], 0, [])
    ref = objects.answer(Request("call", SUBMISSION, "make")).value
    return objects.answer(Request(verb, ref.number, path)).text


def test_a_missing_method_is_told_with_the_one_that_looks_like_it():
    text = "'Model' object has no attribute 'configure_optimizers'"
    assert (
        raised("call", "configure_optimizers", Model()) == f"{text}; configure_optimizer, which it has, looks like it"
    )
    assert raised("get", "weights", Model()) == "'Model' object has no attribute 'weights'"


def test_an_object_that_does_not_tell_its_names_costs_nothing():
    model = Model()
    model.hostile = True
    text = "'Model' object has no attribute 'configure_optimizers'"
    assert raised("call", "configure_optimizers", model) == text

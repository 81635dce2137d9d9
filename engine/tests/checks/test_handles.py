"""remote, assign and require_object: objects that stay in the guest, and modules of the reference's."""

import pytest
import torch
from values import Held

from assay.checks import assign, remote, require_object
from assay.errors import Mismatch
from assay.text import Prose


class Proxy:
    """The functions that a submission's proxy answers to."""

    def __init__(self):
        self.assigned = None

    def __assay_remote__(self):
        return "remote", self

    def __assay_assign__(self, values):
        self.assigned = values


def test_remote_gives_the_proxys_own_view():
    proxy = Proxy()
    assert remote(proxy) == ("remote", proxy)


def test_assign_takes_names_and_dotted_paths():
    proxy = Proxy()
    assign(proxy, {"net.weight": 1}, b=2)
    assert proxy.assigned == {"net.weight": 1, "b": 2}


def test_remote_says_what_it_takes():
    with pytest.raises(TypeError) as caught:
        remote(3.0)
    assert str(caught.value) == "remote() takes `submission` or an object that it gave, not 3.0"


def test_assign_says_what_it_takes():
    with pytest.raises(TypeError) as caught:
        assign([1], w=1)
    assert str(caught.value) == "assign() takes `submission` or an object that it gave, not [1]"


def test_assign_sets_a_module_of_the_references_in_place():
    layer = torch.nn.Sequential(torch.nn.Linear(2, 1))
    held = layer[0].weight
    assign(layer, {"0.weight": torch.tensor([[1.0, 2.0]])})
    assert layer[0].weight is held
    assert held.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("value", [Held(), torch.nn.Linear(1, 1)])
def test_an_object_is_returned_as_it_is(value):
    assert require_object(value) is value


@pytest.mark.parametrize("value", [None, 1.0, [], torch.ones(1)])
def test_anything_else_is_no_object(value):
    with pytest.raises(Mismatch) as caught:
        require_object(value, "a model")
    assert caught.value.yours is value
    assert caught.value.expected == Prose("a model")

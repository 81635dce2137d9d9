"""Settings of torch that a module leaves behind."""

import pytest
import torch

from assay.guest.leftovers import find_leftovers, undo_leftovers


@pytest.fixture(autouse=True)
def _torch_as_before():
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.use_deterministic_algorithms(False)


def test_a_new_process_has_none():
    assert find_leftovers() == []


def test_each_is_told_as_the_call_that_makes_it_so():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.use_deterministic_algorithms(True)
    assert find_leftovers() == [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "torch.use_deterministic_algorithms(True)",
    ]


def test_undone_they_are_those_of_a_new_process():
    torch.set_default_dtype(torch.bfloat16)
    torch.set_grad_enabled(False)
    undo_leftovers()
    assert (torch.get_default_dtype(), torch.is_grad_enabled(), find_leftovers()) == (torch.float32, True, [])

"""The fork server imports in advance what a submission seems to need, and nothing slow that it does not."""

import pytest

from assay.host.forkserver import GuestSubmission


@pytest.mark.parametrize(
    ("source", "foreseen"),
    [
        (b"from torch.func import hessian", ["compiler"]),
        (b"from torch import func, nn", ["compiler"]),
        (b"from torch.nn import functional as F\nimport functools, torch.functional", []),
        (b"optimizer = torch.optim.SGD(params, lr=0.1)", []),
        (b"loss.backward()\nloss.backward(retain_graph=True)\nloss.backward(create_graph=True)", []),
        (b"y.backward(torch.ones(3))", ["gradients"]),
        (b"y.backward(gradient=v)", ["gradients"]),
        (b"torch.autograd.grad(y, x, torch.ones_like(y))", ["gradients"]),
        (b"torch.autograd.grad(y, x, grad_outputs=v)", ["gradients"]),
        (b"torch.autograd.functional.hvp(f, x, v)", ["gradients"]),
        (b"d2l.plt.plot(xs)", ["plots"]),
        (b'{"cells": []}', ["shell"]),
        (b"import torch\n!pip install d2l\n", ["shell"]),
    ],
)
def test_slow_imports_are_foreseen_from_the_source_or_the_model_answers(source, foreseen):
    assert GuestSubmission("answers", "module", source, (), 0).foreseen == foreseen
    assert GuestSubmission("answers", "module", b"", (), 0, like=source).foreseen == foreseen

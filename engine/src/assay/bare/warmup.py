"""A warm-up of the bare process: it does before the forks what checks do, so that first-time work is done once.

A forked process copies each page that it writes to, and Python writes even when it reads: reference counts, cached
methods, specialised bytecode. After a warm-up every check copies fewer pages.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import DataLoader, TensorDataset

from assay.wire.messages import SUBMISSION, Request, Returned
from assay.wire.objects import ObjectTable
from assay.wire.values import encode, trusting_decoder

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIMES = 20
"""Python 3.11 specialises a piece of bytecode when it runs for the eighth time; later versions do so earlier."""

_decode_request = trusting_decoder(Request)


def warm_up() -> None:
    """Train a small model with the wire's messages, in this process; no object of it remains."""
    module = types.ModuleType("warmup")
    vars(module).update(Model=_Model, loss=_loss, batches=_batches, step=_step, fail=_fail)
    objects = ObjectTable(module, None, list(vars(module)), 0, [])

    def ask(verb: Any, root: int, path: str = "", *args: Any, **options: Any) -> Any:
        request = Request(verb, root, path, list(args), **options)
        reply = objects.answer(_decode_request(encode(request)))
        encode(reply)
        if isinstance(reply, Returned):
            return reply.value
        if path != "fail":
            text = f"{path}: {reply}"
            raise RuntimeError(text)
        return None

    inputs, labels = torch.ones(3, 2), torch.zeros(3, 1)
    for _ in range(_TIMES):
        model = ask("call", SUBMISSION, "Model", 2, kwargs={"lr": 0.1}, keep=True, fresh=True)
        ask("assign", model.number, kwargs={"w": torch.zeros(2, 1), "b": torch.zeros(1)})
        ask("set", model.number, "lr", 0.1)
        ask("call", model.number, "forward", inputs, no_grad=True)
        y_hat = ask("call", model.number, "forward", inputs, keep=True)
        loss = ask("call", SUBMISSION, "loss", y_hat, labels, keep=True)
        ask("call", loss.number, "backward")
        ask("get", model.number, "w.grad")
        ask("call", SUBMISSION, "step", [ask("get", model.number, "w", keep=True)], 0.1)
        batches = ask("call", SUBMISSION, "batches", inputs, labels, keep=True)
        iterator, *_ = ask("iterate", batches.number, "", 1)
        ask("next", iterator.number, "", 2)
        ask("call", SUBMISSION, "fail")


class _Model(torch.nn.Module):
    def __init__(self, features: int, lr: float) -> None:
        super().__init__()
        self.lr = lr
        self.net = torch.nn.Linear(features, 1)
        self.w = torch.normal(0, 0.01, (features, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = self.net(inputs)
        return torch.matmul(inputs, self.w) + self.b + hidden


def _loss(y_hat: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    squares = (y_hat - labels.reshape(y_hat.shape)) ** 2 / 2
    return squares.mean() + torch.nn.functional.huber_loss(y_hat, labels)


def _batches(inputs: torch.Tensor, labels: torch.Tensor) -> DataLoader[tuple[torch.Tensor, ...]]:
    return DataLoader(TensorDataset(inputs, labels), 2, shuffle=True)


def _step(params: Sequence[torch.Tensor], lr: float) -> None:
    with torch.no_grad():
        for param in params:
            if param.grad is not None:
                param.sub_(lr * param.grad)
                param.grad.zero_()


def _fail() -> None:
    raise ValueError

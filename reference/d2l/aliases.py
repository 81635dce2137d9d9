"""The book's names for tensor operations and devices, which are the same for every framework that it covers."""

from collections.abc import Callable
from typing import Any

import torch

abs = torch.abs  # noqa: A001 - the book's name
arange = torch.arange
batch_matmul = torch.bmm
concat = torch.cat
cos = torch.cos
cosh = torch.cosh
exp = torch.exp
eye = torch.eye
float32 = torch.float32
int32 = torch.int32
int64 = torch.int64
linspace = torch.linspace
log = torch.log
matmul = torch.matmul
meshgrid = torch.meshgrid
normal = torch.normal
ones = torch.ones
ones_like = torch.ones_like
rand = torch.rand
randn = torch.randn
sigmoid = torch.sigmoid
sin = torch.sin
sinh = torch.sinh
stack = torch.stack
tanh = torch.tanh
tensor = torch.tensor
zeros = torch.zeros
zeros_like = torch.zeros_like


def _method(name: str) -> Callable[..., Any]:
    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(x, name)(*args, **kwargs)

    return call


# Methods as functions; like the book's, they take NumPy arrays too where these have the method.
argmax = _method("argmax")
astype = _method("type")
expand_dims = _method("unsqueeze")
reduce_mean = _method("mean")
reduce_sum = _method("sum")
repeat = _method("repeat")
reshape = _method("reshape")
size = _method("numel")
swapaxes = _method("swapaxes")
to = _method("to")
transpose = _method("t")


def numpy(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
    """Return the tensor's values as a NumPy array."""
    return x.detach().numpy(*args, **kwargs)


def cpu() -> torch.device:
    """Return the processor as a device (section 6.7)."""
    return torch.device("cpu")


def gpu(i: int = 0) -> torch.device:
    """Return the i-th graphics processor as a device."""
    return torch.device(f"cuda:{i}")


def num_gpus() -> int:
    """Return the number of graphics processors."""
    return torch.cuda.device_count()


def try_gpu(i: int = 0) -> torch.device:
    """Return the i-th graphics processor, or the processor if there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[torch.device]:
    """Return all graphics processors; none, if there are none."""
    return [gpu(i) for i in range(num_gpus())]


__all__ = [name for name in dir() if not name.startswith("_") and name not in {"Any", "Callable", "torch"}]

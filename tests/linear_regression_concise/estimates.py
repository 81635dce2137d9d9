"""The measurements of exercise 5: their questions, how they read the answers, and how the answers are drawn."""

import math

import torch
from assay.checks import dots, number, require, sequence

from .mistakes_5_how_much_data import SIGNED

NO_NUMBER = 1e30
"""The number in the place of inf and nan, the errors of a training that diverged."""


def truth(features, rng):
    """Hidden weights and bias of the demo's size."""
    signs = 2 * torch.randint(2, (features + 1,), generator=rng) - 1
    sizes = signs * (2 + 2 * torch.rand(features + 1, generator=rng))
    return sizes[:-1], float(sizes[-1])


def make_generator(seed):
    """Return a generator for w and b, and seed a module of this process; the judge seeds a guest."""
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def items(answer):
    """Return an answer that stayed in the guest as a list; any other as it is."""
    return list(answer) if hasattr(answer, "__assay_handle__") else answer


def read(found, sizes):
    """Return the errors of w and of b as two lists of numbers, one for each size and none below zero."""
    found = list(found) if isinstance(found, torch.Tensor) and found.dim() == 2 else found  # of shape (2, sizes)
    pair = isinstance(found, (list, tuple)) and len(found) == 2
    require(pair, yours=found, expected="a pair (w_errors, b_errors)")
    errors = []
    for name, column in zip("wb", found, strict=True):
        listed = column.tolist() if isinstance(column, torch.Tensor) else column
        fits = len(sequence(listed) or ()) == len(sizes)
        require(fits, yours=column, expected=f"{len(sizes)} errors, one for each size")
        errors.append([number(error) for error in sequence(listed)])
        least, n = min(zip(errors[-1], sizes, strict=True))
        yours = f"an error of {name} of {least:.4g} at n = {n}"
        require(not least < 0, yours=yours, expected="an error of at least 0", help=SIGNED)
        errors[-1] = [min(error, NO_NUMBER) if not math.isnan(error) else NO_NUMBER for error in errors[-1]]
    return errors


def against_n(sizes, pair):
    """Plot the errors of w and of b beside those of estimation."""
    yours, right = dict(zip("wb", pair, strict=True)), {"0.01 / √n": [0.01 / n**0.5 for n in sizes]}
    return dots("error against number of examples", sizes, yours=yours, expected=right, log="xy")

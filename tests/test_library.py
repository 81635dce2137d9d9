"""What the course's library promises of its own."""

import pytest
import torch
from d2l import torch as d2l
from torch.utils.data import DataLoader, TensorDataset


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_same_seed_gives_the_batches_of_a_data_loader(shuffle):
    X, y = torch.randn(70, 2), torch.randn(70, 1)
    drawn = []
    for loader in (d2l.load_array((X, y), 32, shuffle), DataLoader(TensorDataset(X, y), 32, shuffle=shuffle)):
        torch.manual_seed(5)
        drawn.append([batch for _ in range(2) for batch in loader])
    ours, theirs = drawn
    assert len(ours) == len(theirs) == 6
    for batch, right in zip(ours, theirs, strict=True):
        assert isinstance(batch, list)
        assert all(map(torch.equal, batch, right))
        assert len(batch) == len(right)

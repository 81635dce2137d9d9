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


def reordered():
    """Return six rows in batches of two, and the model that is trained on them."""
    model = d2l.LinearRegressionScratch(1, 0.5)
    data = d2l.ReorderedData(torch.arange(7.0)[:, None], torch.zeros(7, 1), 2, num_train=6)
    data.model = model
    return data, model


def orders(data, train, passes=4):
    """Return the rows of some passes in the order in which they came, after what `train` does with each loader."""
    found = []
    for _ in range(passes):
        rows = [X for X, _ in train(data.train_dataloader())]
        found.append(torch.cat(rows).flatten().tolist())
    return found


def test_reordered_data_come_in_a_new_order_in_every_pass():
    found = orders(reordered()[0], list)
    assert [sorted(order) for order in found] == [list(range(6))] * 4
    assert len(set(map(tuple, found))) == 4


def take_as_many_as_there_are(loader):
    batches = iter(loader)
    return [next(batches) for _ in range(len(loader))]


def test_the_orders_are_the_same_for_who_asks_for_no_batch_after_the_last():
    assert orders(reordered()[0], take_as_many_as_there_are) == orders(reordered()[0], list)


def test_the_orders_are_the_same_for_who_trains_without_a_graph():
    data, model = reordered()

    @torch.no_grad()
    def train(loader):
        batches = list(loader)
        model.w += 1
        return batches

    assert orders(data, train) == orders(reordered()[0], list)


@torch.no_grad()
def measure(loader):
    return list(loader)


def take_one_batch(loader):
    return next(iter(loader))


@pytest.mark.parametrize("look", [measure, take_one_batch])
def test_a_look_moves_no_order(look):
    data, _ = reordered()

    def train(loader):
        look(loader)
        batches = list(loader)
        look(loader)
        return batches

    assert orders(data, train) == orders(reordered()[0], list)

"""The promises of the course's library beyond the book's."""

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


def make_reordered_data():
    """Return six rows in batches of two, whose model is there to be trained."""
    data = d2l.ReorderedData(torch.arange(7.0)[:, None], torch.zeros(7, 1), 2, num_train=6)
    data.model = d2l.LinearRegressionScratch(1, 0.5)
    return data


def train(data, take, passes=4):
    """Train in some passes over the batches that `take` gives; return the rows of each pass in their order."""
    orders = []
    for _ in range(passes):
        rows = []
        for X, _ in take(data):
            rows.append(X)
            with torch.no_grad():
                data.model.w += 1
        orders.append(torch.cat(rows).flatten().tolist())
    return orders


def take_all(data):
    return data.train_dataloader()


def take_as_many_as_there_are(data):
    batches = iter(data.train_dataloader())
    for _ in range(len(data.train_dataloader())):
        yield next(batches)


def take_all_at_once(data):
    return list(data.train_dataloader())


def look_at_one_first(data):
    first = iter(data.train_dataloader())
    next(first)
    yield from data.train_dataloader()


def count_first(data):
    sum(1 for _ in data.train_dataloader())
    return data.train_dataloader()


def measure_after_each_pass(data):
    yield from data.train_dataloader()
    list(data.train_dataloader())


def measure_after_each_batch(data):
    for batch in data.train_dataloader():
        list(data.train_dataloader())
        yield batch
        list(data.train_dataloader())


def test_reordered_data_come_in_a_new_order_in_every_pass():
    orders = train(make_reordered_data(), take_all)
    assert [sorted(order) for order in orders] == [list(range(6))] * 4
    assert len(set(map(tuple, orders))) == 4


@pytest.mark.parametrize(
    "take",
    [
        take_as_many_as_there_are,
        take_all_at_once,
        look_at_one_first,
        count_first,
        measure_after_each_pass,
        measure_after_each_batch,
    ],
)
def test_however_the_batches_are_taken_the_orders_are_the_same(take):
    assert train(make_reordered_data(), take) == train(make_reordered_data(), take_all)

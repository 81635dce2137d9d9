"""The keys of recorded calls, and which values a record can hold."""

import sys

import pytest
import torch

from assay.kit.recorded_answers import CannotBeRecorded, answer_key, recordable


class Data:
    """An object of a library, which for these tests is this module."""

    def __init__(self, rows):
        self.rows = rows


LIBRARY = Data.__module__.partition(".")[0]


def key(*args, **kwargs):
    return answer_key("f", args, kwargs, LIBRARY)


def test_equal_calls_have_one_key():
    assert key(torch.ones(2), a=1, b=[2.0]) == key(torch.ones(2), b=[2.0], a=1)
    assert key(Data(torch.ones(2))) == key(Data(torch.ones(2)))


@pytest.mark.parametrize(
    "other",
    [
        key(torch.tensor([1.0, 1.0 + 2**-23])),
        key(torch.ones(2, dtype=torch.float64)),
        key(torch.ones(2, 1)),
        key(torch.ones(2), 1),
        key(x=torch.ones(2)),
        key(Data(torch.ones(2))),
        answer_key("g", (torch.ones(2),), {}, LIBRARY),
    ],
    ids=["bit", "dtype", "shape", "argument", "keyword", "object", "function"],
)
def test_every_bit_of_a_call_is_in_its_key(other):
    assert other != key(torch.ones(2))


def test_objects_of_other_packages_and_objects_that_hold_themselves_have_no_key():
    itself = Data(None)
    itself.rows = itself
    for value in (sys, torch.nn.Linear(1, 1), itself):
        with pytest.raises(CannotBeRecorded):
            key(value)


def test_a_record_holds_plain_data_alone():
    answer = {"a": [torch.ones(2), 1.5, None, True], 0.25: (1, "x")}
    found = recordable(answer)
    assert found["a"][0] is not answer["a"][0]
    assert (found["a"][0].tolist(), found["a"][1:], found[0.25]) == ([1, 1], [1.5, None, True], [1, "x"])
    for value in (Data(1), iter([])):
        with pytest.raises(CannotBeRecorded):
            recordable(value)

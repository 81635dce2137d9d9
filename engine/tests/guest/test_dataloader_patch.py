"""A data loader that asks for workers reads in the process itself, the same batches."""

import pytest
from torch.utils.data import DataLoader

from assay.guest.dataloader_patch import read_in_one_process


@pytest.fixture(autouse=True)
def _patched(monkeypatch):
    monkeypatch.setattr(DataLoader, "__init__", DataLoader.__init__)  # put back afterwards
    read_in_one_process()


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ((), {"batch_size": 2, "num_workers": 2, "drop_last": True}),
        ((2, False, None, None, 3, None, False, True), {}),
        ((2,), {"num_workers": 1, "prefetch_factor": 4, "persistent_workers": True, "timeout": 9, "drop_last": True}),
        ((2,), {"num_workers": 2, "multiprocessing_context": "spawn", "drop_last": True}),
    ],
)
def test_workers_are_left_out_however_they_are_asked_for(places, names):
    loader = DataLoader([1, 2, 3], *places, **names)
    assert loader.num_workers == 0
    assert [batch.tolist() for batch in loader] == [[1, 2]]


def test_a_loader_of_a_submissions_own_class_is_no_exception():
    class Own(DataLoader):
        def __init__(self, data):
            super().__init__(data, num_workers=2)

    assert [batch.tolist() for batch in Own([1, 2])] == [[1], [2]]


def test_what_is_no_argument_is_refused_as_before():
    with pytest.raises(TypeError, match="workers"):
        DataLoader([1], workers=2)

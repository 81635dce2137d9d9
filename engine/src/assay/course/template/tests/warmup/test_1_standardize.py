"""Standardize"""

import pytest
import torch
from assay.checks import assert_close
from hypothesis import given
from hypothesis import strategies as st

SAMPLES = st.lists(st.integers(-8, 8), min_size=2, max_size=6).filter(lambda found: len(set(found)) > 1)


@pytest.mark.points(2)
@given(SAMPLES)
def test_values_are_right(submission, reference, sample):
    """standardize gives every number's distance from the mean in standard deviations"""
    x = torch.tensor(sample, dtype=torch.float32)
    assert_close(submission.standardize(x), reference.standardize(x))


@given(SAMPLES)
def test_units_do_not_matter(submission, sample):
    """standardize(10 x) is standardize(x)"""
    x = torch.tensor(sample, dtype=torch.float32)
    # x is of order 1 to 10 and so is its deviation: dividing loses no more than a few roundings.
    assert_close(submission.standardize(10 * x), submission.standardize(x))

"""The evidence of a wrong answer: whatever was answered, a few finite numbers or nothing."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reports import MODEL, document_bytes, report

from assay.checks import curves, dots
from assay.judge.evidence import evidence_of
from assay.model import Plot, Series


def points(values, x=None):
    """Return the points of the one series that is drawn of these values."""
    (series,) = evidence_of(curves("loss", x, yours=values)).series
    return list(zip(series.x, series.y, strict=True))


def test_a_plot_of_both_sides():
    found = evidence_of(
        dots("error against rate", (0.5, 1), yours=[1, 2.0], expected=torch.tensor([3.0, 4.0]), log="x")
    )
    series = (Series("yours", "yours", (0.5, 1.0), (1.0, 2.0)), Series("expected", "expected", (0.5, 1.0), (3.0, 4.0)))
    assert found == Plot("error against rate", "x", joined=False, series=series)


def test_series_have_names_of_at_most_three_on_a_side():
    yours = {0.25: [1.0], "b": [2.0], "c\x1b": [3.0], "d": [4.0]}
    found = evidence_of(curves("loss", yours=yours, expected={"floor": [0.0]}))
    assert [series.name for series in found.series] == ["yours: 0.25", "yours: b", "yours: c\\x1b", "expected: floor"]


def test_without_an_x_the_values_are_counted():
    assert points([7.0, 8.0]) == [(1.0, 7.0), (2.0, 8.0)]


def test_each_series_has_as_many_points_as_it_has_values():
    found = evidence_of(curves("loss", yours=[1.0], expected=[1.0, 2.0]))
    assert [len(series.x) for series in found.series] == [1, 2]
    assert points([1.0, 2.0, 3.0], x=[5.0, 6.0]) == [(5.0, 1.0), (6.0, 2.0)]


def test_what_is_no_finite_number_is_a_gap():
    values = [math.nan, -math.inf, 1.0, None, "2", [3.0], 1j, True, torch.tensor(4.0), 10**400, 5]
    ys = [None, None, 1.0, None, None, None, None, None, 4.0, None, 5.0]
    assert [y for _, y in points(values)] == ys
    assert points(torch.tensor([1.0, math.nan])) == [(1.0, 1.0), (2.0, None)]


def test_a_place_that_is_no_finite_number_has_no_point():
    assert points([1.0, 2.0], x=[math.inf, 3.0]) == [(3.0, 2.0)]


def test_numbers_have_six_digits_and_one_zero():
    assert [y for _, y in points([1 / 3, 1e300 / 3, -0.0])] == [0.333333, 3.33333e299, 0.0]
    assert math.copysign(1, points([-0.0])[0][1]) == 1


@pytest.mark.parametrize(
    "answer", [None, 3, "12", object(), [], [None], {}, {"a": None}, torch.empty(2, device="meta")]
)
def test_an_answer_without_a_number_has_no_plot(answer):
    assert evidence_of(curves("loss", yours=answer, expected=[1.0])) is None


def test_a_check_without_a_plot_has_no_evidence():
    assert evidence_of(None) is None


def test_of_many_points_the_ends_and_the_extremes_are_kept():
    values = torch.zeros(10_000)
    values[1234], values[8765] = 5.0, -5.0
    found = points(values)
    assert len(found) <= 150
    assert {(1.0, 0.0), (10_000.0, 0.0), (1235.0, 5.0), (8766.0, -5.0)} <= set(found)
    assert len(points([math.nan] * 500 + [1.0])) <= 150


@pytest.mark.parametrize("period", range(2, 70))
def test_the_points_between_are_of_every_part_of_a_period(period):
    found = [int(x) % period for x, _ in points([0.0] * 10_000)]
    assert max(found.count(part) for part in range(period)) <= 3 * 150 / period + 6


def test_of_a_million_numbers_the_first_20_000_are_read():
    assert points([1.0] * 20_000 + [math.inf])[-1] == (20_000.0, 1.0)
    assert points(torch.ones(1_000_000))[-1] == (20_000.0, 1.0)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.floats(), inner) | st.lists(inner).map(tuple),
) | arrays.arrays("float64", st.integers(0, 5)).map(torch.from_numpy)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_is_answered_the_report_can_be_written(yours, expected, x):
    evidence = evidence_of(curves("loss", x, yours=yours, expected=expected))
    check = MODEL.checks[0]
    own = type(MODEL)(
        "0", "Model", 1.0, 1.0, (type(check)("a", "a", "failed", 0.0, 1.0, "visible", None, None, None, 0.0, evidence),)
    )
    assert document_bytes([report(exercises=(own,))])

"""Plots as paths, ticks and sentences: exact for a few, and inside the page for whatever a report holds."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plots import LOSS, make_plot

from assay.model import Plot, Series
from assay.report.pages.drawing import BOX, draw


def texts(ticks):
    return [tick.text for tick in ticks]


def test_a_curve_with_a_gap_on_a_logarithmic_axis():
    yours, expected = draw(LOSS).marks
    assert yours == (
        "yours one", "yours", "M78.8 18.2h0L247 59.1", "M78.8 18.2h0M247 59.1h0",
    )  # fmt: skip
    assert expected == (
        "expected one", "expected", "M78.8 18.2h0L247 100L415.2 181.8", "M78.8 18.2h0M247 100h0M415.2 181.8h0",
    )  # fmt: skip


def test_each_series_is_said_in_a_sentence():
    assert draw(LOSS).said == [
        "yours: 2 points, 4 at 1 to 2 at 2; lowest 2, highest 4.",
        "expected: 3 points, 4 at 1 to 0.25 at 3; lowest 0.25, highest 4.",
    ]
    assert draw(make_plot([7.0])).said == ["yours: 1 point, 7 at 1."]


def test_what_cannot_be_drawn_is_said():
    found = draw(make_plot([1.0, None, -1.0, 0.0], [2.0, 1e300], log="y"))
    assert found.notes == [
        "yours: some values are no numbers, infinite or beyond 1e100, and are not drawn",
        "yours: some values are zero or less, and are not drawn on a logarithmic axis",
        "expected: some values are no numbers, infinite or beyond 1e100, and are not drawn",
    ]
    assert draw(make_plot([-1.0], [2.0], log="y")).said[0] == "yours: nothing that can be drawn."


def test_a_plot_in_which_nothing_has_a_place_is_not_drawn():
    assert draw(make_plot([-1.0, None, 0.0], log="y")) is None


@pytest.mark.parametrize(
    ("values", "log", "ticks"),
    [
        ((0.0, 1.0), "", ["0", "1"]),  # whole numbers have none between them
        ((-3.0, 16.0), "", ["0", "5", "10", "15"]),
        ((0.0, 1.5), "", ["0", "0.5", "1", "1.5"]),
        ((7.0,), "", ["4", "5", "6", "7", "8", "9", "10"]),
        ((0.0,), "", ["0"]),
        ((100_000.0, 100_001.5), "", ["100000", "100000.5", "100001", "100001.5"]),
        ((1e-3, 1e3), "y", ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
        ((1e-30, 1e30), "y", ["1e-30", "1e-20", "1e-10", "1", "1e10", "1e20", "1e30"]),
        ((0.2, 0.7), "y", ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]),
        ((1e99, -1e99), "", ["-1e99", "-5e98", "0", "5e98", "1e99"]),
        ((1e-300, 0.0), "", ["0"]),
    ],
)
def test_ticks_are_round_numbers(values, log, ticks):
    assert texts(draw(make_plot(values, log=log)).y) == ticks


def test_many_points_of_a_line_have_no_dots_and_dots_have_no_line():
    many = [float(y) for y in range(50)]
    (line,), (dots,) = (draw(make_plot(many, joined=joined)).marks for joined in (True, False))
    assert (line.dots, dots.line) == ("", "")
    assert line.line.count("L") == 49
    assert dots.dots.count("h0") == 50


def test_series_of_one_side_have_different_styles():
    series = [Series(str(n), side, (1.0,), (1.0,)) for n in range(4) for side in ("yours", "expected")]
    found = draw(Plot("loss", "", joined=True, series=tuple(series))).marks
    assert [mark.style for mark in found[:6]] == [
        "yours one", "expected one", "yours two", "expected two", "yours three", "expected three",
    ]  # fmt: skip


FINITE = st.floats(allow_nan=False, allow_infinity=False)
SERIES = st.builds(
    Series,
    st.just("any"),
    st.sampled_from(["yours", "expected"]),
    st.lists(FINITE, max_size=60).map(tuple),
    st.lists(FINITE | st.none(), max_size=60).map(tuple),
)


@given(st.builds(Plot, st.just("any"), st.sampled_from(["", "x", "y", "xy"]), st.booleans(), st.tuples(SERIES, SERIES)))
@example(make_plot([1.7e308, -1.7e308]))
@example(make_plot([5e-324, 0.0]))
@example(make_plot([5e-324, 1.7e308], log="xy"))
@example(make_plot([]))
def test_every_place_is_inside_of_the_axes(plot):
    drawing = draw(plot)
    if drawing is None:
        return
    paths = "".join(mark.line + mark.dots for mark in drawing.marks)
    places = re.findall(r"[ML]([-\d.]+) ([-\d.]+)", paths)
    xs, ys = [float(x) for x, _ in places], [float(y) for _, y in places]
    xs += [float(tick.at) for tick in drawing.x]
    ys += [float(tick.at) for tick in drawing.y]
    assert all(BOX.left <= x <= BOX.right for x in xs)
    assert all(BOX.top <= y <= BOX.bottom for y in ys)
    assert len(drawing.x) < 12
    assert len(drawing.y) < 12

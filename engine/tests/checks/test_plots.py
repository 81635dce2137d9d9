"""The plot of a check goes with the comparison that fails."""

import pytest

from assay.checks import assert_close, curves, dots, require
from assay.errors import CourseError, Mismatch

PLOT = curves("loss against epoch", yours=[1.0], expected=[2.0], log="y")


def test_curves_are_joined_and_dots_are_not():
    assert PLOT.joined
    assert not dots("loss against epoch", yours=[1.0]).joined


@pytest.mark.parametrize(
    "compare",
    [
        lambda: assert_close(1.0, 2.0, plot=PLOT),
        lambda: assert_close([1.0], 2.0, plot=PLOT),
        lambda: require(False, yours=1, expected="2", plot=PLOT),
    ],
)
def test_a_comparison_that_fails_has_its_plot(compare):
    with pytest.raises(Mismatch) as caught:
        compare()
    assert caught.value.plot is PLOT


def test_a_plot_is_not_read_if_the_answer_is_right():
    never_read = curves("loss", yours=object(), expected=object())
    assert_close(1.0, 1.0, plot=never_read)
    require(True, yours=1, expected="1", plot=never_read)


def test_axes_that_there_are_not_are_said():
    with pytest.raises(CourseError) as caught:
        curves("loss", yours=[1.0], log="z")
    assert str(caught.value) == """a plot's log is "", "x", "y" or "xy", not 'z'"""

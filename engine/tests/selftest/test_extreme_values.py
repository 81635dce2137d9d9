"""The tail's mathematics, against distributions whose quantiles are known."""

import math
import random
import statistics

import pytest

from assay.errors import CourseError
from assay.selftest.extreme_values import Tail, fit_tail, rounded_up

ONE_IN_A_MILLION = 1e-6
NORMAL = statistics.NormalDist()


def sample(draw, seed, size=10_000):
    source = random.Random(seed)
    return [draw(source) for _ in range(size)]


@pytest.mark.parametrize(
    ("draw", "quantile"),
    [
        (lambda source: abs(source.gauss()), NORMAL.inv_cdf(1 - ONE_IN_A_MILLION / 2)),
        (lambda source: source.expovariate(1), -math.log(ONE_IN_A_MILLION)),
        (lambda source: math.exp(source.gauss()), math.exp(NORMAL.inv_cdf(1 - ONE_IN_A_MILLION))),
        (lambda source: source.paretovariate(4), ONE_IN_A_MILLION ** (-1 / 4)),
    ],
    ids=["half normal", "exponential", "log-normal", "pareto"],
)
@pytest.mark.parametrize("seed", range(10))
def test_the_bound_lies_above_what_a_right_answer_exceeds_once_in_a_million(draw, quantile, seed):
    bound = fit_tail(sample(draw, seed)).quantile(ONE_IN_A_MILLION)
    assert quantile < bound < 12 * quantile


@pytest.mark.parametrize("seed", range(5))
def test_a_tail_heavier_than_exponential_is_seen_and_named(seed):
    # log-exceedances that are themselves Pareto-tailed: P(log S > x) = (1 + x)^(-2)
    tail = fit_tail(sample(lambda source: math.exp(source.paretovariate(2) - 1), seed))
    assert tail.shape > 0
    assert "heavier than exponential, shape " in str(tail)


def test_an_exponential_tail_is_named_with_what_it_was_fitted_to():
    tail = fit_tail(sample(lambda source: source.paretovariate(4), 0))
    assert str(tail).startswith("log-exceedances of the 500 seeds above the 95 % quantile, exponential, scale 0.")


@pytest.mark.parametrize("shape", [0.0, 0.3])
def test_survival_undoes_quantile(shape):
    tail = Tail(2.0, 0.05, 0.2, shape, 500)
    assert tail.quantile(0.05) == 2.0
    assert math.isclose(tail.survival(tail.quantile(ONE_IN_A_MILLION)), ONE_IN_A_MILLION)


def test_a_tail_beyond_all_floats_has_an_infinite_quantile():
    assert Tail(2.0, 0.05, 1e3, 0.5, 500).quantile(ONE_IN_A_MILLION) == math.inf


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1.0] * 199, "199 seeds are too few for a tail: take 200 or more"),
        ([1.0] * 199 + [math.nan], "the statistic of the reference is not finite at every seed"),
        (
            [1.0] * 200,
            "the statistic of the reference has no tail (it is constant, zero or negative): compare it exactly",
        ),
        (
            [0.0] * 200,
            "the statistic of the reference has no tail (it is constant, zero or negative): compare it exactly",
        ),
    ],
)
def test_where_there_is_no_tail_it_says_why(values, text):
    with pytest.raises(CourseError) as caught:
        fit_tail(values)
    assert str(caught.value) == text


def test_a_tail_of_one_value_is_exponential():
    tail = fit_tail([1.0] * 190 + [math.e] * 10)
    assert tail.shape == 0
    assert math.isclose(tail.scale, 1 + 3 / math.sqrt(10))


@pytest.mark.parametrize(("value", "rounded"), [(1.2301, 1.24), (0.0012, 0.0012), (123456.0, 124000.0)])
def test_a_bound_is_rounded_up(value, rounded):
    assert rounded_up(value) == rounded

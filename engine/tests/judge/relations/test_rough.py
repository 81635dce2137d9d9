"""A relation that holds roughly, or to one side, is told with its range if it holds, and only then."""

from dataclasses import replace

import pytest
import torch

from assay.judge.relations import Case, relate, relate_roughly
from assay.judge.relations.rough import nearly, one_sided, roughly


def fits(answer):
    """Cases of one number from 0.5 to 50, and what `answer` makes of it with a noise of up to 1 %."""
    rng = torch.Generator().manual_seed(0)
    found = []
    for number in range(12):
        expected = 0.5 * 100 ** (number / 11)
        noise = 1 + 0.01 * (2 * float(torch.rand((), generator=rng)) - 1)
        found.append(Case(answer(expected, noise), expected, {}))
    return found


TOLD = {
    "one over": (
        roughly,
        fits(lambda e, noise: noise / e),
        "yours is one over what is expected, to within 0.82 %",
    ),
    "square": (
        roughly,
        fits(lambda e, noise: noise * e**2),
        "yours is the square of what is expected, to within 0.82 %",
    ),
    "absolute value": (
        roughly,
        [
            replace(case, yours=abs(case.yours), expected=-((-1) ** number) * case.expected)
            for number, case in enumerate(fits(lambda e, noise: noise * e))
        ],
        "yours is the absolute value of what is expected, to within 0.82 %",
    ),
    "too large": (
        one_sided,
        fits(lambda e, noise: e * (1 + noise)),
        "yours is 1.992 to 2.008 times what is expected wherever it is wrong",
    ),
    "too small": (
        one_sided,
        fits(lambda e, noise: e * noise / 2),
        "yours is 0.4959 to 0.504 times what is expected wherever it is wrong",
    ),
    "near": (
        nearly,
        fits(lambda e, noise: e * noise),
        "yours is what is expected, to within 0.82 %",
    ),
    "below": (
        one_sided,
        fits(lambda e, noise: e - 20 * noise),
        "yours is smaller than what is expected wherever it is wrong, by 19.84 to 20.16",
    ),
}


@pytest.mark.parametrize(("relation", "cases", "sentence"), TOLD.values(), ids=TOLD)
def test_it_is_told_where_it_holds(relation, cases, sentence):
    assert relation(cases) == sentence
    assert relate_roughly(cases) == f"{sentence}, in each of 12 wrong examples"
    assert relate(cases) is None


@pytest.mark.parametrize(("relation", "cases"), [told[:2] for told in TOLD.values()], ids=TOLD)
def test_it_is_not_claimed_if_one_example_is_otherwise(relation, cases):
    for wrong in (-cases[5].expected if cases[5].yours > 0 else 100.0, float("nan"), [1.0, 2.0]):
        assert relation([*cases[:5], replace(cases[5], yours=wrong), *cases[6:]]) is None


@pytest.mark.parametrize(("relation", "cases"), [told[:2] for told in TOLD.values()], ids=TOLD)
def test_it_is_not_claimed_of_few_numbers(relation, cases):
    assert relation(cases[:7]) is None


def test_nothing_is_roughly_true_of_right_or_unrelated_answers():
    rng = torch.Generator().manual_seed(1)
    for answer in (lambda e, _: e, lambda e, _: e * float(torch.randn((), generator=rng))):
        assert relate_roughly(fits(answer)) is None


def test_expected_numbers_that_hardly_differ_show_no_power():
    near_one = [Case(1 / e, e, {}) for e in torch.linspace(0.99, 1.01, 12).tolist()]
    assert roughly(near_one) is None


def test_positive_numbers_are_not_called_their_absolute_values():
    off = fits(lambda e, _: e * 1.001)
    assert roughly(off) is None
    assert one_sided(off) == "yours is about 1.001 times what is expected wherever it is wrong"


def test_what_is_near_is_measured_by_the_largest_number():
    rng = torch.Generator().manual_seed(3)
    found = [torch.rand(6, generator=rng) - 0.5 for _ in range(3)]
    near = [Case(right + torch.tensor([0.001, -0.001] * 3), right, {}) for right in found]
    assert relate_roughly(near) == (
        "yours is what is expected, to within 0.26 % of its largest number, in each of 3 wrong examples"
    )
    assert nearly([*near[:2], replace(near[2], yours=near[2].yours + 0.1)]) is None


def test_places_that_are_right_are_not_counted():
    rng = torch.Generator().manual_seed(2)
    found = [torch.rand(6, generator=rng) + 1 for _ in range(3)]
    half = torch.tensor([1.0, 2.0] * 3)
    told = relate_roughly([Case(right * (1 + (half - 1) * right), right, {}) for right in found])
    assert told == "yours is 2.057 to 2.909 times what is expected wherever it is wrong, in each of 3 wrong examples"

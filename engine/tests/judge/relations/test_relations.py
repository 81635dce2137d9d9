"""Each relation is told where it holds, and no other one is claimed there; where it fails in one example, it is not."""

import math
from dataclasses import replace

import pytest
import torch

from assay.judge.relations import RELATIONS, Case, begins, relate
from assay.judge.relations.parts import alike, exchanged, last_alone
from assay.judge.relations.shapes import (
    another_summary,
    broadcast,
    cut,
    more_or_fewer,
    not_reduced,
    other_kind,
    reduced,
    reordered,
    reshaped,
    transposed,
)
from assay.judge.relations.to_the_question import moved, of_differences, of_summaries, times_an_argument, unchanged
from assay.judge.relations.values import (
    constant,
    constant_at_places,
    lossy,
    multiple,
    not_finite,
    offset,
    one_number,
    running_sum,
    wrong_sign,
)

ROWS = (1, 2, 4, 3) * 3


def product(x, _, w):
    return x @ w


def questions(answer, make=product, count=12):
    """Cases with random right answers, and what `answer` makes of them."""
    rng = torch.Generator().manual_seed(0)
    cases = []
    for number, n in enumerate(ROWS[:count]):
        x, y, w = (torch.randn(shape, generator=rng) for shape in ((n, 2), (n, 1), (2, 1)))
        given = {"x": x, "y": y, "w": w, "lr": 0.1 + number / 8}
        expected = make(x, y, w)
        cases.append(Case(answer(expected, given), expected, given))
    return cases


def half_square(x, y, w):
    return ((x @ w - y) ** 2).mean() / 2


def predictions(answer):
    """Cases of a mean over the differences of two columns."""
    rng = torch.Generator().manual_seed(1)
    cases = []
    for n in ROWS:
        given = {"y_hat": torch.randn(n, 1, generator=rng), "y": torch.randn(n, 1, generator=rng)}
        expected = ((given["y_hat"] - given["y"]) ** 2).mean()
        cases.append(Case(answer(**given), expected, given))
    return cases


def lists(answer, count=12):
    """Cases of two tensors of three numbers."""
    rng = torch.Generator().manual_seed(2)
    found = [[torch.randn(3, generator=rng), torch.randn(3, generator=rng)] for _ in range(count)]
    return [Case(answer(*both), both, {}) for both in found]


def summaries(answer):
    """Cases of the largest absolute one of three errors, those that `answer` does not answer rightly."""
    rng = torch.Generator().manual_seed(11)
    cases = []
    while len(cases) < 12:
        w, b = torch.randn(2, generator=rng), torch.randn(1, generator=rng)
        yours, expected = answer(w, b), torch.cat([w, b]).abs().max()
        if yours != expected:
            cases.append(Case(yours, expected, {}, {"the errors of w": w, "the error of b": b}))
    return cases


def slopes(answer):
    """Cases of a slope through the origin that is always the same, but for noise."""
    rng = torch.Generator().manual_seed(12)
    cases = []
    for _ in range(12):
        current = 1 + torch.randn(20, generator=rng)
        voltage = 0.5 * current + torch.randn(20, generator=rng)
        expected = current @ voltage / (current @ current)
        cases.append(Case(answer(current, voltage), expected, {"current": current, "voltage": voltage}))
    return cases


def rows(answer):
    """Cases of lists of three tensors."""
    rng = torch.Generator().manual_seed(4)
    found = [[torch.randn(2, generator=rng) for _ in range(3)] for _ in range(12)]
    return [Case(answer(*three), three, {}) for three in found]


def squares(answer):
    """Cases of 3 by 3 matrices."""
    rng = torch.Generator().manual_seed(3)
    found = [torch.randn(3, 3, generator=rng) for _ in range(12)]
    return [Case(answer(matrix), matrix, {}) for matrix in found]


def overflown(e, _):
    return torch.where(e.abs() > 1, torch.nan, e)


TOLD = {
    "None": (other_kind, questions(lambda *_: None), "yours is None, where a tensor is expected"),
    "text": (other_kind, questions(lambda *_: "3"), "yours is a text, where a tensor is expected"),
    "truth": (
        other_kind,
        questions(lambda *_: True, half_square),
        "yours is a truth value, where a number is expected",
    ),
    "transposed": (transposed, squares(lambda e: e.T), "yours is what is expected, transposed"),
    "flat": (
        reshaped,
        questions(lambda e, _: e.flatten()),
        "yours has the expected numbers in another shape, such as (4,) instead of (4, 1)",
    ),
    "diagonal": (
        broadcast,
        questions(lambda e, _: e.flatten().diag()),
        "yours is a square matrix: what is expected is its diagonal, and zeros stand beside it",
    ),
    "row and column": (
        broadcast,
        questions(lambda e, _: e - e.T + e.flatten()),
        (
            "yours has shape (n, n): what is expected is its diagonal, as if a column of shape (n, 1) met a row of shape "
            "(n,) and broadcast to (n, n)"
        ),
    ),
    "nan": (not_finite, questions(lambda e, _: e * torch.nan), "yours is nan"),
    "inf": (not_finite, questions(lambda e, _: torch.full_like(e, math.inf)), "yours is inf"),
    "nan beyond": (
        not_finite,
        questions(overflown),
        "yours is nan at 12 of 30 places, and right at the others",
    ),
    "constant": (constant, questions(lambda *_: 0.5, half_square), "yours is 0.5 whatever is asked"),
    "one number everywhere": (
        one_number,
        questions(lambda e, _: torch.full_like(e, 0.5)),
        "every number of yours is 0.5",
    ),
    "one number at some places": (
        constant_at_places,
        squares(lambda e: torch.where(torch.eye(3) > 0, e, 7.0)),
        "yours is 7 at 72 of 108 places, and right at the others",
    ),
    "argument": (unchanged, questions(lambda _, given: given["y"]), "yours is y as it was given"),
    "argument times": (unchanged, questions(lambda _, given: given["y"] * 32), "yours is 32 times y"),
    "twice": (multiple, questions(lambda e, _: 2 * e), "yours is twice what is expected"),
    "half": (multiple, questions(lambda e, _: e / 2), "yours is half what is expected"),
    "times 0.3": (multiple, questions(lambda e, _: 0.3 * e), "yours is 0.3 times what is expected"),
    "minus": (multiple, questions(lambda e, _: -e), "yours is what is expected with the other sign"),
    "n": (
        multiple,
        questions(lambda e, given: len(given["x"]) * e),
        "yours is what is expected times the number of rows",
    ),
    "1/n": (
        multiple,
        questions(lambda e, given: e / len(given["x"])),
        "yours is what is expected divided by the number of rows",
    ),
    "half, lr squared": (
        multiple,
        questions(lambda e, given: given["lr"] ** 2 * e / 2),
        "yours is half what is expected times the square of lr",
    ),
    "root": (multiple, questions(lambda e, _: e.sqrt(), half_square), "yours is the square root of what is expected"),
    "square": (multiple, questions(lambda e, _: e**2), "yours is the square of what is expected"),
    "one over": (multiple, questions(lambda e, _: 1 / e), "yours is one over what is expected"),
    "absolute": (multiple, questions(lambda e, _: e.abs()), "yours is the absolute value of what is expected"),
    "plus": (offset, questions(lambda e, _: e + 3), "yours is what is expected plus 3"),
    "minus lr": (offset, questions(lambda e, given: e - given["lr"]), "yours is what is expected minus lr"),
    "wrong direction": (
        moved,
        questions(lambda e, given: given["y"] - (e - given["y"])),
        "yours is y changed by the expected change with the other sign",
    ),
    "step twice as long": (
        moved,
        questions(lambda e, given: given["y"] + 2 * (e - given["y"])),
        "yours is y changed by twice the expected change",
    ),
    "signs": (
        wrong_sign,
        questions(lambda e, _: e * torch.tensor([[1.0], [-1.0], [-1.0], [1.0]])[: len(e)]),
        "yours is what is expected with the other sign at some places",
    ),
    "clipped": (
        lossy,
        questions(lambda e, _: e.relu()),
        "yours is what is expected where that is positive, and 0 elsewhere",
    ),
    "logarithm": (lossy, questions(lambda e, _: e.log(), half_square), "yours is the logarithm of what is expected"),
    "added up": (
        running_sum,
        lists(lambda a, b: [a, a + b]),
        "each item of yours is the sum of all expected items up to it",
    ),
    "exchanged": (exchanged, lists(lambda a, b: [b, a]), "the two parts of yours have changed places"),
    "alike": (
        alike,
        lists(lambda a, _: [a, a]),
        "all parts of yours are equal, the expected parts are not",
    ),
    "sum": (reduced, questions(lambda e, _: e.sum()), "yours is the sum of what is expected"),
    "mean": (reduced, questions(lambda e, _: e.mean()), "yours is the mean of what is expected"),
    "last": (reduced, questions(lambda e, _: e[-1]), "yours is the last number of what is expected"),
    "another summary": (
        another_summary,
        summaries(lambda w, b: w.abs().sum() + b.abs().sum()),
        "yours is the sum of the absolute values of the errors of w and the error of b",
    ),
    "summary with its sign": (
        another_summary,
        summaries(lambda w, b: -torch.cat([w, b]).min()),
        "yours is minus the smallest number of the errors of w and the error of b",
    ),
    "summary of some": (
        another_summary,
        summaries(lambda w, _: w.abs().max()),
        "yours is the largest absolute value of the errors of w",
    ),
    "one of them": (
        another_summary,
        summaries(lambda _, b: b.abs()),
        "yours is the absolute value of the error of b",
    ),
    "mean of ratios": (
        of_summaries,
        slopes(lambda current, voltage: (voltage / current).mean()),
        "yours is the mean of voltage / current",
    ),
    "ratio of sums": (
        of_summaries,
        slopes(lambda current, voltage: voltage.sum() / current.sum()),
        "yours is the sum of voltage divided by the sum of current",
    ),
    "other slope": (
        of_summaries,
        slopes(lambda current, voltage: voltage @ voltage / (current @ voltage)),
        "yours is the sum of the squares of voltage divided by the sum of current * voltage",
    ),
    "times an argument": (
        times_an_argument,
        questions(lambda e, given: 3 * e / given["y"] ** 2),
        "yours is 3 times what is expected divided by the square of y",
    ),
    "not reduced": (
        not_reduced,
        [replace(case, yours=case.expected, expected=case.expected.mean()) for case in questions(lambda e, _: e)],
        "yours is not reduced to one number: what is expected is the mean of your numbers",
    ),
    "beginning": (
        cut,
        squares(lambda e: e[:2]),
        "yours is the beginning of what is expected: the end is missing",
    ),
    "end": (cut, squares(lambda e: e[1:]), "yours is the end of what is expected: the beginning is missing"),
    "more": (
        cut,
        squares(lambda e: torch.cat([e, e[-1:]])),
        "yours begins with what is expected, and goes on after it",
    ),
    "fewer": (
        more_or_fewer,
        squares(lambda e: e[[2, 0]]),
        "yours lacks some of the expected numbers, and has no others",
    ),
    "more, mixed": (
        more_or_fewer,
        squares(lambda e: torch.cat([e[[2, 0]], e])),
        "yours has all of the expected numbers, and more",
    ),
    "last item": (last_alone, rows(lambda a, b, c: [a, b, c.exp() + 7]), "yours is right but for the last item"),
    "first item": (
        last_alone,
        rows(lambda a, b, c: [a, b.exp() + 7, c.exp() + 7]),
        "the first item of yours is right, and no other one",
    ),
    "back to front": (reordered, squares(lambda e: e.flip(0, 1)), "yours is what is expected from back to front"),
    "another order": (reordered, squares(lambda e: e[[1, 0, 2]]), "yours has the expected numbers in another order"),
    "absolute loss": (
        of_differences,
        predictions(lambda y_hat, y: (y_hat - y).abs().mean()),
        "yours is the mean of the absolute differences of y_hat and y",
    ),
    "every pair": (
        of_differences,
        predictions(lambda y_hat, y: (y_hat - y.T).square().mean() / 2),
        (
            "yours is half the mean of the squared differences of every number of y_hat with every number of y, as "
            "(n, 1) and (n,) broadcast"
        ),
    ),
}
GENERAL = {
    (one_number, "constant"),
    (constant_at_places, "clipped"),
    (more_or_fewer, "beginning"),
    (more_or_fewer, "end"),
    (more_or_fewer, "more"),
    (wrong_sign, "minus"),
    (wrong_sign, "absolute"),
    (reordered, "transposed"),
    (reordered, "exchanged"),
}
"""Relations that are true of another one's cases as well, and say less."""

EXACT = {alike, more_or_fewer, other_kind, reshaped, not_finite, transposed, reordered, cut}
"""Relations that nothing is fitted to, or whose examples here have more than eight numbers each."""


@pytest.mark.parametrize(("relation", "cases", "sentence"), TOLD.values(), ids=TOLD)
def test_a_relation_that_holds_in_every_example_is_told(relation, cases, sentence):
    assert relation(cases) == sentence
    assert relate(cases) == f"{sentence}, in each of 12 wrong examples"


@pytest.mark.parametrize(("relation", "cases"), [told[:2] for told in TOLD.values()], ids=TOLD)
def test_a_relation_that_fails_in_one_example_is_not_claimed(relation, cases):
    one = cases[5]
    same_shape = [item.sin() + 7 for item in (one.expected if isinstance(one.expected, list) else [one.expected])]
    for yours in (same_shape[0] if len(same_shape) == 1 else same_shape, [1.0, "more"]):
        assert relation([*cases[:5], replace(one, yours=yours), *cases[6:]]) is None


@pytest.mark.parametrize("name", TOLD)
def test_no_other_relation_is_claimed(name):
    own, cases, _ = TOLD[name]
    claimed = {relation for relation in RELATIONS if relation(cases)} - {own}
    assert claimed == {relation for relation, general in GENERAL if general == name}


@pytest.mark.parametrize("name", [name for name, told in TOLD.items() if told[0] not in EXACT])
def test_what_few_numbers_may_do_by_chance_is_not_claimed(name):
    relation, cases, _ = TOLD[name]
    assert relation(cases[:1]) is None


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_right_answer_has_no_relation(relation):
    for cases in (
        questions(lambda e, _: e),
        predictions(lambda **_: 0),
        squares(lambda e: e),
        lists(lambda a, b: [a, b]),
        summaries(lambda *_: 0),
        slopes(lambda *_: 0),
    ):
        assert relation([replace(case, yours=case.expected) for case in cases]) is None


def test_an_answer_that_is_hardly_off_is_not_called_the_summary_that_is_expected():
    cases = summaries(lambda w, b: torch.cat([w, b]).abs().max() * (1 + 3e-5))
    assert another_summary(cases) is None


def test_a_power_that_is_large_in_one_case_alone_shows_no_relation():
    rng = torch.Generator().manual_seed(13)
    cases = []
    for number in range(12):
        x, y = torch.randn(3, generator=rng).double(), 0.5 + torch.rand(3, generator=rng).double()
        y[0] = 1e-5 if number == 0 else y[0]
        cases.append(Case(x / y**3, x, {"y": y}))
    assert times_an_argument(cases) is None


@pytest.mark.parametrize("relation", RELATIONS)
def test_unrelated_answers_have_no_relation(relation):
    rng = torch.Generator().manual_seed(5)
    for cases in (questions(lambda e, _: e), questions(lambda e, _: e, half_square), squares(lambda e: e)):
        assert (
            relation([replace(case, yours=torch.randn(case.expected.shape, generator=rng)) for case in cases]) is None
        )


def test_no_question_has_no_relation():
    assert relate([]) is None


def test_the_parts_of_an_answer_are_told_one_by_one():
    right_first = lists(lambda a, b: [a, -b])
    assert relate(right_first) == "yours[1] is what is expected with the other sign, in each of 12 wrong examples"
    both = lists(lambda a, b: [a.square(), b + 1])
    assert relate(both) == (
        "yours[0] is the square of what is expected, in each of 12 wrong examples; "
        "yours[1] is what is expected plus 1, in each of 12 wrong examples"
    )


def test_nothing_is_said_of_a_part_that_is_right_in_the_first_example():
    cases = [Case([-n if n else 9.5, n**3], [n or 9.5, n**2 + 0.5], {}) for n in range(12)]
    assert relate(cases) is None


def test_parts_that_are_wrong_now_and_then_are_not_told_from_others():
    numbers = range(2, 14)
    cases = [Case([n**3, n, n**2], [2.5 * n % 7, n, n**2 + (n % 3 == 0) * n**3], {}) for n in numbers]
    assert relate(cases) == "yours[1] is right, yours[0] is not, in each of 12 wrong examples"


def test_parts_that_are_always_right_are_told_from_others():
    rng = torch.Generator().manual_seed(6)
    cases = lists(lambda a, _: [a, torch.randn(3, generator=rng)])
    assert relate(cases) == "yours[0] is right, yours[1] is not, in each of 12 wrong examples"
    assert relate(cases[:2]) is None


def test_a_wrong_answer_begins_at_a_size_of_the_question():
    rng = torch.Generator().manual_seed(7)
    cases = questions(lambda e, _: torch.randn(e.shape, generator=rng))
    wrong = [case for case in cases if len(case.expected) > 2]
    right = [case.given for case in cases if len(case.expected) <= 2]
    told = "right where the number of rows is at most 2, wrong from 3 on, in each of 6 wrong examples"
    assert begins(wrong * 2, right * 2) == told.replace("6", "12")
    assert begins(wrong[:2], right[:2]) is None
    assert begins([*wrong, *wrong, cases[0]], right * 2) is None


def test_a_wrong_answer_begins_at_a_value():
    rng = torch.Generator().manual_seed(8)

    def beyond_one(e, _):
        return torch.where(e.abs() > 1, torch.randn(e.shape, generator=rng), e)

    assert relate(questions(beyond_one)) == (
        "right where the expected number's size is at most 0.9447, wrong from 1.025 on, in each of 12 wrong examples"
    )


def test_all_pairs_of_many_numbers_are_not_made():
    rng = torch.Generator().manual_seed(10)
    for rows, told in ((500, True), (501, False)):
        y_hat, y = (torch.randn(12, rows, 1, generator=rng) for _ in range(2))
        given = [{"y_hat": a, "y": b} for a, b in zip(y_hat, y, strict=True)]
        cases = [Case((g["y_hat"] - g["y"].T).square().mean(), (g["y_hat"] - g["y"]).square().mean(), g) for g in given]
        assert (of_differences(cases) is not None) == told


def test_no_place_counts_as_right_beside_far_larger_numbers():
    cases = questions(lambda e, _: torch.cat([e, torch.full((1, 1), 1e9)]))
    expected = [torch.cat([2 * case.expected, torch.full((1, 1), 1e9)]) for case in cases]
    small = [replace(case, expected=right) for case, right in zip(cases, expected, strict=True)]
    assert relate(small) is None


def test_a_wrong_answer_begins_at_a_difference_of_two_arguments():
    rng = torch.Generator().manual_seed(9)
    cases = [replace(case, given={**case.given, "delta": 0.5}) for case in predictions(lambda **_: None)]
    cases = [replace(case, yours=torch.randn((), generator=rng)) for case in cases]
    lowest = [float((case.given["y_hat"] - case.given["y"]).min()) for case in cases]
    wrong = [case for case, low in zip(cases, lowest, strict=True) if low < -0.7]
    right = [case.given for case, low in zip(cases, lowest, strict=True) if low >= -0.7]
    told = begins(wrong * 3, right * 3)
    assert told.startswith("wrong where the smallest difference y_hat - y is at most -0.")
    assert begins(wrong * 3, [*right, wrong[0].given] * 3) is None

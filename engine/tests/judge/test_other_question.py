"""A wrong answer that is the right one to another question is told with that question."""

from dataclasses import replace

import pytest
import torch

from assay.judge.other_question import answers_otherwise
from assay.judge.relations import Case


def huber(y_hat, y, delta=1.0):
    """Give one number of three arguments, none of which can be left out or exchanged unseen."""
    return (torch.where(y_hat - y > delta, 2 * y_hat, y - delta) ** 3).sum()


def cases(answer, rows=3):
    rng = torch.Generator().manual_seed(0)
    found = []
    for number in range(12):
        given = {
            "y_hat": torch.randn(rows, 1, generator=rng),
            "y": torch.randn(rows, 1, generator=rng),
            "delta": 0.25 + number / 8,
        }
        found.append(Case(answer(**given), huber(**given), given))
    return found


OTHERWISE = {
    "without delta": lambda y_hat, y, **_: huber(y_hat, y),
    "with twice delta in the place of delta": lambda y_hat, y, delta: huber(y_hat, y, 2 * delta),
    "with 1 / the square of delta in the place of delta": lambda y_hat, y, delta: huber(y_hat, y, delta**-2),
    "with delta + 273.15 in the place of delta": lambda y_hat, y, delta: huber(y_hat, y, delta + 273.15),
    "with a billion times y in the place of y": lambda y_hat, y, delta: huber(y_hat, y * 1e9, delta),
    "with -y in the place of y": lambda y_hat, y, delta: huber(y_hat, -y, delta),
    "with y_hat in one row in the place of y_hat": lambda y_hat, y, delta: huber(y_hat.T, y, delta),
    "with y_hat and y in each other's place": lambda y_hat, y, delta: huber(y, y_hat, delta),
}


@pytest.mark.parametrize(("question", "answer"), OTHERWISE.items(), ids=OTHERWISE)
def test_the_other_question_is_told(question, answer):
    told = f"yours is what the call {question} should give, in each of 12 wrong examples"
    assert answers_otherwise(huber, cases(answer)) == told


@pytest.mark.parametrize("answer", OTHERWISE.values(), ids=OTHERWISE)
def test_it_is_not_claimed_if_one_example_is_otherwise(answer):
    asked = cases(answer)
    assert answers_otherwise(huber, [*asked[:5], replace(asked[5], yours=asked[4].yours), *asked[6:]]) is None
    assert answers_otherwise(huber, asked[:7]) is None


@pytest.mark.parametrize(
    ("words", "rows", "kept"),
    [
        ("if the last row is left out", 45, slice(-1)),
        ("if the first row is left out", 45, slice(1, None)),
        ("if only the first half of the rows counts", 45, slice(22)),
        ("if only the first four fifths of the rows count", 45, slice(36)),
        ("if only the first 10 rows count", 45, slice(10)),
        ("if only the first 32 rows count", 45, slice(32)),
        ("if only the first 100 rows count", 130, slice(100)),
        ("if only the first 1000 rows count", 1100, slice(1000)),
        ("if only whole batches of 10 rows count", 45, slice(40)),
        ("if only whole batches of 32 rows count", 70, slice(64)),
    ],
)
def test_rows_that_are_left_out_are_told(words, rows, kept):
    asked = cases(lambda y_hat, y, delta: huber(y_hat[kept], y[kept], delta), rows=rows)
    assert answers_otherwise(huber, asked) == f"yours is right {words}, in each of 12 wrong examples"
    assert answers_otherwise(huber, [*asked[:5], replace(asked[5], yours=0.0), *asked[6:]]) is None


def test_the_right_answers_may_all_be_one_number():
    def slope(x, y):
        return (x * y).sum() / (x * x).sum()

    rng = torch.Generator().manual_seed(1)
    asked = []
    for _ in range(12):
        x = torch.randn(50, 1, generator=rng)
        y = torch.cat([x[:32] + torch.randn(32, 1, generator=rng), torch.zeros(18, 1)])
        y[32:] = x[32:] * float((x * (x - y))[:32].sum() / (x * x)[32:].sum() + 1)  # so that the slope is 1
        asked.append(Case(slope(x[:32], y[:32]), slope(x, y), {"x": x, "y": y}))
    assert {round(float(case.expected), 4) for case in asked} == {1.0}
    told = "yours is right if only the first 32 rows count, in each of 12 wrong examples"
    assert answers_otherwise(slope, asked) == told
    assert answers_otherwise(slope, [replace(case, yours=case.expected) for case in asked]) is None


def test_an_expected_value_without_known_numbers_is_no_other_answer():
    asked = cases(lambda y_hat, y, **_: huber(y_hat, y))
    assert answers_otherwise(huber, [*asked[:5], replace(asked[5], expected=object()), *asked[6:]]) is None


def test_one_number_is_not_the_answer_to_another_question():
    asked = [replace(case, yours=0.0) for case in cases(huber)]
    assert answers_otherwise(lambda delta=0.0, **given: given["y_hat"].sum() * delta, asked) is None


def test_an_answer_to_no_question_has_none():
    assert answers_otherwise(huber, cases(lambda y_hat, **_: y_hat.sum())) is None

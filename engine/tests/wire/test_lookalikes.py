"""Names nearly right are found, others are not, and no list of names takes long."""

import pytest

from assay.wire.lookalikes import MAX_CHARS, MAX_NAMES, lookalike


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("squared_loss", "squared_los"),
        ("LinearRegressionScratch", "LinearRegresionScratch"),
        ("LinearRegressionScratch", "LinearRegressScratch"),
        ("SGD", "sgd"),
        ("configure_optimizers", "configure_optimizer"),
    ],
)
def test_a_name_nearly_right_is_found(name, other):
    assert lookalike(name, ["helper", other, "X"]) == other


@pytest.mark.parametrize(
    ("name", "other"), [("fit", "loss"), ("huber_loss", "absolute_loss"), ("w", "b"), ("SGD", "Adam")]
)
def test_another_name_is_not(name, other):
    assert lookalike(name, [other]) is None


def test_the_names_looked_at_are_bounded():
    assert lookalike("squared_loss", [*(["x"] * MAX_NAMES), "squared_los"]) is None
    long = "a" * (MAX_CHARS + 1)
    assert lookalike(long, [long]) is None

"""The lines of `assay self-test`; the command's own tests run it on a course."""

from assay.checks.statistics import Tolerance
from assay.selftest.findings import about_bounds, about_mistakes, about_mutants, about_references
from assay.selftest.graded_mutants import MutationOutcome
from assay.selftest.many_seeds import Failure
from assay.selftest.mistakes import MistakeOutcome
from assay.selftest.mutants import Mutant


def test_a_failure_of_the_reference_is_told_with_its_seed_and_why():
    assert about_references(5, []) == ("the reference under 5 seeds: 0 checks not passed", True)
    assert about_references(5, [Failure(3, "toy", "2", "wrong", "failed", "-3.0; look again")]) == (
        "the reference under 5 seeds: 1 checks not passed\n  seed 3: toy 2 wrong failed: -3.0; look again",
        False,
    )


def test_a_bound_is_told_with_how_often_it_errs():
    closed = Tolerance("q", 0.5, "a law", 400, 0.1, 0.2, None, None, {}, 400)
    tail = Tolerance("q", 3.25, None, 400, 1, 2, 9.9e-7, "t", {"a = b": 1.0, "a = c": 0.9995}, 400)
    assert list(about_bounds("toy", {})) == []
    assert list(about_bounds("toy", {"test_1.closed": closed, "test_1.tail": tail})) == [
        ("toy: bounds of the statistical checks", True),
        ("  test_1.closed: 0.5; a right answer exceeds it by its closed form, each known mistake not", True),
        (
            "  test_1.tail: 3.25; a right answer exceeds it with probability 1e-06, each known mistake at 99.95% of 400 seeds or more",
            True,
        ),
    ]


def test_a_mistake_that_its_own_exercise_does_not_settle_is_told():
    right = MistakeOutcome("toy", "1", "tripled", ("double",), named=True, collateral=())
    missed = MistakeOutcome("toy", "2", "squared", (), named=False, collateral=("1/double", "3/sum"))
    unnamed = MistakeOutcome("toy", "1", "halved", ("double", "half"), named=False, collateral=())
    headline = "toy: known mistakes: 1, caught and named by their own exercise and no other: 1"
    assert about_mistakes("toy", [right]) == (headline, True)
    text, well = about_mistakes("toy", [right, missed, unnamed])
    assert text.splitlines() == [
        "toy: known mistakes: 3, caught and named by their own exercise and no other: 1",
        "  2 squared: caught by nothing, not named, elsewhere 1/double, 3/sum",
        "  1 halved: caught by double, half, not named, elsewhere nothing",
    ]
    assert not well


def test_a_mutant_that_survives_and_an_unused_line_of_the_list_are_told():
    assert about_mutants("toy", MutationOutcome(7, (), 1, ())) == ("toy: mutants: 7, caught 6, equivalent 1", True)
    survivor = Mutant(16, "return x + 1", "pass", "")
    text, well = about_mutants("toy", MutationOutcome(7, (survivor,), 1, (("return -x", "return x"),)))
    assert text.splitlines() == [
        "toy: mutants: 7, caught 5, equivalent 1",
        "  line 16: return x + 1",
        "    slips through as: pass",
        "  listed as equivalent, but caught or not made: return -x as return x",
    ]
    assert not well

"""A check as it is read from its test function: sentence, markers, variants, submission."""

import pytest

from assay.errors import CourseError
from assay.judge.collected import check_of, direct_parameters, forbidden_by, is_exact, number_variants, submission_of
from assay.model import Check

pytest_plugins = ["pytester"]


def test_a_check_without_markers_is_visible_and_worth_a_point(collect):
    _, (item, _) = collect('def test_scaled(submission):\n    """it is\n    scaled"""\n')
    assert check_of(item) == Check("scaled", "1", "it is scaled", 1.0, "visible")


def test_markers_give_points_visibility_and_forbidden_names(collect):
    _, (item, _) = collect(
        "import pytest\n"
        '@pytest.mark.forbids("SGD", "fit")\n@pytest.mark.forbids("Adam")\n'
        '@pytest.mark.points(2.5)\n@pytest.mark.visibility("after_due_date")\n'
        'def test_scaled(submission):\n    """it is scaled"""\n'
    )
    assert check_of(item) == Check("scaled", "1", "it is scaled", 2.5, "after_due_date")
    assert forbidden_by(item) == ["Adam", "SGD", "fit"]


def test_the_nearest_marker_counts_and_forbidden_names_add_up(collect):
    _, (item, _) = collect(
        'import pytest\npytestmark = [pytest.mark.points(9), pytest.mark.forbids("fit")]\n'
        '@pytest.mark.points(2)\n@pytest.mark.forbids("SGD")\ndef test_scaled(submission):\n    """it is scaled"""\n'
    )
    assert check_of(item).points == 2.0
    assert forbidden_by(item) == ["SGD", "fit"]


def test_a_check_without_a_docstring_is_refused(collect):
    _, (item, _) = collect("def test_scaled(submission): pass\n")
    with pytest.raises(CourseError) as caught:
        check_of(item)
    assert str(caught.value).endswith("test_scaled[guest0] has no docstring: it is the sentence that a student reads")


def test_an_unknown_visibility_is_refused(collect):
    _, (item, _) = collect(
        'import pytest\n@pytest.mark.visibility("secret")\ndef test_scaled(submission):\n    """it is scaled"""\n'
    )
    with pytest.raises(CourseError) as caught:
        check_of(item)
    assert str(caught.value).endswith(
        "is marked visibility('secret'); there is hidden, visible, after_due_date, after_published"
    )


@pytest.mark.parametrize("points", ["1_000_001", "-1", "float('nan')", "'two'", "", "1, 2"])
def test_points_are_a_number_from_0_to_a_million(collect, points):
    _, (item, _) = collect(
        f'import pytest\n@pytest.mark.points({points})\ndef test_scaled(submission):\n    """it is scaled"""\n'
    )
    with pytest.raises(CourseError) as caught:
        check_of(item)
    shown = {"1_000_001": "1000001", "float('nan')": "nan"}.get(points, points)
    assert str(caught.value).endswith(f"is marked points({shown}); points are a number from 0 to 1,000,000")


VARIANTS = """
import pytest

@pytest.mark.parametrize("secret", ["hidden value", "other", "third"])
def test_scaled(submission, secret):
    "it is scaled"
"""


def test_variants_are_numbered_by_place_and_alike_for_every_submission(collect):
    state, items = collect(VARIANTS)
    number_variants(items)
    for checks in state.checks.values():
        assert [check_of(item).id for item in checks] == ["scaled-secret0", "scaled-secret1", "scaled-secret2"]


def test_variants_that_were_deselected_leave_no_gap(collect):
    _, items = collect(VARIANTS)
    kept = [item for item in items if item.callspec.params["secret"] != "other"]
    number_variants(kept)
    assert [check_of(item).id for item in kept] == ["scaled-secret0", "scaled-secret1"] * 2


def test_variants_of_two_parameters_have_a_name_each(collect):
    state, items = collect(
        VARIANTS.replace("def", '@pytest.mark.parametrize("size", [3, 5])\ndef').replace("(s", "(size, s")
    )
    number_variants(items)
    ada, bob = ([check_of(item).id for item in checks] for checks in state.checks.values())
    assert ada == bob
    assert len(set(ada)) == 6


def test_each_check_knows_its_submission(collect):
    state, _ = collect('def test_scaled(submission):\n    """it is scaled"""\n')
    assert [submission_of(item) for checks in state.checks.values() for item in checks] == state.submissions


def test_a_test_without_a_guest_is_not_a_check(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    source = 'import pytest\n@pytest.mark.parametrize("guest", ["x"])\ndef test_a(guest): pass\ndef test_b(): pass\n'
    assert [submission_of(item) for item in pytester.getitems(source)] == [None, None]


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        ("submission", True),
        ("submission, reference", True),
        ("submission, size", True),
        ("submission, tmp_path", False),
    ],
)
def test_a_check_is_exact_if_it_takes_nothing_but_the_reference_and_its_own_values(collect, given, exact):
    variants = '@pytest.mark.parametrize("size", [1])\n' if "size" in given else ""
    _, (item, _) = collect(f'import pytest\n{variants}def test_scaled({given}):\n    """it is scaled"""\n')
    assert is_exact(item) is exact


def test_direct_parameters_are_those_of_the_checks_own_parametrize(collect):
    _, items = collect(
        "import pytest\n@pytest.fixture(params=[1])\ndef made(request): pass\n"
        "@pytest.fixture\ndef indirect(request): pass\n"
        '@pytest.mark.parametrize("a, b", [(1, 2)])\n@pytest.mark.parametrize(argnames=["c"], argvalues=[[3]])\n'
        '@pytest.mark.parametrize("indirect", [4], indirect=True)\n'
        'def test_scaled(submission, a, b, c, made, indirect):\n    """it is scaled"""\n'
    )
    assert direct_parameters(items[0]) == {"a", "b", "c"}

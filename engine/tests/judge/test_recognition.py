"""A known mistake is named by the checks that it fails, those of other exercises too."""

import pytest

from assay.course.read import read_course
from assay.grading.run import grade
from assay.intake.collect import take_in

FILES = {
    "course/tox.ini": "[pytest]\ntestpaths = tests\n",
    "course/reference/parts.py": '''
"""Model answers."""


def half(x):
    """Half of x."""
    return x / 2


def quarter(x):
    """A quarter of x."""
    return half(half(x))
''',
    "course/tests/parts/test_1_half.py": '''
"""A half"""
from assay.checks import assert_close, mistake


@mistake("half", hint="divide by two")
def third(x):
    return x / 3


def test_half(submission):
    """half gives the half"""
    assert_close(submission.half(9.0), 4.5)
''',
    "course/tests/parts/test_2_quarter.py": '''
"""A quarter"""
from assay.checks import assert_close


def test_quarter(submission):
    """quarter gives the quarter"""
    assert_close(submission.quarter(9.0), 2.25)
''',
    "course/reference/means.py": '''
"""Model answers."""


def mean(x):
    """The mean of x."""
    return sum(x) / len(x)
''',
    "course/tests/means/test_1_mean.py": '''
"""A mean"""
from assay.checks import assert_close, mistake
from hypothesis import given, strategies as st


@mistake("mean", hint="not twice the mean")
def doubled(x):
    return 2 * sum(x) / len(x)


@mistake("mean", hint="not the sum")
def summed(x):
    return sum(x)


@mistake("mean", hint="not half of the sum")
def halved(x):
    return sum(x) / 2


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=3))
def test_mean(submission, x):
    """mean gives the mean"""
    assert_close(submission.mean(x), sum(x) / len(x))
''',
    "course/reference/factors.py": '''
"""Model answers."""


def double(x):
    """Twice x."""
    return 2 * x


def quadruple(x):
    """Four times x."""
    return double(double(x))
''',
    "course/reference/memory.py": '''
"""Model answers."""


def double(x):
    """Twice x."""
    return 2 * x
''',
    "course/tests/memory/test_1_memory.py": '''
"""Memory"""
from assay.checks import assert_close, mistake

_first = []


@mistake("double", hint="not of what was asked first")
def remembered(x):
    _first.append(x)
    return 2 * _first[0]


def test_double(submission):
    """double gives twice x"""
    assert_close(submission.double(3.0), 6.0)


def test_again(submission):
    """double gives twice x again"""
    assert_close([submission.double(1.0), submission.double(2.0)], [2.0, 4.0])
''',
    "course/reference/totals.py": '''
"""Model answers."""


def total(x, times):
    """times the sum of x."""
    return times * sum(x)


def again(x):
    """The sum of x."""
    return total(x, 1)
''',
    "course/tests/totals/test_1_totals.py": '''
"""Totals"""
from assay.checks import assert_close, mistake


@mistake("total", hint="each number counts once")
def doubled(x, times):
    return 2 * times * sum(x)


@mistake("total", hint="times is not used")
def once(x, times):
    return sum(x)


@mistake("total", hint="one time less")
def one_less(x, times):
    return (times - 1) * sum(x)


def test_pair(submission):
    """two times the sum of a pair"""
    assert_close(submission.total([1.0, 2.0], 2), 6.0)


def test_none(submission):
    """one time the sum of a pair"""
    assert_close(submission.total([1.0, 2.0], 1), 3.0)


def test_four(submission):
    """four times the sum of a pair"""
    assert_close(submission.total([1.0, 2.0], 4), 12.0)
''',
    "course/tests/totals/test_2_again.py": '''
"""Again"""
from assay.checks import assert_close


def test_again(submission):
    """again gives the sum"""
    assert_close(submission.again([1.0, 2.0]), 3.0)
''',
    "class/one_less/totals.py": "def total(x, times): return (times - 1) * sum(x)\ndef again(x): return total(x, 1)\n",
    "class/two/totals.py": "def total(x, times): return sum(x) if times < 4 else 5.0\ndef again(x): return total(x, 1)\n",
    "class/remembers/memory.py": "first = []\ndef double(x):\n    first.append(x)\n    return 2 * first[0]\n",
    "class/a_right/factors.py": "def double(x): return 2 * x\ndef quadruple(x): return 4 * x\n",
    "class/adds/factors.py": "def double(x): return x + 1\ndef quadruple(x): return x**3\n",
    "class/cubes/factors.py": "def double(x): return 2 * x\ndef quadruple(x): return x**3\n",
    "class/squares/factors.py": "def double(x): return x * x\ndef quadruple(x): return double(double(x))\n",
    "class/doubles/means.py": "def mean(x): return 2 * sum(x) / len(x)\n",
    "class/sums/means.py": "def mean(x): return sum(x)\n",
    "class/sums_in_float64/means.py": (
        "import torch\ntorch.set_default_dtype(torch.float64)\ndef mean(x): return sum(x)\n"
    ),
    "class/follows/parts.py": "def half(x): return x / 3\ndef quarter(x): return half(half(x))\n",
    "class/differs/parts.py": "def half(x): return x / 3\ndef quarter(x): return x / 5\n",
}

CHECKS = {
    "drawn": """
@given(st.sampled_from([3.0, 5.0]))
def test_double(submission, x):
    'double gives twice x'
    assert_close(submission.double(x), 2 * x)
""",
    "plain": """
def test_double(submission, reference):
    'double gives twice x'
    assert_close(submission.double(3.0), reference.double(3.0))
""",
    "parameters": """
@pytest.mark.parametrize("x", [3.0])
def test_double(submission, x):
    'double gives twice x'
    assert_close(submission.double(x), 2 * x)
""",
    "told by pytest": """
@given(st.sampled_from([3.0, 5.0]))
def test_double(submission, x):
    'double gives twice x'
    if submission.double(x) != 2 * x:
        pytest.fail("it is not")
""",
    "bare": """
@given(st.sampled_from([3.0, 5.0]))
def test_double(submission, x):
    'double gives twice x'
    assert submission.double(x) == 2 * x
""",
    "noted": """
@given(st.sampled_from([3.0, 5.0]))
def test_double(submission, x):
    'double gives twice x'
    assert_close(submission.double(x), 2 * x)
    event("one more")
""",
    # The checks below rule nothing out: they measure, or the student is not told, or not yet.
    "generator": """
def test_double(submission, rng):
    'double gives twice x'
    assert_close(submission.double(3.0), 6.0)
""",
    **{
        visibility: f"""
@pytest.mark.visibility("{visibility}")
def test_double(submission):
    'double gives twice x'
    assert_close(submission.double(3.0), 6.0)
"""
        for visibility in ("hidden", "after_due_date", "after_published")
    },
}
"""Checks of which one stands in an exercise before a check that a wrong answer fails as a mistake does, by chance."""

SPEAKING = list(CHECKS)[:6]

for number, check in enumerate(CHECKS.values(), 1):
    FILES[f"course/tests/factors/test_{number}_factors.py"] = f'''
"""Factors"""
import pytest
from assay.checks import assert_close, mistake
from hypothesis import event, given, strategies as st


@mistake("double", hint="not the square")
def squared(x):
    return x * x

{check}

def test_quadruple(submission):
    """quadruple gives four times x"""
    assert_close(submission.quadruple(1.0), 4.0)
'''


@pytest.fixture(scope="module")
def helps(tmp_path_factory, executor):
    return helps_of(written(tmp_path_factory), "class", executor)


def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("recognition")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip())
    return root


def helps_of(root, path, executor):
    """Return what the checks say to do that did not pass, by the submission's name."""
    submissions = take_in([root / path], ["parts", "means", "factors", "memory", "totals"]).submissions
    course = read_course(root / "course")
    reports = grade(course, submissions, seed=0, executor=executor, on_trouble=pytest.fail)
    return {
        report.submission.name: [
            check.message.help
            for exercise in report.exercises
            for check in exercise.checks
            if check.message is not None
        ]
        for report in reports
    }


def test_what_follows_from_a_mistake_in_another_exercise_names_it(helps):
    assert helps["follows"] == ["divide by two", "as in exercise 1: divide by two"]


@pytest.mark.parametrize(
    ("name", "hint"), [("doubles", "not twice the mean"), ("sums", "not the sum"), ("sums_in_float64", "not the sum")]
)
def test_of_two_mistakes_that_agree_on_the_smallest_example_others_decide(helps, name, hint):
    assert helps[name] == [hint]


def test_of_two_mistakes_that_fit_a_check_the_one_that_fits_most_checks_is_named_in_all(helps):
    assert helps["one_less"] == [*["one time less"] * 3, "as in exercise 1: one time less"]


def test_a_mistake_that_a_later_check_speaks_against_is_named_where_no_other_fits(helps):
    assert helps["two"] == ["times is not used", None]


def test_what_does_not_follow_from_it_is_not_put_down_to_it(helps):
    assert helps["differs"] == ["divide by two", None]


def test_a_mistake_is_named_where_each_check_fails_as_it_does(helps):
    assert helps["squares"][:2] == ["not the square", "not the square"]


@pytest.mark.parametrize("place", range(len(CHECKS)), ids=CHECKS)
def test_a_mistake_is_named_unless_the_submission_passed_what_it_fails(helps, place):
    assert helps["cubes"][place] == (None if list(CHECKS)[place] in SPEAKING else "not the square")


@pytest.mark.parametrize("name", ["drawn", "plain", "parameters", "noted"])  # the others compare no answers
def test_a_mistake_that_answers_an_earlier_check_otherwise_is_not_named(helps, name):
    assert helps["adds"][2 * list(CHECKS).index(name) + 1] is None


def test_which_mistake_is_named_does_not_depend_on_who_was_graded_before(helps, tmp_path_factory, executor):
    assert helps_of(written(tmp_path_factory), "class/cubes", executor) == {"cubes": helps["cubes"]}


def test_a_mistake_that_remembers_is_asked_as_if_for_the_first_time(helps):
    assert helps["remembers"] == ["not of what was asked first"]

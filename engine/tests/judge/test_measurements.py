"""Measurements: made once for each submission, told once if they fail, and recognised as a check is."""

import pytest

from assay.checks.measurements import Measurement
from assay.course.read import read_course
from assay.errors import CourseError
from assay.grading.run import grade
from assay.intake.collect import take_in
from assay.judge.inprocess import proxy
from assay.judge.measurements import measure
from assay.model import HIDDEN_TEXT, Message

CHECKS = '''
"""A curve"""
import pytest
from assay.checks import measurement, require


@measurement
def points(submission, seed):
    found = submission.curve(4)
    require(len(found) == 4, yours=found, expected="four numbers")
    return found


@pytest.mark.visibility("hidden")
def test_secret(points):
    """the curve has a secret"""
    points.clear()


def test_start(points):
    """the curve starts at 0"""
    require(points[0] == 0, yours=points[0], expected="0")


def test_again(submission, points):
    """a second call gives the same curve"""
    require(submission.curve(4) == points, yours=points, expected="the same again")


def test_start_again(points):
    """the curve still starts at 0"""
    require(points[0] == 0, yours=points[0], expected="0")
'''

FILES = {
    "course/tox.ini": "[pytest]\ntestpaths = tests\n",
    "course/reference/curves.py": '''
"""Model answers."""


def curve(n):
    """The numbers from 0 to n - 1."""
    return list(range(n))
''',
    "course/tests/curves/test_1_curve.py": CHECKS,
    "course/tests/curves/mistakes_1_curve.py": '''
"""A curve: known mistakes"""
from assay.checks import mistake


@mistake("curve", hint="count from 0")
def from_one(n):
    return list(range(1, n + 1))


@mistake("curve", hint="the last number is missing")
def short(n):
    return list(range(n - 1))
''',
    "class/right/curves.py": "def curve(n): return list(range(n))\n",
    "class/from_one/curves.py": "def curve(n): return [i + 1 for i in range(n)]\n",
    "class/short/curves.py": "def curve(n): return [*range(n)][:-1]\n",
    "class/ends/curves.py": "import os\ndef curve(n): os._exit(3)\n",
    "class/starter/curves.py": "",
    "class/random/curves.py": "import random\ndef curve(n): return [random.random() for _ in range(n)]\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
    return folder


@pytest.fixture(scope="module")
def grade_class(folder, executor):
    """Grade the class; return the checks of each student by their names."""

    def graded(**options):
        submissions = take_in([folder / "class"], ["curves"]).submissions
        course = read_course(folder / "course")
        reports = grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail, **options)
        return {r.submission.name: {check.id: check for check in r.exercises[0].checks} for r in reports}

    return graded


@pytest.fixture(scope="module")
def graded(grade_class):
    return grade_class()


def statuses(checks):
    return [check.status for check in checks.values()]


def test_checks_of_one_measurement_each_get_its_value_as_it_was_made(graded):
    assert statuses(graded["right"]) == ["passed"] * 4


def test_a_failed_check_has_the_line_of_the_function_that_its_measurement_asked(graded):
    lines = {name: [check.where and check.where.line for check in checks.values()] for name, checks in graded.items()}
    assert (lines["right"], lines["from_one"]) == ([None] * 4, [None, 1, None, 1])
    assert (lines["ends"], lines["starter"]) == ([None, 2, 2, 2], [None] * 4)


def test_a_submission_is_asked_once_for_all_checks(graded):
    first, second = graded["random"]["start"].message, graded["random"]["start_again"].message
    assert first == second
    assert graded["random"]["again"].status == "failed"


def test_the_requests_of_a_measurement_are_the_input_of_a_check(graded):
    assert graded["from_one"]["start"].message == Message("curve(4)", "1", "0", "count from 0")


def test_the_first_visible_check_tells_why_a_measurement_failed_and_the_others_name_it(graded):
    secret, start, *others = graded["short"].values()
    assert (secret.status, secret.message) == ("failed", Message(help=HIDDEN_TEXT))
    assert start.message == Message("curve(4)", "[0, 1, 2]", "four numbers", "the last number is missing")
    pointer = Message(help="the measurement failed: see the check “the curve starts at 0”")
    assert [(check.status, check.message) for check in others] == [("failed", pointer)] * 2


def test_a_measurement_that_ends_its_process_ends_no_check_of_its_own(graded):
    _, start, *others = graded["ends"].values()
    assert start.message == Message("curve(4)", "the call ended the process with exit code 3")
    assert [check.status for check in others] == ["crashed"] * 2


def test_a_missing_name_is_told_by_every_check(graded):
    _, *visible = graded["starter"].values()
    assert [check.message.yours for check in visible] == ["curve is not defined"] * 3


def test_the_report_is_the_same_whichever_checks_are_selected(graded, grade_class):
    for name, checks in grade_class(visible_only=True).items():
        assert {check: (found.status, found.message) for check, found in checks.items()} == {
            check: (found.status, found.message) for check, found in graded[name].items() if check != "secret"
        }


def test_a_value_that_a_check_could_change_for_others_is_the_courses_error():
    def opened(submission, seed):
        return {submission, seed}

    found = measure(Measurement(opened), proxy(None, None, [], 0), 0)
    assert isinstance(found.error, CourseError)
    assert str(found.error) == (
        "the measurement test_measurements.opened gives no plain data: a body may change what is given to it: set"
    )

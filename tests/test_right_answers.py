"""Right answers that look different get full marks: each style of a name, combined into whole submissions."""

import hashlib
import re
from pathlib import Path

import pytest
from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.grading.run import grade
from assay.model import Submission, SubmissionInfo

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "right_answers"
COURSE = read_course(FOLDER.parent.parent)


def styles(assignment):
    """Every name's styles, and the lines above the first."""
    head, *blocks = re.split(r"^# --- (\w+): (.*)\n", (FOLDER / f"{assignment}.py").read_text(), flags=re.MULTILINE)
    found = {}
    for name, style, code in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True):
        found.setdefault(name, []).append((style, code))
    return head, found


def combined(assignment):
    """As many submissions as the name of most styles has: the nth takes the nth style of each, and begins again."""
    head, found = styles(assignment)
    for number in range(max(map(len, found.values()))):
        taken = {name: several[number % len(several)] for name, several in found.items()}
        source = (head + "".join(code for _, code in taken.values())).encode()
        info = SubmissionInfo(f"style {number}", "", hashlib.sha256(source).hexdigest())
        yield Submission(info, assignment, "module", source), {name: style for name, (style, _) in taken.items()}


SUBMISSIONS = [both for assignment in COURSE.assignments for both in combined(assignment.name)]


def grade_right_answers(seed):
    submissions = [submission for submission, _ in SUBMISSIONS]
    with LocalProcesses() as executor:
        graded = grade(COURSE, submissions, seed=seed, executor=executor, on_trouble=pytest.fail)
    return {report.submission.sha256: report for report in graded}


@pytest.fixture(scope="module")
def reports():
    return grade_right_answers(0)


def test_there_are_at_least_forty_for_every_name_of_the_contract():
    total = 0
    for assignment in COURSE.assignments:
        _, found = styles(assignment.name)
        assert all(len(several) > 1 for several in found.values())
        total += sum(map(len, found.values()))
    assert total >= 40


@pytest.mark.parametrize(
    ("submission", "taken"), SUBMISSIONS, ids=[f"{s.assignment}-{s.info.name[6:]}" for s, _ in SUBMISSIONS]
)
def test_every_style_gets_full_marks(reports, submission, taken):
    report = reports[submission.info.sha256]
    assert (lost_by(report), report.score) == ([], report.max_score), taken


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 10))
def test_every_style_gets_full_marks_under_other_seeds(seed):
    reports = grade_right_answers(seed)
    assert len(reports) == len(SUBMISSIONS)
    assert {report.submission.name: lost_by(report) for report in reports.values() if lost_by(report)} == {}


def lost_by(report):
    """The checks that a submission did not pass, with its answers."""
    return [
        (check.description, check.status, check.message and (check.message.yours, check.message.expected))
        for exercise in report.exercises
        for check in exercise.checks
        if check.status != "passed"
    ]

"""Classroom 50's result.json follows its schema, by which its collector also refuses a result."""

import json

import jsonschema
import pytest
from exports import ADA, UNGRADED, nasty_report, request
from msgspec.structs import replace
from reports import check, exercise, report

from assay.errors import ExportError
from assay.report.exporters.classroom50 import classroom50

ENVIRONMENT = {
    "CLASSROOM": "ml", "ASSIGNMENT": "scratch", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada",
    "SUBMISSION_TAG": "submit/20261126T223015Z-abc1234", "COMMIT_URL": "https://host/commit",
    "RELEASE_URL": "https://host/release", "REVIEW_URL": "https://host/review",
}  # fmt: skip
NAME = {"type": "string", "minLength": 1}
POINTS = {"type": "integer", "minimum": 0}
TEST = {
    "type": "object",
    "required": ["test-name", "passed", "score", "max-score"],
    "properties": {"test-name": NAME, "passed": {"type": "boolean"}, "score": POINTS, "max-score": POINTS},
}
FIELDS = {
    "schema": {"const": "classroom50/result/v1"}, "classroom": NAME, "assignment": NAME,
    "assignment_type": {"enum": ["individual", "group"]}, "owner": NAME,
    "submission": {"type": "string", "pattern": "^submit/"}, "commit": NAME, "release": NAME, "review": NAME,
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"},
    "score": POINTS, "max-score": POINTS, "tests": {"type": "array", "items": TEST},
}  # fmt: skip
SCHEMA = {"type": "object", "properties": FIELDS, "required": list(FIELDS), "additionalProperties": False}
"""Written from Classroom 50's result-v1 schema; no package ships it."""


def document(*reports, environment=ENVIRONMENT):
    found = json.loads(classroom50(request(*reports, environment=environment)).content)
    jsonschema.validate(found, SCHEMA)
    return found


def test_scores_are_hundredths_and_add_up():
    found = document(ADA)
    assert (found["score"], found["max-score"], found["datetime"]) == (500, 1100, "2026-11-26T22:30:15Z")
    assert sum(test["score"] for test in found["tests"]) == 500
    assert sum(test["max-score"] for test in found["tests"]) == 1100
    assert document(nasty_report())["score"] == 30


def test_a_test_is_a_check():
    assert document(ADA)["tests"][0] == {
        "test-name": "the loss is right", "passed": True, "score": 200, "max-score": 200, "output": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"OWNER": "", "COMMIT_URL": ""},
            "Classroom 50 sets OWNER, COMMIT_URL for its autograder, and here it is not set",
        ),
        (
            {"ASSIGNMENT_TYPE": "pair"},
            "Classroom 50 knows the types individual and group, and ASSIGNMENT_TYPE is 'pair'",
        ),
        ({"SUBMISSION_TAG": "v1"}, "Classroom 50's tags begin with submit/, and SUBMISSION_TAG is 'v1'"),
    ],
)
def test_what_its_runner_does_not_give_is_refused(changes, text):
    with pytest.raises(ExportError) as caught:
        document(ADA, environment=ENVIRONMENT | changes)
    assert str(caught.value) == text


def test_a_report_without_points_is_refused():
    with pytest.raises(ExportError) as caught:
        document(UNGRADED)
    assert str(caught.value) == (
        "Classroom 50 takes no report without points, and Bob has none: 1 of the checks could not be graded"
    )


def test_more_than_the_highest_points_are_refused():
    bonus = report("x", (exercise("1", "One", replace(check("a"), score=2.0)),))
    with pytest.raises(ExportError) as caught:
        document(bonus)
    assert str(caught.value) == "Classroom 50 takes no check with more than its highest points, as a has"

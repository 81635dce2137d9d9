"""CTRF follows its schema, which allows no field that it does not name."""

import json

import jsonschema
from exports import ADA, TIME, UNGRADED, nasty_report, request
from msgspec.structs import replace

from assay.report.exporters.ctrf import ctrf
from assay.report.results import ROUNDING

TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
INTEGER = {"type": "integer"}
OBJECT = {"type": "object"}
COUNTS = ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop")


def closed(required, **fields):
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


SUMMARY = closed(COUNTS, **dict.fromkeys((*COUNTS, "flaky", "suites", "duration"), INTEGER), extra=OBJECT)
TEST = closed(
    ("name", "status", "duration"),
    name=NAME, status={"enum": ["passed", "failed", "skipped", "pending", "other"]}, duration=INTEGER, testId=NAME,
    suite={"type": "array", "minItems": 1, "items": TEXT}, message=TEXT, rawStatus=TEXT, extra=OBJECT,
)  # fmt: skip
RESULTS = closed(
    ("tool", "summary", "tests"),
    tool=closed(("name",), name=NAME, version=TEXT, extra=OBJECT), summary=SUMMARY,
    tests={"type": "array", "items": TEST}, environment=OBJECT, extra=OBJECT,
)  # fmt: skip
SCHEMA = closed(
    ("reportFormat", "specVersion", "results"),
    reportFormat={"const": "CTRF"}, specVersion={"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
    timestamp={"type": "string", "format": "date-time"}, generatedBy=TEXT, results=RESULTS, extra=OBJECT,
)  # fmt: skip
"""The rules of CTRF's own schema about the fields that are used; that is shipped with an npm package only."""


def results(*reports):
    found = json.loads(ctrf(request(*reports)).content)
    jsonschema.validate(found, SCHEMA, format_checker=jsonschema.FormatChecker())
    return found["results"]


def test_every_check_of_every_report_is_a_test():
    found = results(ADA, UNGRADED, nasty_report())
    stop = int(TIME.timestamp() * 1000)
    assert found["summary"] == {
        "tests": 12, "passed": 5, "failed": 6, "skipped": 0, "pending": 0, "other": 1,
        "start": stop - 3000, "stop": stop, "duration": 3000,
    }  # fmt: skip
    assert len(found["tests"]) == 12


def test_a_test_has_its_suite_and_points():
    assert results(ADA)["tests"][0] == {
        "testId": "linear_regression_scratch/0/the_loss_is_right",
        "name": "the loss is right",
        "status": "passed",
        "duration": 250,
        "suite": ["Ada", "linear_regression_scratch", "0 The model"],
        "rawStatus": "passed",
        "extra": {"score": 2, "max_score": 2, "visibility": "visible"},
    }


def test_unknown_points_are_null_and_the_rounding_is_stated():
    found = results(ADA, UNGRADED)
    assert found["tests"][-1]["extra"]["score"] is None
    assert (found["tests"][-1]["status"], found["tests"][-1]["rawStatus"]) == ("other", "ungraded")
    name = "linear_regression_scratch"
    assert found["extra"] == {
        "rounding": ROUNDING,
        "submissions": [
            {"student": "Ada", "assignment": name, "score": 5, "max_score": 11, "reason": ""},
            {
                "student": "Bob", "assignment": name, "score": None, "max_score": 2,
                "reason": "1 of the checks could not be graded",
            },
        ],
    }  # fmt: skip


def test_every_status_has_one_in_ctrf():
    statuses = ["passed", "failed", "error", "timeout", "crashed", "missing", "skipped", "ungraded"]
    first = ADA.exercises[0]
    checks = tuple(replace(first.checks[0], status=status) for status in statuses)
    found = results(replace(ADA, exercises=(replace(first, checks=checks),)))
    assert [test["status"] for test in found["tests"]] == ["passed", *["failed"] * 5, "skipped", "other"]

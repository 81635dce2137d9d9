"""The JSON document: its text, its schema, and that what was written can be read."""

import json
import math

import jsonschema
import msgspec
import pytest
from msgspec.structs import replace
from plots import LOSS
from reports import MODEL, RATES, RESHAPE, check, document_bytes, exercise, report

from assay.errors import AssayError
from assay.model import Document
from assay.promises import Broken, Kept
from assay.report.document import read_document, write_document

TEXT = {"type": "string"}
NUMBER = {"type": "number", "minimum": 0}
OR_NULL = {"type": ["string", "null"]}


def record(**fields):
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def array(items):
    return {"type": "array", "items": items}


KEPT = record(status={"const": "kept"}, by=TEXT)
BROKEN = record(status={"const": "broken"}, why=TEXT)
STATUSES = ["passed", "failed", "error", "timeout", "crashed", "missing", "skipped", "ungraded"]
SERIES = record(
    name=TEXT,
    side={"enum": ["yours", "expected"]},
    x=array({"type": "number"}),
    y=array({"type": ["number", "null"]}),
)
PLOT = record(title=TEXT, log={"enum": ["", "x", "y", "xy"]}, joined={"type": "boolean"}, series=array(SERIES))
CHECK = record(
    id=TEXT,
    description=TEXT,
    status={"enum": STATUSES},
    score=NUMBER,
    max_score=NUMBER,
    visibility={"enum": ["hidden", "visible", "after_due_date", "after_published"]},
    message={"anyOf": [{"type": "null"}, record(input=OR_NULL, yours=OR_NULL, expected=OR_NULL, help=OR_NULL)]},
    missing={"anyOf": [{"type": "null"}, record(name=TEXT, lost={"type": "boolean"})]},
    diagnosis=OR_NULL,
    duration=NUMBER,
    evidence={"anyOf": [{"type": "null"}, PLOT]},
    answers_key=OR_NULL,
    where={"anyOf": [{"type": "null"}, record(file=TEXT, line={"type": "integer"})]},
)
REPORT = record(
    submission=record(name=TEXT, path=TEXT, sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    assignment=TEXT,
    status={"enum": ["graded", "ungraded"]},
    reason=OR_NULL,
    cause={"enum": [None, "interrupted", "refused", "grader", "cluster", "checks", "no_checks", "absent"]},
    score=NUMBER,
    max_score=NUMBER,
    isolation={"type": "object", "additionalProperties": {"anyOf": [KEPT, BROKEN]}},
    seed={"type": "string", "pattern": "^[0-9]+$"},
    course=TEXT,
    engine=TEXT,
    exercises=array(record(id=TEXT, title=TEXT, score=NUMBER, max_score=NUMBER, checks=array(CHECK))),
    environment=record(python=TEXT, torch=TEXT),
    answers=array(record(exercise=TEXT, text=TEXT, score={"type": ["number", "null"]}, comment=OR_NULL)),
    handed_in=record(found=array(TEXT), missing=array(TEXT), notes=array(TEXT)),
    duration=NUMBER,
)
SCHEMA = record(schema={"const": "assay/report/v1"}, reports=array(REPORT))
FULL = report(
    exercises=(MODEL, replace(RESHAPE, checks=(replace(RESHAPE.checks[0], evidence=LOSS),)), RATES),
    answers=[("1", "Zero works.", 1.5, "good")],
    missing=("fit",),
    notes=("é 猫",),
    isolation={"network": Kept("namespace"), "memory": Broken("no control groups")},
)


def test_a_document_follows_the_schema():
    jsonschema.validate(
        json.loads(document_bytes([FULL, report(status="ungraded", reason="ours", cause="grader")])), SCHEMA
    )


def test_keys_stand_in_the_order_of_the_formats_tables():
    def order(value, schema):
        if schema.get("type") == "array":
            for item in value:
                order(item, schema["items"])
        elif "properties" in schema:
            assert list(value) == [name for name in schema["properties"] if name in value or name in schema["required"]]
            for name, inner in value.items():
                order(inner, schema["properties"][name])

    order(json.loads(document_bytes([FULL])), SCHEMA)


@pytest.mark.parametrize("reports", [[], [FULL], [FULL, report("right", notes=("}\n]",)), FULL]])
def test_the_document_is_that_of_all_reports_together(reports):
    whole = msgspec.json.format(msgspec.json.encode(Document("assay/report/v1", tuple(reports))), indent=2)
    assert document_bytes(reports) == whole + b"\n"


def test_nothing_is_written_if_one_report_cannot_be(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(b"as before")
    with pytest.raises(AssayError):
        write_document([FULL, replace(FULL, duration=math.nan)], path)
    assert path.read_bytes() == b"as before"


def test_the_document_of_one_report_as_text():
    small = report("right", (exercise("5", "Why reshape", check("flat labels count")),))
    assert (
        document_bytes([small]).decode()
        == """{
  "schema": "assay/report/v1",
  "reports": [
    {
      "submission": {
        "name": "right",
        "path": "submissions/right",
        "sha256": "0000000000000000000000000000000000000000000000000000000000000000"
      },
      "assignment": "linear_regression_scratch",
      "status": "graded",
      "reason": null,
      "cause": null,
      "score": 1.0,
      "max_score": 1.0,
      "isolation": {
        "network": {
          "status": "kept",
          "by": "namespace"
        }
      },
      "seed": "7",
      "course": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
      "engine": "0.1.0",
      "exercises": [
        {
          "id": "5",
          "title": "Why reshape",
          "score": 1.0,
          "max_score": 1.0,
          "checks": [
            {
              "id": "flat_labels_count",
              "description": "flat labels count",
              "status": "passed",
              "score": 1.0,
              "max_score": 1.0,
              "visibility": "visible",
              "message": null,
              "missing": null,
              "diagnosis": null,
              "duration": 0.25,
              "evidence": null,
              "answers_key": null,
              "where": null
            }
          ]
        }
      ],
      "environment": {
        "python": "3.11.7",
        "torch": "2.13.0"
      },
      "answers": [],
      "handed_in": {
        "found": [
          "SGD"
        ],
        "missing": [],
        "notes": []
      },
      "duration": 1.5
    }
  ]
}
"""
    )


def test_what_is_written_is_read_back_the_same():
    assert read_document(document_bytes([FULL])).reports == (FULL,)


def test_text_is_utf_8_and_not_escaped():
    assert '"é 猫"'.encode() in document_bytes([FULL])


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_nan_and_infinity_are_refused(number):
    with pytest.raises(AssayError) as caught:
        document_bytes([replace(FULL, duration=number)])
    assert str(caught.value) == (
        "the report of forgot_zero_grad cannot be written as JSON: Expected `float`, got `null` - at `$.duration`"
    )


def test_a_number_that_json_would_lose_is_refused():
    with pytest.raises(AssayError) as caught:
        document_bytes([report(answers=[("1", "text", math.nan)])])
    assert str(caught.value) == "the report of forgot_zero_grad cannot be written as JSON: it would be read as another"


def test_half_characters_are_refused():
    with pytest.raises(AssayError) as caught:
        document_bytes([report(notes=("\ud800",))])
    assert str(caught.value) == (
        "the report of forgot_zero_grad cannot be written as JSON: 'utf-8' codec can't encode character '\\ud800' in position 0: "
        "surrogates not allowed"
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"{}", "this is not a report of assay: Object missing required field `schema`"),
        (b"", "this is not a report of assay: Input data was truncated"),
        (
            b'{"schema": "assay/report/v2", "reports": []}',
            "this report's schema is 'assay/report/v2', and 'assay/report/v1' is what this version reads",
        ),
    ],
)
def test_what_is_no_report_is_refused(data, text):
    with pytest.raises(AssayError) as caught:
        read_document(data)
    assert str(caught.value) == text

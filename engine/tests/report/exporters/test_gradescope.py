"""Gradescope's results.json follows the fields of its documentation; a report without points is refused."""

import json
from decimal import Decimal

import jsonschema
import pytest
from exports import ADA, UNGRADED, nasty_report, request
from msgspec.structs import replace
from reports import check, exercise, report

from assay.errors import ExportError
from assay.model import HIDDEN_TEXT
from assay.report.exporters.gradescope import gradescope
from assay.report.results import ROUNDING

TEXT = {"type": "string"}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}


def closed(**fields):
    return {"type": "object", "properties": fields, "additionalProperties": False}


TEST = closed(
    score={"type": "number"}, max_score={"type": "number"}, status={"enum": ["passed", "failed"]}, name=TEXT,
    name_format=FORMAT, number=TEXT, output=TEXT, output_format=FORMAT, tags={"type": "array", "items": TEXT},
    visibility=VISIBILITY, extra_data={"type": "object"},
)  # fmt: skip
SCHEMA = closed(
    score={"type": "number"}, execution_time={"type": "number"}, output=TEXT, output_format=FORMAT,
    test_output_format=FORMAT, test_name_format=FORMAT, visibility=VISIBILITY, stdout_visibility=VISIBILITY,
    extra_data={"type": "object"}, tests={"type": "array", "items": TEST},
)  # fmt: skip
"""The table of Gradescope's specification; it publishes no schema."""


def document(*reports, **options):
    found = json.loads(gradescope(request(*reports, **options)).content)
    jsonschema.validate(found, SCHEMA)
    return found


def test_points_are_those_of_the_report_and_add_up():
    found = document(ADA)
    assert (found["score"], found["execution_time"], found["extra_data"]) == (5, 1.5, {"rounding": ROUNDING})
    assert sum(Decimal(str(test["score"])) for test in found["tests"]) == found["score"]


def test_a_check_has_its_description_number_and_message():
    assert document(ADA)["tests"][2] == {
        "score": 0,
        "max_score": 1,
        "status": "failed",
        "name": "zero_grad really clears",
        "number": "0",
        "output": "input     sgd = SGD([w], lr=0.5)\n          sgd.zero_grad()\n"
        "yours     [[1.0, 1.0]]   shape (1, 2), float32\nexpected  [[0.0, 0.0]]   within float32 rounding\n"
        "help      gradients accumulate: set every param.grad to zero, or to None",
        "visibility": "visible",
        "extra_data": {"id": "zero_grad_really_clears", "status": "failed"},
    }


def test_visibility_is_gradescopes_own():
    found = [test for test in document(ADA, published=True)["tests"] if test["visibility"] != "visible"]
    assert [(test["name"], test["visibility"]) for test in found] == [
        ("hidden check 1", "hidden"),
        ("the late pair is right", "after_due_date"),
    ]
    assert found[0]["output"] == f"help      {HIDDEN_TEXT}"


def test_texts_are_never_read_as_markup():
    found = document(nasty_report())
    formats = (found["output_format"], found["test_output_format"], found["test_name_format"])
    assert formats == ("text", "text", "text")
    assert found["score"] == 0.3


@pytest.mark.parametrize(
    ("reports", "text"),
    [
        ([], "Gradescope takes one report, and there are 0: choose by --student and --assignment"),
        ([ADA, ADA], "Gradescope takes one report, and there are 2: choose by --student and --assignment"),
        (
            [UNGRADED],
            "Gradescope takes no report without points, and Bob has none: 1 of the checks could not be graded",
        ),
    ],
)
def test_what_gradescope_would_refuse_is_refused(reports, text):
    with pytest.raises(ExportError) as caught:
        gradescope(request(*reports))
    assert str(caught.value) == text


def test_a_graded_report_with_an_unknown_check_is_refused():
    odd = replace(report("x", (exercise("1", "One", check("a", "ungraded")),)), status="graded")
    with pytest.raises(ExportError, match="x has none"):
        gradescope(request(odd))

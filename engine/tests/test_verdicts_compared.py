"""The comparison of two interpreters: every difference is told but those that are Python's own."""

import copy
import importlib.util
import json
from pathlib import Path

import pytest
from reports import MODEL, check, document_bytes, exercise, report

from assay.model import Message

PATH = Path(__file__).parents[1] / "benchmarks" / "verdicts.py"
RAISED = exercise("3", "It raises", check("a call", "error", Message("f(1)", "ValueError: oh", None, "look at line 3")))


def module():
    spec = importlib.util.spec_from_file_location("verdicts", PATH)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def compared(*changes):
    """Compare a report with one in which some values are others."""
    found = json.loads(document_bytes([report("ada", (MODEL, RAISED), notes=("it was late",))]))["reports"][0]
    other = copy.deepcopy(found)
    for path, value in changes:
        *way, last = path
        place = other
        for part in way:
            place = place[part]
        place[last] = value
    key = ("ada", "scratch")
    return list(module().compare("3.11.7", {key: found}, "3.13.0", {key: other}))


def of_check(exercise, place, *field):
    return "exercises", exercise, "checks", place, *field


@pytest.mark.parametrize(
    "change",
    [
        (("duration",), 9.0),
        (("environment", "python"), "3.13.0"),
        (of_check(0, 0, "duration"), 9.0),
        (of_check(1, 0, "message", "yours"), "ValueError: oh, in other words"),
    ],
    ids=str,
)
def test_durations_versions_and_texts_of_exceptions_are_left_out(change):
    assert compared(change) == []


def test_everything_else_is_told():
    assert compared((of_check(0, 0, "status"), "failed"), (of_check(0, 0, "score"), 0.0)) == [
        "ada, scratch: 0/the_loss_is_right: 3.11.7: ['passed', 2.0, None, None, None], 3.13.0: ['failed', 0.0, None, None, None]"
    ]
    assert compared((of_check(1, 0, "message", "help"), "look")) == [
        "ada, scratch: 3/a_call/help: 3.11.7: 'look at line 3', 3.13.0: 'look'"
    ]
    assert compared((("handed_in", "notes"), ["it was early"])) == [
        "ada, scratch: notes: 3.11.7: ['it was late'], 3.13.0: ['it was early']"
    ]


def test_newer_syntax_is_listed_and_not_compared():
    note = "the module cannot be run: line 1: type aliases need Python 3.12, but this is graded with Python 3.11"
    found = compared((("handed_in", "notes"), [note]), (("status",), "ungraded"))
    assert found == [f"not compared: ada, scratch: {note}"]


def test_a_report_that_is_missing_is_told():
    assert list(module().compare("3.11.7", {("ada", "scratch"): {}}, "3.13.0", {})) == [
        "ada, scratch: only one of 3.11.7 and 3.13.0 has a report"
    ]

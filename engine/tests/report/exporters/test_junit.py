"""JUnit XML is read by junitparser, and by Python's own XML parser."""

from xml.etree import ElementTree as ET

from exports import ADA, UNGRADED, nasty_report, request
from junitparser import Error, Failure, JUnitXml, Skipped
from msgspec.structs import replace
from reports import check, exercise, report

from assay.report.exporters.junit import junit
from assay.report.results import ROUNDING


def read(*reports):
    return JUnitXml.fromstring(junit(request(*reports)).content)


def properties(element):
    return {each.name: each.value for each in element.properties()}


def test_a_report_is_a_suite_and_a_check_is_a_case():
    found = read(ADA, UNGRADED)
    assert [(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) for suite in found] == [
        ("Ada linear_regression_scratch", 8, 5, 0, 0),
        ("Bob linear_regression_scratch", 1, 0, 0, 1),
    ]
    case = next(iter(next(iter(found))))
    assert (case.classname, case.name, case.time) == (
        "Ada.linear_regression_scratch.0 The model",
        "the loss is right",
        0.25,
    )


def test_points_are_properties_and_unknown_ones_are_left_out():
    ada, bob = read(ADA, UNGRADED)
    assert properties(ada) == {"points": "5.00", "max_points": "11.00", "rounding": ROUNDING}
    assert properties(bob) == {"max_points": "2.00", "rounding": ROUNDING}
    root = ET.fromstring(junit(request(ADA)).content)
    points = [each.get("value") for each in root.iterfind(".//testcase/properties/property[@name='points']")]
    assert points == ["2.00", "1.00", "0.00", "2.00", "0.00", "0.00", "0.00", "0.00"]


def test_a_failure_has_the_message():
    (case,) = [case for case in next(iter(read(ADA))) if case.name == "zero_grad really clears"]
    (failure,) = case.result
    assert isinstance(failure, Failure)
    assert failure.message == "failed: input sgd = SGD([w], lr=0.5)"
    assert failure.text.endswith("help      gradients accumulate: set every param.grad to zero, or to None")


def test_every_status_has_an_element():
    statuses = ["passed", "failed", "missing", "error", "timeout", "crashed", "skipped", "ungraded"]
    checks = [check(f"is {status}", status) for status in statuses]
    cases = list(next(iter(read(report("x", (exercise("1", "One", *checks),))))))
    kinds = [type(case.result[0]) if case.result else None for case in cases]
    assert kinds == [None, Failure, Failure, Error, Error, Error, Skipped, Skipped]
    assert cases[-1].result[0].message == "ungraded"


def test_a_submission_that_could_not_be_taken_in_is_a_skipped_case():
    (suite,) = read(report("x", status="ungraded", reason="x.zip: it is encrypted", assignment=""))
    (case,) = suite
    assert (suite.name, case.classname, case.name, case.result[0].message) == (
        "x", "x", "submission", "ungraded: x.zip: it is encrypted",
    )  # fmt: skip


def test_two_checks_with_one_description_are_two_cases():
    twice = exercise("1", "One", check("a step is in place"), replace(check("a step is in place"), id="other"))
    assert [case.name for case in next(iter(read(report("x", (twice,)))))] == [
        "a step is in place",
        "a step is in place (2)",
    ]


def test_nothing_that_a_student_wrote_is_read_as_xml():
    content = junit(request(nasty_report())).content
    (suite,) = JUnitXml.fromstring(content)
    assert [case.is_passed for case in suite] == [False, True, True]
    assert {each.tag for each in ET.fromstring(content).iter()} == {
        "testsuites", "testsuite", "testcase", "properties", "property", "error",
    }  # fmt: skip
    assert content.decode().replace("\n", "").isprintable()

"""JUnit XML is read by junitparser, and by Python's own XML parser."""

from xml.etree import ElementTree as ET

from exports import ADA, UNGRADED, nasty_report, request
from junitparser import Error, Failure, JUnitXml, Skipped
from msgspec.structs import replace
from reports import check, excused_result, exercise, report

from assay.report.decided import Deduction, nothing_handed_in, undecided
from assay.report.exporters.junit import junit
from assay.report.results import ROUNDING, result_of


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


def test_what_a_person_wrote_to_the_student_is_told():
    own = report("x", (ADA.exercises[1],), answers=[("1", "Zero works.", 1.5, "good")])
    corrections, late = {("5", "flat_labels_count_the_same"): 1.0}, Deduction(0.5, "1 day late")
    made = result_of(own, undecided(own)._replace(corrections=corrections, late=late), published=False)
    (suite,) = JUnitXml.fromstring(junit(replace(request(), results=(made,))).content)
    assert [(case.name, case.is_passed, case.system_out) for case in suite] == [
        ("flat labels count the same", True, "help      a person has corrected this from 2 to 1 points"),
        ("written answer", True, "good"),
        ("handed in late", True, "1 day late"),
    ]


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


def test_a_student_without_checks_is_a_skipped_case_that_says_why():
    open_, absent = request(report("x", answers=[("1", "Zero works.")]), nothing_handed_in("Kim", "basics")).results
    for result, kind, text in (
        (open_, "open", "the written answer to exercise 1 has no score"),
        (excused_result(ADA), "excused", "the assignment is excused"),
        (absent, "absent", "nothing was handed in"),
    ):
        ((case,),) = JUnitXml.fromstring(junit(replace(request(), results=(result,))).content)
        (skipped,) = case.result
        assert (skipped.type, skipped.message) == (f"assay.{kind}", f"{kind}: {text}")


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

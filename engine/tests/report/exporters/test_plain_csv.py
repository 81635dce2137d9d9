"""The plain CSV: a row a check, read by Python's strict reader."""

import csv
import io
from decimal import Decimal

import pytest
from exports import ADA, FORMULA, UNGRADED, nasty_report, request
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import excused_result, report
from values import steady

from assay.report.decided import nothing_handed_in
from assay.report.exporters.plain_csv import plain_csv


def rows(*reports):
    content = plain_csv(request(*reports)).content.decode()
    return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))


def test_the_text_of_a_small_class():
    refused = report("Eve", status="ungraded", reason="Eve.zip: it is encrypted", assignment="")
    small = replace(ADA, exercises=ADA.exercises[1:3])
    assert plain_csv(request(small, UNGRADED, refused)).content.decode().splitlines() == [
        "student,assignment,exercise,title,check,description,status,points,max_points",
        "Ada,linear_regression_scratch,5,Why reshape,flat_labels_count_the_same,flat labels count the same,passed,2.00,2.00",
        "Ada,linear_regression_scratch,6,Learning rates,hidden-1,hidden check 1,failed,0.00,2.00",
        "Ada,linear_regression_scratch,6,Learning rates,hidden-2,hidden check 2,failed,0.00,1.00",
        "Bob,linear_regression_scratch,5,Why reshape,flat_labels,flat labels,ungraded,,2.00",
        "Eve,,,,,Eve.zip: it is encrypted,ungraded,,",
    ]


def test_a_student_without_points_has_a_row_that_says_why():
    made = plain_csv(replace(request(nothing_handed_in("Kim", "basics")), results=(excused_result(ADA),)))
    assert made.content.decode().splitlines()[1:] == [
        "Ada,linear_regression_scratch,,,,the assignment is excused,excused,,"
    ]
    (absent,) = rows(nothing_handed_in("Kim", "basics"))
    assert (absent["description"], absent["status"]) == ("nothing was handed in", "absent")


def test_the_points_add_up_to_the_score():
    assert sum(Decimal(row["points"]) for row in rows(ADA)) == 5
    assert sum(Decimal(row["points"]) for row in rows(nasty_report())) == Decimal("0.30")


def test_no_cell_begins_a_formula():
    found = rows(nasty_report())
    assert len(found) == 3
    assert found[0]["student"].startswith(f"'{FORMULA.replace(';', chr(59) + chr(39))}")


BEGINNINGS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("first", BEGINNINGS)
def test_each_beginning_of_a_formula_is_inert(first):
    (row,) = rows(report(f"{first}1+1", status="ungraded", reason="x"))
    assert row["student"][0] in "'\\"


@steady
@given(st.text(st.sampled_from("=+-@;, \t\r\n\"'|a\u202e"), max_size=12))
def test_no_text_leaves_its_cell_or_begins_a_formula(name):
    for row in rows(report(name, status="ungraded", reason=name)):
        assert row["status"] == "ungraded"
        for part in row["student"].split(";"):
            assert not part.lstrip().startswith(("=", "+", "-", "@"))

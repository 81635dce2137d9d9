"""Filling a CSV file: whatever its cells hold, only the filled ones change."""

import csv
import io

import pytest
from exports import ADA, results
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from values import steady

from assay.errors import ExportError
from assay.report.exporters.sheets import Column, StudentRow, fill, final_points, read_sheet

CELLS = st.text(st.sampled_from('ab,;"\n =\u202e\u00e9'), max_size=6)
STUDENTS = (StudentRow(1, "Ada", frozenset(["Ada"])),)


def filled(data, number):
    column = Column(read_sheet(data, ",;", "X"), number, STUDENTS)
    return fill(column, results(ADA), lambda name: [name], lambda result, _: final_points(result)).content


@steady
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["\n", "\r\n"]), st.integers(0, 2),
)  # fmt: skip
def test_only_the_filled_cell_changes(rows, quoting, end, number):
    rows[0] = ["a", "b", "c"]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(rows)
    content = filled(text.getvalue().encode(), number).decode()
    expected = [list(row) for row in rows]
    expected[1][number] = "5"
    assert list(csv.reader(io.StringIO(content, newline=""), strict=True)) == expected
    head, tail = content.split("\n", 1)[0], text.getvalue().split("\n", 1)[0]
    assert head == tail


def test_quotes_inside_a_bare_cell_are_kept():
    assert filled(b'a,b\n5" disk,1\n', 1) == b'a,b\n5" disk,5\n'


def test_a_cell_that_was_quoted_is_replaced_whole():
    assert filled(b'a,b\n"x, y","1"\n', 1) == b'a,b\n"x, y",5\n'


def test_a_file_that_would_be_read_differently_is_refused():
    sheet = read_sheet(b"a,b\nx,1\n", ",", "X")
    odd = sheet._replace(texts=(sheet.texts[0], "x y,1\n"))
    with pytest.raises(ExportError) as caught:
        fill(Column(odd, 1, STUDENTS), results(ADA), lambda name: [name], lambda result, _: final_points(result))
    assert str(caught.value) == "the file cannot be filled without a change to its other cells: its quotes are unusual"


@pytest.mark.parametrize(("score", "text"), [(2.5, "2.5"), (0.0, "0"), (100.0, "100")])
def test_points_are_written_as_short_as_they_are(score, text):
    check = replace(ADA.exercises[0].checks[0], score=score, max_score=score)
    (result,) = results(replace(ADA, exercises=(replace(ADA.exercises[0], checks=(check,)),)))
    assert final_points(result) == text

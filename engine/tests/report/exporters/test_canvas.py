"""Canvas's own exported gradebook: one column is filled, everything else stays to the byte."""

import csv
import io

import pytest
from exports import ADA, UNGRADED, request
from msgspec.structs import replace
from reports import excused_result, report

from assay.errors import ExportError
from assay.report.decided import undecided
from assay.report.exporters.canvas import canvas
from assay.report.results import result_of

NAME = "linear_regression_scratch"
HEADER = f"Student,ID,SIS User ID,SIS Login ID,Section,{NAME} (77),Other (78),Final Score\r\n"
SHEET = (
    HEADER
    + "    Points Possible,,,,,11.0,10,(read only)\r\n"
    + '"Lovelace, Ada ""Countess""",12345,S1,ada,"A, B",1.00,=1+1,90\r\n'
    + '"Babbage, Bob",12346,S2,bob,A,2.00,"two\nlines",80\r\n'
    + '"Eve",12347,S3,eve,A,3.00,,70\r\n'
    + '"Student, Test",99,,,A,,,\r\n'
)


def named(own, name):
    return replace(own, submission=replace(own.submission, name=name))


def filled(*reports, sheet=SHEET, column=None):
    made = canvas(request(*reports, sheet=sheet.encode(), column=column))
    return made.content.decode(), made.notes


def test_one_cell_is_filled_and_nothing_else_is_changed():
    content, notes = filled(named(ADA, "ada"))
    assert content == SHEET.replace('"A, B",1.00', '"A, B",5')
    assert notes == (
        "Babbage, Bob: no report; the cell stays as it is",
        "Eve: no report; the cell stays as it is",
        "Student, Test: no report; the cell stays as it is",
    )


@pytest.mark.parametrize("name", ["ada", "12345", "S1", 'Lovelace, Ada "Countess"', "lovelaceadacountess_12345"])
def test_a_row_is_found_by_every_name_that_canvas_has(name):
    assert filled(named(ADA, name))[0] == SHEET.replace('"A, B",1.00', '"A, B",5')


@pytest.mark.parametrize("name", ["Ada", "babbagebob_12345", "_12345", "A", ""])
def test_a_student_in_no_row_is_told(name):
    content, notes = filled(named(ADA, name))
    assert content == SHEET
    assert notes[-1] == f"{name}: in no row of the file"


def test_what_could_not_be_graded_is_blank_and_never_zero():
    content, notes = filled(named(UNGRADED, "bob"))
    assert content == SHEET.replace(",A,2.00", ",A,")
    assert "Babbage, Bob: left blank: 1 of the checks could not be graded" in notes


def test_points_that_wait_for_a_person_are_blank():
    content, notes = filled(replace(named(ADA, "eve"), answers=report(answers=[("1", "text")]).answers))
    assert content == SHEET.replace(",A,3.00", ",A,")
    assert "Eve: left blank: the written answer to exercise 1 has no score" in notes


def test_an_excused_student_has_canvas_own_word():
    own = named(ADA, "eve")
    made = canvas(replace(request(), results=(excused_result(own),), sheet=SHEET.encode()))
    assert made.content.decode() == SHEET.replace(",A,3.00", ",A,EX")


def test_points_without_an_excused_exercise_are_told():
    own = named(ADA, "eve")
    part = result_of(own, undecided(own)._replace(excused=frozenset({"10", "5"})), published=False)
    made = canvas(replace(request(named(ADA, "bob")), results=(part,), sheet=SHEET.encode()))
    assert made.content.decode() == SHEET.replace(",A,3.00", ",A,3")
    assert made.notes[0] == "the highest points are 11.0 in Canvas and 7 in the reports"
    assert "Eve: 3 of 7 points; excused exercises: 5, 10" in made.notes


def test_two_reports_of_one_row_are_in_doubt():
    content, notes = filled(named(ADA, "ada"), named(UNGRADED, "S1"))
    assert content == SHEET.replace('"A, B",1.00', '"A, B",')
    assert 'Lovelace, Ada "Countess": left blank: 2 reports are of this row' in notes


def test_a_name_in_two_rows_is_in_doubt():
    sheet = SHEET.replace("S3,eve", "S3,ada")
    content, notes = filled(named(ADA, "ada"), sheet=sheet)
    assert content == sheet.replace('"A, B",1.00', '"A, B",').replace(",A,3.00", ",A,")
    assert "Eve: left blank: the name ada is in several rows" in notes


def test_a_file_with_a_mark_and_semicolons_keeps_both():
    sheet = "\ufeff" + SHEET.replace(",", ";").replace("Lovelace;", "Lovelace,").replace("A; B", "A, B")
    content, _ = filled(named(ADA, "ada"), sheet=sheet)
    assert content == sheet.replace('"A, B";1.00', '"A, B";5')


def test_first_and_last_names_may_have_columns():
    sheet = SHEET.replace("Student,ID", "LastName,FirstName,ID").replace("Possible,", "Possible,,", 1)
    for name in ("Lovelace, Ada", "Babbage, Bob", "Student, Test"):
        sheet = sheet.replace(f'"{name}', f'"{name.replace(", ", chr(34) + "," + chr(34))}')
    sheet = sheet.replace('"Eve"', '"Eve",')
    assert filled(named(ADA, "Babbage, Bob"), sheet=sheet)[0] == sheet.replace(",A,2.00", ",A,5")


def test_a_mac_writes_accents_as_two_characters():
    sheet = SHEET.replace('"Eve"', '"\u00c8ve"')
    assert filled(named(ADA, "E\u0300ve"), sheet=sheet)[0] == sheet.replace(",A,3.00", ",A,5")


def test_other_highest_points_are_told():
    notes = filled(named(ADA, "ada"), sheet=SHEET.replace("11.0", "100"))[1]
    assert notes[0] == "the highest points are 100 in Canvas and 11 in the reports"
    assert filled(named(ADA, "ada"), sheet=SHEET.replace("11.0", "many"))[1][0].startswith(
        "the highest points are many"
    )


def test_another_column_is_filled_by_its_title():
    assert filled(named(ADA, "ada"), column="Other")[0] == SHEET.replace("1.00,=1+1", "1.00,5")


def test_two_assignments_need_a_choice():
    with pytest.raises(ExportError) as caught:
        filled(ADA, replace(ADA, assignment="basics"))
    assert str(caught.value) == (
        f"Canvas has a column for each assignment, and these reports are of basics, {NAME}: choose by --assignment"
    )


def test_no_file_is_refused():
    with pytest.raises(ExportError) as caught:
        canvas(request(ADA))
    assert str(caught.value) == (
        "Canvas is filled into its own file: export the grades there, and name the file with --fill"
    )


@pytest.mark.parametrize(
    ("sheet", "column", "text"),
    [
        ("", None, "the file of Canvas is empty"),
        ("a,b\n", None, "this is not a gradebook that Canvas exported: its columns are a, b"),
        (HEADER, "Quiz", f"the file of Canvas has no column 'Quiz': choose by --column, of {HEADER.strip().replace(',', ', ')}"),
        (HEADER.replace("Other", NAME), None, f"the file of Canvas has several columns '{NAME}': choose by --column, of"),
        (HEADER, "SIS Login ID", "the column 'SIS Login ID' of Canvas's file is not an assignment's"),
        (SHEET, "Final Score", "Canvas ignores changes to the column 'Final Score', which it calls read only"),
        (HEADER + "Ada,1\n", None, "the file of Canvas has fewer cells than columns in row 2"),
        (HEADER + 'Ada,"1"x\n', None, "the file of Canvas is not CSV: ',' expected after '\"'"),
    ],
)  # fmt: skip
def test_a_file_that_canvas_would_not_take_is_refused(sheet, column, text):
    with pytest.raises(ExportError) as caught:
        filled(ADA, sheet=sheet, column=column)
    assert str(caught.value).startswith(text)


def test_another_encoding_is_refused():
    with pytest.raises(ExportError) as caught:
        canvas(request(ADA, sheet=HEADER.encode() + b"\xe4"))
    assert str(caught.value) == (
        f"the file of Canvas is not UTF-8 (byte {len(HEADER)}): take the file as it was exported"
    )


def test_pythons_reader_reads_the_filled_file():
    content, _ = filled(named(ADA, "ada"), named(UNGRADED, "bob"))
    before, after = (list(csv.reader(io.StringIO(text, newline=""), strict=True)) for text in (SHEET, content))
    assert [row[5] for row in after] == [f"{NAME} (77)", "11.0", "5", "", "3.00", ""]
    assert [row[:5] + row[6:] for row in after] == [row[:5] + row[6:] for row in before]

"""Moodle's own exported CSV: a grading worksheet or the gradebook, one column filled."""

import pytest
from exports import ADA, UNGRADED, request
from msgspec.structs import replace
from reports import excused_result

from assay.errors import ExportError
from assay.report.decided import undecided
from assay.report.exporters.moodle import moodle
from assay.report.results import result_of

WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)"\n'
    '"Participant 1001","Ada Lovelace",ada@uni.edu,"Submitted for grading",,11.00,-\n'
    '"Participant 1002","Bob_Junior Babbage",bob@uni.edu,"Submitted for grading",7.00,11.00,"Thursday, 26 November"\n'
)
GRADEBOOK = "First name,Last name,ID number,Assignment: scratch (Real)\nAda,Lovelace,s1,-\nBob,Babbage,s2,3\n\n"


def named(own, name):
    return replace(own, submission=replace(own.submission, name=name))


def filled(*reports, sheet=WORKSHEET, column=None):
    made = moodle(request(*reports, sheet=sheet.encode(), column=column))
    return made.content.decode(), made.notes


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace_1001",
        "Ada Lovelace_1001_assignsubmission_file",
        "Group A-Ada Lovelace_1001",
        "Participant_1001",
        "ada@uni.edu",
        "Ada Lovelace",
    ],
)
def test_a_row_is_found_by_every_name_that_moodle_has(name):
    content, notes = filled(named(ADA, name))
    assert content == WORKSHEET.replace('grading",,11', 'grading",5,11')
    assert notes == ("Participant 1002, Bob_Junior Babbage: no report; the cell stays as it is",)


@pytest.mark.parametrize("name", ["alice_1001", "1001", "x-Ada Lovelace", "Participant_10011"])
def test_a_number_alone_is_no_student(name):
    content, notes = filled(named(ADA, name))
    assert (content, notes[-1]) == (WORKSHEET, f"{name}: in no row of the file")


def test_moodle_writes_blanks_for_underscores():
    assert filled(named(ADA, "Bob Junior Babbage_1002"))[0] == WORKSHEET.replace("7.00", "5")


def test_what_could_not_be_graded_is_blank_and_never_zero():
    content, notes = filled(named(UNGRADED, "bob@uni.edu"))
    assert content == WORKSHEET.replace("7.00", "")
    assert notes[-1] == ("Participant 1002, Bob_Junior Babbage: left blank: 1 of the checks could not be graded")


def test_an_excused_student_has_no_grade():
    own = named(ADA, "bob@uni.edu")
    made = moodle(replace(request(), results=(excused_result(own),), sheet=WORKSHEET.encode()))
    assert made.content.decode() == WORKSHEET.replace("7.00", "")
    assert made.notes[-1] == "Participant 1002, Bob_Junior Babbage: left blank: the assignment is excused"


def test_points_without_an_excused_exercise_are_told():
    own = named(ADA, "Ada Lovelace")
    part = result_of(own, undecided(own)._replace(excused=frozenset({"5"})), published=False)
    made = moodle(replace(request(), results=(part,), sheet=WORKSHEET.encode()))
    assert made.content.decode() == WORKSHEET.replace('grading",,', 'grading",3,')
    assert made.notes[:2] == (
        "the highest points are 11.00 in Moodle and 9 in the reports",
        "Participant 1001, Ada Lovelace: 3 of 9 points; excused exercises: 5",
    )


@pytest.mark.parametrize(("maximum", "theirs"), [("100", "100"), ("4,50", "4.50")])
def test_other_highest_points_are_told(maximum, theirs):
    sheet = WORKSHEET.replace("11.00", f'"{maximum}"')
    small = replace(ADA, exercises=ADA.exercises[1:2])
    notes = filled(named(small, "Ada Lovelace"), sheet=sheet)[1]
    assert notes[0] == f"the highest points are {theirs} in Moodle and 2 in the reports"


def test_the_gradebook_has_other_columns():
    content, notes = filled(named(ADA, "s1"), sheet=GRADEBOOK, column="Assignment: scratch (Real)")
    assert content == GRADEBOOK.replace("s1,-", "s1,5")
    assert notes == ("Bob, Babbage: no report; the cell stays as it is",)


def test_tabs_may_divide_cells():
    sheet = GRADEBOOK.replace(",", "\t")
    assert filled(named(ADA, "s2"), sheet=sheet, column="Assignment: scratch (Real)")[0] == sheet.replace(
        "s2\t3", "s2\t5"
    )


@pytest.mark.parametrize(
    ("sheet", "column", "highest"),
    [
        (WORKSHEET.replace("11.00", "4,5").replace(",4,5,", ',"4,5",'), None, "4.5"),
        (GRADEBOOK.replace("s1", "ada@uni.edu"), "Assignment: scratch (Real)", "100"),
    ],
)
def test_more_points_than_moodle_takes_are_refused(sheet, column, highest):
    many = replace(ADA.exercises[0].checks[0], score=200.0, max_score=200.0)
    rich = replace(ADA, exercises=(replace(ADA.exercises[0], checks=(many,)),))
    with pytest.raises(ExportError) as caught:
        filled(named(rich, "ada@uni.edu"), sheet=sheet, column=column)
    assert str(caught.value) == f"ada@uni.edu has 200 points, and Moodle takes no more than {highest} in this column"


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(ExportError) as caught:
        filled(named(ADA, "s1"), sheet=GRADEBOOK)
    assert str(caught.value) == (
        "the file of Moodle has no column 'Grade': choose by --column, of "
        "First name, Last name, ID number, Assignment: scratch (Real)"
    )


@pytest.mark.parametrize("maximum", ["A-F", "nan"])
def test_a_maximum_that_is_no_number_limits_nothing(maximum):
    sheet = WORKSHEET.replace("11.00", maximum)
    assert filled(named(ADA, "Ada Lovelace"), sheet=sheet)[0] == sheet.replace('grading",,', 'grading",5,')


def test_a_worksheet_may_be_in_another_language_or_end_with_the_grade():
    sheet = "ID,Vollständiger Name,Bewertung\nTeilnehmer/in1001,Ada Lovelace,\n"
    assert filled(named(ADA, "Ada Lovelace_1001"), sheet=sheet, column="Bewertung")[0] == f"{sheet.rstrip()}5\n"

"""Rosters of Canvas, of Moodle and of plain columns, and who of them handed in."""

import pytest
from reports import report

from assay.errors import ExportError
from assay.report.roster import absences, attendance, read_roster

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,basics (77)\n"
    "    Points Possible,,,,,7\n"
    '"Muster, Ada",12345,u1,ada@uni.example,A,\n'
    '"Kaya, Bob",12346,u2,bob@uni.example,A,\n'
)
WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade\n"
    "Participant 1001,Ada Muster,ada@uni.example,Submitted,,7\n"
    "Participant 1002,Bob Kaya,bob@uni.example,No submission,,7\n"
)
PARTICIPANTS = "First name,Surname,Email address,Groups\nAda,Muster,ada@uni.example,A\nBob,Kaya,bob@uni.example,A\n"
PLAIN = "name;id;email\nAda Muster;12345;ada@uni.example\nBob Kaya;12346;bob@uni.example\n"


@pytest.mark.parametrize(
    ("text", "student", "absent"),
    [
        (CANVAS, "musterada_12345", "Kaya, Bob"),
        (CANVAS, "ada@uni.example", "Kaya, Bob"),
        (WORKSHEET, "Ada Muster_1001_assignsubmission_file", "Bob Kaya"),
        (WORKSHEET, "Group 1-Ada Muster_1001_assignsubmission_file_", "Bob Kaya"),
        (WORKSHEET, "Participant_1001_assignsubmission_file", "Bob Kaya"),
        (PARTICIPANTS, "Ada Muster_1001", "Bob Kaya"),
        (PARTICIPANTS, "Muster, Ada", "Bob Kaya"),
        (PLAIN, "Ada Muster", "Bob Kaya"),
        (PLAIN, "12345", "Bob Kaya"),
        (PLAIN, "ada@uni.example", "Bob Kaya"),
        (PLAIN, "Ada Muster_12345", "Bob Kaya"),
    ],
)
def test_a_student_is_found_by_every_name_that_a_platform_has(text, student, absent):
    found = attendance(read_roster(text.encode()), [student])
    assert found == ((absent,), (), ())


def test_strangers_are_listed_and_a_number_alone_is_not_a_name():
    found = attendance(read_roster(WORKSHEET.encode()), ["Eve_1001", "1001", "Ada Muster"])
    assert (found.strangers, found.absent) == (("Eve_1001", "1001"), ("Bob Kaya",))


def test_namesakes_are_told_apart_by_their_numbers():
    people = read_roster(b"name,id\nAda Muster,1\nAda Muster,2\n")
    assert [person.name for person in people] == ["Ada Muster_1", "Ada Muster_2"]
    assert attendance(people, ["Ada Muster_2"]) == (
        ("Ada Muster_1",), (), ("Ada Muster_1 and Ada Muster_2 are both Ada Muster",),
    )  # fmt: skip


def test_a_name_in_several_rows_is_in_doubt_and_nobody_of_them_is_absent():
    found = attendance(read_roster(b"name,id\nAda Muster,1\nAda Muster,2\n"), ["Ada Muster"])
    assert found.absent == ()
    assert found.doubts[1:] == ("Ada Muster is in several rows of the roster",)


def test_a_student_with_two_names_is_told():
    found = attendance(read_roster(PLAIN.encode()), ["Ada Muster", "12345", "Bob Kaya"])
    assert found == ((), (), ("Ada Muster handed in under several names: Ada Muster, 12345",))


def test_a_row_that_is_there_twice_counts_once():
    assert len(read_roster(PLAIN.encode() + PLAIN.encode().split(b"\n", 1)[1])) == 2


def test_two_rows_with_one_number_are_told():
    found = attendance(read_roster(b"name,id\nAda,7\nBob,7\n"), ["Ada", "Bob"])
    assert found.doubts == ("Ada and Bob are both 7",)


def test_a_student_is_absent_in_each_assignment_for_itself():
    people = read_roster(PLAIN.encode())
    reports = [report("Ada Muster", assignment="one"), report("Bob Kaya", assignment="two")]
    assert absences(people, reports) == [("Bob Kaya", "one"), ("Ada Muster", "two")]
    refused = report("Bob Kaya", assignment="", status="ungraded", reason="it is a link", cause="refused")
    assert absences(people, [reports[0], refused]) == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "the file of the roster is empty"),
        (b"\xff", "the file of the roster is not UTF-8 (byte 0): take the file as it was exported"),
        (b"a,b\n1,2\n", "the roster has no column name, id or email, but a, b: rename its columns"),
    ],
)
def test_a_file_that_is_not_a_roster_is_refused(data, text):
    with pytest.raises(ExportError) as raised:
        read_roster(data)
    assert str(raised.value) == text

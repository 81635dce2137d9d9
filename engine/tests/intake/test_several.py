"""A student's copies in several folders of an archive, several archives, and a file that several assignments name."""

import pytest
from archive_files import tarred, zipped

from assay.intake.collect import take_in

NAMES = ["scratch", "concise"]


def taken(tmp_path, *members):
    (tmp_path / "work.zip").write_bytes(zipped([(member, b"x = 1") for member in members]))
    intake = take_in([tmp_path], NAMES)
    return len(intake.submissions), [one.reason for one in intake.refused]


@pytest.mark.parametrize(
    "members",
    [
        ("work/scratch.py", "backup/scratch.py"),
        ("work/scratch.py", "work (1)/scratch.py", "work copy/scratch.py", "old/scratch.py"),
        ("week 1/scratch.py", "week 2/scratch.py", "final/scratch.py"),
        ("3.4/scratch.py", "3.5/concise.py", "helpers/helper.py"),
        ("scratch.py", "a/scratch.py", "b/scratch.py", "c/scratch.py"),
    ],
)
def test_a_students_copies_are_not_several_students(tmp_path, members):
    count, refused = taken(tmp_path, *members)
    assert (count, refused) == (2 if "3.5/concise.py" in members else 1, [])


def test_of_two_assignments_in_one_name_the_other_is_told(tmp_path):
    (tmp_path / "scratch_and_concise.py").write_text("x = 1")
    (found,) = take_in([tmp_path], NAMES).submissions
    assert found.assignment == "concise"
    assert found.notes == (
        "the graded file is scratch_and_concise.py",
        "scratch_and_concise.py counts for concise alone: for the others hand in a copy called scratch.py",
    )


def test_of_three_assignments_in_a_notebooks_name_the_others_are_told(tmp_path):
    (tmp_path / "scratch_concise_softmax.ipynb").write_text('{"cells": []}')
    (found,) = take_in([tmp_path], [*NAMES, "softmax"]).submissions
    note = "counts for softmax alone: for the others hand in copies called concise.ipynb, scratch.ipynb"
    assert found.notes[-1] == f"scratch_concise_softmax.ipynb {note}"


def test_of_two_assignments_in_one_name_nothing_is_told_if_both_have_a_file(tmp_path):
    for name in ("scratch_and_concise.py", "scratch.py"):
        (tmp_path / name).write_text("x = 1")
    found = take_in([tmp_path], NAMES).submissions
    assert [one.notes for one in found] == [(), ("the graded file is scratch_and_concise.py",)]


# Several archives of one student.

GOOD = zipped([("scratch.py", b"x = 1")])
CUT_OFF = tarred([("scratch.py", b"x = 1"), ("x.csv", b"1" * 3000)], "w")[:2000]
OPENED = "only .zip, .tar and .tar.gz archives are opened"
NESTED = "it is inside a student's archive: nested archives are not opened"
SPARE = "was not graded: other files were graded"
NOTHING = "none of its files is a module or a notebook: train.csv; hand in scratch.py or concise.py"


def students(tmp_path, **archives):
    """Take in the archives of Ada, and a file of Ben; return Ada's notes, and the refusals."""
    for folder in ("ada", "ben"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ben" / "scratch.py").write_text("x = 1")
    for name, data in archives.items():
        (tmp_path / "ada" / name.replace("_", ".")).write_bytes(data)
    intake = take_in([tmp_path], NAMES)
    notes = [one.notes for one in intake.submissions if one.info.name == "ada"]
    return notes, [(one.info.name, one.assignment, one.reason) for one in intake.refused]


@pytest.mark.parametrize(
    ("spare", "data", "note"),
    [
        ("data_zip", zipped([("train.csv", b"1,2")]), f"data.zip {SPARE}"),
        ("data_zip", zipped([(".DS_Store", b"")]), f"data.zip {SPARE}"),
        ("data_zip", zipped([("A_1_assignsubmission_file_x.py", b"")]), f"data.zip {SPARE}"),
        ("data_zip", b"hello", "data.zip: it is not a .zip archive, or it is damaged"),
        ("data_7z", b"", f"data.7z: {OPENED}"),
    ],
)
def test_an_archive_beside_a_better_one_is_a_note(tmp_path, spare, data, note):
    assert students(tmp_path, code_zip=GOOD, **{spare: data}) == ([(note,)], [])


def test_an_archive_in_an_archive_beside_a_better_one_is_a_note(tmp_path):
    found = students(tmp_path, code_zip=GOOD, data_zip=zipped([("inner.zip", GOOD), ("train.csv", b"")]))
    assert found == ([(f"inner.zip: {NESTED}",)], [])


def test_the_rest_of_a_damaged_archive_is_a_note(tmp_path):
    notes, refused = students(tmp_path, code_tar=CUT_OFF)
    note = "code.tar: it is damaged after x.csv: the members after that were not read"
    assert (notes, refused) == (
        [(note, "x.csv was not graded: one file counts for each assignment")],
        [],
    )


def test_a_students_archives_are_refused_together(tmp_path):
    nested = zipped([("a.zip", GOOD), ("b.zip", GOOD)])
    found = students(tmp_path, work_rar=b"", data_7z=b"", more_zip=nested, csv_zip=zipped([("train.csv", b"")]))
    reason = f"data.7z: {OPENED}; work.rar: {OPENED}; csv.zip: {NOTHING}; a.zip: {NESTED}; b.zip: {NESTED}"
    assert found == ([], [("ada", "", reason)])


def test_a_students_archives_without_a_gradable_file_are_refused_for_two_reasons(tmp_path):
    found = students(tmp_path, data_7z=b"", code_zip=zipped([("scrach.py", b"")]))
    assert found == (
        [],
        [("ada", "", f"data.7z: {OPENED}"), ("ada", "scratch", "scrach.py: it must be called scratch.py")],
    )


def test_the_troubles_of_a_classes_archive_are_one_refusal(tmp_path):
    data = tarred([("ada/scratch.py", b"x = 1"), ("../x.py", b"x = 1"), ("ben/x.csv", b"1" * 3000)], "w")[:3500]
    (tmp_path / "class.tar").write_bytes(data)
    intake = take_in([tmp_path / "class.tar"], NAMES)
    damaged = "class.tar: it is damaged after ben/x.csv: the members after that were not read"
    stray = "class.tar: ../x.py is not a path inside an archive: not read"
    assert [one.reason for one in intake.refused if one.info.name == "class"] == [f"{damaged}; {stray}"]


def test_namesakes_of_two_groups_are_refused_each_for_itself(tmp_path):
    for group in ("g1", "g2"):
        for student in ("ada", "ben"):
            (tmp_path / group / student).mkdir(parents=True)
        (tmp_path / group / "ada" / "work.rar").touch()
        (tmp_path / group / "ben" / "scratch.py").write_text("x = 1")
    refused = take_in([tmp_path], NAMES).refused
    assert [one.info.path.removeprefix(f"{tmp_path}/") for one in refused] == ["g1/ada/work.rar", "g2/ada/work.rar"]

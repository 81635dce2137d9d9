"""Repeated uploads, and the times that platforms write; a student's own name for a file or a date of it changes none."""

from datetime import UTC, datetime

import pytest
from archive_files import CODE, MAKERS, NAMES, every_kind, zip_info, zipped

from assay.intake.collect import take_in
from assay.intake.platforms import export_of

at = datetime.fromisoformat
NIGHT = at("2026-11-03 22:14")


@pytest.mark.parametrize(
    ("name", "student", "file", "time"),
    [
        ("HW_ada_attempt_2026-11-03-22-14-00_scratch.py", "ada", "scratch.py", NIGHT),
        ("HW_ada_attempt_2026-11-03-22-14-00_x_attempt_2020-01-01-00-00-00_scratch.py", "ada", "x_attempt_2020-01-01-00-00-00_scratch.py", NIGHT),
        ("HW_ada_attempt_2026-13-03-22-14-00_scratch.py", "ada", "scratch.py", None),
        ("HW_ada_attempt_0001-01-03-22-14-00_scratch.py", "ada", "scratch.py", None),
        ("12345-678 - Ada Muster - Nov 3, 2026 1014 PM", "Ada Muster_12345", "", NIGHT),
        ("12345-678 - Ada Muster - Nov 3, 2026 1014 PM - scratch.py", "Ada Muster_12345", "scratch.py", NIGHT),
        ("12345-678 - Ada Muster - Nov 3, 2026 114 AM", "Ada Muster_12345", "", at("2026-11-03 01:14")),
        ("12345-678 - Ada Muster - Nov 3, 2026 1214 AM", "Ada Muster_12345", "", at("2026-11-03 00:14")),
        ("12345-678 - Ada - Nov 3, 2026 1014 PM - b - Nov 1, 2026 900 AM - scratch.py", "Ada_12345", "b - Nov 1, 2026 900 AM - scratch.py", NIGHT),
        ("12345-678 - Ada Muster - Foo 3, 2026 1014 PM", "Ada Muster_12345", "", None),
        ("Ada Muster_1001_assignsubmission_file_Bob_7_assignsubmission_file_scratch.py", "Ada Muster_1001", "Bob_7_assignsubmission_file_scratch.py", None),
        ("musterada_LATE_12345_67890_scratch-1.py", "musterada_12345", "scratch-1.py", None),
    ],
)  # fmt: skip
def test_a_name_tells_the_student_and_the_time(name, student, file, time):
    found = export_of(name)
    assert (found.student, found.file, found.time) == (student, file, time)


def test_a_students_own_name_with_numbers_is_not_canvas_in_an_export_of_brightspace():
    found = export_of("12-7 - Ada Muster - Nov 3, 2026 1014 PM - loss_2026_11_03.csv")
    assert found == ("Ada Muster_12", "loss_2026_11_03.csv", None, "", NIGHT, False)


def test_canvas_marks_late_uploads():
    names = ["musterada_LATE_12345_67890_scratch.py", "musterada_12345_67890_x_LATE_12_34_scratch.py"]
    assert [export_of(name).late for name in names] == [True, False]


def uploads(tmp_path, files, name="class.zip"):
    """Take in an archive; return each student's uploads as file names and times."""
    (tmp_path / name).write_bytes(MAKERS[name](files))
    return {
        each[-1].submission.info.name: [
            (upload.submission.info.path.rpartition(name)[2][1:], upload.export and upload.export.time)
            for upload in each
        ]
        for each in take_in([tmp_path / name], NAMES).uploads
    }


def test_each_attempt_in_blackboard_has_one_file_that_may_count(tmp_path):
    first, second = "HW_ada_attempt_2026-11-01-10-00-00", "HW_ada_attempt_2026-11-03-22-14-00"
    files = [
        (f"{second}_scratch (1).py", CODE), (f"{first}_scratch.py", CODE), (f"{first}_my scratch.py", CODE),
        ("HW_bob_attempt_2026-11-02-10-00-00_scratch.py", CODE),
    ]  # fmt: skip
    assert uploads(tmp_path, files)["ada"] == [
        (f"{first}_scratch.py", at("2026-11-01 10:00")), (f"{second}_scratch (1).py", NIGHT),
    ]  # fmt: skip


def test_of_one_uploads_files_the_newest_may_count(tmp_path):
    folder = "12-7 - Ada Muster - Nov 3, 2026 1014 PM"
    newer, older = (
        zip_info(f"{folder}/scratch.{kind}", time=(2024, month, 1, 0, 0, 0))
        for kind, month in (("ipynb", 2), ("py", 1))
    )
    assert uploads(tmp_path, [(newer, b"{}"), (older, CODE)]) == {"Ada Muster_12": [(newer.filename, NIGHT)]}


def test_an_archive_has_the_time_of_its_attempt(tmp_path):
    first, second = "HW_ada_attempt_2026-11-01-10-00-00_w.zip", "HW_ada_attempt_2026-11-03-22-14-00_w.zip"
    newer = zipped([(zip_info("scratch.py", time=(2030, 1, 1, 0, 0, 0)), CODE)])
    files = [
        (first, newer),
        (second, zipped([("scratch.py", CODE)])),
        ("HW_bob_attempt_2026-11-02-10-00-00_scratch.py", CODE),
    ]
    assert uploads(tmp_path, files)["ada"] == [
        (f"{first}/scratch.py", at("2026-11-01 10:00")), (f"{second}/scratch.py", NIGHT),
    ]  # fmt: skip


def test_folders_of_brightspace_are_one_students_uploads(tmp_path):
    first, second = "12-7 - Ada Muster - Nov 1, 2026 1000 AM", "12-7 - Ada Muster - Nov 3, 2026 1014 PM"
    files = [
        (f"{second}/scratch.py", CODE),
        (f"{first}/scratch.py", CODE),
        ("13-7 - Bob - Nov 3, 2026 900 AM/scratch.py", CODE),
        ("index.html", b""),
    ]
    found = uploads(tmp_path, files)
    assert found["Ada Muster_12"] == [
        (f"{first}/scratch.py", at("2026-11-01 10:00")),
        (f"{second}/scratch.py", NIGHT),
    ]
    assert list(found) == ["Ada Muster_12", "Bob_13"]


def test_one_folder_of_brightspace_is_read_alone(tmp_path):
    folder = tmp_path / "12-7 - Ada Muster - Nov 3, 2026 1014 PM"
    folder.mkdir()
    (folder / "scratch.py").write_bytes(CODE)
    ((upload,),) = take_in([folder], NAMES).uploads
    assert (upload.submission.info.name, upload.export.time) == ("Ada Muster_12", NIGHT)


def test_a_file_in_a_students_folder_tells_no_time(tmp_path):
    forged = "HW_ada_attempt_2020-01-01-00-00-00_scratch.py"
    files = [(f"Ada_1_assignsubmission_file/{forged}", CODE), ("Bob_2_assignsubmission_file/scratch.py", CODE)]
    assert [time for each in uploads(tmp_path, files).values() for _, time in each] == [None, None]


def test_files_in_a_students_folder_are_nobody_elses(tmp_path):
    files = [
        ("Ada_1_assignsubmission_file/Bob_2_assignsubmission_file_scratch.py", CODE),
        ("Ada_1_assignsubmission_file/Eve_3_assignsubmission_file_concise.py", CODE),
        ("Bob_2_assignsubmission_file/scratch.py", CODE),
    ]
    assert list(uploads(tmp_path, files)) == ["Ada_1_assignsubmission_file", "Bob_2_assignsubmission_file"]


METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Muster
    :sid: '1001'
    :email: ada@uni.example
  :created_at: 2026-11-03 22:14:00.153040000 Z
  :results:
    :output: |
      submission_12:
        :created_at: 2020-01-01 00:00:00.0 Z
submission_12:
  :submitters:
  - :name: Bob Kaya
    :sid: ''
    :email: bob@uni.example
  :created_at: 2026-11-03 22:14:00 +0100
submission_13:
  :submitters:
  - :name: Eve
    :sid: 5
  - :name: Kim
    :sid: 6
  :created_at: 2026-11-03 22:14:00 Z
submission_14:
  :submitters:
  - :name: "Lee \\"x\\""
    :sid: 7
submission_15:
  :submitters:
  - :name: Moe
    :sid: 8
  :created_at: yesterday
  :comment: |
    :sid: 1001
"""


@every_kind
def test_gradescopes_metadata_tell_the_student_and_the_time(tmp_path, name):
    files = [(f"assignment_1_export/submission_{number}/scratch.py", CODE) for number in range(11, 17)]
    found = uploads(tmp_path, [*files, ("assignment_1_export/submission_metadata.yml", METADATA.encode())], name)
    assert {student: time for student, ((_, time),) in found.items()} == {
        "Ada Muster_1001": NIGHT.replace(tzinfo=UTC),
        "Bob Kaya_bob@uni.example": datetime(2026, 11, 3, 21, 14, tzinfo=UTC),
        "submission_13": None, "submission_14": None, "Moe_8": None, "submission_16": None,
    }  # fmt: skip


@every_kind
def test_gradescopes_folders_are_each_a_students_or_a_groups_whatever_lies_in_them(tmp_path, name):
    files = [(f"export/submission_{number}/{own}/scratch.py", CODE) for number in (11, 13) for own in ("bob", "zz")]
    found = uploads(tmp_path, [*files, ("export/submission_metadata.yml", METADATA.encode())], name)
    assert list(found) == ["Ada Muster_1001", "submission_13"]
    assert take_in([tmp_path / name], NAMES).undivided == []


@every_kind
def test_gradescopes_export_beside_a_solutions_folder_is_a_class(tmp_path, name):
    files = [(f"export/submission_{number}/scratch.py", CODE) for number in (11, 12, 13)]
    files += [("export/submission_metadata.yml", METADATA.encode()), ("solution/scratch.py", CODE)]
    assert list(uploads(tmp_path, files, name)) == [
        "Ada Muster_1001", "Bob Kaya_bob@uni.example", "submission_13", "solution"
    ]  # fmt: skip


def test_gradescopes_metadata_are_not_a_students_file(tmp_path):
    (tmp_path / "class.zip").write_bytes(
        zipped([("submission_1/scratch.py", CODE), ("submission_2/scratch.py", CODE), ("submission_metadata.yml", b"")])
    )
    intake = take_in([tmp_path / "class.zip"], NAMES)
    assert (len(intake.submissions), intake.skipped) == (2, [])


def test_a_damaged_earlier_upload_is_left_out(tmp_path):
    files = [
        ("HW_ada_attempt_2026-11-01-10-00-00_scratch.py", b"x" * 10_000_001),
        ("HW_ada_attempt_2026-11-03-22-14-00_scratch.py", CODE), ("HW_bob_attempt_2026-11-02-10-00-00_scratch.py", CODE),
    ]  # fmt: skip
    assert [len(each) for each in uploads(tmp_path, files).values()] == [1, 1]


def test_the_notes_are_those_of_the_graded_upload(tmp_path):
    first, second = "HW_ada_attempt_2026-11-01-10-00-00_scratch.py", "HW_ada_attempt_2026-11-03-22-14-00_scratch.py"
    (tmp_path / "class.zip").write_bytes(
        zipped([(first, CODE), (second, CODE), ("HW_b_attempt_2026-11-03-22-14-00_scratch.py", CODE)])
    )
    early, late = take_in([tmp_path / "class.zip"], NAMES).uploads[0]
    assert early.submission.notes == (f"{second} was not graded: it is newer than {first}",)
    assert late.submission.notes == (f"{first} was not graded: it is older than {second}",)

"""A platform puts its parts before a student's own name for a file, so that this name changes none of them."""

import re
from datetime import datetime

import pytest
from archive_files import CODE, NAMES, zipped
from hypothesis import assume, given
from hypothesis import strategies as st

from assay.intake.collect import take_in
from assay.intake.platforms import export_of, folder_export_of, is_metadata, may_be_dated, person_of

NIGHT = datetime.fromisoformat("2026-11-03 22:14")
FIRST = {
    "Moodle": ("Ada Muster_1001_assignsubmission_file_", ("Ada Muster_1001", None, "", None, False)),
    "Canvas": ("musterada_1001_50001_", ("musterada_1001", 50001, "", None, False)),
    "Canvas, late": ("musterada_LATE_1001_50001_", ("musterada_1001", 50001, "", None, True)),
    "Blackboard": ("HW 3_ada_attempt_2026-11-03-22-14-00_", ("ada", 20261103221400, "HW 3_ada", NIGHT, False)),
    "Brightspace": ("12345-678 - Ada Muster - Nov 3, 2026 1014 PM - ", ("Ada Muster_12345", None, "", NIGHT, False)),
}
OTHERS = [
    "bob_1002_assignsubmission_file_", "bob_1002_assignsubmission_onlinetext", "bob_LATE_1002_50002_", "bob_1002_text.html",
    "HW_bob_attempt_2020-01-01-00-00-00_", "attempt_2020-01-01-00-00-00_", "_attempt_2020-01-01-00-00-00.txt",
    "12346-678 - Bob - Jan 1, 2020 100 AM - ", "Bob - Jan 1, 2020 100 AM",
]  # fmt: skip
OWN = st.builds(
    lambda prefixes, rest: "".join([*prefixes, rest]),
    st.lists(st.sampled_from(OTHERS), max_size=3),
    st.sampled_from(["scratch.py", "\n"]) | st.text(min_size=1),
)


ATTEMPT = re.compile(r"attempt_\d{4}(-\d\d){5}(_.+|\.txt)", re.DOTALL)


@given(st.sampled_from(sorted(FIRST)), OWN)
def test_a_students_own_name_changes_no_part_of_the_platforms(platform, own):
    prefix, (student, *rest) = FIRST[platform]
    # `hw_101_12345678_attempt_…` is Blackboard's: the title `hw_101`, and a number as the user.
    assume(not (platform == "Canvas" and ATTEMPT.fullmatch(own)))
    name = prefix + own
    assert export_of(name) == folder_export_of(name) == (student, own, *rest)
    assert may_be_dated(name) == platform.startswith("Canvas")
    assert person_of(name) == ("Ada Muster_12345" if platform == "Brightspace" else name)
    assert not is_metadata(name)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("HW_12_123456_attempt_2026-11-03-22-14-00_scratch.py", "123456"),
        ("Lab_01_2026_ada_attempt_2026-11-03-22-14-00_scratch.py", "ada"),
        ("ws_2026_27_ada_attempt_2026-11-03-22-14-00_scratch.py", "ada"),
        ("Group 3_123_45678_ada_attempt_2026-11-03-22-14-00_scratch.py", "ada"),
        ("Week_2026_123456_attempt_2026-11-03-22-14-00.txt", "123456"),
        ("hw_101_12345678_attempt_2026-11-03-22-14-00_scratch.py", "12345678"),
        ("lab3_2026_11234567_attempt_2026-11-03-22-14-00.txt", "11234567"),
        ("Ada_12_1001_assignsubmission_file_scratch.py", "Ada_12_1001"),
    ],
)
def test_numbers_before_another_platforms_parts_are_not_canvas(name, student):
    assert export_of(name).student == folder_export_of(name).student == student
    assert not may_be_dated(name)


@pytest.mark.parametrize(
    ("names", "students", "times"),
    [
        (
            ("lovelaceada_4711_90001_scratch.py", "mmallory_LATE_4712_90002_scratch_lovelaceada_4711_attempt_2026-11-03-22-14-05_scratch.py"),
            ("lovelaceada_4711", "mmallory_4712"), (None, None),
        ),
        (
            ("12345-6 - Ada - Nov 3, 2026 1014 PM - scratch.py", "12399-6 - M - Nov 3, 2026 1014 PM - scratch_Ada_12345_attempt_2020-01-01-00-00-00_scratch.py"),
            ("Ada_12345", "M_12399"), (NIGHT, NIGHT),
        ),
        (
            ("HW_ada_attempt_2026-11-03-22-14-00_scratch.py", "HW_mallory_attempt_2026-11-03-22-14-00_x_1001_assignsubmission_file_scratch.py"),
            ("ada", "mallory"), (NIGHT, NIGHT),
        ),
        (
            ("Ada M_1001_assignsubmission_file_scratch.py", "M M_1002_assignsubmission_file_HW_Ada M_1001_attempt_2026-11-03-22-14-05_scratch.py"),
            ("Ada M_1001", "M M_1002"), (None, None),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", [".py", ".zip"])
def test_nobody_hands_in_for_another_student_or_at_another_time(tmp_path, names, students, times, form):
    for name in names:
        data = CODE if form == ".py" else zipped([("scratch.py", CODE)])
        (tmp_path / name.replace(".py", form)).write_bytes(data)
    uploads = [upload for (upload,) in take_in([tmp_path], NAMES).uploads]
    assert tuple(upload.submission.info.name for upload in uploads) == students
    assert tuple(upload.export.time for upload in uploads) == times
    assert [upload.export.late for upload in uploads] == [False, "LATE" in names[1]]

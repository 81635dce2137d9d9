"""A student's copies in several folders of an archive, and a file whose name has several assignments."""

import pytest
from archive_files import zipped

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

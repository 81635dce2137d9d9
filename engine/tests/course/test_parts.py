"""A file of a course touches one exercise, one assignment, every assignment, or no report."""

import pytest

from assay.course.parts import parts_of
from assay.course.read import read_course

FILES = (
    "reference/one.py", "reference/two.py", "reference/d2l/__init__.py", "tests/one/test_1_a.py", "tests/one/mistakes_1_a.py",
    "tests/one/test_2_b.py", "tests/one/helpers.py", "tests/two/test_1_c.py", "tests/test_checks.py", "tests/record.json",
    "tests/conftest.py", "conftest.py", "tox.ini",
)  # fmt: skip


@pytest.fixture
def root(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('"""A title."""\n')
    return tmp_path


def test_checks_and_mistakes_touch_their_exercise_alone(root):
    exercises = parts_of(read_course(root), "one").exercises
    assert {number: sorted(files) for number, files in exercises.items()} == {
        "1": ["tests/one/mistakes_1_a.py", "tests/one/test_1_a.py"],
        "2": ["tests/one/test_2_b.py"],
    }


def test_every_other_file_but_another_assignments_checks_touches_all_exercises(root):
    assert sorted(parts_of(read_course(root), "one").common) == [
        "conftest.py", "reference/d2l/__init__.py", "reference/one.py", "reference/two.py", "tests/conftest.py",
        "tests/one/helpers.py", "tox.ini",
    ]  # fmt: skip


def test_a_changed_file_changes_its_own_part_and_no_other(root):
    before = parts_of(read_course(root), "one")
    (root / "tests/one/test_2_b.py").write_text('"""Another title."""\n')
    after = parts_of(read_course(root), "one")
    assert after.common == before.common
    assert [number for number in before.exercises if before.exercises[number] != after.exercises[number]] == ["2"]


def test_mistakes_without_checks_touch_nothing(root):
    (root / "tests/one/test_1_a.py").unlink()
    assert list(parts_of(read_course(root), "one").exercises) == ["2"]

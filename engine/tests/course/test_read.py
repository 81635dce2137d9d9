"""A course is what its folders say, and what does not fit is said with the file and what to do."""

import pytest

from assay.course.read import find_root, read_course
from assay.errors import CourseError


@pytest.fixture
def root(tmp_path):
    for name in ("reference/one.py", "reference/lib/__init__.py", "reference/two.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("def f(x): pass\n")
    for name in ("one/test_2_b.py", "one/test_10_c.py", "one/test_1_a.py"):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).write_text(f'"""Title of {name}\n\nMore."""\n')
    return tmp_path


def test_an_assignment_is_a_reference_with_a_folder_of_exercises(root):
    course = read_course(root)
    assert [assignment.name for assignment in course.assignments] == ["one"]
    assert [(e.id, e.title) for e in course.assignment("one").exercises] == [
        ("1", "Title of one/test_1_a.py"),
        ("2", "Title of one/test_2_b.py"),
        ("10", "Title of one/test_10_c.py"),
    ]
    assert course.reference("one") == root / "reference" / "one.py"
    assert course.tests("one") == root / "tests" / "one"
    assert course.library == root / "reference" / "lib"


def test_the_root_is_found_from_any_folder_below(root):
    assert find_root(root / "tests" / "one") == root


def test_a_folder_in_no_course_is_said(tmp_path):
    with pytest.raises(CourseError) as caught:
        find_root(tmp_path)
    assert str(caught.value) == f"{tmp_path} is in no course: a course is a folder with reference/ and tests/"


def test_a_course_without_assignments_says_what_makes_one(tmp_path):
    with pytest.raises(CourseError) as caught:
        read_course(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} has no assignment: for a file reference/NAME.py there must be a folder tests/NAME/"
    )


def test_an_unknown_assignment_lists_those_there_are(root):
    with pytest.raises(CourseError, match=r"^no assignment 'three'; this course has one$"):
        read_course(root).assignment("three")


def test_a_test_file_named_for_no_exercise_is_an_error(root):
    path = root / "tests" / "one" / "test_more.py"
    path.write_text('"""More"""')
    with pytest.raises(CourseError) as caught:
        read_course(root)
    assert str(caught.value) == f"{path} is named for no exercise: test_NUMBER_name.py"


def test_a_test_file_without_a_title_is_an_error(root):
    path = root / "tests" / "one" / "test_3_x.py"
    path.write_text("")
    with pytest.raises(CourseError) as caught:
        read_course(root)
    assert str(caught.value) == f"{path} has no docstring: its first line is the exercise's title"


def test_a_test_file_that_is_no_python_is_an_error(root):
    path = root / "tests" / "one" / "test_3_x.py"
    path.write_text("def f(:\n")
    with pytest.raises(CourseError) as caught:
        read_course(root)
    assert str(caught.value) == f"{path}, line 1: invalid syntax"


def test_two_files_for_one_exercise_are_an_error(root):
    path = root / "tests" / "one" / "test_02_again.py"
    path.write_text('"""Again"""')
    with pytest.raises(CourseError) as caught:
        read_course(root)
    assert str(caught.value) == f"{path} is one of 2 files for exercise 2: an exercise is one file"


def test_two_libraries_are_an_error(root):
    (root / "reference" / "other").mkdir()
    (root / "reference" / "other" / "__init__.py").touch()
    with pytest.raises(CourseError) as caught:
        read_course(root)
    assert str(caught.value) == f"{root / 'reference'} has 2 packages; one is the course's library"


def test_the_fingerprint_follows_every_file_of_reference_and_tests(root):
    before = read_course(root).fingerprint
    (root / "README.md").write_text("changes nothing")
    assert read_course(root).fingerprint == before
    (root / "reference" / "lib" / "__init__.py").write_text("changed = True\n")
    changed = read_course(root).fingerprint
    assert changed != before
    (root / "tox.ini").write_text("[pytest]\nassay_call_seconds = 1\n")
    assert read_course(root).fingerprint != changed

"""Files of checks and the files of mistakes beside them."""

import sys

import pytest

from assay.course.check_files import import_mistakes, is_mistakes_file, load_afresh, mistakes_file
from assay.errors import CourseError


@pytest.fixture(autouse=True)
def modules(monkeypatch):
    monkeypatch.setattr(sys, "modules", sys.modules.copy())


@pytest.fixture
def check_file(tmp_path):
    """Write a file of checks that takes a name from the file of mistakes beside it."""
    return write_files(tmp_path / "course" / "tests" / "basics", "first")


def write_files(folder, hint):
    folder.mkdir(parents=True)
    (folder / "mistakes_1_losses.py").write_text(f'HINT = "{hint}"\n')
    path = folder / "test_1_losses.py"
    path.write_text("from .mistakes_1_losses import HINT\n")
    return path


def test_the_file_of_mistakes_is_found_by_its_name(check_file):
    assert mistakes_file(check_file) == check_file.with_name("mistakes_1_losses.py")
    assert is_mistakes_file(mistakes_file(check_file))
    assert not is_mistakes_file(check_file)


def test_a_file_of_checks_imports_from_the_mistakes_beside_it(check_file):
    assert load_afresh(check_file).HINT == "first"
    assert load_afresh(check_file) is not load_afresh(check_file)


def test_mistakes_are_imported_once_for_all(check_file):
    beside = import_mistakes(check_file)
    beside.HINT = "changed"
    assert import_mistakes(check_file) is beside
    assert load_afresh(check_file).HINT == "changed"


def test_a_file_of_mistakes_may_be_executed_again(check_file):
    import_mistakes(check_file).HINT = "changed"
    assert load_afresh(mistakes_file(check_file)).HINT == "first"


def test_an_exercise_without_such_a_file_has_no_mistakes_there(check_file):
    mistakes_file(check_file).unlink()
    assert import_mistakes(check_file) is None


def test_courses_with_folders_of_the_same_name_keep_apart(check_file, tmp_path):
    other = write_files(tmp_path / "other" / "tests" / "basics", "second")
    assert [load_afresh(path).HINT for path in (check_file, other, check_file)] == ["first", "second", "first"]


def test_mistakes_that_cannot_be_imported_are_named_with_the_reason(check_file):
    mistakes_file(check_file).write_text("1 / 0\n")
    with pytest.raises(CourseError) as caught:
        import_mistakes(check_file)
    assert str(caught.value) == f"{mistakes_file(check_file)} cannot be imported: ZeroDivisionError: division by zero"

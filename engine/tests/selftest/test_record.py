"""The record of caught mistakes and mutants is stale as soon as one of their sources changes, and no sooner."""

import json
import shutil

import pytest

from assay.course.read import read_course
from assay.errors import CourseError
from assay.selftest.record import _sources, record, recorded_hash, sources_hash


@pytest.fixture
def course(course_root, tmp_path):
    return read_course(shutil.copytree(course_root, tmp_path / "course"))


def test_what_was_recorded_is_read_again(course):
    assert recorded_hash(course, "basics") is None
    record(course, "basics")
    assert recorded_hash(course, "basics") == sources_hash(course, "basics")


@pytest.mark.parametrize(
    "name",
    [
        "conftest.py",
        "reference/basics.py",
        "reference/basics.equivalents.toml",
        "tests/basics/test_1_losses.py",
        "tests/basics/mistakes_1_losses.py",
    ],
)
def test_a_change_of_a_source_makes_the_record_stale(course, name):
    record(course, "basics")
    with (course.root / name).open("a") as file:
        file.write("# one more line\n")
    assert recorded_hash(course, "basics") != sources_hash(course, "basics")


@pytest.mark.parametrize("name", ["tests/test_course.py", "reference/more.py", "tox.ini"])
def test_a_change_of_another_file_leaves_it_fresh(course, name):
    record(course, "basics")
    with (course.root / name).open("a") as file:
        file.write("# one more line\n")
    assert recorded_hash(course, "basics") == sources_hash(course, "basics")


@pytest.mark.parametrize("name", ["mistakes", "mutants", "graded_mutants"])
def test_a_change_of_the_engines_files_that_decide_makes_the_record_stale(course, name):
    assert f"assay/selftest/{name}.py" in dict(_sources(course, "basics"))


def test_the_record_of_one_assignment_leaves_that_of_another(course):
    (course.root / "tests" / "record.json").write_text('{"more": "0"}')
    record(course, "basics")
    assert json.loads((course.root / "tests" / "record.json").read_text()) == {
        "basics": sources_hash(course, "basics"),
        "more": "0",
    }


def test_a_record_that_cannot_be_read_is_told_with_its_path(course):
    (course.root / "tests" / "record.json").write_text("[]")
    with pytest.raises(CourseError, match=r"tests/record\.json: Expected `object`, got `array`$"):
        recorded_hash(course, "basics")

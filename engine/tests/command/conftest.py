"""A class that was graded into a gradebook once, for the tests that change something and run a command again."""

import functools
import shutil

import pytest
from commands import RIGHT, WRONG, run_here
from small_course import write_class


@pytest.fixture(scope="module")
def run(executor):
    """Run the command in this process, with a warm worker."""
    return functools.partial(run_here, executor)


@pytest.fixture(scope="session")
def first_room(course_root, tmp_path_factory, executor):
    """Return a folder with a course, a class of two, and the gradebook of a first run."""
    folder = tmp_path_factory.mktemp("room")
    shutil.copytree(course_root, folder / "course")
    write_class(folder / "class", {"alice": RIGHT, "bob": WRONG})
    words = ("grade", "class", "--course", "course", "--gradebook", "grades.db", "--seed", "7")
    code, _, errors = run_here(executor, *words, cwd=folder)
    assert (code, errors) == (0, "")
    return folder


@pytest.fixture
def room(first_room, tmp_path):
    """Return a copy of that folder."""
    return shutil.copytree(first_room, tmp_path / "room")

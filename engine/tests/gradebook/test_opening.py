"""A gradebook's file is made, recognised, migrated and locked; everything else is refused in a sentence."""

import os
import sqlite3
import subprocess
import sys

import pytest
from entries import CONDITIONS, ORIGIN
from reports import report

from assay.errors import GradebookError
from assay.gradebook.store import open_gradebook


@pytest.fixture
def path(tmp_path):
    return tmp_path / "grades.db"


def refusal(path, **options):
    with pytest.raises(GradebookError) as caught, open_gradebook(path, **options):
        pass
    return str(caught.value)


def pragma(path, name, value=None):
    connection = sqlite3.connect(path)
    found = connection.execute(f"PRAGMA {name}" + (f" = {value}" if value is not None else "")).fetchone()
    connection.close()
    return found and found[0]


def test_a_new_file_has_this_version_and_the_write_ahead_log(path):
    with open_gradebook(path, create=True):
        pass
    assert (pragma(path, "user_version"), pragma(path, "journal_mode")) == (1, "wal")


def test_a_file_that_a_killed_command_left_empty_is_a_gradebook(path):
    path.touch()
    with open_gradebook(path) as book:
        assert list(book.current()) == []


def test_a_gradebook_that_does_not_exist_is_said(path):
    assert refusal(path) == f"{path} does not exist: assay grade PATH --gradebook {path} makes it"


def test_a_file_that_is_no_gradebook_is_refused_and_stays_as_it_is(path):
    path.write_bytes(b"name,points\nalice,5\n" * 100)
    assert refusal(path, create=True) == f"{path} is not a gradebook"
    assert path.read_bytes() == b"name,points\nalice,5\n" * 100


def test_another_programs_database_is_refused(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE grades (student TEXT)")
    other.close()
    assert refusal(path, create=True) == f"{path} is not a gradebook"


def test_a_folder_is_refused(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path} is not a gradebook"
    assert (
        refusal(tmp_path / "no" / "folder", create=True)
        == f"{tmp_path}/no/folder cannot be opened: No such file or directory"
    )


def test_a_newer_gradebook_is_refused(path):
    with open_gradebook(path, create=True):
        pass
    pragma(path, "user_version", 2)
    assert refusal(path) == (
        f"{path} was written by a newer assay: its schema has version 2, and this assay knows 1; upgrade assay"
    )


def test_a_damaged_gradebook_is_said(path):
    with open_gradebook(path, create=True) as book:
        for _ in range(20):
            book.add(report(), CONDITIONS, ORIGIN)
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(GradebookError) as caught, open_gradebook(path) as book:
        list(book.current())
    assert str(caught.value) == f"{path} is damaged: restore it from a backup"


def test_a_gradebook_that_another_command_keeps_for_long_is_said(path, monkeypatch):
    monkeypatch.setattr("assay.gradebook.opening._WAIT_SECONDS", 0.1)
    with open_gradebook(path, create=True) as book:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookError) as caught:
            book.decide("excuse", "bob", "basics", "")
        other.close()
        assert book.decide("excuse", "bob", "basics", "") == 1
    assert str(caught.value) == f"{path} is in use by another command: run this one again when that has ended"


def test_any_other_error_of_sqlite_is_said_with_its_text(path):
    with open_gradebook(path, create=True):
        pass
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE decisions")
    other.close()
    with open_gradebook(path) as book, pytest.raises(GradebookError) as caught:
        book.decisions()
    assert str(caught.value) == f"{path} cannot be used: no such table: decisions"


def test_a_second_run_is_refused_until_the_first_has_ended(path):
    with open_gradebook(path, create=True, run=True):
        assert refusal(path, run=True) == (
            f"{path} is in use by another run: run this command again when that has ended"
        )
        with open_gradebook(path) as other:  # a decision may be made meanwhile
            other.decide("excuse", "bob", "basics", "")
    with open_gradebook(path, run=True) as book:
        assert len(book.decisions()) == 1
    assert sorted(file.name for file in path.parent.iterdir()) == ["grades.db"]


def test_a_killed_run_leaves_no_lock_behind(path):
    code = (
        "import os, pathlib\nfrom assay.gradebook.store import open_gradebook\n"
        f"with open_gradebook(pathlib.Path({str(path)!r}), create=True, run=True): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert (path.parent / "grades.db.lock").exists()
    with open_gradebook(path, run=True):
        pass
    assert not (path.parent / "grades.db.lock").exists()


def test_a_gradebook_with_a_strange_name_is_opened(tmp_path):
    path = tmp_path / os.fsdecode(b"grades?mode=ro#\xff%20.db")
    with open_gradebook(path, create=True) as book:
        book.decide("excuse", "bob", "basics", "")
    assert path.is_file()

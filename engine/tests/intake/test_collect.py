"""Every file below a path is taken in, refused with a reason, or reported as empty."""

import hashlib
import os

import pytest

from assay.errors import IntakeError
from assay.intake.collect import take_in
from assay.intake.limits import MAX_BYTES

NAMES = ["scratch", "concise"]
NOTEBOOK = '{"cells": []}'


def put(path, content=None):
    content = content or (NOTEBOOK if path.suffix.lower() == ".ipynb" else "x = 1\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def found(intake):
    return [(s.info.name, s.assignment, s.kind) for s in intake.submissions]


def test_a_file_named_for_an_assignment_is_its_folders(tmp_path):
    path = put(tmp_path / "alice" / "scratch.py")
    intake = take_in([path], NAMES)
    assert found(intake) == [("alice", "scratch", "module")]
    assert intake.submissions[0].source == b"x = 1\n"
    assert intake.submissions[0].info.sha256 == hashlib.sha256(b"x = 1\n").hexdigest()
    assert intake.submissions[0].info.path == str(path)


def test_a_file_whose_name_contains_an_assignment_tells_its_student(tmp_path):
    assert found(take_in([put(tmp_path / "alice_scratch_v2.py")], NAMES)) == [("alice", "scratch", "module")]


def test_any_file_will_do_where_the_course_has_one_assignment(tmp_path):
    assert found(take_in([put(tmp_path / "alice.ipynb")], ["scratch"])) == [("alice", "scratch", "notebook")]


def test_all_files_are_the_named_students_whatever_they_are_called(tmp_path):
    for name in ("week 1/bob_scratch.py", "eve/concise.py", "README.md"):
        put(tmp_path / "ada" / name)
    assert found(take_in([tmp_path / "ada"], NAMES, "Ada")) == [
        ("Ada", "scratch", "module"),
        ("Ada", "concise", "module"),
    ]
    assert found(take_in([tmp_path / "ada" / "week 1" / "bob_scratch.py"], NAMES, "Ada")) == [
        ("Ada", "scratch", "module")
    ]


def test_a_named_students_folder_without_a_file_for_an_assignment_is_refused(tmp_path):
    put(tmp_path / "bob" / "tests" / "other.py")
    (refused,) = take_in([tmp_path / "bob"], NAMES, "Ada").refused
    assert (refused.info.name, refused.assignment) == ("Ada", "")
    assert refused.reason == (
        "bob: none of its files is named after an assignment: tests/other.py; call it scratch.py or concise.py"
    )


def test_a_file_named_for_no_assignment_is_an_error_that_names_them(tmp_path):
    path = put(tmp_path / "alice.py")
    with pytest.raises(IntakeError) as caught:
        take_in([path], NAMES)
    assert str(caught.value) == f"{path} is not named after an assignment: call it scratch.py or concise.py"


def test_a_path_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(IntakeError) as caught:
        take_in([tmp_path / "nobody"], NAMES)
    assert str(caught.value) == f"{tmp_path / 'nobody'} does not exist"


def test_a_students_folder_gives_one_submission_an_assignment(tmp_path):
    put(tmp_path / "alice" / "scratch.py")
    put(tmp_path / "alice" / "concise.ipynb")
    put(tmp_path / "alice" / "conftest.py")
    assert found(take_in([tmp_path / "alice"], NAMES)) == [
        ("alice", "scratch", "module"),
        ("alice", "concise", "notebook"),
    ]


def test_a_folder_of_students_is_taken_in_by_name(tmp_path):
    put(tmp_path / "bob" / "scratch.py")
    put(tmp_path / "alice" / "scratch.py")
    put(tmp_path / "carol_concise.py")
    (tmp_path / "empty").mkdir()
    intake = take_in([tmp_path], NAMES)
    assert found(intake) == [
        ("alice", "scratch", "module"),
        ("bob", "scratch", "module"),
        ("carol", "concise", "module"),
    ]
    assert [(r.info.name, r.reason) for r in intake.refused] == [
        (
            "empty",
            "empty: no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count",
        )
    ]


def test_a_students_files_may_lie_in_one_folder_more(tmp_path):
    for path in (
        "class/ada/homework/basics.py",
        "class/ada/notes.txt",
        "class/bob/basics.py",
        "class/bob/old/basics.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"# {path}")
    found = take_in([tmp_path / "class"], ["basics"])
    assert [(s.info.name, s.source) for s in found.submissions] == [
        ("ada", b"# class/ada/homework/basics.py"),
        ("bob", b"# class/bob/basics.py"),
    ]


def test_who_named_no_file_for_an_assignment_is_told_so_and_stays_in_the_class(tmp_path):
    for path in ("class/ada/hw3.ipynb", "class/ada/notes.txt", "class/bob/basic.py", "class/eve/basiscs.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    found = take_in([tmp_path / "class"], ["basics"])
    assert (found.submissions, found.empty) == ([], [])
    assert [(r.info.name, r.assignment, r.reason) for r in found.refused] == [
        ("ada", "", "ada: none of its files is named after an assignment: hw3.ipynb, notes.txt; call it basics.py"),
        ("bob", "basics", "basic.py: it must be called basics.py"),
        ("eve", "basics", "basiscs.ipynb: it must be called basics.ipynb"),
    ]


def test_what_lies_in_a_folder_below_is_said_not_to_be_graded(tmp_path):
    for path in ("ada/basics.py", "ada/new/basics.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1")
    (found,) = take_in([tmp_path / "ada"], ["basics"]).submissions
    assert found.notes == ("new/basics.ipynb was not graded: it is in a subfolder that is not searched",)


def test_a_folder_in_a_students_folder_is_named_and_so_is_what_lies_beside_it(tmp_path):
    for path in ("ada/old/basics.py", "ada/final.zip", "ada/basics_final.ipynb", "ada/data.csv", "bob/hw/basics.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1")
    ada, bob = take_in([tmp_path], ["basics"]).submissions
    assert ada.notes == (
        "the graded file is in the folder old",
        "basics_final.ipynb was not graded: old/basics.py has the exact name",
        "final.zip was not opened: other files were graded",
        "data.csv was not graded: one file counts for each assignment",
    )
    assert bob.notes == ("the graded file is in the folder hw",)


def test_a_file_among_those_of_a_class_that_is_named_for_no_assignment_is_not_lost(tmp_path):
    for name in ("ada_12_basics.py", "bob_13_homework.ipynb", "notes.txt"):
        (tmp_path / name).write_text("x = 1")
    intake = take_in([tmp_path], ["basics"])
    assert [submission.info.name for submission in intake.submissions] == ["ada_12"]
    (refused,) = intake.refused
    assert (refused.info.name, refused.reason) == (
        "bob_13_homework",
        "bob_13_homework.ipynb: it is not named after an assignment: call it basics.py",
    )
    assert intake.skipped == [tmp_path / "notes.txt"]


def test_two_folders_with_files_in_one_are_two_students_of_a_group(tmp_path):
    for path in ("class/ada/first/basics.py", "class/ada/second/basics.py"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("")
    intake = take_in([tmp_path / "class"], ["basics"])
    assert (found(intake), intake.refused, intake.empty) == (
        [("first", "basics", "module"), ("second", "basics", "module")],
        [],
        [],
    )


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, text):
    (tmp_path / "basics.py").write_text(text)
    (found,) = take_in([tmp_path / "basics.py"], ["basics"]).submissions
    assert found.notes == ("the file is empty",)


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    assert take_in([tmp_path], NAMES).empty == [tmp_path]


def test_of_a_module_and_a_notebook_the_newer_counts_and_the_report_says_so(tmp_path):
    module = put(tmp_path / "alice" / "scratch.py")
    notebook = put(tmp_path / "alice" / "scratch.ipynb")
    os.utime(module, (100, 100))
    os.utime(notebook, (200, 200))
    intake = take_in([tmp_path / "alice"], NAMES)
    assert found(intake) == [("alice", "scratch", "notebook")]
    assert intake.submissions[0].notes == ("scratch.py was not graded: it is older than scratch.ipynb",)


def test_of_two_of_one_age_the_report_does_not_say_that_one_is_older(tmp_path):
    for name in ("scratch.py", "scratch.ipynb"):
        os.utime(put(tmp_path / "alice" / name), (100, 100))
    (submission,) = take_in([tmp_path / "alice"], NAMES).submissions
    assert submission.notes == ("scratch.ipynb was not graded: it is not newer than scratch.py",)


def test_of_one_students_folders_the_notes_tell_which(tmp_path):
    for folder, time in (("ADA", 100), ("Ada", 200)):
        os.utime(put(tmp_path / folder / "scratch.py"), (time, time))
    put(tmp_path / "bob" / "scratch.py")
    first, _ = take_in([tmp_path], NAMES).submissions
    assert first.notes == ("ADA/scratch.py was not graded: it is older than Ada/scratch.py",)


def refusal(tmp_path):
    intake = take_in([tmp_path], NAMES)
    assert not intake.submissions
    (refused,) = intake.refused
    assert refused.info.name == "alice"
    return refused.reason


def test_links_are_not_followed(tmp_path):
    secret = put(tmp_path.parent / "secret.py")
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "scratch.py").symlink_to(secret)
    assert refusal(tmp_path) == "scratch.py: it is a link, and links are not followed"


def test_a_link_to_a_students_folder_is_refused(tmp_path):
    put(tmp_path.parent / "elsewhere" / "scratch.py")
    (tmp_path / "alice").symlink_to(tmp_path.parent / "elsewhere")
    assert refusal(tmp_path) == "alice: it is a link, and links are not followed"


def test_a_folder_named_like_a_file_is_refused(tmp_path):
    (tmp_path / "alice" / "scratch.py").mkdir(parents=True)
    assert refusal(tmp_path) == "scratch.py: it is a folder"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    (tmp_path / "alice").mkdir()
    os.mkfifo(tmp_path / "alice" / "scratch.py")
    assert refusal(tmp_path) == "scratch.py: it is not a regular file"


def test_a_file_above_the_limit_is_refused(tmp_path):
    path = put(tmp_path / "alice" / "scratch.py")
    os.truncate(path, MAX_BYTES + 1)
    assert refusal(tmp_path) == "scratch.py: it has 10,000,001 bytes, over the limit of 10,000,000"


def test_a_name_that_is_not_utf8_is_shown_with_the_replacement_character(tmp_path):
    folder = os.fsencode(tmp_path) + b"/al\xffce"
    os.mkdir(folder)
    with open(folder + b"/scratch.py", "w") as file:
        file.write("x = 1\n")
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert submission.info.name == "al\N{REPLACEMENT CHARACTER}ce"
    assert submission.info.path == f"{tmp_path}/al\N{REPLACEMENT CHARACTER}ce/scratch.py"


@pytest.mark.parametrize("name", ["Scratch.py", "SCRATCH.ipynb", "scratch.PY"])
def test_a_file_that_is_named_almost_right_is_graded_with_a_note(tmp_path, name):
    put(tmp_path / "class" / "alice" / name)
    put(tmp_path / "class" / "alice" / "concise.py")
    for path in (tmp_path / "class", tmp_path / "class" / "alice"):
        intake = take_in([path], NAMES)
        kind = "notebook" if "i" in name else "module"
        assert found(intake) == [("alice", "scratch", kind), ("alice", "concise", "module")]
        assert (intake.submissions[0].notes, intake.refused) == ((f"the graded file is {name}",), [])


@pytest.mark.parametrize(("name", "kind"), [("ada_scratch.PY", "module"), ("ada_scratch.Ipynb", "notebook")])
def test_a_file_among_a_class_ends_in_letters_of_any_case(tmp_path, name, kind):
    put(tmp_path / name)
    assert found(take_in([tmp_path], NAMES)) == [("ada", "scratch", kind)]


def test_beside_the_right_file_an_almost_right_one_does_not_count(tmp_path):
    put(tmp_path / "alice" / "Scratch.py")
    put(tmp_path / "alice" / "scratch.py")
    intake = take_in([tmp_path / "alice"], NAMES)
    assert (found(intake), intake.refused) == ([("alice", "scratch", "module")], [])


def test_what_is_named_twice_is_taken_in_or_refused_once(tmp_path):
    put(tmp_path / "class" / "alice" / "scratch.py")
    put(tmp_path / "class" / "bob" / "scrach.py")
    put(tmp_path / "class" / "carol" / "notes.txt")
    put(tmp_path / "nobody" / "dave" / "notes.txt")
    folders = [tmp_path / "class", tmp_path / "nobody"]
    once, twice = take_in(folders, NAMES), take_in([*folders, *folders], NAMES)
    assert [refused.info.name for refused in once.refused] == ["bob", "carol"]
    assert len(once.submissions) == 1
    assert once.empty == [tmp_path / "nobody" / "dave", tmp_path / "nobody"]
    assert (twice.submissions, twice.refused, twice.empty) == (once.submissions, once.refused, once.empty)

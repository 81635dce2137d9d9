"""Exports of learning platforms are read as their folders are."""

import tarfile

import pytest
from archive_files import ALICE, CODE, HONEST, MAKERS, NAMES, every_kind, tarred, zip_info, zipped

from assay.intake.collect import take_in


@every_kind
@pytest.mark.parametrize("wrapping", ["", "class/", "./"])
def test_an_archive_of_a_class_is_its_folder_wrapped_or_not(taken, name, wrapping):
    files = [(f"{wrapping}bob/scratch.py", CODE), (f"{wrapping}alice/concise.ipynb", b"{}"), ("README.md", b"")]
    inner = f"{name}/{wrapping.removeprefix('./')}"
    assert taken(MAKERS[name](files), name) == (
        [("alice", "concise", f"{inner}alice/concise.ipynb"), ("bob", "scratch", f"{inner}bob/scratch.py")],
        [],
        [],
    )


@every_kind
def test_flat_files_are_each_a_students_as_canvas_names_them(taken, name):
    files = [("doejane_123_456_scratch.py", CODE), ("roerick_LATE_124_457_concise-1.ipynb", b"{}")]
    assert taken(MAKERS[name](files), name)[0] == [
        ("doejane_123", "scratch", f"{name}/doejane_123_456_scratch.py"),
        ("roerick_124", "concise", f"{name}/roerick_LATE_124_457_concise-1.ipynb"),
    ]


@every_kind
def test_an_archive_of_one_students_files_is_that_student(taken, name):
    found, refused, empty = taken(MAKERS[name]([("scratch.py", CODE), ("Concise.py", CODE)]), name)
    assert found == [("class", "scratch", f"{name}/scratch.py"), ("class", "concise", f"{name}/Concise.py")]
    assert (refused, empty) == ([], [])


def test_the_bytes_are_those_of_the_member(tmp_path):
    for name, make in MAKERS.items():
        (tmp_path / name).write_bytes(make([("scratch.py", CODE)]))
        (submission,) = take_in([tmp_path / name], NAMES).submissions
        assert submission.source == CODE


@every_kind
@pytest.mark.parametrize("inside", ["homework.zip", "homework.tar.gz"])
def test_a_students_folder_may_hold_an_archive_as_in_moodle(taken, name, inside):
    make = zipped if inside.endswith("zip") else tarred
    folder = "Jane Doe_123_assignsubmission_file_"
    files = [(f"{folder}/{inside}", make([("scratch.py", CODE)])), ("Roe/h.zip", zipped([("h/scratch.py", CODE)]))]
    assert taken(MAKERS[name](files), name) == (
        [(folder, "scratch", f"{name}/{folder}/{inside}/scratch.py"), ("Roe", "scratch", f"{name}/Roe/h.zip/h/scratch.py")],
        [],
        [],
    )  # fmt: skip


@every_kind
def test_what_moodle_has_from_a_students_page_is_no_student_where_there_are_files(taken, name):
    typed = "<p>My answers are in the file.</p>"
    files = [
        ("Jane Doe_123_assignsubmission_file/scratch.py", CODE),
        ("Jane Doe_123_assignsubmission_onlinetext/onlinetext.html", typed.encode()),
        ("Roe_124_assignsubmission_onlinetext/onlinetext.html", typed.encode()),
    ]
    found, refused, empty = taken(MAKERS[name](files), name)
    assert [one[0] for one in found] == ["Jane Doe_123_assignsubmission_file"]
    assert [one[0] for one in refused] == ["Roe_124_assignsubmission_onlinetext"]
    assert empty == []


def test_in_a_folder_on_the_disk_archives_stand_for_students_too(taken, tmp_path):
    (tmp_path / "class" / "jane").mkdir(parents=True)
    (tmp_path / "class" / "jane" / "homework.zip").write_bytes(zipped([("scratch.py", CODE)]))
    found, *_ = taken(tarred([("work/scratch.py", CODE)]), "class/roe.tar.gz")
    assert found == [
        ("jane", "scratch", "class/jane/homework.zip/scratch.py"),
        ("roe", "scratch", "class/roe.tar.gz/work/scratch.py"),
    ]


@pytest.mark.parametrize("wrapping", ["", "class/"])
def test_archives_that_lie_flat_stand_for_their_students(taken, wrapping):
    inner = zipped([("scratch.py", CODE)])
    found, *_ = taken(zipped([(f"{wrapping}jane.zip", inner), (f"{wrapping}roe.zip", inner)]))
    assert [one[0] for one in found] == ["jane", "roe"]


def test_a_lone_folder_with_a_lone_archive_is_a_student(taken):
    assert taken(zipped([("jane/h.zip", zipped([("scratch.py", CODE)]))]))[0] == [
        ("jane", "scratch", "class.zip/jane/h.zip/scratch.py")
    ]


def test_an_archive_in_a_students_archive_is_not_opened(taken):
    inner = zipped([("inner.zip", zipped([("scratch.py", CODE)]))])
    found, refused, empty = taken(zipped([HONEST, ("bob/h.zip", inner)]))
    assert (found, empty) == ([ALICE], [])
    assert refused == [("bob", "inner.zip: it is inside a student's archive: nested archives are not opened")]


def test_an_archive_beside_files_is_not_opened_and_the_report_says_so(tmp_path):
    (tmp_path / "c.zip").write_bytes(zipped([HONEST, ("alice/data.zip", b"")]))
    (submission,) = take_in([tmp_path / "c.zip"], NAMES).submissions
    assert submission.notes == ("data.zip was not opened: other files were graded",)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_of_a_module_and_a_notebook_in_an_archive_the_newer_counts(tmp_path, kind):
    for newer, older in (("scratch.py", "scratch.ipynb"), ("scratch.ipynb", "scratch.py")):
        if kind == "zip":
            data = zipped([(zip_info(newer, time=(2024, 2, 1, 0, 0, 2)), b""), (zip_info(older, time=(2024, 2, 1, 0, 0, 0)), b"")])  # fmt: skip
        else:
            first, second = tarfile.TarInfo(newer), tarfile.TarInfo(older)
            first.mtime, second.mtime = 200, 100
            data = tarred([(first, b""), (second, b"")])
        (tmp_path / f"a.{kind}{'.gz' * (kind == 'tar')}").write_bytes(data)
        (submission,) = take_in([tmp_path / f"a.{kind}{'.gz' * (kind == 'tar')}"], NAMES).submissions
        older_one = f"{older} was not graded: it is older than {newer}"
        assert submission.notes == ("the file is empty", older_one)


def test_what_macos_adds_is_no_submission(taken):
    junk = [("__MACOSX/alice/._scratch.py", b"x"), ("alice/._scratch.py", b"x"), ("._bob_scratch.py", b"x")]
    assert taken(zipped([HONEST, *junk])) == ([("alice", "scratch", "class.zip/alice/scratch.py")], [], [])


def test_an_archive_with_nothing_to_grade_is_said_to_be_empty(taken):
    assert taken(zipped([("readme.md", b"")])) == ([], [], ["class.zip"])


def test_an_archive_of_a_student_in_which_nothing_is_named_for_an_assignment_is_refused(taken):
    nothing = "h.zip: none of its files is a module or a notebook: a.txt; hand in scratch.py or concise.py"
    unnamed = "h.zip: none of its files is named after an assignment: hw1.py; call it scratch.py or concise.py"
    below = unnamed.replace("hw1.py", "work/hw1.py")
    for name, reason in (("a.txt", nothing), ("hw1.py", unnamed), ("work/hw1.py", below)):
        inside = zipped([(name, b"x")])
        assert taken(zipped([HONEST, ("bob/h.zip", inside)])) == ([ALICE], [("bob", reason)], [])

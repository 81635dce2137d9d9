"""`assay return` gives each student of a graded class exactly what is the student's own."""

import functools
import re
import zipfile

import pytest
from commands import RIGHT, WRONG, run_here
from small_course import write_class

SEED = 98765432123456789
STUDENTS = {"Ada Muster_1001": RIGHT, "Bob Kaya_1002": WRONG, "Eve Lind_1003": "raise ValueError('Eve was here')"}
WORDS = {
    "Ada Muster_1001": ("Ada", "Muster", "1001"),
    "Bob Kaya_1002": ("Bob", "Kaya", "1002"),
    "Eve Lind_1003": ("Eve", "Lind", "1003"),
}
EXPORTED = "_assignsubmission_file"
HIDDEN = ("secret", "test_hidden")


@pytest.fixture(scope="module")
def graded(course_root, tmp_path_factory, executor):
    """Grade Moodle's export of a class, as a teacher does, with a folder for each student."""
    folder = tmp_path_factory.mktemp("teachers-desk")
    write_class(folder / "class", {f"{name}{EXPORTED}": text for name, text in STUDENTS.items()})
    arguments = ("grade", "class", "--course", course_root, "--seed", SEED, "--json", "grades.json")
    assert run_here(executor, *arguments, cwd=folder)[0] == 0
    return folder


@pytest.fixture
def assay(graded):
    return functools.partial(run_here, None, cwd=graded)


def require_own(student, text):
    """Assert that the text is this student's, and tells nothing of others, of hidden checks or of the seed."""
    assert student in text
    others = [word for name, words in WORDS.items() if name != student for word in words]
    for word in (*others, *HIDDEN, str(SEED), "teachers-desk"):
        assert not re.search(re.escape(word), text, re.IGNORECASE), word


def test_a_folder_for_each_student_holds_only_the_students_own(graded, assay):
    assert assay("return", "out", "--report", "grades.json") == (0, "", "")
    assert sorted(path.name for path in (graded / "out").iterdir()) == [
        f"{name}{EXPORTED}" for name in sorted(STUDENTS)
    ]
    for student in STUDENTS:
        page, text = sorted((graded / "out" / f"{student}{EXPORTED}").iterdir())
        assert (page.name, text.name) == ("basics.html", "basics.txt")
        require_own(student, page.read_text())
        require_own(student, text.read_text())


def test_moodles_archive_holds_a_text_and_a_page_for_each_student(graded, assay):
    assert assay("return", "feedback.zip", "--report", "grades.json") == (0, "", "")
    with zipfile.ZipFile(graded / "feedback.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    names = {
        f"{student}{EXPORTED}_basics{suffix}": student for student in sorted(STUDENTS) for suffix in (".html", ".txt")
    }
    assert sorted(texts) == list(names)
    for name, student in names.items():
        require_own(student, texts[name])


def test_one_student_can_be_chosen(graded, assay):
    assert assay("return", "one", "--report", "grades.json", "--student", f"Bob Kaya_1002{EXPORTED}")[0] == 0
    assert [path.name for path in (graded / "one").iterdir()] == [f"Bob Kaya_1002{EXPORTED}"]


def test_what_is_there_already_is_refused(graded, assay):
    (graded / "old").mkdir()
    assert assay("return", "old", "--report", "grades.json") == (
        3, "", "assay: old is there already, and what is in it could be somebody else's: name a new folder\n",
    )  # fmt: skip


def test_a_folder_that_cannot_be_made_is_refused(assay):
    code, output, errors = assay("return", "grades.json/out", "--report", "grades.json")
    assert (code, output) == (3, "")
    assert errors == "assay: grades.json/out cannot be written: Not a directory\n"

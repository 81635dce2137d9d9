"""Wrong usage is refused before anything is graded, with a line that says why."""

import functools

import pytest
from commands import RIGHT, run_here
from small_course import write_class


@pytest.fixture(scope="module")
def assay(executor):
    return functools.partial(run_here, executor)


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"), {"alice": RIGHT, "bob": RIGHT})


def test_a_seed_that_does_not_fit_is_refused_before_anything_is_graded(course_root, students, assay):
    code, output, errors = assay("grade", students, "--seed", str(2**128), cwd=course_root)
    assert (code, output) == (2, "")
    assert (
        "340282366920938463463374607431768211456 is not in the range 0<=x<=340282366920938463463374607431768211455"
        in errors
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["grade", ""], "Error: Invalid value for 'PATHS...': a path is empty.\n"),
        (["grade", ".", "--json", ""], "Error: Invalid value for '--json': a path is empty.\n"),
        (["grade", ".", "--student", ""], "Error: Invalid value for '--student': a name is empty.\n"),
        (["grade", ".", "--student", " "], "Error: Invalid value for '--student': a name is empty.\n"),
        (["grade", ".", "--assignment", ""], "Error: Invalid value for '--assignment': a name is empty.\n"),
        (["regrade", ".", "--student", ""], "Error: Invalid value for '--student': a name is empty.\n"),
        (["regrade", ".", "--assignment", ""], "Error: Invalid value for '--assignment': a name is empty.\n"),
        (["export", "csv", "--student", ""], "Error: Invalid value for '--student': a name is empty.\n"),
        (["export", "csv", "--assignment", ""], "Error: Invalid value for '--assignment': a name is empty.\n"),
        (["excuse", "ada", "--assignment", ""], "Error: Invalid value for '--assignment': a name is empty.\n"),
        (["excuse", "", "--assignment", "basics"], "Error: Invalid value for 'STUDENT': a name is empty.\n"),
        (["grade", ".", "--fail-under", "nan"], "Error: Invalid value for '--fail-under': nan is not a percentage.\n"),
    ],
)
def test_values_that_would_be_taken_for_others_are_wrong_usage(course_root, arguments, text, assay):
    code, _, errors = assay(*arguments, cwd=course_root)
    assert code == 2
    assert errors.endswith(text)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nobody"], "assay: nobody does not exist\n"),
        (["."], "assay: nothing to grade in .\n"),
        (["x.py"], "assay: x.py is not named after an assignment: call it basics.py\n"),
        (["basics.txt"], "assay: basics.txt is not named after an assignment: call it basics.py\n"),
    ],
)
def test_a_wrong_path_exits_with_2_and_says_why(course_root, tmp_path, arguments, text, assay):
    (tmp_path / "basics.txt").touch()
    if arguments == ["x.py"]:
        (tmp_path / "x.py").touch()
        (course_root / "reference" / "other.py").write_text("def f(): pass\n")
        (course_root / "tests" / "other").mkdir()
        (course_root / "tests" / "other" / "test_1_f.py").write_text('"""F"""\n')
        text = text.replace("basics.py", "basics.py or other.py")
    try:
        code, output, errors = assay("grade", *arguments, "--course", course_root, cwd=tmp_path)
    finally:
        for path in (course_root / "reference" / "other.py", course_root / "tests" / "other" / "test_1_f.py"):
            path.unlink(missing_ok=True)
        if (course_root / "tests" / "other").is_dir():
            (course_root / "tests" / "other").rmdir()
    assert (code, output, errors) == (2, "", text)


def test_a_folder_in_no_course_exits_with_2(tmp_path, assay):
    code, _, errors = assay("grade", ".", cwd=tmp_path)
    assert code == 2
    assert errors == f"assay: {tmp_path} is in no course: a course is a folder with reference/ and tests/\n"


def test_no_path_is_a_usage_error(course_root, assay):
    code, _, errors = assay("grade", cwd=course_root)
    assert code == 2
    assert "Missing argument 'PATHS...'" in errors


def test_a_file_that_cannot_be_written_exits_with_3(course_root, students, assay):
    code, output, errors = assay("grade", students / "alice", "--json", "/dev/full", cwd=course_root)
    assert code == 3
    assert "alice" in output
    assert errors == "assay: /dev/full cannot be written: No space left on device\n"


@pytest.mark.parametrize("name", ["no/r.json", "r" * 300, f"{__file__}/r.json"], ids=["no folder", "long", "a file"])
def test_a_file_that_cannot_be_written_is_refused_before_a_class_is_graded(
    course_root, students, tmp_path, name, assay
):
    code, output, errors = assay("grade", students, "--json", tmp_path / name, cwd=course_root)
    assert (code, output) == (3, "")
    assert errors == f"assay: no file can be written at {tmp_path / name}\n"


def test_a_promise_that_there_is_not_cannot_be_given_up(course_root, students, assay):
    code, output, errors = assay("grade", students / "alice", "--waive", "fairness", cwd=course_root)
    assert (code, output) == (2, "")
    assert "Invalid value for '--waive': 'fairness' is not one of 'files', 'network', 'processes'" in errors


def test_the_version_and_help_are_there(course_root, assay):
    assert assay("--version", cwd=course_root)[1].startswith("assay, version 0.")
    assert "Each PATH is a file" in assay("grade", "--help", cwd=course_root)[1]


def test_a_starter_overwrites_nothing(course_root, tmp_path, assay):
    (tmp_path / "basics.ipynb").write_text("my work")
    code, _, errors = assay("new", "basics", "--notebook", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: basics.ipynb exists already and was not changed\n")
    assert (tmp_path / "basics.ipynb").read_text() == "my work"


def test_an_unknown_assignment_lists_those_there_are(course_root, tmp_path, assay):
    code, _, errors = assay("new", "advanced", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: no assignment 'advanced'; this course has basics\n")


def test_a_file_that_cannot_be_taken_in_is_said(course_root, tmp_path, assay):
    (tmp_path / "basics.py").mkdir()
    code, _, errors = assay("check", "basics.py", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (2, "assay: nothing to grade in basics.py\n")

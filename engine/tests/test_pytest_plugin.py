"""`pytest --submission PATH` in a course: what an author sees who runs the judge by hand."""

import re
import shutil

import pytest
from warm import run_pytest


def run(root, *arguments):
    """Run pytest in the course as an author would; return its exit code and what it printed."""
    return run_pytest(root, "-q", "-p", "no:cacheprovider", "-p", "no:benchmark", *arguments)


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    folder = tmp_path_factory.mktemp("students")
    for name, scaled in (("alice", "x * factor"), ("bob", "x + factor")):
        (folder / name).mkdir()
        (folder / name / "basics.py").write_text(f"def scaled(x, factor=2.0): return {scaled}\n")
    return folder


def test_without_a_submission_the_reference_is_graded(course_root):
    code, output = run(course_root)
    assert code == 0
    assert "6 passed" in output


def test_one_session_grades_many_submissions(course_root, students):
    code, output = run(
        course_root, "--submission", students / "alice", "--submission", students / "bob", "-k", "scaled"
    )
    assert code == 1
    assert "test_scaled[bob]" in output
    assert "1 failed, 1 passed, 10 deselected" in output


def test_a_submission_meets_the_checks_and_no_other_test(course_root, students, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "test_course.py").write_text("def test_of_the_course_itself(): assert False\n")
    assert "1 failed" in run(course)[1]
    assert "test_of_the_course_itself" not in run(course, "--submission", students / "alice")[1]


def test_the_seed_decides_the_inputs_and_leaves_the_name_to_other_plugins(broken_course, monkeypatch, tmp_path):
    (tmp_path / "other.py").write_text("def pytest_addoption(parser): parser.addoption('--seed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    check = 'def test_x(submission, seed):\n    """x holds"""\n    raise ValueError(f"seed {seed}")\n'
    outputs = [broken_course(check)[1], run(tmp_path, "-p", "other", "--seed", 1, "--assay-seed", 7)[1]]
    first, second = (re.search(r"ValueError in the check itself: seed (\d+)", output)[1] for output in outputs)
    assert first != second


def test_where_pytest_shows_a_traceback_stands_what_a_student_reads(course_root, students):
    _, output = run(course_root, "--submission", students / "bob", "-k", "test_scaled")
    assert (
        "scaled doubles without a factor: failed\n  input     scaled(torch.tensor([1.0, 1.0]))\n  yours     [3.0, 3.0]   shape (2,), float32\n"
    ) in output
    assert "Traceback" not in output
    assert "conftest" not in output


def test_a_path_that_does_not_exist_is_a_usage_error(course_root):
    code, output = run(course_root, "--submission", "nobody")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: nobody does not exist" in output


def test_what_is_refused_is_a_usage_error_that_says_why(course_root, students, tmp_path):
    (tmp_path / "carol").mkdir()
    (tmp_path / "carol" / "basics.py").symlink_to(students / "alice" / "basics.py")
    code, output = run(course_root, "--submission", tmp_path)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: basics.py: it is a link, and links are not followed" in output


def test_an_empty_folder_is_a_usage_error(course_root, tmp_path):
    code, output = run(course_root, "--submission", tmp_path)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: nothing to grade in {tmp_path}" in output


def test_the_markers_are_registered(course_root):
    code, output = run(course_root, "--strict-markers", "--markers")
    assert code == 0
    assert "@pytest.mark.points(number): what the check is worth; 1 without it" in output


def test_a_session_outside_a_course_is_no_judge(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_x(): pass\n")
    code, output = run(tmp_path)
    assert code == 0
    assert "1 passed" in output


@pytest.fixture
def broken_course(course_root, tmp_path):
    """Return a course with one exercise whose check is wrong in a way that each test chooses."""

    def write(check, settings=""):
        for name, text in {
            "tox.ini": f"[pytest]\ntestpaths = tests\n{settings}",
            "reference/basics.py": (course_root / "reference" / "basics.py").read_text(),
            "tests/basics/test_1_x.py": f'"""X"""\nimport pytest\n{check}',
        }.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return run(tmp_path)

    return write


def test_an_error_in_the_check_itself_is_never_the_students(broken_course):
    code, output = broken_course('def test_x(submission):\n    """x holds"""\n    1 / 0\n')
    assert code == 1
    assert "x holds: ungraded\n  help      ZeroDivisionError in the check itself: division by zero" in output


def test_of_a_hidden_check_only_the_kind_of_its_error_is_told(broken_course):
    hidden = '@pytest.mark.visibility("hidden")\ndef test_x(submission):\n    """x holds"""\n    1 / 0\n'
    _, output = broken_course(hidden)
    told = "this check is hidden: what it tested is not shown; it could not be graded: ZeroDivisionError"
    assert f"x holds: ungraded\n  help      {told}" in output
    assert "division by zero" not in output


def test_a_name_that_the_reference_lacks_is_the_authors_error(broken_course):
    _, output = broken_course('def test_x(submission):\n    """x holds"""\n    submission.squared_los()\n')
    assert (
        "x holds: ungraded\n  help      AttributeError in the check itself: the reference defines no 'squared_los'"
        in output
    )


def test_a_check_without_a_docstring_is_an_error(broken_course):
    code, output = broken_course("def test_x(submission):\n    pass\n")
    assert code != 0
    assert "test_x[reference] has no docstring: it is the sentence that a student reads" in output


def test_a_function_of_the_judge_does_not_cross(broken_course):
    _, output = broken_course('def test_x(submission):\n    """x holds"""\n    submission.scaled(len)\n')
    assert (
        "builtin_function_or_method does not cross the wall: send numbers, texts, lists, tensors or objects" in output
    )


def test_a_skipped_check_is_not_passed(broken_course):
    code, output = broken_course('def test_x(submission):\n    """x holds"""\n    pytest.skip("needs y")\n')
    assert code == 0
    assert "1 skipped" in output


def test_a_visibility_that_there_is_not_is_an_error(broken_course):
    check = '@pytest.mark.visibility("hiden")\ndef test_x(submission):\n    """x holds"""\n'
    code, output = broken_course(check)
    assert code not in {0, 1}
    assert (
        "test_x[reference] is marked visibility('hiden'); there is hidden, visible, after_due_date, after_published"
    ) in output


def test_a_budget_that_is_no_number_is_said(broken_course):
    check = 'def test_x(submission):\n    """x holds"""\n'
    _, output = broken_course(check, "assay_memory = 4 GiB\n")
    assert "assay_memory = 4 GiB in tox.ini is not a whole number" in output


def test_a_call_that_may_take_more_than_its_check_is_said(broken_course):
    check = 'def test_x(submission):\n    """x holds"""\n'
    _, output = broken_course(check, "assay_call_seconds = 90\n")
    assert (
        "assay_call_seconds = 90 in tox.ini is above assay_import_seconds = 60: all calls of a check have as much as the "
        "import"
    ) in output


def test_a_passed_check_whose_teardown_fails_is_not_passed(broken_course):
    check = '@pytest.fixture\ndef broken():\n    yield\n    1 / 0\ndef test_x(submission, broken):\n    """x holds"""\n'
    code, output = broken_course(check)
    assert code == 1
    assert "x holds: ungraded\n  help      ZeroDivisionError in the check itself: division by zero" in output


def test_a_parameter_is_named_by_its_place(broken_course):
    check = (
        '@pytest.mark.parametrize("secret", [object(), object()])\n'
        'def test_x(submission, secret):\n    """x holds"""\n    assert secret is None\n'
    )
    code, output = broken_course(check)
    assert code == 1
    assert "2 failed" in output


def test_checks_import_from_the_file_of_mistakes_beside_them(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    checks = course / "tests" / "basics" / "test_1_losses.py"
    checks.write_text(
        checks.read_text().replace("import torch\n", "import torch\nfrom .mistakes_1_losses import no_half\n", 1)
    )
    code, output = run(course, "--import-mode=importlib")
    assert code == 0
    assert "6 passed" in output


def test_a_file_of_mistakes_has_no_checks(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    with (course / "tests" / "basics" / "mistakes_1_losses.py").open("a") as file:
        file.write("\n\ndef test_nothing(submission):\n    pass\n")
    _, output = run(course, "-o", "python_files=*.py", "tests")
    assert "6 passed" in output


def test_a_file_of_mistakes_that_cannot_be_imported_ends_the_session(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "basics" / "mistakes_1_losses.py").write_text("1 / 0\n")
    code, output = run(course)
    assert code == pytest.ExitCode.INTERRUPTED
    assert "tests/basics/mistakes_1_losses.py cannot be imported: ZeroDivisionError: division by zero" in output

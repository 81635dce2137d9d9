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


@pytest.fixture(scope="module")
def right_and_wrong(course_root, students):
    """Return how a session of a right and a wrong submission ends, and what it prints."""
    return run(course_root, "--submission", students / "alice", "--submission", students / "bob", "-k", "scaled")


def test_one_session_grades_many_submissions(right_and_wrong):
    code, output = right_and_wrong
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


def test_where_pytest_shows_a_traceback_stands_what_a_student_reads(right_and_wrong):
    _, output = right_and_wrong
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


def write_course_with(checks, course_root, folder, settings=""):
    """Write a course with an exercise for each check: a file's name and its text."""
    files = {
        "tox.ini": f"[pytest]\ntestpaths = tests\n{settings}",
        "reference/basics.py": (course_root / "reference" / "basics.py").read_text(),
    }
    for number, (name, check) in enumerate(checks.items(), 1):
        files[f"tests/basics/test_{number}_{name}.py"] = f'"""{name}"""\nimport pytest\n{check}'
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def broken_course(course_root, tmp_path):
    """Return a course with one exercise whose check is wrong in a way that each test chooses."""
    return lambda check, settings="": run(write_course_with({"x": check}, course_root, tmp_path, settings))


WRONG_CHECKS = {
    "raises": 'def test_raises(submission):\n    """one divides by zero"""\n    1 / 0\n',
    "hidden": (
        '@pytest.mark.visibility("hidden")\n'
        'def test_hidden(submission):\n    """a hidden one raises"""\n    raise KeyError("a secret")\n'
    ),
    "misspelt": 'def test_misspelt(submission):\n    """a name is misspelt"""\n    submission.squared_los()\n',
    "crosses": 'def test_crosses(submission):\n    """a function is sent"""\n    submission.scaled(len)\n',
    "skips": 'def test_skips(submission):\n    """it is skipped"""\n    pytest.skip("needs y")\n',
    "teardown": (
        "@pytest.fixture\ndef broken():\n    yield\n    1 / 0\n\n\n"
        'def test_teardown(submission, broken):\n    """its teardown fails"""\n'
    ),
    "parameters": (
        '@pytest.mark.parametrize("secret", [object(), object()])\n'
        'def test_parameters(submission, secret):\n    """it has parameters"""\n    assert secret is None\n'
    ),
}
"""Checks with a fault each, whose names say which: one session asks them all."""


@pytest.fixture(scope="module")
def wrong_checks(course_root, tmp_path_factory):
    """Return how a session with all of these ends, and what it prints."""
    return run(write_course_with(WRONG_CHECKS, course_root, tmp_path_factory.mktemp("wrong")), "-rA")


def test_an_error_in_the_check_itself_is_never_the_students(wrong_checks):
    code, output = wrong_checks
    assert code == 1
    told = "one divides by zero: ungraded\n  help      ZeroDivisionError in the check itself: division by zero"
    assert told in output


def test_of_a_hidden_check_only_the_kind_of_its_error_is_told(wrong_checks):
    told = "this check is hidden: what it tested is not shown; it could not be graded: KeyError"
    assert f"a hidden one raises: ungraded\n  help      {told}" in wrong_checks[1]
    assert "a secret" not in wrong_checks[1]


def test_a_name_that_the_reference_lacks_is_the_authors_error(wrong_checks):
    told = "AttributeError in the check itself: the reference defines no 'squared_los'"
    assert f"a name is misspelt: ungraded\n  help      {told}" in wrong_checks[1]


def test_a_function_of_the_judge_does_not_cross(wrong_checks):
    told = "builtin_function_or_method does not cross the wall: send numbers, texts, lists, tensors or objects"
    assert told in wrong_checks[1]


def test_a_skipped_check_is_not_passed(wrong_checks):
    assert re.search(r"^SKIPPED .*: needs y$", wrong_checks[1], re.MULTILINE)
    assert "::test_skips" not in wrong_checks[1]


def test_a_passed_check_whose_teardown_fails_is_not_passed(wrong_checks):
    told = "its teardown fails: ungraded\n  help      ZeroDivisionError in the check itself: division by zero"
    assert told in wrong_checks[1]


def test_a_parameter_is_named_by_its_place(wrong_checks):
    names = re.findall(r"^\w+ \S+::(test_parameters\S*)", wrong_checks[1], re.MULTILINE)
    assert len(set(names)) == 2
    assert "object" not in "".join(names)


def test_a_session_whose_checks_are_skipped_alone_ends_well(broken_course):
    code, output = broken_course(WRONG_CHECKS["skips"])
    assert code == 0
    assert "1 skipped" in output


def test_a_check_without_a_docstring_is_an_error(broken_course):
    code, output = broken_course("def test_x(submission):\n    pass\n")
    assert code != 0
    assert "test_x[reference] has no docstring: it is the sentence that a student reads" in output


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
        "assay_call_seconds = 90 in tox.ini is above assay_import_seconds = 60, which is also the limit of all calls of a "
        "check together"
    ) in output


def test_checks_import_from_the_file_of_mistakes_beside_them_which_has_no_checks(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    checks = course / "tests" / "basics" / "test_1_losses.py"
    checks.write_text(
        checks.read_text().replace("import torch\n", "import torch\nfrom .mistakes_1_losses import no_half\n", 1)
    )
    with (course / "tests" / "basics" / "mistakes_1_losses.py").open("a") as file:
        file.write("\n\ndef test_nothing(submission):\n    pass\n")
    code, output = run(course, "--import-mode=importlib", "-o", "python_files=*.py", "tests")
    assert code == 0
    assert "6 passed" in output


def test_a_file_of_mistakes_that_cannot_be_imported_ends_the_session(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "basics" / "mistakes_1_losses.py").write_text("1 / 0\n")
    code, output = run(course)
    assert code == pytest.ExitCode.INTERRUPTED
    assert "tests/basics/mistakes_1_losses.py cannot be imported: ZeroDivisionError: division by zero" in output

"""`assay new-course` and `assay new-exercise`: their files are a course that grades, and nothing is overwritten."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay.course.read import fingerprint

FILES = [
    ".github/actions/gate/action.yml",
    ".github/actions/gate/gate.sh",
    ".github/workflows/gate.yml",
    ".github/workflows/grade.yml",
    ".gitlab-ci.yml",
    "README.md",
    "conftest.py",
    "reference/warmup.py",
    "tests/warmup/mistakes_1_standardize.py",
    "tests/warmup/test_1_standardize.py",
    "tox.ini",
]

RIGHT = "def standardize(x):\n    return (x - x.mean()) / ((x - x.mean()) ** 2).mean().sqrt()\n"
WRONG = "def standardize(x):\n    return x / x.std(unbiased=False)\n"


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Return a folder with a new course, and what the command said."""
    folder = tmp_path_factory.mktemp("author")
    return folder, run("new-course", "mine", cwd=folder)


@pytest.fixture
def course(written, tmp_path):
    """Return a copy of that course."""
    return shutil.copytree(written[0] / "mine", tmp_path / "course")


def test_six_files_and_those_of_two_platforms_are_written(written):
    folder, said = written
    assert said == (0, "mine has a course of one exercise; try it there with: python -m pytest\n", "")
    assert sorted(str(path.relative_to(folder / "mine")) for path in files_in(folder / "mine")) == FILES


def test_the_help_tells_what_the_hidden_files_are(run, tmp_path):
    text = " ".join(run("new-course", "--help", cwd=tmp_path)[1].split())
    assert (
        "DIR is new or empty. It also gets a CI workflow that runs the course's tests, and a gate for GitHub and GitLab, "
        "which grades students' repositories."
    ) in text


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_new_course_passes_its_own_tests(course):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-q"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("2 passed in ")


def test_a_starter_a_right_and_a_wrong_answer_get_their_points(run, course):
    for name, source in (("ada", RIGHT), ("ben", WRONG), ("cy", None)):
        (course / "class" / name).mkdir(parents=True)
        if source is None:
            assert run("new", "warmup", "--course", course, cwd=course / "class" / name)[0] == 0
        else:
            (course / "class" / name / "warmup.py").write_text(source)
    code, output, errors = run("grade", "class", cwd=course)
    assert (code, errors) == (0, "")
    heads = [line.split() for line in output.splitlines() if re.match(r"(ada|ben|cy) +warmup ", line)]
    assert [(name, *points) for name, _, *points in heads] == [
        ("ada", "3", "/", "3"),
        ("ben", "1", "/", "3"),
        ("cy", "0", "/", "3"),
    ]
    assert "help      the numbers are not shifted: subtract their mean first" in output


def test_an_empty_folder_is_filled(run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert run("new-course", "empty", cwd=tmp_path)[0] == 0
    assert len(files_in(tmp_path / "empty")) == len(FILES)


def test_a_folder_with_files_is_refused(run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    said = run("new-course", "full", cwd=tmp_path)
    assert said == (2, "", "assay: full is not empty: name a new or an empty folder\n")
    assert len(files_in(tmp_path / "full")) == 1


def test_a_folder_that_cannot_be_made_is_named(run, tmp_path):
    (tmp_path / "notes.txt").touch()
    said = run("new-course", "notes.txt", cwd=tmp_path)
    assert said == (2, "", "assay: notes.txt cannot be written: Not a directory\n")


def test_a_new_exercise_leads_to_a_course_that_proves_itself(run, course):
    (course / "reference" / "losses.py").write_text('"""Losses"""\n')
    (course / "tests" / "losses").mkdir()
    code, output, errors = run("new-exercise", "losses", "0", "huber_loss", cwd=course / "tests")
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "huber_loss in reference/losses.py, tests/losses/test_0_huber_loss.py and tests/losses/mistakes_0_huber_loss.py have an example to edit",
        "try it in the course's folder with: python -m pytest tests/losses/test_0_huber_loss.py",
    ]
    assert run("new-exercise", "warmup", "2", "center", "--course", course, cwd=course.parent)[0] == 0
    code, output, errors = run("self-test", "--seeds", "1", cwd=course)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "the reference under 1 seeds: 0 checks not passed",
        "losses: known mistakes: 2, caught and named by their own exercise and no other: 2",
        "losses: mutants: 7, caught 7, equivalent 0",
        "warmup: known mistakes: 4, caught and named by their own exercise and no other: 4",
        "warmup: mutants: 14, caught 14, equivalent 0",
    ]


def test_a_new_exercise_is_the_example_under_its_own_name(run, course):
    run("new-exercise", "warmup", "2", "huber_loss", cwd=course)
    before, after = (course / "reference" / "warmup.py").read_text().split("\n\n\n# 2. Huber loss\n")
    assert "standardize" not in after
    assert before.partition("# 1. Standardize\n")[2] + "\n" == after.replace("huber_loss", "standardize")
    for kind in ("test", "mistakes"):
        old, new = (
            (course / "tests" / "warmup" / f"{kind}_{name}.py").read_text()
            for name in ("1_standardize", "2_huber_loss")
        )
        assert old == new.replace("Huber loss", "Standardize").replace("huber_loss", "standardize")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["algebra", "2", "center"], "no assignment 'algebra'; this course has warmup"),
        (["warmup", "1", "center"], "exercise 1 of warmup exists already: ROOT/tests/warmup/test_1_standardize.py"),
        (["warmup", "2", "standardize"], "ROOT/reference/warmup.py defines standardize already: name another function"),
        (["warmup", "7", "left"], "ROOT/tests/warmup/mistakes_7_left.py exists already and was not changed"),
        (["warmup", "2", "x" * 300], "ROOT cannot be written: File name too long"),
        *(
            (
                ["warmup", "2", name],
                f"'{name}' cannot be the name of an exercise: it becomes a public function in Python, such as standardize",
            )
            for name in ("2nd", "class", "_hidden")
        ),
    ],
    ids=["assignment", "number", "function", "file", "long", "digit", "keyword", "private"],
)
def test_an_exercise_that_does_not_fit_is_refused_and_nothing_changes(run, course, arguments, text):
    (course / "tests" / "warmup" / "mistakes_7_left.py").write_text('"""Left over"""\n')
    before = fingerprint(course)
    said = run("new-exercise", *arguments, cwd=course)
    assert said == (2, "", f"assay: {text.replace('ROOT', str(course))}\n")
    assert fingerprint(course) == before


@pytest.mark.parametrize("name", ["torch", "f", "scale"])
def test_what_the_model_answers_import_or_assign_stays(run, course, name):
    path = course / "reference" / "warmup.py"
    path.write_text(f"{path.read_text()}\n\nimport torch.nn\nfrom torch.nn import functional as f\n\nscale = 2\n")
    said = run("new-exercise", "warmup", "2", name, cwd=course)
    assert said == (2, "", f"assay: {path} defines {name} already: name another function\n")


def test_model_answers_that_are_not_python_are_named(run, course):
    (course / "reference" / "warmup.py").write_text("def f(:\n")
    said = run("new-exercise", "warmup", "2", "center", cwd=course)
    assert said == (2, "", f"assay: {course}/reference/warmup.py, line 1: invalid syntax\n")

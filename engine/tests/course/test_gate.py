"""The gate: the shell steps of its action and of GitLab's job run as they stand, on right and on hostile repositories."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from commands import RIGHT, WRONG, run_here
from junitparser import JUnitXml
from repositories import HOSTILE, LEAST, write_repository
from small_course import RIGHT as ALL_RIGHT

TEMPLATE = Path(__file__).parents[2] / "src" / "assay" / "course" / "template"
GATE = ".github/actions/gate"
ACTION = (TEMPLATE / GATE / "action.yml").read_text()
JOB = (TEMPLATE / ".gitlab-ci.yml").read_text()

SEED = "314159265358979323846264338327950288"
MARK = "private-to-the-course"
PRIVATE = (SEED, MARK, "the loss of a secret pair is right", "test_hidden", "test_1_losses", "y_hat.shape)) ** 2 / 2")
FILES = ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE")
POINTS = {"right": 7, "wrong": 3}
MORE_VARIABLES = {}

OWN = re.compile(r"::(error|warning|notice) (file=[^,:\n]*,)?(line=\d+,)?title=[^:,\n]*::[^\n]*")
COMMAND = re.compile(r"\s*::[A-Za-z][\w-]*( .*)?::|.*##\w*\[")


def block(text, key):
    """Return the lines below `key: |` as they stand."""
    found = re.search(rf"^( *){re.escape(key)} \|\n((?:\1 +.*\n|\n)+)", text, re.MULTILINE)
    return textwrap.dedent(found[2])


@pytest.fixture
def workspace(course_root, tmp_path):
    """Return a runner's folder with the course, which has a mark wherever nobody may look, and limits of a second."""
    course = shutil.copytree(course_root, tmp_path / "course")
    settings = (course / "tox.ini").read_text()
    (course / "tox.ini").write_text(settings.replace("_seconds = 2", "_seconds = 1"))
    for path in [*course.rglob("*.py"), course / "tox.ini"]:
        path.write_text(f"{path.read_text()}\n# {MARK}\n")
    (tmp_path / "home").mkdir()
    return tmp_path


def environment(workspace, **more):
    known = {
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "HOME": str(workspace / "home"),
        "TMPDIR": str(workspace / "temp"),
    }
    for name in FILES:
        (workspace / name).write_text("")
    (workspace / "temp").mkdir()
    return known | MORE_VARIABLES | more


def run_action(workspace, **more):
    """Run the action's step as GitHub's runner does."""
    inputs = dict(re.findall(r"^  ([\w-]+):\n    description: .*\n    default: (.*)$", ACTION, re.MULTILINE))
    inputs |= {"course": "course", "repository": "student", "student": "class/ada", "assignment": "basics"}
    inputs |= {"at-least": "50", "seed": SEED} | more
    named = dict(re.findall(r"^        (\w+): \$\{\{ inputs\.([\w-]+) \}\}$", ACTION, re.MULTILINE))
    (step,) = re.findall(r"^      run: (.*)$", ACTION, re.MULTILINE)
    variables = {name: inputs[given] for name, given in named.items()} | {"GITHUB_ACTION_PATH": str(TEMPLATE / GATE)}
    return run(workspace, step, variables | {f"GITHUB_{name}": str(workspace / name) for name in FILES})


def run_job(workspace, **more):
    """Run the script of GitLab's job in the course's folder, as its runner does after the clone."""
    (workspace / "student").rename(workspace / "course" / "student")
    shutil.copytree(TEMPLATE / GATE, workspace / "course" / GATE)
    variables = {"REPOSITORY": "class/ada", "ASSIGNMENT": "basics", "AT_LEAST": "50", "ASSAY_SEED": SEED} | more
    return run(workspace, block(JOB, "-"), variables, cwd=workspace / "course")


def run(workspace, script, variables, cwd=None):
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    known = environment(workspace, **variables)
    done = subprocess.run(words, cwd=cwd or workspace, env=known, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def assert_nothing_private(workspace, *texts):
    """Assert that neither these texts nor the runner's files tell anything, and that no code of the student's ran."""
    told = "\n".join([*texts, *((workspace / name).read_text() for name in FILES)])
    assert [word for word in PRIVATE if word in told] == []
    assert [(workspace / name).read_text() for name in FILES if name != "STEP_SUMMARY"] == [""] * 4
    lines = told.split("\n")
    assert [line for line in lines if COMMAND.match(line) and not OWN.fullmatch(line)] == []
    assert [line for line in lines if not line.isprintable()] == []
    assert list((workspace / "home").glob("started")) == list((workspace / "temp").iterdir()) == []


def test_a_right_repository_passes_and_its_result_is_written(workspace):
    write_repository(workspace / "student", {"week 1/basics.py": ALL_RIGHT, "README.md": "# Mine\n"})
    code, output, errors = run_action(workspace)
    assert (code, errors) == (0, "")
    assert output == "::notice file=week 1/basics.py,title=class/ada%2C basics%3A points::7.00 of 7.00\n"
    assert "| **total** | | **7.00 / 7.00** |" in (workspace / "STEP_SUMMARY").read_text()
    (suite,) = JUnitXml.fromfile(str(workspace / "result.xml"))
    assert (suite.tests, suite.failures, suite.errors) == (6, 0, 0)
    assert_nothing_private(workspace, output)


def test_a_wrong_repository_fails_with_annotations_at_its_lines(workspace):
    write_repository(workspace / "student", {"basics.py": WRONG})
    code, output, errors = run_action(workspace)
    assert (code, errors) == (1, "")
    first, second, *_ = output.splitlines()
    who = "title=class/ada%2C basics%3A"
    assert first.startswith(f"::error file=basics.py,line=3,{who} scaled doubles without a factor::input     scaled(")
    assert second.startswith(f"::error file=basics.py,line=3,{who} scaled takes the factor by keyword::")
    assert output.splitlines()[-1] == f"::notice file=basics.py,{who} points::3.00 of 7.00"
    assert "- `class/ada` `2`: `scaled doubles without a factor` (failed)" in (workspace / "STEP_SUMMARY").read_text()
    assert_nothing_private(workspace, output)


@pytest.mark.parametrize(
    ("files", "more", "said"),
    [
        (
            {"notes.txt": "x"},
            {"assignment": "algebra"},
            (2, "assay: no assignment 'algebra'; this course has basics\n"),
        ),
        (
            {},
            {"course": "student"},
            (2, "assay: STUDENT is in no course: a course is a folder with reference/ and tests/\n"),
        ),
    ],
    ids=["no assignment", "no course"],
)
def test_without_a_report_a_sentence_says_why(workspace, files, more, said):
    write_repository(workspace / "student", {"x": "", **files})
    code, output, errors = run_action(workspace, **more)
    lines = output.replace(str(workspace / "student"), "STUDENT").splitlines(keepends=True)
    assert (code, lines[0], errors) == (*said, "")
    assert lines[1:] == ["there is no result: assay grade in the course's folder says why\n"]
    assert_nothing_private(workspace)


def test_without_the_seed_nothing_is_graded(workspace):
    write_repository(workspace / "student", {"basics.py": RIGHT})
    code, output, errors = run_action(workspace, seed="")
    assert (code, errors) == (2, "")
    assert output == "assay: set ASSAY_SEED to the number in .assay/seed\n"


NO_PERCENTAGE = "assay: AT_LEAST (at-least) is not a percentage from 0 to 100"
NO_SEED = "assay: ASSAY_SEED is not a whole number from 0 to 2^128 - 1"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"at-least": ""}, NO_PERCENTAGE),
        ({"at-least": "half"}, NO_PERCENTAGE),
        ({"at-least": "101"}, NO_PERCENTAGE),
        ({"repository": ""}, "assay: Invalid value for 'PATHS...': a path is empty."),
        ({"seed": f"{SEED}x"}, NO_SEED),
        ({"seed": f"{SEED}0000"}, NO_SEED),
    ],
    ids=["no threshold", "a word", "above 100", "no repository", "a word in the seed", "a large seed"],
)
def test_a_wrong_setting_is_said_in_a_sentence(workspace, setting, said):
    write_repository(workspace / "student", {"basics.py": RIGHT})
    code, output, errors = run_action(workspace, **setting)
    assert (code, errors) == (2, "")
    assert output.splitlines() == [said, "there is no result: assay grade in the course's folder says why"]
    assert_nothing_private(workspace, output)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"AT_LEAST": "half"}, NO_PERCENTAGE),
        ({"ASSAY_SEED": f"{SEED}x"}, NO_SEED),
        ({"ASSAY_SEED": ""}, "assay: set ASSAY_SEED to the number in .assay/seed"),
    ],
    ids=["a word", "a word in the seed", "no seed"],
)
def test_a_wrong_variable_of_gitlabs_job_is_said_in_a_sentence(workspace, setting, said):
    write_repository(workspace / "student", {"basics.py": RIGHT})
    code, output, errors = run_job(workspace, **setting)
    assert (code, output.splitlines()[0], errors) == (2, said, "")
    assert_nothing_private(workspace, output)


def test_checks_that_cannot_be_read_are_said_and_not_shown(workspace):
    write_repository(workspace / "student", {"basics.py": RIGHT})
    with (workspace / "course" / "tests" / "basics" / "test_1_losses.py").open("a") as file:
        file.write(f"import nowhere  # {MARK}\n")
    code, output, errors = run_action(workspace)
    assert (code, errors) == (3, "")
    assert output.splitlines() == [
        "assay: the course's checks cannot be read",
        "there is no result: assay grade in the course's folder says why",
    ]
    assert_nothing_private(workspace, output)


@pytest.mark.parametrize("start", [run_action, run_job])
def test_a_python_that_ends_with_1_is_not_below_the_threshold(workspace, monkeypatch, start):
    """Python refuses to start, and ends with the exit code of a traceback."""
    write_repository(workspace / "student", {"basics.py": RIGHT})
    monkeypatch.setitem(MORE_VARIABLES, "PYTHONHASHSEED", "none")
    assert start(workspace) == (3, "there is no result: assay grade in the course's folder says why\n", "")


@pytest.mark.nightly
def test_a_result_that_cannot_be_written_is_not_below_the_threshold(workspace):
    write_repository(workspace / "student", HOSTILE["link"])
    code, output, errors = run_action(workspace, result="nowhere/result.xml")
    assert (code, errors) == (3, "")
    assert output.splitlines()[-2:] == [
        "assay: nowhere/result.xml cannot be written: No such file or directory",
        "there is no result: assay grade in the course's folder says why",
    ]
    assert_nothing_private(workspace, output)


def test_gitlabs_job_fails_below_the_threshold_and_writes_its_result(workspace):
    write_repository(workspace / "student", HOSTILE["speaks"])
    code, output, errors = run_job(workspace)
    assert (code, errors) == (1, "")
    assert output.startswith("### `class/ada` `basics`\n")
    assert re.findall(r"^::.*", output, re.MULTILINE) == []
    (suite,) = JUnitXml.fromfile(str(workspace / "course" / "result.xml"))
    assert [case._elem.get("file") for case in suite] == ["basics.py"] * 6
    assert_nothing_private(workspace, output, (workspace / "course" / "result.xml").read_text())


def test_no_hostile_repository_gains_a_point(workspace, executor):
    """All repositories as one class, which takes one warm worker."""
    for name, files in HOSTILE.items():
        write_repository(workspace / "class" / name, files)
    grade = functools.partial(run_here, executor, cwd=workspace)
    code, _, errors = grade("grade", "class", "--course", "course", "--seed", SEED, "--json", "report.json")
    assert (code, errors) == (0, "")
    reports = {
        report["submission"]["name"]: report
        for report in json.loads((workspace / "report.json").read_bytes())["reports"]
    }
    assert sorted(reports) == sorted(HOSTILE)
    gained = {name: report["score"] for name, report in reports.items() if report["score"] > most(name)}
    assert gained == {}
    assert {name for name, report in reports.items() if report["cause"]} == {
        "link",
        "link_to_course",
        "folder_link",
        "huge",
    }
    exported = [
        grade("export", form, "--report", "report.json") for form in ("github-summary", "github-annotations", "junit")
    ]
    assert [(code, errors) for code, _, errors in exported] == [(0, "")] * 3
    for name in FILES:
        (workspace / name).touch()
    (workspace / "temp").mkdir()
    assert_nothing_private(workspace, *(text for _, text, _ in exported))


def most(name):
    return 0 if name in LEAST else POINTS["wrong"]


@pytest.mark.nightly
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_repository_fails_and_tells_nothing(workspace, name):
    write_repository(workspace / "student", HOSTILE[name])
    code, output, errors = run_action(workspace)
    assert (code, errors) == (1, "")
    assert_nothing_private(workspace, output, (workspace / "result.xml").read_text())
    points = re.findall(r"^::notice .*::([\d.]+) of 7\.00$", output, re.MULTILINE)
    assert all(float(each) <= most(name) for each in points)

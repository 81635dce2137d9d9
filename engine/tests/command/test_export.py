"""`assay export`: which reports, where the document goes, what is refused, and what no document tells."""

import csv
import functools
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from commands import RIGHT, WRONG, run_here
from exports import ADA, UNGRADED, nasty_report
from msgspec.structs import replace
from reports import document_bytes
from small_course import write_class

from assay.report.exporters.formats import format_names

SEED = "314159265358979323846264338327950288"
NAME = "linear_regression_scratch"
CANVAS = f"Student,ID,Section,{NAME} (77)\nAda,1,A,9\nBob,2,A,9\n"
MOODLE = "Identifier,Full name,Grade\nParticipant 1,Ada,9\nParticipant 2,Bob,9\n"
RUNNER = {
    "CLASSROOM": "ml", "ASSIGNMENT": "scratch", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada",
    "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "c", "RELEASE_URL": "r", "REVIEW_URL": "v",
}  # fmt: skip


@pytest.fixture
def assay(tmp_path):
    return functools.partial(run_here, None, cwd=tmp_path)


@pytest.fixture(autouse=True)
def folder(tmp_path):
    """Write the reports of two students, and the files of two platforms."""
    write(tmp_path, ADA, UNGRADED)
    (tmp_path / "canvas.csv").write_text(CANVAS)
    (tmp_path / "who.json").write_text("{}")
    (tmp_path / "moodle.csv").write_text(MOODLE)


def write(folder, *reports):
    (folder / "grades.json").write_bytes(document_bytes(replace(each, seed=SEED) for each in reports))


def test_a_document_goes_to_standard_output(assay):
    code, output, errors = assay("export", "csv", "--report", "grades.json")
    assert (code, errors) == (0, "")
    assert [row["student"] for row in csv.DictReader(io.StringIO(output, newline=""))] == ["Ada"] * 8 + ["Bob"]


def test_or_into_a_file(tmp_path, assay):
    assert assay("export", "junit", "--report", "grades.json", "--output", "r.xml") == (0, "", "")
    assert (tmp_path / "r.xml").read_bytes().startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<testsuites")


def test_a_file_of_canvas_is_filled_and_what_is_left_is_told(tmp_path, assay):
    code, output, errors = assay("export", "canvas", "--report", "grades.json", "--fill", "canvas.csv")
    assert (code, output) == (0, CANVAS.replace("Ada,1,A,9", "Ada,1,A,5").replace("Bob,2,A,9", "Bob,2,A,"))
    assert errors == "assay: Bob: left blank: 1 of the checks could not be graded\n"
    assert (tmp_path / "canvas.csv").read_text() == CANVAS


def test_reports_are_chosen_by_student_and_assignment(tmp_path, assay):
    write(tmp_path, ADA, UNGRADED, replace(ADA, assignment="basics"))
    code, output, _ = assay(
        "export", "gradescope", "--report", "grades.json", "--student", "Ada", "--assignment", "basics"
    )
    assert (code, json.loads(output)["score"]) == (0, 5)


def test_files_are_named_from_the_root_of_the_students_repository(tmp_path, assay):
    (tmp_path / "submissions").mkdir()
    words = ("export", "github-annotations", "--report", "grades.json", "--student", "Ada")
    shown = [assay(*words, *more)[1] for more in ([], ["--root", "submissions"])]
    assert ["file=submissions/Ada," in shown[0], "file=Ada," in shown[1]] == [True, True]


def test_published_shows_what_waits(assay):
    shown = [assay("export", "csv", "--report", "grades.json", *more)[1] for more in ([], ["--published"])]
    assert ["the late pair is right" in text for text in shown] == [False, True]


def test_pseudonyms_are_in_the_document_and_names_in_a_file(tmp_path, assay):
    code, output, _ = assay("export", "ctrf", "--report", "grades.json", "--pseudonyms", "who.json")
    who = json.loads((tmp_path / "who.json").read_text())
    assert (code, sorted(who)) == (0, ["Ada", "Bob"])
    assert who["Ada"] in output
    assert "Ada" not in output
    assert "Bob" not in output


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["excel"], 2, f"no format 'excel'; there are {', '.join(format_names())}"),
        (["csv", "--gradebook", "who.json"], 2, "name either a --gradebook or a --report"),
        (["csv", "--student", "Eve"], 2, "no report of this choice in grades.json"),
        (["csv", "--report", "canvas.csv"], 2, "canvas.csv: this is not a report of assay: JSON is malformed: invalid character (byte 0)"),
        (["csv", "--report", "/proc/self/mem"], 2, "/proc/self/mem cannot be read: Input/output error"),
        (["canvas", "--fill", "/proc/self/mem"], 2, "/proc/self/mem cannot be read: Input/output error"),
        (["gradescope"], 3, "Gradescope takes one report, and there are 2: choose by --student and --assignment"),
        (["csv", "--output", "none/x.csv"], 3, "none/x.csv cannot be written: No such file or directory"),
        (
            ["canvas", "--fill", "canvas.csv", "--pseudonyms", "who.json"], 2,
            "--fill and --pseudonyms exclude each other, because the platform's file has names",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_refused_in_a_sentence(assay, arguments, code, text):
    more = [] if "--report" in arguments else ["--report", "grades.json"]
    assert assay("export", *arguments, *more) == (code, "", f"assay: {text}\n")


@pytest.mark.parametrize("name", format_names())
def test_no_document_has_the_seed_a_hidden_check_or_a_control_character(tmp_path, monkeypatch, assay, name):
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    write(tmp_path, ADA, replace(nasty_report(), assignment=NAME))
    one = ["--student", "Ada"] if name in {"classroom50", "gradescope"} else []
    fill = ["--fill", f"{name}.csv"] if name in {"canvas", "moodle"} else []
    code, output, errors = assay("export", name, "--report", "grades.json", *one, *fill)
    assert code == 0, errors
    for secret in (SEED, "secret pair", "the_secret_pair", "late pair", "late(1)", ADA.course):
        assert secret not in output + errors
    assert (output + errors).replace("\n", "").replace("\r", "").isprintable()


DOCS = (Path(__file__).parents[2] / "docs" / "exports.md").read_text()


def test_an_installed_package_adds_a_format_as_the_docs_say(tmp_path):
    (code,) = re.findall(r"^```python\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    (entry,) = re.findall(r"^```toml\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    (tmp_path / "my_package.py").write_text(code)
    info = tmp_path / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    ((group, points),) = tomllib.loads(entry)["project"]["entry-points"].items()
    (info / "entry_points.txt").write_text(f"[{group}]\n" + "".join(f"{key} = {points[key]}\n" for key in points))
    command = [sys.executable, "-m", "assay", "export", "names", "--report", "grades.json"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Ada\nBob", "")


def test_the_docs_name_options_that_there_are(assay):
    lines = re.findall(r"^assay .*$", DOCS, re.MULTILINE)
    assert lines
    for line in lines:
        words = shlex.split(line, comments=True)
        described = assay(words[1], "--help")[1]
        assert [word for word in words if word.startswith("--") and word not in described] == []


def test_the_reports_of_a_real_class(course_root, tmp_path, executor):
    students = write_class(tmp_path / "class", {"alice": RIGHT, "bob": WRONG})
    run_here(executor, "grade", students, "--course", course_root, "--json", "grades.json", cwd=tmp_path)
    code, output, errors = run_here(executor, "export", "csv", "--report", "grades.json", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(output, newline="")))
    points = {name: sum(float(row["points"]) for row in rows if row["student"] == name) for name in ("alice", "bob")}
    graded = {
        each["submission"]["name"]: each["score"]
        for each in json.loads((tmp_path / "grades.json").read_text())["reports"]
    }
    assert (code, errors, points) == (0, "", graded)
    assert "secret" not in output

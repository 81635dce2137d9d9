"""The page about a class is done as it stands, with a class of 40, and all points on the way add up."""

import csv
import io
import re
import shlex
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from class_of_forty import NAMES, write_class_of_forty
from commands import run_here
from page_text import parse

TEXT = (Path(__file__).parents[2] / "docs" / "class.md").read_text()
BLOCK = re.compile(r"^```console\n\$ (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HANDED_IN = [f"{name}_{number}" for number, name in enumerate(NAMES[:38], 1001)]


@pytest.fixture(scope="module")
def done(course_root, tmp_path_factory, executor):
    """Run all commands of the page in a copy of the course; return its folder, and what each command printed."""
    folder = tmp_path_factory.mktemp("desk") / "course"
    shutil.copytree(course_root, folder)
    write_class_of_forty(folder)
    return folder, [(command, expected, run(executor, command, folder)) for command, expected in BLOCK.findall(TEXT)]


def run(executor, command, folder):
    words = shlex.split(command)
    if words[0] == "assay":
        return run_here(executor, *words[1:], cwd=folder)
    ran = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True)
    return ran.returncode, ran.stdout, ran.stderr


def require_shown(printed, expected):
    """Assert that the printed text is the expected one, in which a line `…` stands for any lines."""
    first, *rest = expected.split("…\n")
    assert printed.startswith(first)
    assert rest or printed == first
    left = printed[len(first) :]
    for part in rest:
        assert part in left
        left = left.partition(part)[2] if part else ""
    assert left == ""


def rows_of(path):
    return csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))


def grades_of(path):
    """Return the grades in a worksheet, by the students' names in the archive."""
    (_, *rows) = rows_of(path)
    return {f"{row[1]}_{row[0].removeprefix('Participant ')}": row[4] for row in rows}


def test_the_commands_of_the_page_give_what_it_shows(done):
    _, steps = done
    assert len(steps) == 10
    for command, expected, (code, output, errors) in steps:
        assert (command, code) == (command, 0)
        require_shown(errors + output, expected)


def test_the_points_of_each_student_are_the_sum_of_the_students_rows(done, executor):
    folder, _ = done
    output = run_here(executor, "export", "csv", "--gradebook", "grades.db", cwd=folder)[1]
    sums = dict.fromkeys(HANDED_IN, Decimal(0))
    for row in csv.DictReader(io.StringIO(output, newline="")):
        if row["status"] != "absent":
            sums[row["student"]] += Decimal(row["points"])
    grades = {student: Decimal(grade) for student, grade in grades_of(folder / "points.csv").items() if grade}
    assert grades == sums
    assert grades["Noa Muster_1007"] == Decimal("4.3")


def test_only_the_grades_have_changed_in_the_worksheet(done):
    folder, _ = done
    before, after = ([(*row[:4], *row[5:]) for row in rows_of(folder / name)] for name in ("Grades.csv", "points.csv"))
    assert before == after
    assert len(after) == 41


def test_each_student_gets_the_points_of_the_worksheet_and_nothing_of_others(done):
    folder, _ = done
    grades = grades_of(folder / "points.csv")
    with zipfile.ZipFile(folder / "feedback.zip") as archive:
        files = {name.replace("_assignsubmission_file", ""): archive.read(name) for name in archive.namelist()}
    assert sorted(files) == sorted(f"{student}_basics{suffix}" for student in HANDED_IN for suffix in (".html", ".txt"))
    for student in HANDED_IN:
        text, page = files[f"{student}_basics.txt"].decode(), parse(files[f"{student}_basics.html"])
        assert text.splitlines()[0].split()[-3:] == [grades[student], "/", "7"]
        assert page.texts[4:6] == [grades[student], "of 7 points"]
        for content in (text, " ".join(page.texts)):
            assert {name for name in NAMES if name in content} == {student.partition("_")[0]}

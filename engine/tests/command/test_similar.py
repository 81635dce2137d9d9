"""`assay similar`: a copy comes first, starters make no pair, and a hostile file costs one line."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rich.cells import cell_len
from small_course import RIGHT, write_class

from assay.course.starter import module_starter, notebook_starter

ROOT = Path(__file__).parents[3]

HEAD = """For a person to look at, and not a verdict: students who learn from the same
book write alike. Read both files before you ask anybody.
"""
NOBODY = f"{HEAD}\nNo two submissions are alike beyond what the exercise makes alike.\n"

ORIGINAL = '''import torch


def squared_loss(y_hat, y):
    halves = []
    for guess, label in zip(y_hat.flatten(), y.flatten()):
        halves.append((guess - label) * (guess - label) / 2)
    return torch.stack(halves).mean()


def scaled(x, factor=2.0):
    """Scale."""
    return torch.stack([row * factor for row in x])
'''
COPY = '''from torch import stack
import torch

# my own work
def scaled(values, by=2.0):
    """Anything else."""
    return torch.stack([each * by for each in values])

def squared_loss(outputs, targets):
    parts = []  # of the sum
    for one, two in zip(outputs.flatten(), targets.flatten()):
        parts.append((one - two) * (one - two) / 2)

    return torch.stack(parts).mean()
'''
PAIR = '''
1. basics: 75% alike (63 of 84 fingerprints)
alice                                  | bob
-------------------------------------- | --------------------------------------
   4 def squared_loss(y_hat, y):       |    9 def squared_loss(outputs, targets
                                       |      ):
   5     halves = []                   |   10     parts = []  # of the sum
   6     for guess, label in zip(y_hat |   11     for one, two in zip(outputs.f
     .flatten(), y.flatten()):         |      latten(), targets.flatten()):
   7         halves.append((guess - la |   12         parts.append((one - two)
     bel) * (guess - label) / 2)       |      * (one - two) / 2)
   8     return torch.stack(halves).me |   14     return torch.stack(parts).mea
     an()                              |      n()
-------------------------------------- | --------------------------------------
  11 def scaled(x, factor=2.0):        |    5 def scaled(values, by=2.0):
  12     """Scale."""                  |    6     """Anything else."""
  13     return torch.stack([row * fac |    7     return torch.stack([each * by
     tor for row in x])                |       for each in values])
'''


def test_a_copy_with_other_names_and_moved_functions_is_shown_side_by_side(run, course_root, tmp_path):
    write_class(tmp_path / "class", {"alice": ORIGINAL, "bob": COPY, "eve": RIGHT})
    said = run("similar", "class", "--course", course_root, cwd=tmp_path)
    assert said == (0, f"{HEAD}{PAIR}", "")


@pytest.fixture(scope="module")
def listed(run, tmp_path_factory):
    """Return what the command says of this course's examples of right answers, and of a copy of one."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("right_plain", "right_parameters", "published_notebook", "starter"):
        shutil.copytree(ROOT / "submissions" / name, folder / name)
    for name in ("linear_regression_scratch", "linear_regression_concise"):
        source = (folder / "right_plain" / f"{name}.py").read_text()
        head, *definitions = re.split(r"(?m)^(?=class |def )", source)
        moved = head + "".join(reversed(definitions))
        for variable in set(re.findall(r"(?m)^    (?:    )*(\w+) = ", source)):
            moved = re.sub(rf"\b{variable}\b", f"my_{variable}", moved)
        (folder / "copied").mkdir(exist_ok=True)
        (folder / "copied" / f"{name}.py").write_text(moved)
    return run("similar", folder, "--course", ROOT, cwd=folder)


def test_a_copy_is_listed_above_independent_right_answers(listed):
    code, output, errors = listed
    assert (code, errors) == (0, "")
    shares = [int(share) for share in re.findall(r"(?m)^\d+\. \w+: (\d+)% alike", output)]
    names = re.findall(r"(?m)^(\w+) +\| (\w+)$", output)
    assert {*map(frozenset, names[:2])} == {frozenset({"right_plain", "copied"})}
    assert shares[1] > 80
    assert shares[2] < 50


def test_every_line_fits_the_terminal(listed):
    assert max(map(len, listed[1].splitlines())) <= 80


def test_two_unchanged_starters_are_no_pair(run, course_root, tmp_path):
    reference = course_root / "reference" / "basics.py"
    write_class(tmp_path / "class", dict.fromkeys(["alice", "bob"], module_starter(reference)))
    write_class(tmp_path / "class", dict.fromkeys(["eve", "kim"], reference.read_text()))
    for name in ("lea", "max"):
        (tmp_path / "class" / name).mkdir()
        (tmp_path / "class" / name / "basics.ipynb").write_text(notebook_starter(reference))
    assert run("similar", "class", "--course", course_root, cwd=tmp_path) == (0, NOBODY, "")


def test_the_files_of_one_student_are_not_compared(run, course_root, tmp_path):
    write_class(tmp_path / "first", {"alice": ORIGINAL})
    write_class(tmp_path / "second", {"alice": COPY})
    assert run("similar", "first", "second", "--course", course_root, cwd=tmp_path) == (0, NOBODY, "")


def test_an_archive_is_taken_in_as_grade_takes_it(run, course_root, tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("alice/basics.py", ORIGINAL)
        archive.writestr("bob/basics.py", COPY)
    code, output, errors = run("similar", "class.zip", "--course", course_root, cwd=tmp_path)
    assert (code, errors) == (0, "")
    assert PAIR in output


def test_as_many_pairs_are_listed_as_asked_for(run, course_root, tmp_path):
    write_class(tmp_path / "class", dict.fromkeys(["alice", "bob", "eve"], ORIGINAL))
    _, output, _ = run("similar", "class", "--course", course_root, "--pairs", "2", cwd=tmp_path)
    assert re.findall(r"(?m)^\d+\.", output) == ["1.", "2."]


def test_a_hostile_file_costs_a_line_and_no_pair(run, course_root, tmp_path):
    folder = write_class(tmp_path / "class", {"alice": ORIGINAL, "bob": COPY})
    hostile = {
        "deep.py": b"x = " + b"(" * 50_000 + b")" * 50_000,
        "long.py": b"x = '" + b"a" * 5_000_000 + b"'\n",
        "null.py": b"x = 1\0\n",
        "pdf.py": b"%PDF-1.7",
        "surrogate.ipynb": rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\""}]}',
    }
    for name, source in hostile.items():
        path = folder / Path(name).stem / f"basics{Path(name).suffix}"
        path.parent.mkdir()
        path.write_bytes(source)
    (folder / "link").mkdir()
    (folder / "link" / "basics.py").symlink_to("/etc/passwd")
    code, output, errors = run("similar", "class", "--course", course_root, cwd=tmp_path)
    assert code == 0
    assert errors == (
        "assay: not compared: link, basics: basics.py: it is a link, and links are not followed\n"
        "assay: not compared: long, basics: it has 5,000,007 bytes, over the limit of 200,000\n"
        "assay: not compared: pdf, basics: this is a PDF, not Python: hand in the Python file or the notebook itself\n"
    )
    assert output.count("% alike") == 1
    assert PAIR in output


def test_a_terminal_is_not_steered(run, course_root, tmp_path):
    source = ORIGINAL.replace("halves = []", "halves = []  # \x1b[31m red \N{RIGHT-TO-LEFT OVERRIDE}")
    write_class(tmp_path / "class", {"al\x1bice": source, "bob": source})
    _, output, _ = run("similar", "class", "--course", course_root, cwd=tmp_path)
    assert "al\\x1bice" in output
    assert "halves = []  # \\x1b[31m red" in output
    assert "\x1b" not in output
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in output


def test_wide_characters_keep_the_columns(run, course_root, tmp_path):
    source = ORIGINAL.replace("halves = []", "halves = []  # " + "\N{CJK UNIFIED IDEOGRAPH-4E2D}" * 30)
    write_class(tmp_path / "class", {"\N{CJK UNIFIED IDEOGRAPH-674E}" * 30: source, "bob": source})
    _, output, _ = run("similar", "class", "--course", course_root, cwd=tmp_path)
    lines = output.split("\n\n")[1].splitlines()
    assert {cell_len(line.partition(" | ")[0]) for line in lines[1:]} == {38}
    assert max(map(cell_len, lines)) <= 80


def test_a_file_of_the_course_that_cannot_be_read_is_named(run, course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "reference" / "lib").mkdir()
    (course / "reference" / "lib" / "__init__.py").write_bytes(b"#" * 200_001)
    write_class(tmp_path / "class", {"alice": RIGHT})
    code, output, errors = run("similar", "class", "--course", "course", cwd=tmp_path)
    assert (code, output) == (0, NOBODY)
    assert errors == (
        f"assay: what submissions share with {course}/reference/lib/__init__.py counts as alike:"
        " it has 200,001 bytes, over the limit of 200,000\n"
    )


def test_model_answers_that_are_no_python_are_named(run, course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "reference" / "basics.py").write_text("def f(:\n")
    write_class(tmp_path / "class", {"alice": RIGHT})
    code, output, errors = run("similar", "class", "--course", "course", cwd=tmp_path)
    assert (code, output) == (2, "")
    assert errors == f"assay: {course}/reference/basics.py cannot be read: invalid syntax (<unknown>, line 1)\n"


def test_nothing_to_compare_is_said(run, course_root, tmp_path):
    (tmp_path / "class").mkdir()
    said = run("similar", "class", "--course", course_root, cwd=tmp_path)
    assert said == (2, "", "assay: nothing to grade in class\n")


def test_without_the_extra_a_sentence_says_how_to_install_it(tmp_path):
    code = "import sys; sys.modules['copydetect'] = None; from assay.command.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "similar", "."], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "assay: assay similar needs a library that is not installed: pip install 'assay[similar]'\n"

"""The classes of issue 18, as the intake sees them: the files are built here, with the names that people reported."""

import json
import os

import pytest
from archive_files import zipped

from assay.intake.collect import take_in

S, C = "linear_regression_scratch", "linear_regression_concise"
CODE = b"x = 1\n"
BOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1\n"], "outputs": []}], "nbformat": 4}).encode()
MOODLE = "_assignsubmission_file"
BLACKBOARD = f"{C}_kklein_attempt_2026-11-03-22-14-05_{S}.py"
DATA = {".ipynb": BOOK, ".ipynb.txt": BOOK, ".py": CODE}

CLASSES = {
    "names-in-folders": (
        [f"aki/{S} (1).ipynb", f"dan/Copy of {S}.ipynb", f"dan/{C}.py", f"gus/{S}.ipynb.txt", f"mia/{S}.py.html"],
        {("aki", S), ("dan", S), ("dan", C), ("gus", S)},
        {"mia"},
    ),
    "flat-moodle": (
        [f"Ada M_1{MOODLE}_{S}.py", f"Ada M_1{MOODLE}_{C}.py", f"Ben B_2{MOODLE}_{S}.py", f"Ben B_2{MOODLE}_{S}.ipynb",
         f"Cy C_3{MOODLE}_{S}.ipynb.txt", f"Di D_4{MOODLE}_solution.pdf", "Ed E_5_assignsubmission_onlinetext.html",
         f"Fay F_6{MOODLE}_{S}.py", f"._Fay F_6{MOODLE}_{S}.py", f"Gil G_7{MOODLE}_Linear_Regression_Scratch.py",
         f"Hu H_8{MOODLE}_linear regression scratch (1).py"],
        {("Ada M_1", S), ("Ada M_1", C), ("Ben B_2", S), ("Cy C_3", S), ("Fay F_6", S), ("Gil G_7", S), ("Hu H_8", S)},
        {"Di D_4", "Ed E_5"},
    ),
    "mac-unpacked": (
        [f"ada{MOODLE}/{S}.py", f"ada{MOODLE}/.DS_Store", f"ada{MOODLE}/__MACOSX/._{S}.py", f"._ada{MOODLE}", ".DS_Store",
         f"__MACOSX/._ada{MOODLE}", f"__MACOSX/ada{MOODLE}/._{S}.py", f"ben{MOODLE}/hw3/{S}.py",
         f"ben{MOODLE}/__MACOSX/._hw3", f"ben{MOODLE}/__MACOSX/hw3/._{S}.py", f"cleo{MOODLE}/{S}.py",
         f"cleo{MOODLE}/._{S}.py", f"dora{MOODLE}/{S}.ipynb", f"dora{MOODLE}/.ipynb_checkpoints/{S}-checkpoint.ipynb",
         ".ipynb_checkpoints/Untitled-checkpoint.ipynb"],
        {(f"{name}{MOODLE}", S) for name in ("ada", "ben", "cleo", "dora")},
        set(),
    ),
    "nbgrader-submitted": (
        [f"ada/{S}/{S}.ipynb", f"ada/{S}/timestamp.txt", f"ada/{C}/{C}.ipynb", f"ben/{S}/{S}.ipynb"],
        {("ada", S), ("ada", C), ("ben", S)},
        set(),
    ),
    "blackboard-two-names": ([BLACKBOARD], {("kklein", S)}, set()),
    "threads-and-state": ([f"helper_beside/{S}.py", "helper_beside/helper.py"], {("helper_beside", S)}, set()),
}  # fmt: skip


def put(root, path, data):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def result(root):
    intake = take_in([root], [S, C])
    taken = [(one.info.name, one.assignment) for one in intake.submissions]
    assert len(taken) == len(set(taken))
    assert not intake.empty
    return set(taken), {refused.info.name for refused in intake.refused}


@pytest.mark.parametrize(("files", "taken", "refused"), CLASSES.values(), ids=CLASSES)
def test_everybody_is_taken_in_once_and_nobody_else(tmp_path, files, taken, refused):
    for path in files:
        put(tmp_path, path, next((data for ending, data in DATA.items() if path.endswith(ending)), b"\0\5\26\7"))
    assert result(tmp_path) == (taken, refused)


def test_folders_in_zips_of_windows(tmp_path):
    put(tmp_path, "ada/abgabe.zip", zipped([(f"abgabe\\{S}.py", CODE), ("abgabe\\readme.txt", b"hi")]))
    put(tmp_path, "ben/abgabe.zip", zipped([(f"{S}.py", CODE), ("data\\x.csv", b"1,2")]))
    put(tmp_path, "cleo.zip", zipped([(f"cleo\\hw3\\{S}.py", CODE)]))
    assert result(tmp_path) == ({("ada", S), ("ben", S), ("cleo", S)}, set())


def test_of_a_module_and_a_notebook_in_a_flat_export_the_newer_counts(tmp_path):
    names = [f"Ben B_2{MOODLE}_{S}.py", f"Ben B_2{MOODLE}_{S}.ipynb"]
    for age, name in enumerate(names):
        put(tmp_path, name, DATA[name[name.rindex(".") :]])
        os.utime(tmp_path / name, (100 + age, 100 + age))
    (submission,) = take_in([tmp_path], [S, C]).submissions
    assert submission.notes == (f"{names[0]} was not graded: it is older than {names[1]}",)


CONTENTS = {
    "a UTF-16 module (encodings)": (f"{S}.py", "x = 'é'\n".encode("utf-16"), "module", True),
    "a cp1252 notebook (encodings)": (f"{S}.ipynb", BOOK.replace(b"x = 1", b"x = '\xe9'"), "notebook", True),
    "a notebook named .py (exported-scripts)": (f"{S}.py", BOOK, "notebook", False),
    "a web page (exported-scripts)": (f"{S}.py", b"<!DOCTYPE html><html></html>", "module", True),
    "a script of a notebook (exported-scripts)": (f"{S}.py", b"# In[1]:\n!pip install d2l\n", "module", True),
    "no metadata (notebook-formats)": (f"{S}.ipynb", b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}', "notebook", False),
    "a lone surrogate (notebook-formats)": (f"{S}.ipynb", BOOK.replace(b"x = 1", b"# \\ud83d"), "notebook", False),
    "magics (notebook-semantics)": (f"{S}.ipynb", BOOK.replace(b"x = 1", b"%time x = 1"), "notebook", False),
    "a script (script-habits, variants)": (f"{S}.py", b"import argparse\n", "module", True),
    "a later Python's syntax (language-and-types)": (f"{S}.py", b"f'{'a'}'\n", "module", True),
    "an upload cut off (long-and-large)": (f"{S}.ipynb", BOOK[:40], "notebook", True),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "kind", "unchanged"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_reaches_the_guest_as_it_is_and_a_notebook_without_its_outputs(tmp_path, name, data, kind, unchanged):
    put(tmp_path, f"ada/{name}", data)
    (submission,) = take_in([tmp_path], [S, C]).submissions
    assert (submission.kind, submission.source == data) == (kind, unchanged)

"""Folders of students as they are in practice: whose file counts, under which name, and the notes about other files.

A case is a list of files, the submissions as `student assignment path`, the refusals as `student: reason`, and the notes.
A path of the list may end in a time, ` @ 200`; every other file has the time 100.
"""

import os
import tarfile

import pytest
from archive_files import tar_info, tarred, zip_info, zipped

from assay.intake.collect import take_in
from assay.intake.sentences import undivided_note

S, C = "linear_scratch", "linear_concise"
NAMES = [S, C]
CALL = "call it linear_scratch.py or linear_concise.py"
HAND_IN = "hand in linear_scratch.py or linear_concise.py"

FOLDERS = {
    "exact names": (
        ["ada/linear_scratch.py", "ada/linear_concise.ipynb"],
        [f"ada {S} ada/linear_scratch.py", f"ada {C} ada/linear_concise.ipynb"], [], [],
    ),
    "a browser's copy number": (
        ["ada/linear_scratch (1).py"], [f"ada {S} ada/linear_scratch (1).py"], [],
        ["the graded file is linear_scratch (1).py"],
    ),
    "a copy of a drive": (
        ["ada/Copy of linear_scratch.ipynb"], [f"ada {S} ada/Copy of linear_scratch.ipynb"], [],
        ["the graded file is Copy of linear_scratch.ipynb"],
    ),
    "a copy of a copy": (
        ["ada/Copy of Copy of linear_scratch.ipynb"], [f"ada {S} ada/Copy of Copy of linear_scratch.ipynb"], [],
        ["the graded file is Copy of Copy of linear_scratch.ipynb"],
    ),
    "Jupyter's copy": (
        ["ada/linear_scratch-Copy1.ipynb"], [f"ada {S} ada/linear_scratch-Copy1.ipynb"], [],
        ["the graded file is linear_scratch-Copy1.ipynb"],
    ),
    "a copy in German": (
        ["ada/linear_scratch - Kopie (2).py"], [f"ada {S} ada/linear_scratch - Kopie (2).py"], [],
        ["the graded file is linear_scratch - Kopie (2).py"],
    ),
    "capitals and blanks": (
        ["ada/Linear Scratch.PY"], [f"ada {S} ada/Linear Scratch.PY"], [], ["the graded file is Linear Scratch.PY"],
    ),
    "a second ending": (
        ["ada/linear_scratch.ipynb.txt", "ben/linear_concise.py.txt", "eve/linear_scratch.ipynb.json"],
        [f"ada {S} ada/linear_scratch.ipynb.txt", f"ben {C} ben/linear_concise.py.txt", f"eve {S} eve/linear_scratch.ipynb.json"],
        [],
        ["the graded file is linear_scratch.ipynb.txt", "the graded file is linear_concise.py.txt", "the graded file is linear_scratch.ipynb.json"],
    ),
    "a copy number before the second ending": (
        ["ada/linear_scratch.py (1).txt"], [f"ada {S} ada/linear_scratch.py (1).txt"], [],
        ["the graded file is linear_scratch.py (1).txt"],
    ),
    "a copy number behind the ending": (
        ["ada/linear_scratch.py (1)", "ben/linear_concise.ipynb copy"],
        [f"ada {S} ada/linear_scratch.py (1)", f"ben {C} ben/linear_concise.ipynb copy"], [],
        ["the graded file is linear_scratch.py (1)", "the graded file is linear_concise.ipynb copy"],
    ),
    "a person's name in a folder is the folder's person": (
        ["ada/linear_scratch_muster.py"], [f"ada {S} ada/linear_scratch_muster.py"], [],
        ["the graded file is linear_scratch_muster.py"],
    ),
    "the exact name counts, not a newer copy": (
        ["ada/linear_scratch.py @ 50", "ada/linear_scratch (1).py @ 200"], [f"ada {S} ada/linear_scratch.py"], [],
        ["linear_scratch (1).py was not graded: linear_scratch.py has the exact name"],
    ),
    "of two copies the newer": (
        ["ada/linear_scratch (1).py @ 300", "ada/linear_scratch (2).py @ 200"], [f"ada {S} ada/linear_scratch (1).py"], [],
        ["the graded file is linear_scratch (1).py",
         "linear_scratch (2).py was not graded: it is older than linear_scratch (1).py"],
    ),
    "of two copies of one age the last by name": (
        ["ada/linear_scratch (1).py", "ada/linear_scratch (2).py"], [f"ada {S} ada/linear_scratch (2).py"], [],
        ["the graded file is linear_scratch (2).py",
         "linear_scratch (1).py was not graded: it is not newer than linear_scratch (2).py"],
    ),
    "of two assignments in one name the last": (
        ["ada/linear_scratch_and_linear_concise.py"], [f"ada {C} ada/linear_scratch_and_linear_concise.py"], [],
        ["the graded file is linear_scratch_and_linear_concise.py",
         "linear_scratch_and_linear_concise.py counts for linear_concise alone: for the others hand in a copy called linear_scratch.py"],
    ),
    "a typo is told": (
        ["ada/linear_scrach.py", "ben/linear_scratch.py"], [f"ben {S} ben/linear_scratch.py"],
        ["ada: linear_scrach.py: it must be called linear_scratch.py"], [],
    ),
    "two typos are told at once": (
        ["ada/linear_scrach.py", "ada/liner_scratch.py"], [],
        ["ada: linear_scrach.py: it must be called linear_scratch.py, and so must liner_scratch.py"], [],
    ),
    "a typo is not the assignment before it": (
        ["ada/linear_concise_linear_scrach.ipynb"], [],
        ["ada: linear_concise_linear_scrach.ipynb: it must be called linear_scratch.ipynb"], [],
    ),
    "a typo beside the right name": (
        ["ada/linear_scratch.py", "ada/linear_scrach.py"], [f"ada {S} ada/linear_scratch.py"], [],
        ["linear_scrach.py was not graded: one file counts for each assignment"],
    ),
    "a typo without underscores": (
        ["ada/LinearScratch.py"], [], ["ada: LinearScratch.py: it must be called linear_scratch.py"], [],
    ),
    "a web page": (
        ["ada/linear_scratch.py.html", "ben/linear_scratch.py"], [f"ben {S} ben/linear_scratch.py"],
        [f"ada: ada: none of its files is a module or a notebook: linear_scratch.py.html; {HAND_IN}"], [],
    ),
    "everybody handed in a document": (
        ["ada/a.pdf", "ben/b.docx", "ben/plot.png"], [],
        [f"ada: ada: none of its files is a module or a notebook: a.pdf; {HAND_IN}",
         f"ben: ben: none of its files is a module or a notebook: b.docx, plot.png; {HAND_IN}"], [],
    ),
    "a module that is named for nothing": (
        ["ada/solution.py", "ada/x.csv"], [],
        [f"ada: ada: none of its files is named after an assignment: solution.py, x.csv; {CALL}"], [],
    ),
    "many files are told shortly": (
        [f"ada/{letter}.pdf" for letter in "abcdefg"], [],
        [f"ada: ada: none of its files is a module or a notebook: a.pdf, b.pdf, c.pdf, d.pdf, e.pdf and 2 more; {HAND_IN}"], [],
    ),
    "a helper and data are told once": (
        ["ada/linear_scratch.py", "ada/linear_concise.py", "ada/helper.py", "ada/data/x.csv"],
        [f"ada {S} ada/linear_scratch.py", f"ada {C} ada/linear_concise.py"], [],
        ["data/x.csv, helper.py were not graded: one file counts for each assignment"],
    ),
    "data files with dates are nobody's names": (
        ["ada/linear_scratch.py", "ada/loss_2026_11_03.png", "ada/weights_2026_11_03.pt", "ada/runs_2026_11_03/x.csv",
         "ben/ben_linear_concise.py", "ben/mnist_28_28_train.csv", "ben/fig_10_20_a.png"],
        [f"ada {S} ada/linear_scratch.py", f"ben {C} ben/ben_linear_concise.py"], [],
        ["loss_2026_11_03.png, runs_2026_11_03/x.csv, weights_2026_11_03.pt were not graded: one file counts for each assignment",
         "the graded file is ben_linear_concise.py",
         "fig_10_20_a.png, mnist_28_28_train.csv were not graded: one file counts for each assignment"],
    ),
    "folders with numbers are not one person's": (
        ["ws_2026_27_ada/linear_scratch.py", "ws_2026_27_ben/linear_scratch.py"],
        [f"ws_2026_27_ada {S} ws_2026_27_ada/linear_scratch.py", f"ws_2026_27_ben {S} ws_2026_27_ben/linear_scratch.py"], [], [],
    ),
    "Canvas's files one folder down": (
        ["submissions/a_11_21_linear_scratch.py", "submissions/b_12_22_report.pdf", "submissions/c_13_text.html"],
        [f"a_11 {S} submissions/a_11_21_linear_scratch.py"],
        [f"b_12: b_12_22_report.pdf: it is neither a module nor a notebook: {HAND_IN}",
         f"c_13: c_13_text.html: it is neither a module nor a notebook: {HAND_IN}"], [],
    ),
    "Canvas's files that are named for nothing, one folder down": (
        ["g1/a_11_21_hw.py", "g1/b_12_22_hw1.py"], [],
        [f"a_11: a_11_21_hw.py: it is not named after an assignment: {CALL}",
         f"b_12: b_12_22_hw1.py: it is not named after an assignment: {CALL}"], [],
    ),
    "an unpacked archive of Canvas's, and a later upload": (
        ["musterada_LATE_1001_50001_hw/linear_scratch.py", "musterada_1001_50009_linear_concise.py", "bobenno_1002_50002_data.csv"],
        [f"musterada_LATE_1001_50001_hw {S} musterada_LATE_1001_50001_hw/linear_scratch.py",
         f"musterada_LATE_1001_50001_hw {C} musterada_1001_50009_linear_concise.py"],
        [f"bobenno_1002: bobenno_1002_50002_data.csv: it is neither a module nor a notebook: {HAND_IN}"], [],
    ),
    "Canvas's files in groups' folders": (
        ["g1/a_11_21_linear_scratch.py", "g1/b_12_22_liner_scratch.py", "g2/c_13_23_work.zip", "g2/d_14_24_work.zip"],
        [f"a_11 {S} g1/a_11_21_linear_scratch.py"],
        ["b_12: b_12_22_liner_scratch.py: it must be called linear_scratch.py",
         "c_13: c_13_23_work.zip: it is not a .zip archive, or it is damaged",
         "d_14: d_14_24_work.zip: it is not a .zip archive, or it is damaged"], [],
    ),
    "nobody's files": (
        ["ada/linear_scratch.py", "ada/._linear_scratch.py", "ada/.DS_Store", "ada/Thumbs.db", "ada/desktop.ini", ".DS_Store",
         "ada/__pycache__/linear_scratch.pyc", "ada/.ipynb_checkpoints/linear_scratch-checkpoint.ipynb", "__MACOSX/ada/._x.py",
         ".git/config", "ada/.venv/lib/linear_scratch.py", ".ipynb_checkpoints/linear_concise-checkpoint.ipynb",
         "ada/~$notes.docx"],
        [f"ada {S} ada/linear_scratch.py"], [], [],
    ),
    "a checkpoint of Jupyter's alone is nothing": (
        ["ada/.ipynb_checkpoints/linear_scratch-checkpoint.ipynb", "ben/linear_scratch.py"], [f"ben {S} ben/linear_scratch.py"],
        ["ada: ada: no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count"], [],
    ),
    "STUDENT/ASSIGNMENT": (
        ["ada/linear_scratch/linear_scratch.ipynb", "ada/linear_scratch/timestamp.txt", "ada/linear_concise/linear_concise.py",
         "ben/linear_concise/linear_concise.py"],
        [f"ada {S} ada/linear_scratch/linear_scratch.ipynb", f"ada {C} ada/linear_concise/linear_concise.py",
         f"ben {C} ben/linear_concise/linear_concise.py"], [], [],
    ),
    "STUDENT/ASSIGNMENT of one student": (
        ["linear_scratch/linear_scratch.py", "linear_concise/linear_concise.py"],
        [f"class {S} linear_scratch/linear_scratch.py", f"class {C} linear_concise/linear_concise.py"], [], [],
    ),
    "ASSIGNMENT/STUDENT": (
        ["linear_scratch/ada/linear_scratch.py", "linear_concise/ada/linear_concise.py", "linear_scratch/ben/linear_scratch.py"],
        [f"ada {S} linear_scratch/ada/linear_scratch.py", f"ada {C} linear_concise/ada/linear_concise.py",
         f"ben {S} linear_scratch/ben/linear_scratch.py"], [], [],
    ),
    "ASSIGNMENT/STUDENT of one student": (
        ["linear_scratch/ada/linear_scratch.py"], [f"ada {S} linear_scratch/ada/linear_scratch.py"], [], [],
    ),
    "ASSIGNMENT/flat files": (
        ["linear_scratch/ada_linear_scratch.py", "linear_scratch/ben_linear_scratch.py"],
        [f"ada {S} linear_scratch/ada_linear_scratch.py", f"ben {S} linear_scratch/ben_linear_scratch.py"], [],
        ["the graded file is ada_linear_scratch.py", "the graded file is ben_linear_scratch.py"],
    ),
    "a folder above the class": (
        ["term/class/ada/linear_scratch.py", "term/class/ben/linear_scratch.py"],
        [f"ada {S} term/class/ada/linear_scratch.py", f"ben {S} term/class/ben/linear_scratch.py"], [], [],
    ),
    "groups": (
        ["g1/ada/linear_scratch.py", "g1/ben/linear_scratch.py", "g2/eve/linear_scratch.py"],
        [f"ada {S} g1/ada/linear_scratch.py", f"ben {S} g1/ben/linear_scratch.py", f"eve {S} g2/eve/linear_scratch.py"], [], [],
    ),
    "groups with a student who has nothing": (
        ["g1/ada/linear_scratch.py", "g1/ben/linear_scratch.py", "g1/zoe/"],
        [f"ada {S} g1/ada/linear_scratch.py", f"ben {S} g1/ben/linear_scratch.py"],
        ["zoe: zoe: no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count"], [],
    ),
    "nbgrader's folder with one student": (
        ["submitted/ada/linear_scratch/linear_scratch.py"], [f"ada {S} submitted/ada/linear_scratch/linear_scratch.py"], [], [],
    ),
    "folders in a student's folder": (
        ["ada/hw/src/linear_scratch.py", "ben/linear_scratch.py"],
        [f"ada {S} ada/hw/src/linear_scratch.py", f"ben {S} ben/linear_scratch.py"], [],
        ["the graded file is in the folder hw/src"],
    ),
    "a file below the depth that is read": (
        ["ada/1/2/3/4/5/6/7/linear_scratch.py", "ben/linear_scratch.py"], [f"ben {S} ben/linear_scratch.py"],
        ["ada: ada: no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count"], [],
    ),
    "an older version in a folder": (
        ["ada/linear_scratch.py", "ada/old/linear_scratch.py"], [f"ada {S} ada/linear_scratch.py"], [],
        ["old/linear_scratch.py was not graded: it is in a subfolder that is not searched"],
    ),
    "a stray solution beside a class does not cost the class": (
        ["linear_scratch.py", "ada/linear_scratch.py", "ben/linear_scratch.py"],
        [f"ada {S} ada/linear_scratch.py", f"ben {S} ben/linear_scratch.py", f"class {S} linear_scratch.py"], [], [],
    ),
    "files of the class are nobody's": (
        ["ada/linear_scratch.py", "roster.csv", "grades_2026_11_03.csv", "README.md", "handout.pdf"], [f"ada {S} ada/linear_scratch.py"], [], [],
    ),
    "an empty folder": (["ada/"], [], [], []),
    "folders in one's own folder are nobody else": (
        ["ada/linear_scratch.py", "eve/ada/linear_scratch.py", "eve/ben/linear_scratch.py @ 50"],
        [f"ada {S} ada/linear_scratch.py", f"eve {S} eve/ada/linear_scratch.py"], [],
        ["the graded file is in the folder ada",
         "ben/linear_scratch.py was not graded: it is older than ada/linear_scratch.py"],
    ),
    "nor are STUDENT/ASSIGNMENT in one's own folder": (
        ["submitted/ada/linear_scratch/linear_scratch.py", "submitted/eve/ada/linear_scratch/linear_scratch.py @ 50",
         "submitted/eve/ben/linear_scratch/linear_scratch.py"],
        [f"ada {S} submitted/ada/linear_scratch/linear_scratch.py", f"eve {S} submitted/eve/ben/linear_scratch/linear_scratch.py"], [],
        ["the graded file is in the folder ben/linear_scratch",
         "ada/linear_scratch/linear_scratch.py was not graded: it is older than ben/linear_scratch/linear_scratch.py"],
    ),
    "nor is ASSIGNMENT/STUDENT in one's own folder": (
        ["ada/linear_scratch.py", "eve/linear_scratch/ada/linear_scratch.py"],
        [f"ada {S} ada/linear_scratch.py", f"eve {S} eve/linear_scratch/ada/linear_scratch.py"], [],
        ["the graded file is in the folder linear_scratch/ada"],
    ),
    "nor are a platform's files in one's own folder": (
        ["ada/linear_scratch.py", "eve/a_11_21_linear_scratch.py", "eve/b_12_22_linear_scratch.py @ 50"],
        [f"ada {S} ada/linear_scratch.py", f"eve {S} eve/b_12_22_linear_scratch.py"], [],
        ["a_11_21_linear_scratch.py was not graded: it is older than b_12_22_linear_scratch.py"],
    ),
    "nor are archives in folders of one's own folder": (
        ["ada/linear_scratch.py", "eve/ada/work.zip", "eve/ben/work.zip"], [f"ada {S} ada/linear_scratch.py"],
        ["eve: work.zip: it is not a .zip archive, or it is damaged; work.zip: it is not a .zip archive, or it is damaged"], [],
    ),
    "two folders of one student do not make groups of the others' folders": (
        ["ada/hw/linear_scratch.py", "ben/hw/linear_scratch.py", "eve/new/linear_scratch.py", "eve/old/linear_scratch.py @ 50"],
        [f"ada {S} ada/hw/linear_scratch.py", f"ben {S} ben/hw/linear_scratch.py", f"eve {S} eve/new/linear_scratch.py"], [],
        ["the graded file is in the folder hw", "the graded file is in the folder hw", "the graded file is in the folder new",
         "old/linear_scratch.py was not graded: it is older than new/linear_scratch.py"],
    ),
    "a solution's folder beside groups does not cost the groups": (
        ["g1/ada/linear_scratch.py", "g1/ben/linear_scratch.py", "g2/eve/linear_scratch.py", "g2/kim/linear_scratch.py",
         "solution/linear_scratch.py"],
        [f"ada {S} g1/ada/linear_scratch.py", f"ben {S} g1/ben/linear_scratch.py", f"eve {S} g2/eve/linear_scratch.py",
         f"kim {S} g2/kim/linear_scratch.py", f"solution {S} solution/linear_scratch.py"], [], [],
    ),
    "nbgrader's whole course": (
        ["source/linear_scratch/linear_scratch.py", "submitted/ada/linear_scratch/linear_scratch.py",
         "submitted/ben/linear_scratch/linear_scratch.py"],
        [f"ada {S} submitted/ada/linear_scratch/linear_scratch.py", f"ben {S} submitted/ben/linear_scratch/linear_scratch.py",
         f"source {S} source/linear_scratch/linear_scratch.py"], [], [],
    ),
    "a group beside a solution's folder": (
        ["solution/linear_scratch.py", "tutA/ada/linear_scratch.py", "tutA/ben/hw/linear_scratch.py", "tutA/cid/linear_scratch.py"],
        [f"ada {S} tutA/ada/linear_scratch.py", f"ben {S} tutA/ben/hw/linear_scratch.py", f"cid {S} tutA/cid/linear_scratch.py",
         f"solution {S} solution/linear_scratch.py"], [],
        ["the graded file is in the folder hw"],
    ),
    "a folder above a group, beside a solution's folder": (
        ["solution/linear_scratch.py", "term/tutA/ada/linear_scratch.py", "term/tutA/ben/linear_scratch.py",
         "term/tutA/cid/linear_scratch.py"],
        [f"ada {S} term/tutA/ada/linear_scratch.py", f"ben {S} term/tutA/ben/linear_scratch.py",
         f"cid {S} term/tutA/cid/linear_scratch.py", f"solution {S} solution/linear_scratch.py"], [], [],
    ),
    "a platform's export beside a solution's folder": (
        ["CS101-HW 3-12345/Ada M_11_assignsubmission_file/linear_scratch.py",
         "CS101-HW 3-12345/Ben B_12_assignsubmission_file/linear_scratch.py",
         "CS101-HW 3-12345/Cid C_13_assignsubmission_file/linear_scratch.py", "solution/linear_scratch.py"],
        [f"Ada M_11_assignsubmission_file {S} CS101-HW 3-12345/Ada M_11_assignsubmission_file/linear_scratch.py",
         f"Ben B_12_assignsubmission_file {S} CS101-HW 3-12345/Ben B_12_assignsubmission_file/linear_scratch.py",
         f"Cid C_13_assignsubmission_file {S} CS101-HW 3-12345/Cid C_13_assignsubmission_file/linear_scratch.py",
         f"solution {S} solution/linear_scratch.py"], [], [],
    ),
    "a platform's flat export beside a solution's folder": (
        ["export/A A_11_assignsubmission_file_linear_scratch.py", "export/B B_12_assignsubmission_file_linear_scratch.py",
         "export/C C_13_assignsubmission_file_linear_scratch.py", "solution/linear_scratch.py"],
        [f"A A_11 {S} export/A A_11_assignsubmission_file_linear_scratch.py",
         f"B B_12 {S} export/B B_12_assignsubmission_file_linear_scratch.py",
         f"C C_13 {S} export/C C_13_assignsubmission_file_linear_scratch.py", f"solution {S} solution/linear_scratch.py"], [], [],
    ),
    "small groups beside as many other folders": (
        ["solution/linear_scratch.py", "template/linear_scratch.py", "tutA/ada/linear_scratch.py", "tutA/ben/linear_scratch.py",
         "tutB/cid/linear_scratch.py", "tutB/dan/linear_scratch.py"],
        [f"ada {S} tutA/ada/linear_scratch.py", f"ben {S} tutA/ben/linear_scratch.py", f"cid {S} tutB/cid/linear_scratch.py",
         f"dan {S} tutB/dan/linear_scratch.py", f"solution {S} solution/linear_scratch.py",
         f"template {S} template/linear_scratch.py"], [], [],
    ),
    "folders of one name in several students' folders are no more students": (
        ["ada/1/linear_scratch.py", "ada/2/linear_concise.py", "ben/1/linear_scratch.py", "ben/2/linear_concise.py",
         "cid/linear_scratch.py", "dan/linear_scratch.py"],
        [f"ada {S} ada/1/linear_scratch.py", f"ada {C} ada/2/linear_concise.py", f"ben {S} ben/1/linear_scratch.py",
         f"ben {C} ben/2/linear_concise.py", f"cid {S} cid/linear_scratch.py", f"dan {S} dan/linear_scratch.py"], [],
        ["the graded file is in the folder 1", "the graded file is in the folder 2"] * 2,
    ),
}  # fmt: skip

FLAT = {
    "what stands before": (
        ["Ada Muster - linear_scratch.py", "ben_linear_scratch-1.py"],
        [f"Ada Muster {S} Ada Muster - linear_scratch.py", f"ben {S} ben_linear_scratch-1.py"], [],
        ["the graded file is Ada Muster - linear_scratch.py", "the graded file is ben_linear_scratch-1.py"],
    ),
    "or after": (
        ["linear_scratch_ada.py", "linear_scratch (Ben Bo).py"],
        [f"Ben Bo {S} linear_scratch (Ben Bo).py", f"ada {S} linear_scratch_ada.py"], [],
        ["the graded file is linear_scratch (Ben Bo).py", "the graded file is linear_scratch_ada.py"],
    ),
    "one person with two assignments": (
        ["ada_linear_scratch.py", "ada_linear_concise.py", "ben_linear_concise.py"],
        [f"ada {S} ada_linear_scratch.py", f"ada {C} ada_linear_concise.py", f"ben {C} ben_linear_concise.py"], [],
        ["the graded file is ada_linear_scratch.py", "the graded file is ada_linear_concise.py", "the graded file is ben_linear_concise.py"],
    ),
    "Moodle": (
        ["Ada M_11_assignsubmission_file_linear_scratch.py", "Ada M_11_assignsubmission_file_linear_concise.ipynb",
         "Ben B_12_assignsubmission_file_linear scratch (1).py", "Cy C_13_assignsubmission_onlinetext.html",
         "Di D_14_assignsubmission_file_a.pdf", "._Ada M_11_assignsubmission_file_linear_scratch.py"],
        [f"Ada M_11 {S} Ada M_11_assignsubmission_file_linear_scratch.py",
         f"Ada M_11 {C} Ada M_11_assignsubmission_file_linear_concise.ipynb",
         f"Ben B_12 {S} Ben B_12_assignsubmission_file_linear scratch (1).py"],
        [f"Cy C_13: Cy C_13_assignsubmission_onlinetext.html: it is neither a module nor a notebook: {HAND_IN}",
         f"Di D_14: Di D_14_assignsubmission_file_a.pdf: it is neither a module nor a notebook: {HAND_IN}"],
        ["the graded file is Ben B_12_assignsubmission_file_linear scratch (1).py"],
    ),
    "Canvas, of one student data alone": (
        ["musterada_1001_50001_linear_scratch.py", "bobenno_1002_50002_data.csv"],
        [f"musterada_1001 {S} musterada_1001_50001_linear_scratch.py"],
        [f"bobenno_1002: bobenno_1002_50002_data.csv: it is neither a module nor a notebook: {HAND_IN}"], [],
    ),
    "Moodle, text typed beside a file": (
        ["Ada M_11_assignsubmission_file_linear_scratch.py", "Ada M_11_assignsubmission_onlinetext.html"],
        [f"Ada M_11 {S} Ada M_11_assignsubmission_file_linear_scratch.py"], [],
        ["Ada M_11_assignsubmission_onlinetext.html was not graded: one file counts for each assignment"],
    ),
    "Canvas": (
        ["musterada_1001_50001_linear_scratch.py", "musterada_1001_50002_linear_concise.py",
         "bobenno_LATE_1002_50003_linear_scratch-2.py", "cycl_1003_50009_linear_scratch.py @ 50",
         "cycl_1003_50004_linear_scratch.py @ 900", "dodi_1004_text.html"],
        [f"bobenno_1002 {S} bobenno_LATE_1002_50003_linear_scratch-2.py", f"cycl_1003 {S} cycl_1003_50009_linear_scratch.py",
         f"musterada_1001 {S} musterada_1001_50001_linear_scratch.py", f"musterada_1001 {C} musterada_1001_50002_linear_concise.py"],
        [f"dodi_1004: dodi_1004_text.html: it is neither a module nor a notebook: {HAND_IN}"],
        ["the graded file is bobenno_LATE_1002_50003_linear_scratch-2.py",
         "cycl_1003_50004_linear_scratch.py was not graded: it is older than cycl_1003_50009_linear_scratch.py"],
    ),
    "Blackboard": (
        ["HW 3_ada1_attempt_2026-11-03-22-14-05_linear_scratch.py", "HW 3_ada1_attempt_2026-11-03-22-14-05.txt",
         "HW 3_ben_attempt_2026-11-01-10-00-00_linear_scratch.py @ 900", "HW 3_ben_attempt_2026-11-02-10-00-00_linear_scratch.py",
         "HW 3_eve_attempt_2026-11-01-10-00-00_essay.docx"],
        [f"ada1 {S} HW 3_ada1_attempt_2026-11-03-22-14-05_linear_scratch.py",
         f"ben {S} HW 3_ben_attempt_2026-11-02-10-00-00_linear_scratch.py"],
        [f"eve: HW 3_eve_attempt_2026-11-01-10-00-00_essay.docx: it is neither a module nor a notebook: {HAND_IN}"],
        ["HW 3_ben_attempt_2026-11-01-10-00-00_linear_scratch.py was not graded: it is older than HW 3_ben_attempt_2026-11-02-10-00-00_linear_scratch.py"],
    ),
    "Blackboard's title names an assignment, too": (
        ["linear_concise_k_klein_attempt_2026-11-03-22-14-05_linear_scratch.py",
         "linear_concise_zoe_attempt_2026-11-03-22-14-05_solution.py"],
        [f"k_klein {S} linear_concise_k_klein_attempt_2026-11-03-22-14-05_linear_scratch.py",
         f"zoe {C} linear_concise_zoe_attempt_2026-11-03-22-14-05_solution.py"], [],
        ["the graded file is linear_concise_zoe_attempt_2026-11-03-22-14-05_solution.py"],
    ),
    "a platform's files in a group's folder": (
        ["g1/A A_11_assignsubmission_file_linear_scratch.py", "g1/B B_12_assignsubmission_file_linear_scratch.py"],
        [f"A A_11 {S} g1/A A_11_assignsubmission_file_linear_scratch.py",
         f"B B_12 {S} g1/B B_12_assignsubmission_file_linear_scratch.py"], [], [],
    ),
    "Moodle's folders": (
        ["Ada M_11_assignsubmission_file/linear_scratch.py", "Ada M_11_assignsubmission_onlinetext/onlinetext.html",
         "Ben B_12_assignsubmission_onlinetext_/onlinetext.html"],
        [f"Ada M_11_assignsubmission_file {S} Ada M_11_assignsubmission_file/linear_scratch.py"],
        [f"Ben B_12_assignsubmission_onlinetext_: Ben B_12_assignsubmission_onlinetext_: none of its files is a module or a notebook: onlinetext.html; {HAND_IN}"],
        ["onlinetext.html was not graded: one file counts for each assignment"],
    ),
    "what lies in a platform's folder is its student's": (
        ["Ada M_11_assignsubmission_file/linear_scratch.py", "Eve E_13_assignsubmission_file/Ada M_11_assignsubmission_file/linear_scratch.py @ 50",
         "Eve E_13_assignsubmission_file/zz/linear_scratch.py"],
        [f"Ada M_11_assignsubmission_file {S} Ada M_11_assignsubmission_file/linear_scratch.py",
         f"Eve E_13_assignsubmission_file {S} Eve E_13_assignsubmission_file/zz/linear_scratch.py"], [],
        ["the graded file is in the folder zz",
         "Ada M_11_assignsubmission_file/linear_scratch.py was not graded: it is older than zz/linear_scratch.py"],
    ),
    "also if everybody's has several folders, or one": (
        ["12-7 - Ada - Nov 3, 2026 1014 PM/a/linear_scratch.py", "12-7 - Ada - Nov 3, 2026 1014 PM/b/linear_concise.py",
         "13-7 - Ben - Nov 3, 2026 1014 PM/ada/linear_scratch.py", "eve_1001_50001_work/x/linear_scratch.py",
         "eve_1001_50001_work/y/linear_concise.py"],
        [f"Ada_12 {S} 12-7 - Ada - Nov 3, 2026 1014 PM/a/linear_scratch.py",
         f"Ada_12 {C} 12-7 - Ada - Nov 3, 2026 1014 PM/b/linear_concise.py",
         f"Ben_13 {S} 13-7 - Ben - Nov 3, 2026 1014 PM/ada/linear_scratch.py",
         f"eve_1001_50001_work {S} eve_1001_50001_work/x/linear_scratch.py",
         f"eve_1001_50001_work {C} eve_1001_50001_work/y/linear_concise.py"], [],
        ["the graded file is in the folder a", "the graded file is in the folder b", "the graded file is in the folder ada",
         "the graded file is in the folder x", "the graded file is in the folder y"],
    ),
    "a platform's folder alone": (
        ["Eve E_13_assignsubmission_file/Ada.zip", "Eve E_13_assignsubmission_file/zz.zip"], [],
        ["Eve E_13_assignsubmission_file: Ada.zip: it is not a .zip archive, or it is damaged; zz.zip: it is not a .zip archive, or it is damaged"], [],
    ),
    "a module and a notebook of one person": (
        ["ada_linear_scratch.ipynb @ 200", "ada_linear_scratch.py", "ben_linear_scratch.py"],
        [f"ada {S} ada_linear_scratch.ipynb", f"ben {S} ben_linear_scratch.py"], [],
        ["the graded file is ada_linear_scratch.ipynb",
         "ada_linear_scratch.py was not graded: it is older than ada_linear_scratch.ipynb",
         "the graded file is ben_linear_scratch.py"],
    ),
    "a typo of one": (
        ["ada_linear_scrach.py", "ben_linear_scratch.py"], [f"ben {S} ben_linear_scratch.py"],
        ["ada: ada_linear_scrach.py: it must be called linear_scratch.py"], ["the graded file is ben_linear_scratch.py"],
    ),
    "a document with the assignment's name": (
        ["ada_linear_scratch.pdf", "ben_linear_scratch.py"], [f"ben {S} ben_linear_scratch.py"],
        [f"ada: ada_linear_scratch.pdf: it is neither a module nor a notebook: {HAND_IN}"], ["the graded file is ben_linear_scratch.py"],
    ),
    "a document of one who has a file": (
        ["ada_linear_scratch.py", "ada_report.pdf"], [f"ada {S} ada_linear_scratch.py"], [],
        ["the graded file is ada_linear_scratch.py",
         "ada_report.pdf was not graded: one file counts for each assignment"],
    ),
    "a module that is named for nothing among others": (
        ["ada_linear_scratch.py", "ben_homework.py"], [f"ada {S} ada_linear_scratch.py"],
        [f"ben_homework: ben_homework.py: it is not named after an assignment: {CALL}"], ["the graded file is ada_linear_scratch.py"],
    ),
}  # fmt: skip

CONTENT = {".py": b"x = 1\n", ".ipynb": b'{"cells": [], "nbformat": 4, "nbformat_minor": 4, "metadata": {}}'}


def listed(files):
    """Return pairs of a path and a time."""
    return [(path, int(time or 100)) for path, _, time in (entry.partition(" @ ") for entry in files)]


def content(path):
    return next((data for ending, data in CONTENT.items() if ending in path), b"text")


def result(path):
    intake = take_in([path], NAMES)
    return (
        [f"{s.info.name} {s.assignment} {s.info.path.removeprefix(f'{path}/')}" for s in intake.submissions],
        [f"{r.info.name}: {r.reason}" for r in intake.refused],
        [note for s in intake.submissions for note in s.notes],
    )


ALL = {**FOLDERS, **{f"flat: {name}": case for name, case in FLAT.items()}}


@pytest.mark.parametrize("case", ALL.values(), ids=ALL)
def test_a_class_on_the_disk(tmp_path, case):
    files, *expected = case
    for path, time in listed(files):
        target = tmp_path / "class" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(content(path))
            os.utime(target, (time, time))
    assert result(tmp_path / "class") == tuple(expected)


def zip_of(files):
    """Return a zip of the files; a time is the number of minutes after midnight."""
    members = [
        (zip_info(path, time=(2026, 1, 1, time // 60, time % 60, 0)), b"" if path.endswith("/") else content(path))
        for path, time in listed(files)
    ]
    return zipped(members)


def tar_of(files):
    """Return a compressed tar of the files."""
    members = []
    for path, time in listed(files):
        info = tar_info(path, tarfile.DIRTYPE if path.endswith("/") else tarfile.REGTYPE)
        info.mtime = time
        members.append((info, content(path)))
    return tarred(members)


@pytest.mark.parametrize(("name", "make"), [("class.zip", zip_of), ("class.tar.gz", tar_of)])
@pytest.mark.parametrize("case", ALL.values(), ids=ALL)
def test_the_same_class_as_an_archive(tmp_path, case, name, make):
    files, *expected = case
    (tmp_path / name).write_bytes(make(files))
    assert result(tmp_path / name) == tuple(expected)


def test_every_platforms_flat_export_as_an_archive_in_a_folder_is_not_taken_for_one_student(tmp_path):
    (tmp_path / "export.zip").write_bytes(zip_of(FLAT["Moodle"][0]))
    assert result(tmp_path)[:2] == (
        [],
        ["export: export.zip: it has the files of several students: grade it by its own path"],
    )


@pytest.mark.parametrize("name", ["Eve E_13_assignsubmission_file", "13-7 - Eve - Nov 3, 2026 1014 PM"])
@pytest.mark.parametrize("files", [["ada/linear_scratch.py", "ben/linear_scratch.py"], FLAT["Moodle"][0]])
def test_a_platforms_folder_or_archive_on_the_command_line_is_its_students(tmp_path, name, files):
    for path, _ in listed(files):
        (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name / path).write_bytes(content(path))
    (tmp_path / f"{name}.zip").write_bytes(zip_of(files))
    for path in (tmp_path / name, tmp_path / f"{name}.zip"):
        found, refused, _ = result(path)
        assert {each.split(" linear_")[0] for each in found} == {"Eve_13" if "-" in name else name}
        assert refused == []


@pytest.mark.parametrize(
    ("name", "files", "students"),
    [
        ("gradebook_202620_30211_HW3_2026-11-03-22-14-05", FLAT["Blackboard"][0], {"ada1", "ben"}),
        ("export_20261103_221405_moodle", FLAT["Moodle"][0], {"Ada M_11", "Ben B_12"}),
        ("cs101_2026_12345_submissions", ["ada/linear_scratch.py", "ben/linear_scratch.py"], {"ada", "ben"}),
    ],
)
def test_a_class_on_the_command_line_may_have_a_name_like_those_of_canvas(tmp_path, name, files, students):
    for path, _ in listed(files):
        (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name / path).write_bytes(content(path))
    (tmp_path / f"{name}.zip").write_bytes(zip_of(files))
    for path in (tmp_path / name, tmp_path / f"{name}.zip"):
        assert {each.split(" linear_")[0] for each in result(path)[0]} == students


@pytest.mark.parametrize(
    ("files", "labels", "sentence"),
    [
        (
            ["solution/linear_scratch.py", "tutA/ada/linear_scratch.py", "tutA/ben/linear_scratch.py"], ["tutA"],
            "class.zip/tutA is graded as one student: grade it by its own path if it is a group",
        ),
        (
            ["tutA/ada.zip", "tutA/ben.zip", "tutB/cid.zip", "tutB/dan.zip"], ["tutA", "tutB"],
            "each of class.zip/tutA, class.zip/tutB is graded as one student: grade it by its own path if it is a group",
        ),
        (
            ["export/a_11_21_linear_scratch.py", "export/b_12_22_linear_scratch.py", "solution/linear_scratch.py"], ["export"],
            "class.zip/export is graded as one student: grade it by its own path if it is a group",
        ),
        (
            ["g_2026_20261_tue/ada/linear_scratch.py", "g_2026_20261_tue/ben/linear_scratch.py", "g_2026_20262_wed/cid/linear_scratch.py"],
            ["g_2026_20261_tue"],
            "class.zip/g_2026_20261_tue is graded as one student: grade it by its own path if it is a group",
        ),
    ],
)  # fmt: skip
def test_a_folder_that_may_be_a_group_is_told(tmp_path, files, labels, sentence):
    (tmp_path / "class.zip").write_bytes(zip_of(files))
    intake = take_in([tmp_path / "class.zip"], NAMES)
    assert intake.undivided == [tmp_path / "class.zip" / label for label in labels]
    assert undivided_note([path.relative_to(tmp_path) for path in intake.undivided]) == sentence


@pytest.mark.parametrize(
    "files",
    [
        ["g1/ada/linear_scratch.py", "g1/ben/linear_scratch.py"],
        ["ada/hw/src/linear_scratch.py", "ben/linear_scratch.py", "zoe/"],
        ["ada/linear_scratch.py", "ada/a.zip", "ada/b.zip", "ben/work.zip"],
        ["Ada M_11_assignsubmission_file/a.zip", "Ada M_11_assignsubmission_file/b.zip", "solution/linear_scratch.py"],
        [
            "ada/linear_scratch/linear_scratch.py",
            "ada/x/linear_scratch.py",
            "ada/y/linear_scratch.py",
            "solution/linear_scratch.py",
        ],
        ["ada/linear_scratch.zip", "ada/linear_concise.zip", "solution/linear_scratch.py"],
        ["ada/linear_scratch.py", "eve/mnist_28_28_train.png", "eve/fig_10_20_a.png"],
    ],
)  # fmt: skip
def test_of_groups_and_students_nothing_is_told(tmp_path, files):
    (tmp_path / "class.zip").write_bytes(zip_of(files))
    assert take_in([tmp_path / "class.zip"], NAMES).undivided == []


@pytest.mark.parametrize("name", ["results_2026_11_03.csv", "runs_2026_11_03/x.csv"])
@pytest.mark.parametrize("where", ["", "work/"])
def test_data_in_a_students_archive_are_not_several_students(tmp_path, name, where):
    (tmp_path / "ada.zip").write_bytes(zipped([(f"{where}linear_scratch.py", b"x = 2"), (name, b"1,2")]))
    found, refused, _ = result(tmp_path)
    assert (found, refused) == ([f"ada {S} ada.zip/{where}linear_scratch.py"], [])


def test_a_folder_and_an_archive_of_one_name_are_one_student(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "linear_scratch.py").write_text("x = 1")
    (tmp_path / "ada.zip").write_bytes(zipped([("linear_scratch.py", b"x = 2")]))
    found, refused, notes = result(tmp_path)
    assert (found, refused) == ([f"ada {S} ada/linear_scratch.py"], [])
    assert notes == ["ada.zip was not opened: other files were graded"]


def test_two_archives_of_one_person_are_one_student(tmp_path):
    (tmp_path / "ada_linear_scratch.zip").write_bytes(zipped([("linear_scratch.py", b"x = 2")]))
    (tmp_path / "ada_linear_concise.zip").write_bytes(zipped([("linear_concise.py", b"x = 2")]))
    assert result(tmp_path)[:2] == (
        [
            f"ada {S} ada_linear_scratch.zip/linear_scratch.py",
            f"ada {C} ada_linear_concise.zip/linear_concise.py",
        ],
        [],
    )


def test_of_two_archives_of_a_student_the_labels_tell_which(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "linear_scratch.py").write_text("x = 1")
    for name in ("a.zip", "b.zip"):
        (tmp_path / "ada" / name).write_bytes(zipped([("linear_scratch.py", b"x = 2")]))
    found, refused, notes = result(tmp_path)
    assert (found, refused) == ([f"ada {S} ada/b.zip/linear_scratch.py", f"ben {S} ben/linear_scratch.py"], [])
    assert notes == ["a.zip/linear_scratch.py was not graded: it is not newer than b.zip/linear_scratch.py"]


def test_of_a_file_that_is_refused_the_neighbours_are_named_all_the_same(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "linear_scratch.py").write_bytes(bytes(10_000_001))
    (tmp_path / "ada" / "linear_scratch (1).py").write_text("x = 1")
    refused = "ada: linear_scratch.py: it has 10,000,001 bytes, over the limit of 10,000,000"
    note = "linear_scratch (1).py was not graded: linear_scratch.py has the exact name"
    assert result(tmp_path)[1] == [f"{refused}; {note}"]

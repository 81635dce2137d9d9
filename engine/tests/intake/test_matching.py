"""One function says which assignment a file's name means, and whose file it is."""

import pytest

from assay.intake.matching import ending_of, is_named_for, match, same_person

NAMES = ("linear", "linear_regression", "softmax")


@pytest.mark.parametrize(
    ("name", "assignment", "exact", "student"),
    [
        ("linear.py", "linear", True, ""),
        ("linear_regression.ipynb", "linear_regression", True, ""),
        ("linear.PY", "linear", False, ""),
        ("Softmax.ipynb", "softmax", False, ""),
        ("linear-regression (1).py", "linear_regression", False, ""),
        ("linear regression.py", "linear_regression", False, ""),
        ("linear \u2013 regression.py", "linear_regression", False, ""),
        ("Copy of softmax.ipynb", "softmax", False, ""),
        ("Copy (2) of softmax.ipynb", "softmax", False, ""),
        ("Copy of Copy of softmax.ipynb", "softmax", False, ""),
        ("Kopie von softmax.ipynb", "softmax", False, ""),
        ("Copie de softmax.ipynb", "softmax", False, ""),
        ("Copia de softmax.ipynb", "softmax", False, ""),
        ("C\u00f3pia de softmax.ipynb", "softmax", False, ""),
        ("Kopia softmax.ipynb", "softmax", False, ""),
        ("softmax-Copy1.ipynb", "softmax", False, ""),
        ("softmax - Copy (2).py", "softmax", False, ""),
        ("softmax copy.py", "softmax", False, ""),
        ("softmax copy 3.py", "softmax", False, ""),
        ("softmax - Kopie.py", "softmax", False, ""),
        ("softmax - copie.py", "softmax", False, ""),
        ("softmax - Copia (3).py", "softmax", False, ""),
        ("softmax\u7684\u526f\u672c.ipynb", "softmax", False, ""),
        ("softmax(1)(1).py", "softmax", False, ""),
        ("softmax-2.py", "softmax", False, ""),
        ("softmax_v2.1_final.py", "softmax", False, ""),
        ("final_softmax.py", "softmax", False, ""),
        ("01 softmax.py", "softmax", False, ""),
        ("softmax.py.txt", "softmax", False, ""),
        ("softmax.ipynb.json", "softmax", False, ""),
        (" softmax.py ", "softmax", False, ""),
        ("softmax.ipynb .txt", "softmax", False, ""),
        ("softmax.ipynb (1).txt", "softmax", False, ""),
        ("softmax (1).ipynb.txt", "softmax", False, ""),
        ("ada_linear_regression_v2.py", "linear_regression", False, "ada"),
        ("Ada Muster - softmax.py", "softmax", False, "Ada Muster"),
        ("softmax_ada.py", "softmax", False, "ada"),
        ("softmax (Ada Muster).py", "softmax", False, "Ada Muster"),
        ("ada_12_softmax.py", "softmax", False, "ada_12"),
        ("softmax_123456.py", "softmax", False, "123456"),
        ("Copy of ada_softmax.py", "softmax", False, "ada"),
        ("linear_ada_softmax.py", "softmax", False, "ada"),
        ("softmax_linear_regression.py", "linear_regression", False, ""),
        ("Ada M_11_assignsubmission_file_softmax.py", "softmax", True, "Ada M_11"),
        ("Ada M_11_assignsubmission_onlinetext.html", None, False, "Ada M_11"),
        ("muster_LATE_123_456_softmax-1.py", "softmax", False, "muster_123"),
        ("HW_ada_attempt_2026-01-02-03-04-05_softmax.py", "softmax", True, "ada"),
        ("softmax_a_b_attempt_2026-01-02-03-04-05_x.py", "softmax", False, "a_b"),
        ("homework.py", None, False, ""),
        ("linear.txt", None, False, ""),
        ("linear.py.html", None, False, ""),
        ("linear", None, False, ""),
    ],
)
def test_a_name_tells_its_assignment_and_its_student(name, assignment, exact, student):
    found = match(name, NAMES)
    assert (found.assignment, found.exact, found.student, found.nearly) == (assignment, exact, student, None)


@pytest.mark.parametrize(
    ("name", "nearly", "student"),
    [
        ("softmx.py", "softmax", ""),
        ("ada_softmxa.py", "softmax", "ada"),
        ("linear_regresion.py", "linear_regression", ""),
        ("linearregression2.py", None, ""),
        ("LinearRegression.ipynb", "linear_regression", ""),
        ("softmax_linear_regresion.py", "linear_regression", ""),
        ("soft.py", None, ""),
    ],
)
def test_a_typo_is_nearly_an_assignment_and_never_another(name, nearly, student):
    found = match(name, NAMES)
    assert (found.assignment if nearly else None, found.nearly, found.student if nearly else "") == (
        None,
        nearly,
        student,
    )


def test_a_wrong_number_is_not_a_typo():
    names = ("homework_1", "homework_2")
    assert match("homework_3.py", names).nearly is None
    assert match("homework_2.py", names).assignment == "homework_2"


def test_a_folder_is_named_for_an_assignment_whatever_its_copy_marks():
    names = ["linear_regression", "Linear Regression (1)", "ada_softmax", "homework"]
    assert [is_named_for(name, NAMES) for name in names] == [True, True, False, False]


def test_what_is_after_an_ending_must_be_known():
    names = ["a.py", "a.IPYNB.txt", "a.py (1).txt", "a.py.html", "a.pyc", "a.txt"]
    assert [ending_of(name) for name in names] == [".py", ".ipynb", ".py", "", "", ""]


def test_one_persons_folders_have_one_key():
    names = ["Ada M_11_assignsubmission_file_", "Ada M_11_assignsubmission_onlinetext", "ada m_11"]
    assert len({same_person(name) for name in names}) == 1

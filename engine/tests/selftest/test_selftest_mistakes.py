"""Known mistakes: caught and named by their own exercise, and by no other."""

import shutil

from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.selftest.mistakes import MistakeOutcome, grade_mistakes, visible_verdicts


def test_each_mistake_is_told_with_what_caught_and_named_it(course_folder, executor):
    outcomes = grade_mistakes(read_course(course_folder), "toy", executor)
    assert outcomes == [
        MistakeOutcome("toy", "1", "tripled", caught=("double",), named=True, collateral=()),
        MistakeOutcome("toy", "1", "also_tripled", caught=("double",), named=False, collateral=()),
        MistakeOutcome("toy", "1", "decreased", caught=(), named=False, collateral=()),
        MistakeOutcome("toy", "2", "squared", caught=(), named=False, collateral=("1/double",)),
    ]
    assert [outcome.mistake for outcome in outcomes if outcome.right] == ["tripled"]


def test_the_first_check_that_names_a_mistake_is_enough(course_folder, executor):
    path = course_folder / "tests" / "toy" / "test_1_double.py"
    never = 'def test_never(submission):\n    """never asked of the mistake that is named"""\n    assert submission.double(2) == 4\n'
    path.write_text(f"{path.read_text()}\n\n{never}")
    outcomes = grade_mistakes(read_course(course_folder), "toy", executor)
    assert [outcome.caught for outcome in outcomes if outcome.mistake.endswith("tripled")] == [
        ("double",),
        ("double", "never"),
    ]


def test_a_mistake_that_is_caught_elsewhere_too_is_not_right():
    assert not MistakeOutcome("toy", "1", "tripled", ("double",), named=True, collateral=("2/negate",)).right


def test_an_assignment_without_mistakes_has_no_outcomes(course_folder, executor):
    (course_folder / "tests" / "toy" / "test_1_double.py").unlink()
    path = course_folder / "tests" / "toy" / "test_2_negate.py"
    path.write_text(path.read_text().replace('@mistake("double", hint="another exercise catches it")\n', ""))
    assert grade_mistakes(read_course(course_folder), "toy", executor) == []


def test_the_visible_checks_of_another_course_are_asked_for_the_mistakes_of_this_one(course_folder, tmp_path, executor):
    other = shutil.copytree(course_folder, tmp_path / "other")
    path = other / "tests" / "toy" / "test_1_double.py"
    path.write_text(path.read_text().replace("submission.double(3.0), 6.0", "submission.double(3.0), 9.0"))
    hidden = 'import pytest\n\n\n@pytest.mark.visibility("hidden")\ndef test_hidden(submission):\n    """hidden"""\n    submission.double(1.0)\n'
    for folder in (course_folder, other):
        (folder / "tests" / "toy" / "test_3_hidden.py").write_text(f'"""Hidden"""\n{hidden}')
    course = read_course(course_folder)
    ours, theirs = (visible_verdicts(course, read_course(folder), "toy", executor) for folder in (course_folder, other))
    double = "1 double = tripled", "1", "double"
    assert (ours[double].status, theirs[double].status) == ("failed", "passed")
    assert ours.keys() == theirs.keys()
    assert {check for *_, check in ours} == {"double", "speed"}


def test_a_mistake_is_made_with_the_library_of_the_course_that_is_asked(course_folder, tmp_path):
    files = {
        "tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
        "reference/lib/__init__.py": "class Base:\n    def __init__(self):\n        super().__init__()\n        self.factor = 2\n",
        "reference/toy.py": "import lib\n\n\nclass Double(lib.Base):\n    def of(self, x):\n        return self.factor * x\n",
        "tests/toy/helper.py": "import lib\n\n\ndef start(self):\n    lib.Base.__init__(self)\n    self.factor = 3\n",
        "tests/toy/mistakes_1_double.py": "from assay.checks import mistake\n\nfrom .helper import start\n\n\n"
        '@mistake("Double.__init__", hint="three times")\ndef tripled(self):\n    start(self)\n',
        "tests/toy/test_1_double.py": '"""Double"""\n\n\ndef test_double(submission):\n    """double"""\n'
        "    assert submission.Double().of(3.0) == 6.0\n",
    }
    for name, text in files.items():
        (course_folder / name).parent.mkdir(exist_ok=True)
        (course_folder / name).write_text(text)
    (course_folder / "tests" / "toy" / "test_2_negate.py").unlink()
    course, other = read_course(course_folder), read_course(shutil.copytree(course_folder, tmp_path / "other"))
    with LocalProcesses(1) as one:
        found = [visible_verdicts(course, asked, "toy", one) for asked in (other, course, other, course)]
    assert [[verdict.status for verdict in verdicts.values()] for verdicts in found] == [["failed"]] * 4

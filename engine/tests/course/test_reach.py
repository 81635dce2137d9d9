"""Which of the model answers a check can meet: found by names, and rather one too many than one too few."""

import pytest

from assay.course.reach import names_met
from assay.course.read import read_course

REFERENCE = '''
"""Model answers."""
import math
SCALE = 2.0
def inner(x): return SCALE * x
def outer(x): return inner(x)
def alone(x): return math.sqrt(x)
'''

NAMES = ("SCALE", "inner", "outer", "alone")


@pytest.fixture
def reached(tmp_path):
    """Return a function that writes a course, with one more file if it is named, and says what is reached."""

    def reach(check, **more):
        files = {
            "tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
            "reference/toy.py": REFERENCE.lstrip(),
            "tests/toy/test_1_one.py": f'"""One"""\n{check}\n',
            "tests/toy/test_2_two.py": '"""Two"""\n\n\ndef test_two(submission):\n    """two"""\n    submission.alone(1)\n',
        }
        files |= {name.replace("__", "/") + ".py": text for name, text in more.items()}
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        met = names_met(read_course(tmp_path), "toy")
        return {name: sorted(number for (number, _), names in met.items() if name in names) for name in NAMES}

    return reach


def test_checks_meet_what_they_ask_and_what_that_calls(reached):
    check = 'def test_one(submission):\n    """one"""\n    submission.outer(1)'
    assert reached(check) == {"SCALE": ["1"], "inner": ["1"], "outer": ["1"], "alone": ["2"]}


@pytest.mark.parametrize("made", ["both, other = outer, 1", "both: object = outer", "both = other = outer"])
def test_checks_meet_what_a_name_of_the_model_answers_was_made_from(reached, monkeypatch, made):
    monkeypatch.setattr(f"{__name__}.REFERENCE", f"{REFERENCE}\n{made}\n")
    check = 'def test_one(submission):\n    """one"""\n    submission.both(1)'
    assert reached(check)["inner"] == ["1"]


@pytest.mark.parametrize("text", ["inner", "inner.part"])
def test_a_text_that_is_a_name_counts(reached, text):
    check = f'def test_one(submission):\n    """one"""\n    ask(submission, "{text}")'
    assert reached(check)["inner"] == ["1"]


@pytest.mark.parametrize("statement", ['"""what alone gives"""', 'hint = "what alone gives"'])
def test_a_name_in_a_sentence_does_not_count(reached, statement):
    check = f'def test_one(submission):\n    """one"""\n    {statement}\n    submission.inner(1)'
    assert reached(check)["alone"] == ["2"]


def test_what_files_beside_the_checks_ask_counts(reached):
    check = 'from .helpers import ask\n\n\ndef test_one(submission):\n    """one"""\n    ask(submission)'
    there = reached(
        check, tests__toy__helpers="from . import more\nask = more.ask\n", tests__toy__more="ask = 'alone'\n"
    )
    assert there["alone"] == ["1", "2"]


def test_what_a_conftest_asks_counts_for_every_exercise(reached):
    check = 'def test_one(submission):\n    """one"""\n    submission.alone(1)'
    fixture = "import pytest\n\n\n@pytest.fixture\ndef asked(submission):\n    return submission.outer(1)\n"
    assert reached(check, conftest=fixture)["inner"] == ["1", "2"]


def test_what_the_model_answers_do_at_their_import_counts_for_every_exercise(reached, monkeypatch):
    monkeypatch.setattr(f"{__name__}.REFERENCE", f"{REFERENCE}\nfor _ in range(2):\n    outer(1)\n")
    check = 'def test_one(submission):\n    """one"""\n    submission.alone(1)'
    assert reached(check)["inner"] == ["1", "2"]


TWO = '''
import pytest
from .helpers import ask as asks

{}

def helper(submission): return asks(submission)

@pytest.fixture
def made(submission): return submission.inner(1)

def test_one(submission):
    """one"""
    submission.alone(1)

def test_more(submission{}):
    """more"""
    {}
'''


@pytest.mark.parametrize(
    ("check", "one", "more"),
    [
        (("", "", "submission.outer(1)"), [], ["inner", "outer"]),
        (("", "", "helper(submission)"), [], ["inner"]),
        (("", ", made", "made"), [], ["inner"]),
        (("pytestmark = pytest.mark.usefixtures('made')", "", "None"), ["inner"], ["inner"]),
        (("@pytest.fixture(autouse=True)\ndef always(made): return made", "", "None"), ["inner"], ["inner"]),
        (("made_once = [1]\nmade_once.append('inner')", "", "None"), ["inner"], ["inner"]),
    ],
    ids=["its own", "a function's", "a fixture's", "a mark's", "a fixture's that is always used", "the file's"],
)
def test_each_check_meets_its_own(tmp_path, reached, check, one, more):
    reached(TWO.format(*check), tests__toy__helpers="def ask(submission): submission.inner(1)\n")
    met = names_met(read_course(tmp_path), "toy")
    assert sorted({"inner", "outer"} & met["1", "test_one"]) == one
    assert sorted({"inner", "outer"} & met["1", "test_more"]) == more


def test_an_attribute_of_the_courses_library_is_none_of_the_model_answers(tmp_path, reached):
    (tmp_path / "reference" / "library").mkdir(parents=True)
    (tmp_path / "reference" / "library" / "__init__.py").write_text("def inner(x): return x\n")
    check = (
        'import library\n\n\ndef test_one(submission):\n    """one"""\n    library.inner(1); submission.library.{}(1)'
    )
    assert reached(check.format("outer"))["inner"] == []
    assert reached(check.format("outer") + "; submission.inner(1)")["inner"] == ["1"]


def test_an_attribute_of_an_object_of_the_courses_library_is_none_of_the_model_answers(tmp_path, reached):
    (tmp_path / "reference" / "library").mkdir(parents=True)
    (tmp_path / "reference" / "library" / "__init__.py").write_text("")
    check = 'def test_one(submission):\n    """one"""\n    {}.inner(1)'
    assert reached(check.format("submission.library.Trainer(1)"))["inner"] == []
    assert reached(check.format("submission.Trainer(1)"))["inner"] == ["1"]

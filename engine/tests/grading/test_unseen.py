"""An object whose value nobody has seen is not an answer, however a check compares it."""

import pytest
from small_course import statuses

from assay.course.read import read_course
from assay.grading.run import grade
from assay.intake.collect import take_in

LAWS = (
    "assert_close(submission.f(), submission.f())",
    "require(submission.f(), yours=0, expected='a value')",
    "require(submission.f() != submission.f(), yours=0, expected='another value')",
    "require(submission.f() in [submission.f()], yours=0, expected='the same value')",
    "assert submission.f() != 2",
)
ANSWERS = ("iter([1, 2])", "{1, 2}", "object()", "1 << 100")
HEAD = '"""One"""\nfrom assay.checks import assert_close, require\n'


@pytest.fixture(scope="module")
def reports(tmp_path_factory, executor):
    """Grade every answer with a course that has a check for each law."""
    root = tmp_path_factory.mktemp("unseen")
    checks = [f'\n\ndef test_{n}(submission):\n    """law {n}"""\n    {law}\n' for n, law in enumerate(LAWS)]
    files = {
        "course/tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
        "course/reference/one.py": '"""Model answers."""\n\n\ndef f():\n    """One."""\n    return 1\n',
        "course/tests/one/test_1_one.py": HEAD + "".join(checks),
    } | {f"class/{n}/one.py": f"def f(): return {answer}\n" for n, answer in enumerate(ANSWERS)}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    submissions = take_in([root / "class"], ["one"]).submissions
    return grade(read_course(root / "course"), submissions, seed=1, executor=executor, on_trouble=pytest.fail)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_object_whose_value_nobody_has_seen_is_no_answer(reports, law, answer):
    assert statuses(reports[ANSWERS.index(answer)])[str(LAWS.index(law))] == "failed"

"""The contract is what the model answers define; their file is loaded once, or afresh, by one function."""

import sys

import pytest

from assay.course.contract import contract, load_module, signatures
from assay.errors import CourseError


def test_the_contract_is_the_references_public_functions_and_classes(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(
        "import torch\nA = 1\ndef f(x, y, *, k=1): pass\ndef _g(): pass\n"
        "class C:\n    def __init__(self, a, b=0.5): pass\nclass D: pass\n"
    )
    assert contract(path) == ("f", "C", "D")
    assert signatures(path) == {
        "f": "def f(x, y, *, k=1)",
        "_g": "def _g()",
        "C": "class C(a, b=0.5)",
        "D": "class D",
    }


@pytest.mark.parametrize("read", [contract, signatures])
def test_model_answers_that_are_not_python_are_named(tmp_path, read):
    path = tmp_path / "answers.py"
    path.write_text("def f(x):\n    return (x\n")
    with pytest.raises(SyntaxError) as caught:
        read(path)
    assert (caught.value.filename, str(caught.value)) == (str(path), "'(' was never closed (answers.py, line 2)")


@pytest.fixture
def answers(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "modules", sys.modules.copy())
    (tmp_path / "library_of_answers").mkdir()
    (tmp_path / "library_of_answers" / "__init__.py").write_text("LOADED = []\n")
    path = tmp_path / "loaded_answers.py"
    path.write_text("from library_of_answers import LOADED\nLOADED.append(__name__)\n")
    return path


def test_a_file_is_loaded_once_and_finds_the_library_beside_it(answers):
    module = load_module(answers)
    assert load_module(answers) is module is sys.modules["loaded_answers"]
    assert load_module(answers.parent / "library_of_answers").LOADED == ["loaded_answers"]


def test_a_fresh_module_is_known_to_nobody_else_and_is_the_file_as_it_is_now(answers):
    module = load_module(answers)
    text = answers.read_text()
    answers.write_text(text.replace("__name__", "__file__"))  # of the same length, within the same second
    fresh = load_module(answers, fresh=True)
    assert fresh is not module is sys.modules["loaded_answers"]
    assert ["loaded_answers", str(answers)] == fresh.LOADED
    assert not (answers.parent / "__pycache__" / "loaded_answers.cpython-311.pyc").exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_a_file_that_cannot_be_imported_is_named_with_the_reason(tmp_path, fresh):
    path = tmp_path / "broken_answers.py"
    path.write_text("1 / 0\n")
    with pytest.raises(CourseError) as caught:
        load_module(path, fresh=fresh)
    assert str(caught.value) == f"{path} cannot be imported: ZeroDivisionError: division by zero"
    assert "broken_answers" not in sys.modules

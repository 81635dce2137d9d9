"""A starter has the contract's names, and none of the answers."""

import ast
import types

import nbformat
import pytest

from assay.course.contract import contract
from assay.course.starter import module_starter, notebook_starter

RULES = """
Keep the names and the arguments: they are what is graded, each exercise on its own. Do not rename the file.
A function leaves its arguments as they were, and its second answer is as right as its first; it works for one row and
for thousands, and for data in any order. Helper files beside this one are not handed in.
"""


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(
        '"""Model answers."""\nfrom __future__ import annotations\nimport math\nimport os\nfrom typing import TYPE_CHECKING\n'
        "if TYPE_CHECKING:\n    from nowhere import Thing\n_SECRET = 42\n"
        "\n# 1. Circles\n\n"
        'def area(r: Thing, scale=math.pi) -> Thing:\n    """The area of a circle."""\n    return scale * r**2\n'
        "def _helper():\n    return os.sep\n"
        'class Circle:\n    """A circle.\n\n    Drawn with a compass.\n\n    Attributes:\n        r: its radius.\n    """\n\n'
        "    def __init__(self, r: float):\n        self.r = r\n\n"
        '    def grow(self, by=1, *, twice=False) -> list[float]:\n        """Larger."""\n        self.r += by\n\n    def _hidden(self):\n        return 1\n'
        "# an aside\n# 2. Nothing of ours\n# 3. Emptiness\nclass Empty:\n    x = 1\n"
    )
    return path


def test_a_module_has_signatures_docstrings_and_nothing_else(reference):
    assert module_starter(reference) == (
        f'"""answers: write your answers below.\n{RULES}"""\n'
        "\n"
        "import math\n"
        "\n"
        "\n"
        "# 1. Circles\n"
        "\n"
        "\n"
        "def area(r, scale=math.pi):\n"
        '    """The area of a circle."""\n'
        "    raise NotImplementedError\n"
        "\n"
        "\n"
        "class Circle:\n"
        '    """A circle.\n'
        "\n"
        "    Attributes:\n"
        "        r: its radius.\n"
        '    """\n'
        "\n"
        "    def __init__(self, r):\n"
        "        raise NotImplementedError\n"
        "\n"
        "    def grow(self, by=1, *, twice=False):\n"
        '        """Larger.\n'
        "\n"
        "        Returns:\n"
        "            list[float]\n"
        '        """\n'
        "        raise NotImplementedError\n"
        "\n"
        "\n"
        "# 3. Emptiness\n"
        "\n"
        "\n"
        "class Empty:\n"
        "    pass\n"
        "\n"
        "\n"
        "# Written answers, for a person to read: exercise number to text.\n"
        "ANSWERS = {}\n"
    )


def test_a_starter_keeps_the_summary_and_the_sections_of_a_docstring_and_adds_the_type_of_the_result(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(
        'def losses(lrs) -> dict[float, list[float]]:\n    """Train once for each rate.\n\n'
        "    This is done by descent.\n\n    Args:\n        lrs: the rates.\n\n"
        "    Returns:\n        the losses after each epoch, nan included.\n\n    Raises:\n        ValueError: no rate.\n"
        '    """\n    return {}\n'
    )
    assert module_starter(path).partition("rates.\n")[2].partition("    raise")[0] == (
        "\n    Returns:\n        dict[float, list[float]]: the losses after each epoch, nan included.\n"
        '\n    Raises:\n        ValueError: no rate.\n    """\n'
    )


def test_a_starter_runs_and_defines_the_whole_contract(reference):
    module = types.ModuleType("starter")
    exec(module_starter(reference), module.__dict__)
    assert all(hasattr(module, name) for name in contract(reference))


def test_a_starter_has_what_its_signatures_need(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(
        '"""Model answers."""\nimport math\nimport os\n_SECRET = os.sep\n_DEGREES = 180\n_TURN = math.tau / _DEGREES\n'
        "def _solved(f): return f\n@_solved\ndef turn(x, by=_TURN): return x + by\n"
        "class Unit:\n    @staticmethod\n    def of(x): return x\n    @property\n    def size(self): return 1\n"
    )
    assert module_starter(path).partition("\n# Written")[0] == (
        f'"""answers: write your answers below.\n{RULES}"""\n\nimport math\n_DEGREES = 180\n_TURN = math.tau / _DEGREES\n\n\n'
        "def turn(x, by=_TURN):\n    raise NotImplementedError\n\n\n"
        "class Unit:\n\n    @staticmethod\n    def of(x):\n        raise NotImplementedError\n\n"
        "    @property\n    def size(self):\n        raise NotImplementedError\n\n"
    )


def test_a_notebook_has_a_cell_for_every_definition_and_is_the_same_every_time(reference):
    text = notebook_starter(reference)
    assert text == notebook_starter(reference)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    cells = [cell.source.splitlines()[0] for cell in notebook.cells]
    assert cells == [
        "# answers: write your answers below.",
        "import math",
        "## 1. Circles",
        "def area(r, scale=math.pi):",
        "class Circle:",
        "## 3. Emptiness",
        "class Empty:",
        "# Written answers, for a person to read: exercise number to text.",
    ]
    for cell in notebook.cells[1:]:
        ast.parse(cell.source)

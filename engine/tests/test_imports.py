"""Rules that import-linter cannot express: which modules execute code, which are light to import, which are short."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from warm import imports_without_a_warning

import assay

ROOT = Path(assay.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MAX_LINES = 400
MAX_FLAT_FILES = 9


def name(path):
    return str(path.relative_to(ROOT))


def test_only_the_guest_executes_a_submission():
    callers = [
        path
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("exec", "eval")
    ]
    assert {name(path) for path in callers} == {"guest/shell.py", "guest/statements.py"}


def test_no_pickle_and_no_evaluation_on_the_wire():
    text = "".join(path.read_text() for folder in ("wire", "host") for path in (ROOT / folder).rglob("*.py"))
    for word in ("pickle.", "import pickle", "eval(", "exec(", "torch.load"):
        assert word not in text


@pytest.mark.parametrize(
    "module",
    [
        "assay",
        "assay.pytest_plugin",
        "assay.command.main",
        "assay.course.read",
        "assay.intake.collect",
        "assay.judge.machine",
        "assay.model",
    ],
)
def test_light_modules_import_neither_torch_nor_hypothesis(module):
    heavy = {"torch", "hypothesis", "numpy", "matplotlib", "jinja2"}
    code = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "\n"


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "__main__.py"], ids=name)
def test_every_module_imports_alone_and_without_a_warning(path):
    module = ".".join(("assay", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    assert imports_without_a_warning(module)


def test_every_folder_of_the_source_has_one_of_tests():
    folders = {path.parent.relative_to(ROOT) for path in FILES if path.name == "__init__.py"}
    assert [str(folder) for folder in sorted(folders) if not (Path(__file__).parent / folder).is_dir()] == []


def test_few_modules_lie_flat():
    assert len(list(ROOT.glob("*.py"))) <= MAX_FLAT_FILES


def test_the_names_of_a_plots_axes_are_written_once():
    written = [
        name(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript) and ast.unparse(node) == "Literal['', 'x', 'y', 'xy']"
    ]
    assert written == ["text.py"]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_module_is_long(path):
    assert len(path.read_text().splitlines()) <= MAX_LINES

"""The direction of imports: what may know what. The line that a student's code must never cross is drawn here."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import assay

ROOT = Path(assay.__file__).parent
EVERYBODY = {"model", "errors", "display"}
ALLOWED = {
    "": set(),
    "__main__": {"cli"},
    "model": set(),
    "errors": set(),
    "display": set(),
    "sides": set(),
    "wire": set(),
    "guest": {"wire"},
    "host": {"wire"},
    "inprocess": {"wire", "guest", "host"},
    "checks": set(),
    "report": set(),
    "course": set(),
    "entries": set(),
    "archives": {"entries"},
    "naming": {"entries"},
    "intake": {"archives", "entries", "naming"},
    "doctor": {"guest", "wire"},
    "pytest_plugin": {"course", "judge", "fixtures"},
    "fixtures": {"course", "judge", "host"},
    "items": {"course"},
    "judge": {"checks", "course", "examples", "intake", "items", "host", "judging", "pytest_plugin"},
    "examples": {"course", "guest", "host", "items", "judge"},
    "judging": {"course", "examples", "items", "judge", "recognition", "sides"},
    "recognition": {"course", "checks", "examples", "host", "inprocess", "items", "judge", "wire"},
    "session": {"course", "judge", "pytest_plugin"},
    "grading": {"course", "session"},
    "starter": set(),
    "mutation": set(),
    "console": {"report"},
    "selftest": {"course", "checks", "grading", "session", "inprocess", "judge", "host", "mutation"},
    "cli": {
        "selftest",
        "starter",
        "course",
        "intake",
        "grading",
        "session",
        "report",
        "doctor",
        "checks",
        "wire",
        "console",
    },
}
"""`engine/docs/architecture.md` says why; `wire`, `model`, `errors` and `display` import nothing else of ours."""

FILES = sorted(ROOT.rglob("*.py"))


def part(path):
    names = path.relative_to(ROOT).with_suffix("").parts
    return "" if names == ("__init__",) else names[0]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        modules = (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        for module in modules:
            if module == "assay":
                yield from (alias.name for alias in node.names)
            elif module.startswith("assay."):
                yield module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_part_may(path):
    own = part(path)
    allowed = ALLOWED[own] | {own} | (EVERYBODY if own not in EVERYBODY | {"wire"} else {"errors", "model"})
    assert set(imported(path)) <= allowed


def test_only_the_guest_executes_what_was_handed_in():
    callers = [
        path
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("exec", "eval")
    ]
    assert {str(path.relative_to(ROOT)) for path in callers} == {"guest/loading.py"}


def test_no_pickle_and_no_evaluation_on_the_wire():
    text = "".join(path.read_text() for path in FILES if part(path) in ("wire", "host"))
    for word in ("pickle.", "import pickle", "eval(", "exec(", "torch.load"):
        assert word not in text


@pytest.mark.parametrize(
    "module",
    ["assay", "assay.pytest_plugin", "assay.command.main", "assay.course.read", "assay.intake.collect", "assay.model"],
)
def test_light_modules_import_neither_torch_nor_hypothesis(module):
    code = f"import sys, {module}; print(*sorted({{'torch', 'hypothesis', 'numpy', 'matplotlib'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "\n"


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name != "__main__.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_module_imports_alone_and_without_a_warning(path):
    name = ".".join(("assay", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    subprocess.run([sys.executable, "-W", "error", "-c", f"import {name}"], check=True, env=os.environ)

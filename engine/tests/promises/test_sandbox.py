"""`sandbox.md` promises what is tested, in the same words, and nothing else."""

import ast
import re
from pathlib import Path

import pytest
from test_doctor import PROMISES

from assay.promises import CORE

HERE = Path(__file__).parent
DOCUMENT = (HERE.parent.parent / "docs" / "sandbox.md").read_text(encoding="utf-8")
_TABLE = DOCUMENT.partition("## The promises")[2].partition("\n## ")[0]
ROWS = [line.split("|")[1].strip() for line in _TABLE.splitlines() if line.startswith("| ")][1:]
HEADS = [row for row in ROWS if row.startswith("**")]
SENTENCES = [row for row in ROWS if row not in HEADS]


def _tests():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("test_*.py"))]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("description", SENTENCES)
def test_every_promise_has_a_test_of_the_same_words(description):
    assert "test_" + re.sub(r"\W+", "_", description.lower()) in _tests()


def test_every_promise_that_a_report_names_is_there_and_the_core_is_marked():
    heads = [re.fullmatch(r"\*\*(\w+)\*\*( \(core\))?", head).groups() for head in HEADS]
    assert {name for name, _ in heads} == PROMISES | {"output", "verdicts"}
    assert [name for name, core in heads if core] == list(CORE)


def test_the_limits_are_those_of_the_document():
    from assay.course.budgets import DEFAULTS
    from assay.guest.lockdown.limits import Limits
    from assay.host.forkserver import Budget

    limits, budget = Limits(), Budget(**DEFAULTS)
    for said in (
        f"{limits.tasks} processes and threads",
        f"{limits.file_size >> 20} MiB a file",
        f"| {limits.open_files} |",
        f"{limits.memory >> 30} GiB more than torch itself",
        f"did not end within {budget.import_seconds} s of processor time: it was left out",
        f"{budget.call_seconds} s of processor time | killed | `no answer within {budget.call_seconds} s",
        f"`assay_import_seconds` ({budget.import_seconds},",
        f"`assay_call_seconds` ({budget.call_seconds})",
        f"`assay_submission_seconds` ({budget.submission_seconds},",
        f"All checks of a submission share {budget.submission_seconds} s",
    ):
        assert said in DOCUMENT

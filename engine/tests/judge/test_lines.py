"""The line on which a name is defined, found without parsing the file."""

import pytest

from assay.judge.lines import where_of
from assay.model import Submission, SubmissionInfo, Where


def submitted(text, kind="module"):
    return Submission(SubmissionInfo("ada", "class/ada/basics.py", ""), "basics", kind, text.encode())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import torch\n\n\ndef loss(y): ...\n", 4),
        ("async  def loss(y): ...\r\n", 1),
        ("\nclass loss(Base): ...\n", 2),
        ("loss = lambda y: y\n", 1),
        ("loss: Loss = make()\n", 1),
        ("def loss(y): ...\ndef loss(z): ...\nloss(1)\nloss == 2\n", 2),
        ("class A:\n    def loss(self): ...\n", None),
        ("def losses(y): ...\nfrom losses import loss\n", None),
        ("", None),
    ],
)
def test_the_last_outermost_definition_counts(text, line):
    found = where_of("loss", submitted(text))
    assert found == (line and Where("basics.py", line))


def test_a_notebook_has_no_lines():
    assert where_of("loss", submitted("def loss(y): ...\n", "notebook")) is None


def test_a_name_is_no_pattern():
    assert where_of("l.ss", submitted("def loss(y): ...\n")) is None

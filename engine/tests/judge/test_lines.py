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
        ("loss == 0\ndef loss(z): ...\nloss(1)\nloss == 2\n", 2),
        ("class A:\n    def loss(self): ...\n", None),
        ("def losses(y): ...\nfrom losses import loss\n", None),
        ("", None),
    ],
)
def test_the_outermost_definition_is_found(text, line):
    found = where_of("loss", submitted(text))
    assert found == (line and Where("basics.py", line))


@pytest.mark.parametrize(
    "text",
    [
        "def loss(y): ...\ndef loss(z): ...\n",
        'def loss(y): ...\nOLD = """\ndef loss(y): return y\n"""\n',
        "def loss(y): ...\nif True:\n    def loss(z): ...\n",
        'from losses import loss\nOLD = """\ndef loss(y): return y\n"""\n',
        "from losses import loss\nOLD = '''\ndef loss(y): return y\n'''\n",
        "from losses import loss\nOLD = '\\\ndef loss(y): return y'\n",
        "from losses import loss\nMINE = dict(\nloss=loss)\n",
    ],
)
def test_a_line_that_may_be_another_one_is_not_said(text):
    assert where_of("loss", submitted(text)) is None


@pytest.mark.parametrize("text", ["def β(y): ...\n", "class β: ...\n", "def β[T](y: T): ...\n", "β = 1\n"])
def test_a_name_may_end_with_any_letter(text):
    assert where_of("β", submitted(f"import torch\n{text}")) == Where("basics.py", 2)
    assert where_of("β", submitted(text.replace("β", "βα"))) is None


def test_a_notebook_has_no_lines():
    assert where_of("loss", submitted("def loss(y): ...\n", "notebook")) is None


def test_a_name_is_no_pattern():
    assert where_of("l.ss", submitted("def loss(y): ...\n")) is None

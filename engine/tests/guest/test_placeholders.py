"""One missing package costs what needs it, and nothing else."""

import re
import sys
import textwrap

import pytest

from assay.guest.loading import load
from assay.guest.placeholders import Placeholder, Unavailable

NO_PACKAGE = (
    "nowhere is not installed on the grading machine (nor is a nowhere.py of your own: a submission is one file)"
)
MISSED = f"line 1: {NO_PACKAGE}; statements that need nowhere are left out"


def loaded(source):
    return load("answer", "module", textwrap.dedent(source).encode())


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("import nowhere", ["nowhere"]),
        ("import nowhere.deep as n", ["n"]),
        ("from nowhere import a, b as c", ["a", "c"]),
        ("from nowhere.deep import a", ["a"]),
        ("import math, nowhere, os", ["nowhere"]),
        ("if True:\n    with open('/dev/null'):\n        import nowhere", ["nowhere"]),
        ("from .nowhere import a", ["a"]),
        ("from . import nowhere", ["nowhere"]),
    ],
)
def test_names_of_a_missing_package_are_placeholders_and_noted(statement, names):
    handed = loaded(f"{statement}\nx = 1\n")
    assert handed.module.x == 1
    assert [type(getattr(handed.module, name)) for name in names] == [Placeholder] * len(names)
    assert len(handed.notes) == 1
    assert "nowhere" in handed.notes[0]
    assert not [name for name in sys.modules if name.startswith("nowhere")]


def test_the_note_names_what_is_missing_and_its_line():
    assert loaded("import nowhere\n").notes == [MISSED]
    assert loaded("from .helper import square\n").notes == [
        "line 1: helper.py is not part of the submission, which is one file; statements that need helper are left out"
    ]
    assert loaded("from nowhere.colab import drive\n").notes == [
        "line 1: nowhere.colab is not installed on the grading machine; statements that need nowhere.colab are left out"
    ]


def test_what_is_installed_stays_itself():
    handed = loaded("import json, json.nothing\nx = json.dumps(1)\nimport json.nothing as n\n")
    assert handed.notes[0] == (
        "line 1: json has no module json.nothing on the grading machine; statements that need json.nothing are left out"
    )
    assert handed.module.x == "1"
    assert type(handed.module.n) is Placeholder


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import nowhere\nexcept ImportError:\n    x = 1\n",
        "try:\n    pass\nfinally:\n    try:\n        from nowhere import a\n    except ModuleNotFoundError:\n        x = 1\n",
        "import contextlib\nx = 1\nwith contextlib.suppress(ImportError):\n    import nowhere\n    x = 2\n",
        "def f():\n    import nowhere\ntry:\n    f()\nexcept ImportError:\n    x = 1\n",
        "import importlib\ntry:\n    importlib.import_module('nowhere')\nexcept ImportError:\n    x = 1\n",
    ],
)
def test_fallbacks_work_as_ever(source):
    handed = loaded(source)
    assert handed.notes == []
    assert handed.module.x == 1


def test_an_import_error_of_another_kind_stops_the_module():
    assert (
        loaded("from math import nothing\nx = 1\n")
        .notes[0]
        .startswith("the module stopped at line 1: ImportError: cannot import name 'nothing'")
    )


@pytest.mark.parametrize(
    "use",
    [
        "nowhere()", "nowhere.a.b()", "bool(nowhere)", "not nowhere", "list(nowhere)", "len(nowhere)", "nowhere[0]",
        "nowhere.x = 1", "nowhere + 1", "1 + nowhere", "nowhere == 1", "nowhere.x < 3", "float(nowhere.pi)", "x in nowhere",
        "class A(nowhere.B): pass", "with nowhere: pass", "isinstance(1, nowhere)", "nowhere.__version__",
        "f'{nowhere.x}'", "del nowhere.x", "for i in nowhere: pass", "a, b = nowhere", "import math; math.sin(nowhere)",
        "import torch; torch.tensor(nowhere.values)",
    ],
)  # fmt: skip
def test_every_use_raises_and_costs_its_statement(use):
    handed = loaded(f"import nowhere\nx = 1\n{use}\ny = 1\n")
    first, second = handed.notes
    assert first == MISSED
    assert second.startswith(f"line 3 ({use.splitlines()[0]}) was left out: nowhere")
    assert second.endswith(f" is not available: {NO_PACKAGE}")
    assert handed.module.y == 1


def test_what_such_a_statement_would_define_raises_with_that_reason():
    handed = loaded("""\
        import nowhere
        @nowhere.jit
        def planck(x):
            return x
        class Model(nowhere.Module):
            pass
        data = nowhere.load()
        for row in data:
            total = row
        def late():
            return nowhere.f()
        alias = nowhere.f
        """)
    for name in ("planck", "Model", "late", "alias"):
        with pytest.raises(Unavailable, match=re.escape(f" is not available: {NO_PACKAGE}") + "$"):
            getattr(handed.module, name)()
    assert type(handed.module.total) is Placeholder
    assert len(handed.notes) == 5


def test_what_was_defined_before_stays():
    handed = loaded("import nowhere\ndef f(): return 1\n@nowhere.jit\ndef f(): return 2\n")
    assert handed.module.f() == 1


def test_another_exception_still_stops_the_module():
    handed = loaded("import nowhere\n1 / 0\nx = 1\n")
    assert handed.notes[1:] == [
        "the module stopped at line 2: ZeroDivisionError: division by zero; the definitions before that are graded"
    ]


def test_names_that_a_star_may_have_brought_are_placeholders():
    handed = loaded("from nowhere import *\ndef f(x): return square(x) + len([x])\ny = square(2)\nz = 1\n")
    assert handed.module.z == 1
    assert handed.notes == [
        MISSED,
        f"line 3 (y = square(2)) was left out: square is not available: {NO_PACKAGE}",
    ]
    with pytest.raises(Unavailable, match="square is not available"):
        handed.module.f(1)


def test_an_exception_that_wraps_it_is_its_too():
    handed = loaded(
        "import nowhere\ntry:\n    nowhere.f()\nexcept Exception as e:\n    raise ValueError from e\nx = 1\n"
    )
    assert handed.module.x == 1


def test_pythons_import_is_back_afterwards():
    import builtins

    before = builtins.__import__
    loaded("import nowhere\n1 / 0\n")
    assert builtins.__import__ is before

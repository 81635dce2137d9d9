"""As much of a module is imported as runs, and what stopped it is said."""

import pytest

from assay.guest.loading import load
from assay.guest.statements import LeftOut
from assay.guest.written_answers import defined, written_answers

WITH_LINES = "the file is a script with notebook lines (!, % or ?): it was run as a notebook, cell by cell"


def load_module(name, source):
    return load(name, "module", source)


def test_a_module_that_runs_gives_its_names_and_no_notes():
    handed = load_module("answer", b"def f(x): return x + 1\n")
    assert handed.module.f(1) == 2
    assert handed.notes == []
    assert defined(handed.module, ["f", "g"]) == ["f"]


@pytest.mark.parametrize(
    ("source", "stopped"),
    [
        (b"a = 1\nb = c\n", "line 2: NameError: name 'c' is not defined"),
        (b"import sys\na = 1\nsys.exit(3)\n", "line 3: SystemExit: 3"),
        (b"a = 1\nraise KeyboardInterrupt\n", "line 2: KeyboardInterrupt"),
        (b"class E(Exception):\n    def __str__(self): raise ValueError\nraise E\n", "line 3: E"),
    ],
)
def test_a_module_that_stops_says_where_and_why(source, stopped):
    assert load_module("answer", source).notes == [
        f"the module stopped at {stopped}; the definitions before that are graded"
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"def f(): return 1\ndef g(:\n", "line 2: SyntaxError: invalid syntax"),
        (
            b"x\xff",
            "line 1 is not UTF-8 (byte 0xff): open the file in an editor with its own encoding (perhaps cp1252), save it as UTF-8, and hand that in; or declare its encoding in its first line, such as # -*- coding: cp1252 -*-",
        ),
        (b"a\0b", "SyntaxError: source code string cannot contain null bytes"),
    ],
)
def test_a_module_with_a_syntax_error_is_not_run_at_all(source, why):
    handed = load_module("answer", source)
    assert handed.notes == [f"the module cannot be run: {why}; nothing in it is graded"]
    assert not hasattr(handed.module, "f")


def test_a_syntax_error_that_the_module_raises_itself_keeps_what_is_before_it():
    handed = load_module("answer", b"def f(): return 1\ncompile('1 +', 'x', 'exec')\n")
    assert handed.notes == [
        "the module stopped at line 2: SyntaxError: invalid syntax (x, line 1); the definitions before that are graded"
    ]
    assert handed.module.f() == 1


def test_names_defined_before_an_exception_stay():
    assert load_module("answer", b"def f(): pass\nraise ValueError\n").module.f() is None


def test_a_script_that_was_made_of_a_notebook_runs():
    handed = load_module("answer", b"get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(1)\nx = 1\n")
    assert handed.notes == [WITH_LINES]
    assert handed.module.x == 1


@pytest.mark.parametrize("magic", ["time", "timeit", "capture"])
def test_a_script_that_was_made_of_a_notebook_runs_the_cells_of_magics_that_do(magic):
    source = f"a = 1\nget_ipython().run_cell_magic({magic!r}, '', 'def f():\\n    return a\\n')\n"
    handed = load_module("answer", source.encode() + b"get_ipython().run_cell_magic('bash', '', 'exit 1')\n")
    assert handed.notes == [WITH_LINES]
    assert handed.module.f() == 1


def test_what_stops_such_a_cell_is_told():
    handed = load_module("answer", b"get_ipython().run_cell_magic('time', '', '1 / 0')\n")
    assert handed.notes == [
        WITH_LINES,
        "cell 1 (get_ipython().run_cell_magic('time', '', '1 / 0')) stopped at line 1: ZeroDivisionError: division by zero; the cells after it were run",
    ]


def test_main_is_not_run():
    assert not hasattr(load_module("answer", b"if __name__ == '__main__': ran = True\n").module, "ran")


def test_an_encoding_line_counts():
    assert load_module("answer", "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1")).module.name == "é"


def test_the_source_can_be_inspected():
    import inspect

    handed = load_module("answer", b"def f():\n    return 1\n")
    assert inspect.getsource(handed.module.f) == "def f():\n    return 1\n"


def test_written_answers_are_the_texts_of_a_dict():
    source = b"ANSWERS = {'1': 'because', 9: 'so', 'x': 3}\n"
    assert written_answers(load_module("answer", source).module) == {"1": "because", "9": "so"}


def test_written_answers_of_another_form_are_none():
    assert written_answers(load_module("answer", b"ANSWERS = 'because'\n").module) == {}
    assert written_answers(load_module("answer", b"x = 1\n").module) == {}


def test_the_content_decides_whatever_the_name_says():
    notebook = b'{"cells": [{"cell_type": "code", "source": "x = __name__"}]}'
    handed = load("answer", "module", notebook)
    assert handed.notes == ["the file is a notebook, though its name ends in .py: it was graded as a notebook"]
    assert handed.module.x == "__main__"
    handed = load("answer", "notebook", b"x = __name__\n")
    assert handed.notes == ["the file is a Python script, though its name ends in .ipynb: it was graded as a script"]
    assert handed.module.x == "answer"


SCRIPT = """# -*- coding: utf-8 -*-
!pip install d2l
x = 1

#%% the second
1 / 0

# In[3]:
%matplotlib inline
y = await g() if x else 0
def f():
    return y
print?
# %% [markdown]
# no code
"""


def test_a_script_with_a_notebooks_lines_is_run_cell_by_cell_with_the_scripts_line_numbers():
    handed = load_module("answer", SCRIPT.replace("await g() if x else 0", "5").encode())
    assert handed.notes == [
        WITH_LINES,
        "cell 2 (1 / 0) stopped at line 6: ZeroDivisionError: division by zero; the cells after it were run",
    ]
    assert (handed.module.x, handed.module.f()) == (1, 5)


def test_a_script_that_awaits_is_run_as_a_notebook():
    handed = load_module(
        "answer", b"async def f():\n    return 3\nx = await f()\nimport asyncio\nasyncio.get_event_loop().close()\n"
    )
    assert handed.notes == [WITH_LINES]
    assert handed.module.x == 3


def test_a_script_with_an_error_and_no_such_line_is_a_module():
    assert load_module("answer", b"x = (1 +\n     % 3)\n").notes[0].startswith("the module cannot be run: line 2: ")


def test_a_text_in_the_middle_of_a_module_is_not_its_docstring():
    handed = load_module("answer", b"'doc'\nx = 1\n'text'\n")
    assert handed.module.__doc__ == "doc"


def test_future_statements_hold_for_the_whole_module():
    source = b"from __future__ import annotations\nx: Undefined = 1\ndef f(x: Undefined): return x\n"
    handed = load_module("answer", source)
    assert handed.notes == []
    assert handed.module.f(1) == 1


def test_warnings_that_the_module_made_errors_are_not_met_by_its_own_source():
    handed = load_module("answer", b"import warnings\nwarnings.simplefilter('error')\nx = '\\d'\n")
    assert handed.notes == []


def test_a_missing_data_file_is_said_not_to_be_handed_in():
    assert load_module("answer", b"open('data.csv')\n").notes == [
        "the module stopped at line 1: FileNotFoundError: [Errno 2] No such file or directory: 'data.csv' (data files are not part of a submission); the definitions before that are graded"
    ]


def skip(*numbers):
    told = []

    def begin(number):
        told.append(number)
        return LeftOut("did not end within 60 s of processor time") if number in numbers else None

    return told, begin


def test_every_statement_is_told_before_it_begins():
    told, begin = skip()
    load("answer", "module", b"x = 1\n@staticmethod\ndef f():\n    pass\n", begin)
    assert told == [1, 2]


def test_a_statement_that_takes_too_long_is_left_out_with_what_it_would_define():
    source = b"for i in range(3):\n    x = i\nprint(x)\ny = 1\ndef f(): return x\n"
    handed = load("answer", "module", source, skip(1)[1])
    why = "line 1 (for i in range(3):) did not end within 60 s of processor time"
    assert handed.notes == [
        f"{why}: it was left out; the statements after it were run",
    ]
    assert handed.module.y == 1
    with pytest.raises(Exception, match=r"x is not available: line 1 .* did not end within 60 s of processor time"):
        handed.module.f() + 1

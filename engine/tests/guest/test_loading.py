"""As much of a module is imported as runs, and what stopped it is said."""

import pytest

from assay.guest.loading import defined, load_module, written_answers


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
        f"the module stopped at {stopped}; what it defines before that is graded"
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"def f(): return 1\ndef g(:\n", "line 2: SyntaxError: invalid syntax"),
        (
            b"\xff\xfe",
            "line 1: SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        ),
        (b"a\0b", "SyntaxError: source code string cannot contain null bytes"),
    ],
)
def test_a_module_with_a_syntax_error_is_not_run_at_all(source, why):
    handed = load_module("answer", source)
    assert handed.notes == [f"the module cannot be run: {why}; nothing of it is graded"]
    assert not hasattr(handed.module, "f")


def test_a_syntax_error_that_the_module_raises_itself_keeps_what_is_before_it():
    handed = load_module("answer", b"def f(): return 1\ncompile('1 +', 'x', 'exec')\n")
    assert handed.notes == [
        "the module stopped at line 1: SyntaxError: invalid syntax; what it defines before that is graded"
    ]
    assert handed.module.f() == 1


def test_names_defined_before_an_exception_stay():
    assert load_module("answer", b"def f(): pass\nraise ValueError\n").module.f() is None


def test_a_script_that_was_made_of_a_notebook_runs():
    handed = load_module("answer", b"get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(1)\nx = 1\n")
    assert handed.notes == []
    assert handed.module.x == 1


@pytest.mark.parametrize("magic", ["time", "timeit", "capture"])
def test_a_script_that_was_made_of_a_notebook_runs_the_cells_of_magics_that_do(magic):
    source = f"a = 1\nget_ipython().run_cell_magic({magic!r}, '', 'def f():\\n    return a\\n')\n"
    handed = load_module("answer", source.encode() + b"get_ipython().run_cell_magic('bash', '', 'exit 1')\n")
    assert handed.notes == []
    assert handed.module.f() == 1


def test_what_stops_such_a_cell_is_told():
    handed = load_module("answer", b"get_ipython().run_cell_magic('time', '', '1 / 0')\n")
    assert handed.notes == [
        "the module stopped at line 1: ZeroDivisionError: division by zero; what it defines before that is graded"
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
    assert written_answers(load_module("answer", b"").module) == {}

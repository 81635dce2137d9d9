"""A notebook's cells run as students write them: what is IPython's does nothing, what fails is said."""

import nbformat
import pytest

from assay.guest.notebook import load_notebook


def notebook(*cells):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(book).encode()


def test_names_of_all_cells_are_there():
    handed = load_notebook("answer", notebook("a = 1", "def f(): return a"))
    assert handed.module.f() == 1
    assert handed.notes == []


def test_a_failing_cell_is_noted_by_number_and_first_line_and_the_next_is_run():
    handed = load_notebook("answer", notebook("a = 1", "# try\n1 / 0", "b = 2"))
    assert handed.module.b == 2
    assert handed.notes == [
        "cell 2 (# try) stopped at line 2: ZeroDivisionError: division by zero; the cells after it were run"
    ]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("%matplotlib inline\nx = 1", "x"),
        ("!pip install d2l\nx = 1", "x"),
        ("x = 1\nx?", "x"),
        ("?print\nx = 1", "x"),
        ("files = !ls\nx = 1", "x"),
        ("y = %time 3\nx = 1", "x"),
        ("%%time\nx = 1", "x"),
        ("%%timeit -n 1\nx = 1", "x"),
        ("%%capture out\nx = 1", "x"),
        ("if True:\n    %time 1\n    x = 1", "x"),
        ("if True:\n    !ls\nx = 1", "x"),
        ("display('x', clear=True)\nx = 1", "x"),
        ("from IPython import get_ipython\n%matplotlib inline\nx = 1", "x"),
        ("def f():\n    %matplotlib inline\n    y = %time 3\nf()\nx = 1", "x"),
        ("if 'IPKernelApp' not in get_ipython().config:\n    x = 1", "x"),
        ("print(get_ipython().run_line_magic('ls', ''))\nx = 1", "x"),
    ],
)
def test_ipython_syntax_does_nothing_and_the_rest_runs(cell, name):
    handed = load_notebook("answer", notebook(cell))
    assert handed.notes == []
    assert getattr(handed.module, name) == 1


def test_other_cell_magics_skip_the_cell():
    handed = load_notebook("answer", notebook("%%bash\nexit 1", "%%html\n<b>", "x = 1"))
    assert handed.notes == []
    assert handed.module.x == 1


def test_line_numbers_are_those_of_the_cell():
    handed = load_notebook("answer", notebook("%%time\n%matplotlib inline\n1 / 0"))
    assert handed.notes == [
        "cell 1 (%%time) stopped at line 3: ZeroDivisionError: division by zero; the cells after it were run"
    ]


def test_markdown_and_raw_cells_are_counted_and_not_run():
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("1 / 0"),
            nbformat.v4.new_raw_cell("1 / 0"),
            nbformat.v4.new_code_cell("oops"),
        ]
    )
    handed = load_notebook("answer", nbformat.writes(book).encode())
    assert handed.notes == [
        "cell 3 (oops) stopped at line 1: NameError: name 'oops' is not defined; the cells after it were run"
    ]


def test_a_notebook_of_format_3_is_converted():
    book = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])])
    handed = load_notebook("answer", nbformat.v3.writes_json(book).encode())
    assert handed.module.x == 1


@pytest.mark.parametrize("source", [b"", b"{}", b"[1]", b"\xff", b'{"nbformat": 4}', b'{"nbformat": 4, "cells": [1]}'])
def test_a_broken_notebook_is_noted(source):
    handed = load_notebook("answer", source)
    assert len(handed.notes) == 1
    assert handed.notes[0].startswith("the notebook could not be read: ")


def test_stored_outputs_are_not_trusted():
    cell = nbformat.v4.new_code_cell("x = 1", outputs=[nbformat.v4.new_output("stream", text="x = 2")])
    handed = load_notebook("answer", nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode())
    assert handed.module.x == 1

"""A notebook's cells run as students write them: what is IPython's does nothing, what fails is said."""

import json

import nbformat
import pytest

from assay.guest.loading import load
from assay.guest.statements import LeftOut


def load_notebook(name, source):
    return load(name, "notebook", source)


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


def test_a_cell_that_ends_in_a_statement_is_said_to():
    (note,) = load_notebook("answer", notebook("x = (1", "y = 2")).notes
    reason = "SyntaxError: '(' was never closed (the cell ends in the middle of a statement)"
    assert note == f"cell 1 (x = (1) stopped at line 1: {reason}; the cells after it were run"


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


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"{}", "it is JSON without a notebook's cells: open it in Jupyter, save it, and hand it in again"),
        (
            b'{"nbformat": 4}',
            "it is JSON without a notebook's cells: open it in Jupyter, save it, and hand it in again",
        ),
        (
            b'{"cells": [\n{"cell_type": "code", "sour',
            "the file breaks off in line 2, before its end: open it in Jupyter, save it, and hand it in again",
        ),
        (
            b'{"cells": [\n{"cell_type": "code" "source": ""}]}',
            "line 2 is not a notebook's JSON (Expecting ',' delimiter): open it in Jupyter, save it, and hand it in again",
        ),
        (
            b'{"cells": [\n<<<<<<< HEAD\n]}',
            "it has marks of an unfinished merge (<<<<<<<): finish the merge, and hand the file in again",
        ),
        (
            b'{"cells": ' + b"[" * 100_000,
            "its JSON is nested too deeply: open it in Jupyter, save it, and hand it in again",
        ),
        (b"", "it is empty: save your work, and hand the file in again"),
        (
            b"<html>",
            "this is a web page, not Python: download the notebook file and hand that in",
        ),
    ],
)
def test_a_broken_notebook_is_told_with_what_to_do(source, why):
    handed = load_notebook("answer", source)
    assert handed.notes == [f"the notebook could not be read: {why}; nothing in it is graded"]


CODE = {"cell_type": "code", "source": "x = 1"}


@pytest.mark.parametrize(
    "document",
    [
        {"cells": [CODE]},
        {"cells": [{**CODE, "metadata": None, "outputs": None, "execution_count": "7", "id": 3}], "metadata": None},
        {"cells": [{**CODE, "source": ["x", " = ", "1"]}], "nbformat": "four", "nbformat_minor": 99},
        {"cells": [None, 3, {}, {"cell_type": "markdown", "attachments": 1}, CODE], "nbformat": 5},
        {"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1", "language": "python"}]}], "nbformat": 3},
        {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}, None, {}], "nbformat": 2},
        {"cells": [{**CODE, "outputs": [float("nan"), 10**5000]}]},
        {"cells": [{"cell_type": "code", "source": "# \ud83d\nx = 1"}]},
        {"cells": [{"cell_type": "code"}, {"cell_type": "code", "source": None}, CODE]},
    ],
)
def test_the_sources_of_code_cells_are_all_that_is_needed(document):
    import sys

    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    source = json.dumps(document).encode()
    sys.set_int_max_str_digits(digits)
    handed = load_notebook("answer", source)
    assert handed.notes == []
    assert handed.module.x == 1


def test_a_notebook_without_code_says_so():
    assert load_notebook("answer", b'{"cells": []}').notes == [
        "the notebook has no code: its code cells are empty or missing"
    ]


def values(*cells):
    handed = load_notebook("answer", notebook(*cells))
    assert handed.notes == []
    return vars(handed.module)


def test_a_future_statement_holds_from_its_cell_on():
    early, future, later = "def f(x: int): pass", "from __future__ import annotations", "def g(x: Undefined): pass"
    names = values(early, future, later)
    assert names["f"].__annotations__ == {"x": int}
    assert names["g"].__annotations__ == {"x": "Undefined"}


def test_a_notebook_is_the_main_program():
    names = values("name = __name__", "import __main__\nown = __main__.name")
    assert (names["name"], names["own"]) == ("__main__", "__main__")


def test_cells_await():
    names = values(
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    yield 1",
        "async for x in f():\n    y = x + 1",
        "z = [x async for x in f()]\nawait asyncio.sleep(0)",
        "class C:\n    async def __aenter__(self): return 5\n    async def __aexit__(self, *a): pass\nasync with C() as c:\n    pass",
        "asyncio.get_event_loop().close()",
    )
    assert (names["x"], names["y"], names["z"], names["c"]) == (1, 2, [1], 5)


def test_time_runs_its_statement_and_binds_its_names():
    names = values("%time a = 3", "b = %time a + 1", "%time def f(): return a", "%%time\nc = f()")
    assert (names["a"], names["b"], names["c"]) == (3, 4, 3)


def test_timeit_runs_its_statement_once_and_binds_none():
    names = values("calls = []", "%timeit -n 100 -r3 x = calls.append(1)", "%timeit [calls.append(c) for c in 'a']")
    assert names["calls"] == [1, "a"]
    assert "x" not in names


def test_the_setup_of_timeit_and_the_name_of_capture_are_there():
    names = values("%%timeit -n 1 a = 2\nb = a", "%%capture out --no-stderr\nprint(b)", "text = out.stdout")
    assert (names["b"], names["text"]) == (2, "")


def test_what_a_command_gives_is_an_empty_list():
    assert values("x = !ls", "y = len(x)")["y"] == 0


def test_what_a_magic_runs_fails_as_its_cell_does():
    assert load_notebook("answer", notebook("%time 1 / 0")).notes == [
        "cell 1 (%time 1 / 0) stopped at line 1: ZeroDivisionError: division by zero; the cells after it were run"
    ]


def test_the_shell_is_ipythons_own_also_for_those_who_import_it():
    values(
        "from IPython import get_ipython\nimport IPython\nshell = get_ipython()\nshell.events.register('a', print)\nIPython.get_ipython().kernel.x['y'] = 1"
    )


def test_empty_lines_at_the_top_count():
    assert load_notebook("answer", notebook("\n\n1 / 0")).notes == [
        "cell 1 (1 / 0) stopped at line 3: ZeroDivisionError: division by zero; the cells after it were run"
    ]


def test_a_cell_that_takes_too_long_is_left_out_and_named():
    reason = "did not end within 60 s of processor time"
    handed = load(
        "answer", "notebook", notebook("a = 1", "for e in range(3):\n    b = e", "c = b + 1", "d = a"),
        lambda number: LeftOut(reason) if number == 2 else None,
    )  # fmt: skip
    assert handed.notes == [
        f"cell 2 (for e in range(3):) {reason}: it was left out; the cells after it were run",
        f"cell 3, line 1 (c = b + 1) was left out: b is not available: cell 2 (for e in range(3):) {reason}",
    ]
    assert handed.module.d == 1
